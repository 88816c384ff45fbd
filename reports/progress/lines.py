"""How far every unit is with its targets on a day, and the forecast of the year: the lines behind
the report of targets, the home pages and the early warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agents.access import Scope
from agents.lineage import Lineage
from agents.models import Metric, Target
from agents.targets.in_force import BaseOf, Levels, TargetHistory, histories_of
from reports.counting.by_collector import collector_units
from reports.counting.units import COLLECTOR, Units, units_for
from reports.progress.bound import close_on
from reports.progress.forecast import Forecast, PastYear, of_flow, of_stock
from reports.progress.pace import Needed, Progress, days_left, expected_on, needed_per_day
from reports.progress.targets_asked import Asked, asked_of, rows_for
from reports.progress.wording import LABELS, rate, still_to_come
from reports.progress.year_so_far import METRICS, Counts, YearPoint, YearReading, read
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One unit and metric: persons, or đồng for ``collected``. Unknown is ``None``."""

    code: str
    name: str
    metric: str
    first: int | None
    revision_no: int | None
    decision_no: str | None
    progress: Progress
    needed: Needed
    forecast: Forecast
    before: int
    levels: Levels | None
    base: int
    days_left: int = 0
    """Working days of the year that are still to come."""

    @property
    def done(self) -> int:
        return self.progress.done

    @property
    def target(self) -> int | None:
        return self.progress.target

    @property
    def label(self) -> str:
        """What is asked, in words."""
        return LABELS[Metric(self.metric)]

    @property
    def still_to_come(self) -> str:
        """What is missing to the year's end, in whole persons and days; empty when nothing."""
        missing = self.progress.missing
        return still_to_come(missing, self.days_left, self.metric) if missing else ""

    @property
    def a_day(self) -> str:
        """The rate of a working day for the details; empty when nothing is missing or too late."""
        return "" if self.needed in (None, 0, "0.00") else rate(self.needed, self.metric)

    @property
    def is_money(self) -> bool:
        return self.metric == Metric.COLLECTED


def units_by(
    scope: Scope, by: str, reading: YearReading, last: Month, lineage: Lineage | None = None
) -> Units:
    """The units of a report of targets, collectors too."""
    if by == COLLECTOR:
        return collector_units(scope, last, reading.credit.collectors if reading.credit else ())
    return units_for(scope, by, last, lineage=lineage)


def lines(
    reading: YearReading, units: Units, rows: list[Target], metrics: Sequence[str] = METRICS
) -> tuple[list[TargetLine], list[TargetLine]]:
    """One line per unit and metric in order of code, and one of the whole per metric, from the
    year's targets.

    A stranger of the year has lines only where there are figures.
    """
    counts, asked = reading.counts(units), asked_of(units, rows)
    make = _Maker(reading.point, reading.past, reading.base_of(units))
    found = [
        make.line(unit.code, unit.name, metric, _asked(asked, unit.code, metric), counts[unit.code])
        for unit in units.rows
        for metric in metrics
    ]
    codes, every = [unit.code for unit in units.rows], Counts.sum(counts.values())
    whole = [
        make.line(
            units.whole.code,
            units.whole.name,
            metric,
            [one for code in codes for one in _asked(asked, code, metric)],
            every,
        )
        for metric in metrics
    ]
    return _without_empty(found, units.strangers), whole


def _asked(asked: Asked, code: str, metric: str) -> Sequence[TargetHistory]:
    return asked.get(code, {}).get(metric, [])


def _without_empty(found: list[TargetLine], strangers: frozenset[str]) -> list[TargetLine]:
    """All lines but those of strangers that have neither targets nor figures."""
    used = {line.code for line in found if line.target is not None or line.done or line.before}
    return [line for line in found if line.code in used or line.code not in strangers]


def agent_lines(
    reading: YearReading, units: Units, rows: list[Target], name: str
) -> list[TargetLine]:
    """The lines of an agent whose collectors the units are, by its own targets: collectors add up
    to their agent.
    """
    histories = histories_of(rows, units.lineage)
    counts = Counts.sum(reading.counts(units).values())
    make = _Maker(reading.point, reading.past, lambda _: counts.base)
    asked = {
        metric: [one for key, one in histories.items() if key[0] == metric] for metric in METRICS
    }
    return [make.line(units.whole.code, name, metric, asked[metric], counts) for metric in METRICS]


@dataclass(frozen=True)
class _Maker:
    """Makes the lines of one report."""

    point: YearPoint
    past: Mapping[str, Sequence[PastYear]]
    base_of: BaseOf

    @property
    def close(self) -> int:
        """The office's bound of the day."""
        return close_on(self.point.day)

    def line(
        self, code: str, name: str, metric: str, asked: Sequence[TargetHistory], counts: Counts
    ) -> TargetLine:
        start: BaseOf = self.base_of if metric == Metric.ACTIVE else lambda _: 0
        levels, base, target = _planned(asked, start)
        done = counts.done[metric]
        expected = expected_on(levels, base, self.point.day, self.point.year) if levels else None
        return TargetLine(
            code,
            name,
            metric,
            _sum(one.first for one in asked),
            max((one.revision_no for one in asked if one.revision_no is not None), default=None),
            _decision(asked),
            Progress(done, target, expected, self.close),
            self._needed(metric, done, target),
            self._forecast(metric, counts),
            counts.before[metric],
            levels,
            base,
            days_left(self.point.day, self.point.year),
        )

    def _needed(self, metric: str, done: int, target: int | None) -> Needed:
        if target is None:
            return None
        return needed_per_day(
            target - done, self.point.day, self.point.year, money=metric == Metric.COLLECTED
        )

    def _forecast(self, metric: str, counts: Counts) -> Forecast:
        if metric == Metric.ACTIVE:
            return of_stock(counts.base, counts.settled, self.point.settled_gone, self.past[metric])
        return of_flow(counts.done[metric], self.point.gone, self.past[metric])


def _planned(
    asked: Sequence[TargetHistory], start: BaseOf
) -> tuple[Levels | None, int, int | None]:
    """Sums of all that is asked: the levels by month, the level at the year's start, the target;
    ``None`` when no target is in force.
    """
    planned = [(one, levels) for one in asked if (levels := one.levels(start)) is not None]
    if not planned:
        return None, 0, None
    levels = tuple(map(sum, zip(*(levels for _, levels in planned), strict=True)))
    return (
        levels,
        sum(one.base(start) for one, _ in planned),
        sum(one.now or 0 for one, _ in planned),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _decision(asked: Sequence[TargetHistory]) -> str | None:
    """Number of the latest decision in force among those asked."""
    decisions = [one.decision for one in asked if one.now is not None]
    number, _ = max(decisions, key=lambda one: (one[1] or date.min, one[0]), default=("", None))
    return number or None


def progress_lines(
    scope: Scope,
    point: YearPoint,
    last: Month,
    by: str,
    metrics: Sequence[str] = METRICS,
    lineage: Lineage | None = None,
) -> tuple[list[TargetLine], list[TargetLine], Units]:
    """The lines of one grouping, those of the whole, and its units."""
    reading = read(scope, point, collectors=by == COLLECTOR)
    units = units_by(scope, by, reading, last, lineage)
    found, whole = lines(reading, units, rows_for(last, units), metrics)
    return found, whole, units
