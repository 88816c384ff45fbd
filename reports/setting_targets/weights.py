"""What a target is divided by: last year's results, last year's months, and the labour force not
yet covered.

Targets may be divided before the year before is over: then the last twelve finished months stand in
for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from agents.lineage import Lineage
from agents.models import (
    CollectionAgent,
    Collector,
    CollectorHandover,
    Commune,
    LabourForce,
    Metric,
    PointCommune,
)
from agents.operations.targets import Owner
from enrollment.models import ActivitySpan, Movement, Receipt, Rule
from reports.counting.measures import Period, PeriodTally, movements_in, spans_in
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

Grain = Mapping[tuple[int, int], Mapping[str, int]]
"""Commune and agent → metric → last year's result."""
Results = Mapping[int, int]
"""Owner's key → result of one metric."""


def known_year(year: int) -> Period:
    """The twelve months of a year; while it is not over, the last twelve finished ones."""
    last = min(Month(year, 12), this_month() - 1)
    return Period(last - 11, last, Rule.GRACE)


def results_of(year: int) -> Grain:
    """The :func:`known_year`'s results by commune and agent: active at its end, new and collected
    in it (three queries).
    """
    tally = PeriodTally.of(known_year(year))
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(Metric.values, 0)
    )
    for row in tally.stock:
        found[row["commune_id"], row["agent_id"]][Metric.ACTIVE] += row["closing"]
    for row in tally.movements:
        if row["kind"] == Movement.Kind.NEW:
            found[row["commune_id"], row["agent_id"]][Metric.NEW] += row["n"]
    for row in tally.money:
        found[row["commune_id"], row["agent_id"]][Metric.COLLECTED] += row["collected"]
    return found


def results_by_owner(
    grain: Grain, metric: str, owners: Iterable[Owner], lineage: Lineage, year: int
) -> Results:
    """Last year's result of each commune (with what went into it) or agent, 0 when there
    was none.
    """
    folds: dict[date, Mapping[int, int]] = {}
    found: dict[int, int] = {}
    for owner in owners:
        if isinstance(owner, Commune):
            day = max(owner.valid_from, date(year, 1, 1))
            fold = folds.setdefault(day, lineage.fold(day))
            found[owner.pk] = sum(
                of[metric] for (unit, _), of in grain.items() if fold.get(unit) == owner.pk
            )
        elif isinstance(owner, CollectionAgent):
            found[owner.pk] = sum(
                of[metric] for (_, agent), of in grain.items() if agent == owner.pk
            )
    return found


def results_by_collector(year: int, metric: str, agent: CollectionAgent) -> Results:
    """Last year's result of an agent by collector; what a collector handed over counts for the
    successor.
    """
    period = known_year(year)
    taker = dict(CollectorHandover.objects.values_list("giver_id", "taker_id"))
    found: dict[int, int] = defaultdict(int)
    for collector, number in _by_collector(metric, period, agent):
        found[_last(taker, collector)] += number
    return found


def _last(taker: Mapping[int, int], collector: int) -> int:
    seen = {collector}
    while collector in taker and taker[collector] not in seen:
        collector = taker[collector]
        seen.add(collector)
    return collector


def _by_collector(metric: str, period: Period, agent: CollectionAgent) -> Iterable[tuple[int, int]]:
    """(collector's key, result) of an agent in a period."""
    if metric == Metric.COLLECTED:
        return _money_by_collector(period, agent)
    if metric == Metric.ACTIVE:
        return _active_by_collector(period, agent)
    return _new_by_collector(period, agent)


def _money_by_collector(period: Period, agent: CollectionAgent) -> Iterable[tuple[int, int]]:
    taken = Receipt.objects.filter(
        agent=agent,
        received_month__gte=period.first,
        received_month__lte=period.last,
        void__isnull=True,
    )
    rows = taken.order_by().values_list("collector_id").annotate(n=Sum("participant_amount"))
    return list(rows)


def _active_by_collector(period: Period, agent: CollectionAgent) -> Iterable[tuple[int, int]]:
    spans = ActivitySpan.objects.filter(spans_in(period.last, period.rule), agent=agent)
    return _credited(spans, _receipts_of().filter(received_month__lte=period.last))


def _new_by_collector(period: Period, agent: CollectionAgent) -> Iterable[tuple[int, int]]:
    new = Movement.objects.filter(movements_in(period), kind=Movement.Kind.NEW, agent=agent)
    return _credited(new, _receipts_of().filter(received_month=OuterRef("month")))


def _receipts_of() -> QuerySet[Receipt]:
    """The receipts of a row's participant, for a subquery."""
    return Receipt.objects.filter(participant=OuterRef("participant"), void__isnull=True)


def _credited(people: QuerySet[Any], receipts: QuerySet[Receipt]) -> Iterable[tuple[int, int]]:
    """(collector's key, number of rows) by the collector of the latest of the receipts."""
    latest = receipts.order_by("-received_on", "-id").values("collector_id")[:1]
    rows = people.order_by().annotate(who=Subquery(latest)).values_list("who")
    return [(who, n) for who, n in rows.annotate(n=Count("id")) if who is not None]


