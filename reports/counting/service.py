"""How well the agents serve: ratings, complaints and corrections of a period, per unit of a
report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum, Value

from agents.access import Scope
from agents.models import CollectionAgent, Network
from enrollment.complaints import in_scope
from enrollment.models import Complaint, Receipt, ServiceRating
from reports.counting.measures import Period
from reports.counting.units import DISTRICT, NETWORK, Units
from thaithuy_bhxh.clock import start_of, today

Part = tuple[Any, Mapping[str, Any]]
"""Rows by agent, and the figures that are counted over them."""
GOOD = 4
"""The lowest score that counts as good."""


@dataclass(slots=True)
class Service:
    """The additive figures of one unit; ``score_sum`` is the sum of all scores, from which the mean
    follows.
    """

    ratings: int = 0
    score_sum: int = 0
    good: int = 0
    complaints: int = 0
    complaints_open: int = 0
    complaints_overdue: int = 0
    answered: int = 0
    answered_in_time: int = 0
    upheld: int = 0
    receipts: int = 0
    receipts_voided: int = 0
    voids: int = 0
    late_voids: int = 0

    @property
    def mean(self) -> str | None:
        """Mean score with two decimals, rounded half up; ``None`` without ratings."""
        if not self.ratings:
            return None
        return str(
            (Decimal(self.score_sum) / self.ratings).quantize(Decimal("0.01"), ROUND_HALF_UP)
        )

    def add(self, row: Mapping[str, Any]) -> None:
        """Sum the figures that a row names into these."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + row.get(name, 0))


_NAMES = tuple(Service.__dataclass_fields__)


def end_of(period: Period) -> date:
    """The day on which open complaints are counted: the period's last, or today while it is
    running.
    """
    return min(period.last.last_day, today())


def service_of(units: Units, period: Period) -> dict[str, Service]:
    """The figures of every unit of a report by agent, network or district (one query)."""
    found = {unit.code: Service() for unit in units.rows}
    unit_of = {agent: unit.code for unit in units.rows for agent in unit.agents or ()}
    for row in _rows(units.scope, period):
        code = DISTRICT if units.by == DISTRICT else unit_of.get(row["of"])
        if code in found:
            found[code].add(row)
    return found


def units_of(network: Network, units: Units) -> frozenset[str]:
    """Codes of the rows that belong to one network; the whole district belongs to none."""
    if units.by == NETWORK:
        return frozenset({str(network)})
    if units.by == DISTRICT:
        return frozenset()
    return frozenset(CollectionAgent.objects.filter(network=network).values_list("code", flat=True))


def service_of_agent(scope: Scope, agent: CollectionAgent, period: Period) -> Service:
    """One agent's figures, as far as they lie inside the scope."""
    found = Service()
    for row in _rows(scope, period):
        if row["of"] == agent.pk:
            found.add(row)
    return found


def total_of(figures: Iterable[Service]) -> Service:
    """The sum of all units."""
    whole = Service()
    for one in figures:
        whole.add({name: getattr(one, name) for name in one.__dataclass_fields__})
    return whole


def _rows(scope: Scope, period: Period) -> Any:
    """Figures by agent (``of``), each counted at its lowest grain once; one query asks for all of
    them.
    """
    parts = [part(scope, period) for part in (_ratings, _complaints, _receipts, _voids)]
    whole = [
        rows.annotate(**{name: figures.get(name, Value(0)) for name in _NAMES})
        for rows, figures in parts
    ]
    return whole[0].union(*whole[1:], all=True)


def _ratings(scope: Scope, period: Period) -> Part:
    inside = scope.q(agent="receipt__agent", commune="receipt__commune")
    first, after = start_of(period.first.first_day), start_of((period.last + 1).first_day)
    rows = ServiceRating.objects.counting(after).filter(
        inside, rated_at__gte=first, rated_at__lt=after
    )
    figures = {
        "ratings": Count("id"),
        "score_sum": Sum("score"),
        "good": Count("id", filter=Q(score__gte=GOOD)),
    }
    return rows.values(of=F("receipt__agent")), figures


def _complaints(scope: Scope, period: Period) -> Part:
    """As known at the end: an answer given later leaves the complaint open in this period."""
    end = end_of(period)
    received = Q(received_on__gte=period.first.first_day, received_on__lte=end)
    waiting = Q(received_on__lte=end) & (Q(answered_on__isnull=True) | Q(answered_on__gt=end))
    answered = Q(answered_on__gte=period.first.first_day, answered_on__lte=end)
    moments = {
        "complaints": received,
        "complaints_open": waiting,
        "complaints_overdue": waiting & Q(due_on__lt=end),
        "answered": answered,
        "answered_in_time": answered & Q(answered_on__lte=F("due_on")),
        "upheld": answered & Q(upheld=True),
    }
    rows = (
        Complaint.objects.filter(in_scope(scope)).filter(received | waiting | answered).order_by()
    )
    return rows.values(of=F("agent")), {
        name: Count("id", filter=moment) for name, moment in moments.items()
    }


def _receipts(scope: Scope, period: Period) -> Part:
    rows = Receipt.objects.filter(
        scope.q(), received_month__gte=period.first, received_month__lte=period.last
    )
    gone = Q(void__voided_month__lte=period.last)
    figures = {"receipts": Count("id"), "receipts_voided": Count("id", filter=gone)}
    return rows.order_by().values(of=F("agent")), figures


def _voids(scope: Scope, period: Period) -> Part:
    inside = Q(void__voided_month__gte=period.first, void__voided_month__lte=period.last)
    late = Q(received_month__lt=F("void__voided_month"))
    rows = Receipt.objects.filter(scope.q()).filter(inside).order_by().values(of=F("agent"))
    return rows, {"voids": Count("id"), "late_voids": Count("id", filter=late)}
