"""What every unit brought month by month: the steps between the year-to-date figures that targets
are judged by.

Nothing is counted twice: by place the months come out of the one reading, by collector out of one
more question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.access import Scope
from agents.models import Metric
from reports.counting.by_collector import credit_of
from reports.counting.measures import Figures, Period
from reports.counting.units import COLLECTOR, Units
from reports.progress.lines import TargetLine, lines, units_by
from reports.progress.targets_asked import rows_for
from reports.progress.year_so_far import YearPoint, YearReading, read, read_with
from thaithuy_bhxh.months import Month, months_between

Monthly = Mapping[str, Mapping[Month, int]]
"""Unit code → month → figure; a month that has not begun is absent."""
_NAMES = {Metric.ACTIVE: "closing", Metric.NEW: "new", Metric.COLLECTED: "collected"}


@dataclass(frozen=True, slots=True)
class MonthByMonth:
    """One metric's lines of a year to date, the same figures by month, and the whole's."""

    units: Units
    lines: Sequence[TargetLine]
    whole: TargetLine
    monthly: Monthly
    begun: Sequence[Month]

    def total(self, month: Month) -> int | None:
        """All units of a month; ``None`` for one that has not begun."""
        return (
            sum(of_unit[month] for of_unit in self.monthly.values())
            if month in self.begun
            else None
        )


def month_by_month(
    scope: Scope, point: YearPoint, last: Month, by: str, metric: str
) -> MonthByMonth:
    """The lines and months of one grouping and metric, up to the point's month."""
    if by == COLLECTOR:
        reading = read(scope, point, collectors=True, history=False)
    else:
        reading, _ = read_with(scope, point, monthly=True)
    units = units_by(scope, by, reading, last)
    found, (whole,) = lines(reading, units, rows_for(last, units), (metric,))
    monthly = (
        _credited(scope, units, point, metric)
        if by == COLLECTOR
        else _placed(reading, units, metric)
    )
    return MonthByMonth(units, found, whole, monthly, _months(point))


def _months(point: YearPoint) -> list[Month]:
    """The months of the year that have begun."""
    return list(months_between(point.january, point.month)) if point.begun else []


def _placed(reading: YearReading, units: Units, metric: str) -> Monthly:
    """The steps from one year-to-date figure to the next; a stock is shown as it stands."""
    point, name = reading.point, _NAMES[Metric(metric)]
    found: dict[str, dict[Month, int]] = {unit.code: {} for unit in units.rows}
    before: Mapping[str, Figures] = {}
    for month in _months(point):
        tally = reading.now if month == point.month else reading.history[point.year, month.month]
        assert tally is not None
        until = tally.by(units)
        for code, figures in until.items():
            step = getattr(before[code], name) if before and metric != Metric.ACTIVE else 0
            found[code][month] = int(getattr(figures, name)) - step
        before = until
    return found


def _credited(scope: Scope, units: Units, point: YearPoint, metric: str) -> Monthly:
    months = _months(point)
    found: dict[str, dict[Month, int]] = {unit.code: {} for unit, _ in units.collectors}
    if not months:
        return found
    stock = metric == Metric.ACTIVE
    credit = credit_of(
        scope, months if stock else [], [] if stock else [Period(one, one) for one in months]
    )
    counted = {
        Metric.ACTIVE: credit.active,
        Metric.NEW: credit.new,
        Metric.COLLECTED: credit.collected,
    }[Metric(metric)]
    for month, by_pk in zip(months, counted, strict=True):
        for unit, pk in units.collectors:
            found[unit.code][month] = by_pk.get(pk, 0)
    return found
