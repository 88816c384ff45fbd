"""Renewals: the persons whose paid months ended, and what became of them.

An end is a person and a month T, covered in T and not in T+1 by what had been received by the end
of T (docs/rules.md 5.5). Stored spans give the ends that no payment of T+1 filled; where one did,
the movement “renewed” of T+1 stands for it. Both are grouped in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from enrollment.models import ActivitySpan, Movement, Receipt, Rule, Stop
from enrollment.models.receipts import PaymentMethod
from reports.counting.month_counts import union
from reports.counting.units import Units
from thaithuy_bhxh.months import Month

IN_WINDOW, LATE, OPEN, LAPSED = "renewed_in_window", "renewed_late", "open", "lapsed"
OUTCOMES = (IN_WINDOW, LATE, LAPSED, OPEN)


@dataclass(slots=True)
class Renewals:
    """The ends of one unit by what became of them."""

    renewed_in_window: int = 0
    renewed_late: int = 0
    lapsed: int = 0
    open: int = 0

    @property
    def ended(self) -> int:
        return self.renewed_in_window + self.renewed_late + self.lapsed + self.open

    @property
    def decided(self) -> int:
        """The ends that are no longer open."""
        return self.ended - self.open

    def add(self, outcome: str, number: int) -> None:
        """Count further ends with this outcome."""
        setattr(self, outcome, getattr(self, outcome) + number)


def renewals_of(units: Units, first: Month, last: Month, this: Month) -> dict[str, Renewals]:
    """Every unit's ends in ``first..last`` as they stand in the running month ``this`` (one
    query).
    """
    found = {unit.code: Renewals() for unit in units.rows}
    grouped = [
        rows.values_list("place_commune", "place_agent", "outcome").annotate(n=Count("*"))
        for rows in _ends(first, last, this)
    ]
    for commune, agent, outcome, number in union(grouped):
        code = units.key(commune, agent)
        if code in found:
            found[code].add(outcome, number)
    return found


def total_of(all_renewals: Iterable[Renewals]) -> Renewals:
    """The sum of all units."""
    whole = Renewals()
    for one in all_renewals:
        for outcome in OUTCOMES:
            whole.add(outcome, getattr(one, outcome))
    return whole


def _ends(first: Month, last: Month, this: Month) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Ends that left the next month unpaid, and those that a payment of the next month filled."""
    return _unfilled(first, last, this), _filled(first, last)


def _unfilled(first: Month, last: Month, this: Month) -> QuerySet[ActivitySpan]:
    follows = ActivitySpan.objects.filter(
        participant=OuterRef("participant"), rule=Rule.STRICT, start=OuterRef("end") + 1
    )
    ends = ActivitySpan.objects.filter(~Exists(follows), rule=Rule.STRICT, end__range=(first, last))
    return (
        ends.annotate(paid_in=_paid_in(), ceased_in=_ceased_in())
        .annotate(place_commune=F("commune_id"), place_agent=F("agent_id"), outcome=_outcome(this))
        .order_by()
    )


def _paid_in() -> Subquery:
    """The month of the first payment after the end of a span; one voided in its own month never
    was.
    """
    paid = Receipt.objects.filter(
        Q(void__isnull=True) | Q(void__voided_month__gt=F("received_month")),
        participant=OuterRef("participant"),
        received_month__gt=OuterRef("end"),
    )
    return Subquery(paid.order_by("received_month").values("received_month")[:1])


def _ceased_in() -> Subquery:
    """The month in which the person of a span ceased to be active under the rule of grace."""
    ceased = Movement.objects.filter(
        participant=OuterRef("participant"),
        kind=Movement.Kind.DECREASED,
        grace=True,
        month__gt=OuterRef("end"),
    )
    return Subquery(ceased.order_by("month").values("month")[:1])


def _outcome(this: Month) -> Case:
    """The first payment against the month in which the person ceased to be active: paying in that
    month is still in time, because grace holds the months that end while the window is open.
    """
    return Case(
        When(paid_in__lte=F("ceased_in"), then=Value(IN_WINDOW)),
        When(paid_in__isnull=False, then=Value(LATE)),
        When(ceased_in__gte=this, then=Value(OPEN)),
        default=Value(LAPSED),
        output_field=CharField(),
    )


def _filled(first: Month, last: Month) -> QuerySet[Movement]:
    """Ends that a payment of the very next month filled: in the window, as the person was active
    without a break.
    """
    renewed = Movement.objects.filter(
        ~Exists(_covering_already()),
        kind=Movement.Kind.RENEWED,
        strict=True,
        month__range=(first + 1, last + 1),
        participant__spans__rule=Rule.STRICT,
        participant__spans__start__lt=F("month"),
        participant__spans__end__gte=F("month") - 1,
    )
    return renewed.annotate(
        place_commune=F("participant__spans__commune_id"),
        place_agent=F("participant__spans__agent_id"),
        outcome=Value(IN_WINDOW, output_field=CharField()),
    ).order_by()


def _covering_already() -> QuerySet[Receipt]:
    """Contributions received before the month of a movement that cover it and are live in it."""
    month = OuterRef("month")
    stopped = Stop.objects.filter(
        Q(withdrawal__isnull=True) | Q(withdrawal__withdrawn_month__gt=OuterRef(month)),
        participant=OuterRef("participant"),
        month__lte=OuterRef(month),
        month__gte=OuterRef("received_month"),
    )
    return Receipt.objects.filter(
        ~Exists(stopped),
        Q(void__isnull=True) | Q(void__voided_month__gt=month),
        participant=OuterRef("participant"),
        received_month__lt=month,
        to_month__gte=month,
    ).exclude(method=PaymentMethod.MISSING)
