"""Which figures a chart shows."""

from __future__ import annotations

from collections.abc import Sequence

from agents.access import Scope
from agents.lineage import Lineage
from agents.models import Metric
from reports.counting.units import AGENT, DISTRICT, Units, units_for
from reports.progress.lines import TargetLine, lines
from reports.progress.pace import month_gone
from reports.progress.targets_asked import rows_for
from reports.progress.wording import LABELS
from reports.progress.year_so_far import YearPoint, YearReading, read_with
from reports.tables import Table
from thaithuy_bhxh.charts import YearLine, paired_bars, svg_of, year_line
from thaithuy_bhxh.months import Month

MILLION = 1_000_000


def growth_chart_of(table: Table, width: int) -> str:
    """Closing figures of the report's units beside those of a year before, as SVG."""
    rows = [
        (row.cells["unit_name"], row.cells["closing"], row.cells["same_period_last_year"])
        for row in table.rows
        if row.cells["closing"] or row.cells["same_period_last_year"]
    ]
    return svg_of(
        paired_bars(
            rows,
            "Cuối kỳ",
            "Cùng kỳ năm trước",
            f"{table.title}: cuối kỳ và cùng kỳ năm trước",
            width,
        )
    )


def pace_chart_of(
    scope: Scope, lineage: Lineage, last: Month, metric: str, point: YearPoint, width: int
) -> str:
    """The year's plan, what is done month by month, and the forecast with its bounds, of all that
    the reader sees.
    """
    reading, _ = read_with(scope, point, monthly=True)
    units = units_for(scope, DISTRICT if scope.agent is None else AGENT, last, lineage=lineage)
    _, (whole,) = lines(reading, units, rows_for(last, units), (metric,))
    scale = MILLION if metric == Metric.COLLECTED else 1
    name = LABELS[Metric(metric)].replace("đồng", "triệu đồng")
    done = _done(reading, whole, units) if point.begun else []
    return svg_of(
        year_line(_line(whole, point, done, scale), ("Chỉ tiêu", "Đã làm", "Dự báo"), name, width)
    )


def _line(
    whole: TargetLine, point: YearPoint, done: Sequence[tuple[float, int]], scale: int
) -> YearLine:
    plan = [whole.base, *whole.levels] if whole.levels else []
    return YearLine(
        [level // scale for level in plan],
        [(at, value // scale) for at, value in done],
        _ahead(whole, scale) if point.begun and point.gone < 1 else None,
    )


def _ahead(whole: TargetLine, scale: int) -> tuple[int, int, int] | None:
    """Low, centre and high of the year-end; without past years the bounds are the centre."""
    low, centre, high = whole.forecast.low, whole.forecast.centre, whole.forecast.high
    if centre is None:
        return None
    return (
        (centre if low is None else low) // scale,
        centre // scale,
        (centre if high is None else high) // scale,
    )


def _done(reading: YearReading, whole: TargetLine, units: Units) -> list[tuple[float, int]]:
    """(months gone, figure) at the year's start, at the end of each month that is over, and
    today.
    """
    point = reading.point
    found = [(float(month), value) for month, value in reading.monthly(units, whole.metric)]
    if point.settled < point.month and whole.metric != Metric.ACTIVE:
        found.append((point.month.month - 1 + float(month_gone(point.day)), whole.done))
    return found
