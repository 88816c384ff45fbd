"""Credit by collector: every active person, every new one and every đồng belongs to exactly one.

The collector of a person in a month is that of the latest contribution received by then and not
voided by then (on one date the later recorded), which also gives the person's agent: so
collectors add up to agents. Spans and movements store it. Money belongs to the collector of its
own receipt. A hand-over moves no credit: people follow the new collector from their next receipt
on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum, Value

from agents.access import Scope
from agents.lineage import Lineage
from agents.models import Collector, Metric
from agents.querysets import employed_between
from enrollment.models import ActivitySpan, Movement, Receipt
from reports.counting.measures import Period, movements_in, spans_in
from reports.counting.units import COLLECTOR, DISTRICT, Unit, Units
from thaithuy_bhxh.months import Month

Counted = Mapping[int, int]
"""Collector's key → persons or đồng."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Figures by collector: persons active in each of the months asked, new persons and money of
    each period.
    """

    active: Sequence[Counted]
    new: Sequence[Counted]
    collected: Sequence[Counted]

    def by_metric(self, nth: int) -> dict[str, Counted]:
        """The figures of the month and period of this number, by metric."""
        return {
            Metric.ACTIVE: self.active[nth],
            Metric.NEW: self.new[nth],
            Metric.COLLECTED: self.collected[nth],
        }

    @property
    def collectors(self) -> set[int]:
        """Everybody with any credit."""
        return {pk for counted in (*self.active, *self.new, *self.collected) for pk in counted}


def credit_of(scope: Scope, months: Sequence[Month], periods: Sequence[Period]) -> Credit:
    """What the reader's collectors have to their credit (one query)."""
    active = [_active(scope, month) for month in months]
    found = _added(
        [*active, *(_new(scope, one) for one in periods), *(_money(scope, one) for one in periods)]
    )
    first, second = len(months), len(months) + len(periods)
    return Credit(found[:first], found[first:second], found[second:])


def _added(asked: Sequence[list[Any]]) -> list[Counted]:
    """The sums of each question; one query asks for all of them."""
    parts = [rows.order_by().annotate(nth=Value(n)) for n, one in enumerate(asked) for rows in one]
    found: list[dict[int, int]] = [{} for _ in asked]
    for row in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        counted = found[row["nth"]]
        counted[row["credited"]] = counted.get(row["credited"], 0) + row["sign"] * int(row["n"])
    return list(found)


def _active(scope: Scope, month: Month) -> list[Any]:
    rows = ActivitySpan.objects.filter(scope.q(), spans_in(month, "grace"))
    credited = rows.annotate(credited=F("collector")).values("credited")
    return [credited.annotate(n=Count("*"), sign=Value(1))]


def _new(scope: Scope, period: Period) -> list[Any]:
    rows = Movement.objects.filter(scope.q(), movements_in(period), kind=Movement.Kind.NEW)
    credited = rows.annotate(credited=F("collector")).values("credited")
    return [credited.annotate(n=Count("*"), sign=Value(1))]


def _money(scope: Scope, period: Period) -> list[Any]:
    return [
        _money_by(scope, "received_month", 1, period),
        _money_by(scope, "void__voided_month", -1, period),
    ]


def _money_by(scope: Scope, month_field: str, sign: int, period: Period) -> Any:
    inside = Q(**{f"{month_field}__gte": period.first, f"{month_field}__lte": period.last})
    rows = (
        Receipt.objects.filter(scope.q(), inside)
        .annotate(credited=F("collector"))
        .values("credited")
    )
    return rows.annotate(n=Sum("participant_amount", default=0), sign=Value(sign))


def collector_units(scope: Scope, last: Month, credited: Iterable[int]) -> Units:
    """The collectors of the reader's scope who worked in the year up to the month, and everybody
    with credit in it.

    Their targets are shown to those who see all that they are asked for: the office's management,
    and their agent.
    """
    first = date(last.year, 1, 1)
    inside = employed_between(first, last.last_day)
    inside &= Q(point__closed_on__isnull=True) | Q(point__closed_on__gte=first)
    if not scope.everything:
        own = Q(point__communes__in=scope.communes)
        inside &= Q(point__agent=scope.agent) if scope.agent else own
    found = Collector.objects.filter(inside | Q(pk__in=list(credited))).order_by("code").distinct()
    rows = list(found.values_list("pk", "code", "full_name", "point__agent"))
    asked = {pk: code for pk, code, _, agent in rows if scope.everything or agent == scope.agent}
    codes = {pk: code for pk, code, _, _ in rows}
    whole = Unit(
        DISTRICT, "Tổng cộng", None, None if scope.agent is None else frozenset({scope.agent})
    )
    units = tuple(Unit(code, name) for _, code, name, _ in rows)
    return Units(
        units, whole, scope, {}, {}, COLLECTOR, Lineage.of((), ()), last.last_day, asked, codes
    )
