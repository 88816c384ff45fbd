"""What is counted of a year until a day, for any grouping: the year so far, the year before, and
past years' points.

Counts come from the tallies of growth (by collector from :mod:`reports.counting.by_collector`):
nothing has a definition of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from agents.access import Scope
from agents.lineage import Lineage
from agents.models import Metric
from agents.targets.in_force import BaseOf
from enrollment.models import Movement
from reports.counting.by_collector import Counted, Credit, credit_of
from reports.counting.measures import Period, PeriodTally, tallies
from reports.counting.units import AGENT, COLLECTOR, NETWORK, Units
from reports.progress.forecast import PAST_YEARS, PastYear
from reports.progress.pace import at_point, month_gone, year_gone
from thaithuy_bhxh.months import Month

METRICS = tuple(Metric.values)


@dataclass(frozen=True, slots=True)
class YearPoint:
    """The day at whose end a year is judged: the last day asked for, or today when that is
    earlier.
    """

    year: int
    day: date
    today: date

    @classmethod
    def of(cls, last: Month, today: date) -> YearPoint:
        return cls(last.year, min(last.last_day, today), today)

    @property
    def begun(self) -> bool:
        return self.day.year == self.year

    @property
    def month(self) -> Month:
        """The day's month."""
        return Month.of(self.day)

    @property
    def january(self) -> Month:
        return Month(self.year, 1)

    @property
    def settled(self) -> Month:
        """The last month that is over: who left in the running one is gone on its first day, who
        will come is not there yet, so that a stock would look too low.
        """
        return self.month if self.day == self.month.last_day else self.month - 1

    @property
    def gone(self) -> Fraction:
        """Part of the year that is over."""
        return year_gone(self.day) if self.begun else Fraction(0)

    @property
    def settled_gone(self) -> Fraction:
        return year_gone(self.settled.last_day) if self.settled >= self.january else Fraction(0)

    @property
    def past(self) -> list[int]:
        """The last complete years, from which the season is taken."""
        return [
            year
            for year in range(self.year - PAST_YEARS, self.year)
            if date(year, 12, 31) < self.today
        ]


@dataclass(frozen=True, slots=True)
class Counts:
    """One unit's figures by metric; ``base`` and ``settled`` are persons active at the year's start
    and at the end of the last month that is over.
    """

    done: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(METRICS, 0))
    before: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(METRICS, 0))
    base: int = 0
    settled: int = 0

    @classmethod
    def sum(cls, several: Iterable[Counts]) -> Counts:
        found = list(several)
        return cls(
            {metric: sum(one.done[metric] for one in found) for metric in METRICS},
            {metric: sum(one.before[metric] for one in found) for metric in METRICS},
            sum(one.base for one in found),
            sum(one.settled for one in found),
        )


@dataclass(frozen=True)
class YearReading:
    """All that was read for one reader and day; any grouping's lines come from it without a further
    question.
    """

    scope: Scope
    point: YearPoint
    history: Mapping[tuple[int, int], PeriodTally]
    """Year and month → brief figures of January to that month."""
    now: PeriodTally | None = None
    credit: Credit | None = None

    @property
    def past(self) -> dict[str, list[PastYear]]:
        """The district's past years by metric."""
        years = self.point.past if self.history else []
        return {metric: [self._past(metric, year) for year in years] for metric in METRICS}

    def _past(self, metric: str, year: int) -> PastYear:
        point, month = self.point, self.point.month.month
        end = district_figure(self.history[year, 12], metric)
        if metric == Metric.ACTIVE:
            base = district_figure(self.history[year - 1, 12], metric)
            then = point.settled.month if point.settled >= point.january and point.begun else 0
            return PastYear(
                base,
                Fraction(district_figure(self.history[year, then], metric) if then else base),
                end,
            )
        if not point.begun:
            return PastYear(0, Fraction(0), end)
        before = district_figure(self.history[year, month - 1], metric) if month > 1 else 0
        return PastYear(
            0,
            at_point(
                before, district_figure(self.history[year, month], metric), month_gone(point.day)
            ),
            end,
        )

    def counts(self, units: Units) -> dict[str, Counts]:
        """Figures of every unit, by code."""
        if units.by == COLLECTOR:
            return self._credited(units)
        assert self.now is not None
        now = self.now.by(units)
        before = self.history[self.point.year - 1, self.point.month.month].by(units)
        settled = self._settled.by(units) if self._settled else None
        found = {}
        for code, one in now.items():
            base = one.opening if self.point.begun else one.closing
            found[code] = Counts(
                {Metric.ACTIVE: one.closing, Metric.NEW: one.new, Metric.COLLECTED: one.collected},
                {
                    Metric.ACTIVE: one.same_period_last_year,
                    Metric.NEW: before[code].new,
                    Metric.COLLECTED: one.collected_same_period_last_year,
                },
                base,
                settled[code].closing if settled else base,
            )
        return found

    def monthly(self, units: Units, metric: str) -> list[tuple[int, int]]:
        """(month, figure of all units) at the end of each month in the history; month 0 is the
        year's start.
        """
        name = {Metric.ACTIVE: "closing", Metric.NEW: "new", Metric.COLLECTED: "collected"}[
            Metric(metric)
        ]
        start = (
            sum(one.base for one in self.counts(units).values()) if metric == Metric.ACTIVE else 0
        )
        found = [
            (month, tally.by(units))
            for (year, month), tally in self.history.items()
            if year == self.point.year
        ]
        return [
            (0, start),
            *((month, sum(int(getattr(one, name)) for one in by.values())) for month, by in found),
        ]

    @property
    def _settled(self) -> PeriodTally | None:
        point = self.point
        if not point.begun or point.settled < point.january:
            return None
        return self.history[point.year, point.settled.month]

    def _credited(self, units: Units) -> dict[str, Counts]:
        assert self.credit is not None
        active = self.credit.active
        now, before = (self.credit.by_metric(nth) for nth in (0, 1))
        return {
            unit.code: Counts(
                {metric: counted.get(pk, 0) for metric, counted in now.items()},
                {metric: counted.get(pk, 0) for metric, counted in before.items()},
                active[2].get(pk, 0),
                active[3].get(pk, 0),
            )
            for unit, pk in units.collectors
        }

    def base_of(self, units: Units) -> BaseOf:
        """Persons active at the year's start under an owner of targets of these units."""
        if units.by == COLLECTOR:
            counted: Counted = self.credit.active[2] if self.credit else {}
            return lambda owner: counted.get(owner or 0, 0)
        assert self.now is not None
        name = "opening" if self.point.begun else "closing"
        rows = [
            row
            for row in self.now.stock
            if units.key(row["commune_id"], row["agent_id"]) is not None
        ]
        if units.by in (AGENT, NETWORK):
            return _summed(rows, name, "agent_id")
        return _folded(
            _by_commune(rows, name), units.lineage, Month(self.point.year - 1, 12).last_day
        )