def season_of(year: int, metric: str) -> tuple[int, ...]:
    """The district's result in each calendar month, its latest finished one up to ``year``: new
    people, money, or how far the active ones grew.
    """
    period = known_year(year)
    months = [0] * 12
    if metric == Metric.COLLECTED:
        for month, money in _money_by_month(period):
            months[month % 12] += money
    else:
        rows = (
            Movement.objects.filter(movements_in(period))
            .values("month", "kind")
            .annotate(n=Count("id"))
            .order_by()
        )
        for row in rows:
            months[int(row["month"]) % 12] += _signs(metric).get(row["kind"], 0) * row["n"]
    return tuple(max(0, number) for number in months)


def _signs(metric: str) -> dict[str, int]:
    if metric == Metric.NEW:
        return {Movement.Kind.NEW: 1}
    return {Movement.Kind.NEW: 1, Movement.Kind.RETURNED: 1, Movement.Kind.DECREASED: -1}


def _money_by_month(period: Period) -> Iterable[tuple[int, int]]:
    """Stored month (``year * 12 + month - 1``) and money; voids subtract in their own month."""
    for field, sign in (("received_month", 1), ("void__voided_month", -1)):
        inside = {f"{field}__gte": period.first, f"{field}__lte": period.last}
        rows = (
            Receipt.objects.filter(**inside)
            .values_list(field)
            .annotate(n=Sum("participant_amount"))
            .order_by()
        )
        for month, money in rows:
            yield int(month), sign * money


class Potential:
    """The labour force not yet covered, by commune of a day and by the agents and
    collectors that serve the communes.
    """

    def __init__(self, lineage: Lineage, day: date) -> None:
        self._lineage, self._day = lineage, day
        self.month = min(Month.of(day), this_month()) - 1
        self._forces = self._labour()
        self._fold = lineage.fold(day)
        self._active = self._covered()

    def _labour(self) -> dict[int, int]:
        """The latest figure of each commune up to the day; one formed since has the sum of its
        predecessors'.
        """
        known: dict[int, int] = {}
        for force in LabourForce.objects.filter(counted_on__lte=self._day).order_by("counted_on"):
            known[force.commune_id] = force.persons
        parts: dict[int, list[int]] = defaultdict(list)
        for edge in self._lineage.successor.values():
            parts[edge.successor].append(edge.predecessor)
        for heir in sorted(parts, key=lambda unit: self._lineage.units[unit].valid_from):
            if heir not in known and all(part in known for part in parts[heir]):
                known[heir] = sum(known[part] for part in parts[heir])
        return known

    def _covered(self) -> dict[int, int]:
        """Persons active at the end of the last finished month before the day, by commune of the
        day.
        """
        found: dict[int, int] = defaultdict(int)
        rows = (
            ActivitySpan.objects.filter(spans_in(self.month, Rule.GRACE))
            .values("commune_id")
            .annotate(n=Count("id"))
        )
        for row in rows.order_by():
            if (unit := self._fold.get(row["commune_id"])) is not None:
                found[unit] += row["n"]
        return found

    def force(self, commune: int) -> int | None:
        return self._forces.get(commune)

    def active(self, commune: int) -> int:
        return self._active.get(commune, 0)

    def of(self, commune: int) -> int:
        """Persons of a commune who could join; 0 when its labour force is unknown."""
        return max(0, self._forces.get(commune, 0) - self.active(commune))

    def missing(self, communes: Iterable[int]) -> list[str]:
        """Names of the communes without a labour force."""
        return [
            self._lineage.units[one].name for one in sorted(communes) if one not in self._forces
        ]

    def served(self, owners: Iterable[Owner]) -> dict[int, set[int]]:
        """Owner's key → the communes of the day that the agent's points, or the collector's point,
        serve.
        """
        parts = list(owners)
        agents = {one.pk for one in parts if isinstance(one, CollectionAgent)}
        staff: dict[int, list[int]] = defaultdict(list)
        for one in parts:
            if isinstance(one, Collector):
                staff[one.point_id].append(one.pk)
        served: dict[int, set[int]] = defaultdict(set)
        for point, agent, unit in self._points():
            for owner in ({agent} & agents).union(staff.get(point, ())):
                served[owner].add(unit)
        return served

    def _points(self) -> Iterable[tuple[int, int, int]]:
        """(point, its agent, commune of the day) for each commune that a point open on the day
        serves.
        """
        still_open = Q(point__closed_on__isnull=True) | Q(point__closed_on__gte=self._day)
        rows = PointCommune.objects.filter(still_open, point__opened_on__lte=self._day)
        for point, agent, commune in rows.values_list("point_id", "point__agent_id", "commune_id"):
            if (unit := self._fold.get(commune)) is not None:
                yield point, agent, unit

    def shared(self, served: Mapping[int, set[int]]) -> dict[int, Fraction]:
        """The potential of each owner; who serve the same commune share it evenly, so that nobody
        counts twice.
        """
        sharers: dict[int, int] = defaultdict(int)
        for units in served.values():
            for unit in units:
                sharers[unit] += 1
        return {
            owner: sum((Fraction(self.of(unit), sharers[unit]) for unit in units), Fraction())
            for owner, units in served.items()
        }