def district_figure(tally: PeriodTally, metric: str) -> int:
    """The whole district's figure, without regard to the reader's scope."""
    if metric == Metric.ACTIVE:
        return sum(row["closing"] for row in tally.stock)
    if metric == Metric.NEW:
        return sum(row["n"] for row in tally.movements if row["kind"] == Movement.Kind.NEW)
    return int(sum(row["collected"] for row in tally.money))


def _summed(rows: Sequence[Mapping[str, int]], name: str, owner_field: str) -> BaseOf:
    return lambda owner: sum(
        row[name] for row in rows if owner is None or row[owner_field] == owner
    )


def _by_commune(rows: Iterable[Mapping[str, int]], name: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in rows:
        found[row["commune_id"]] = found.get(row["commune_id"], 0) + row[name]
    return found


def _folded(counted: Mapping[int, int], lineage: Lineage, start: date) -> BaseOf:
    """A commune begins the year with what was folded into it then; one formed later, with what went
    into it.
    """
    folds: dict[date, dict[int, int]] = {}

    def base_of(owner: int | None) -> int:
        if owner is None:
            return sum(counted.values())
        day = max(start, lineage.units[owner].valid_from)
        fold = folds.setdefault(day, lineage.fold(day))
        return sum(number for commune, number in counted.items() if fold.get(commune) == owner)

    return base_of


def read(
    scope: Scope, point: YearPoint, *, collectors: bool = False, history: bool = True
) -> YearReading:
    """Read a reader's figures of a day (three queries, one more by collector).

    Without ``history`` a reading by collector has no past years, so that its forecasts have no
    season and no bounds.
    """
    if not collectors:
        return read_with(scope, point)[0]
    keys = _wanted(point, comparing=False) if history else []
    credit = credit_of(scope, *_credit_asked(point, Period(point.january, point.month)))
    return YearReading(
        scope, point, dict(zip(keys, _brief_tallies(keys), strict=True)), credit=credit
    )


def read_with(
    scope: Scope, point: YearPoint, *extra: Period, monthly: bool = False
) -> tuple[YearReading, list[PeriodTally]]:
    """The reading by place, and the tallies of the year so far and of the ``extra`` periods, read
    along with it.

    ``monthly`` adds brief figures of every month of the year that is over.
    """
    full = [Period(point.january, point.month), *extra]
    months = range(1, point.settled.month + 1) if monthly and point.settled >= point.january else ()
    keys = sorted({*_wanted(point, comparing=True), *((point.year, month) for month in months)})
    found = tallies(*full, briefly=_januaries(keys))
    history = dict(zip(keys, found[len(full) :], strict=True))
    return YearReading(scope, point, history, found[0]), found[: len(full)]


def _brief_tallies(keys: Sequence[tuple[int, int]]) -> list[PeriodTally]:
    return tallies(briefly=_januaries(keys)) if keys else []


def _januaries(keys: Sequence[tuple[int, int]]) -> list[Period]:
    return [Period(Month(year, 1), Month(year, month)) for year, month in keys]


def _credit_asked(point: YearPoint, now: Period) -> tuple[list[Month], list[Period]]:
    start = point.january - 1 if point.begun else point.month
    settled = point.settled if point.begun else start
    return [point.month, point.month - 12, start, settled], [now, _a_year_before(point)]


def _a_year_before(point: YearPoint) -> Period:
    return Period(Month(point.year - 1, 1), Month(point.year - 1, point.month.month))


def _wanted(point: YearPoint, *, comparing: bool) -> list[tuple[int, int]]:
    """(year, month) of each January-to-month of which brief figures are needed."""
    months = {12}
    if point.begun:
        months |= {point.month.month, point.settled.month if point.settled >= point.january else 12}
        months |= {point.month.month - 1} - {0}
    found = {(year, month) for year in point.past for month in months}
    found |= {(year - 1, 12) for year in point.past}
    if comparing:
        found.add((point.year - 1, point.month.month))
    if comparing and point.begun and point.settled >= point.january:
        found.add((point.year, point.settled.month))
    return sorted(found)
