"""Cohorts report: of the people who joined in a month, how many still pay after 3, 6, 12 and 24
months.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.access import Scope
from reports.counting.cohorts import AFTER, Cohort, cohorts_of
from reports.counting.units import AGENT, BY, COMMUNE, DISTRICT, NETWORK, OTHER, Unit, units_for
from reports.definitions.growth import GrowthParameters, checked, subtitle
from reports.definitions.periods import span_in_words
from reports.question import Asked
from reports.tables import Column, Row, Table, percent
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.months import Month, months_between
from thaithuy_bhxh.text import upper_first

CODE = "cohorts"
TITLE = "Người vào cùng tháng còn đóng sau 3, 6, 12, 24 tháng"
GROUPINGS = (COMMUNE, AGENT, NETWORK, DISTRICT)
_STEPS = 10
"""Shades from nobody to everybody."""


def build(scope: Scope, asked: Asked) -> Table:
    """The report for one reader's scope, as it stands today."""
    return table_of(scope, asked, this_month())


def table_of(scope: Scope, asked: Asked, this: Month) -> Table:
    """The report as it stands in the running month ``this``."""
    if asked.by not in GROUPINGS:
        raise Refused(f"Không có cách xếp “{asked.by}”; hãy chọn {', '.join(GROUPINGS)}.", "by")
    parameters = checked(asked.first, asked.last, asked.by, asked.territory, asked.rule)
    units = units_for(scope, parameters.by, parameters.last, parameters.day)
    found = cohorts_of(units, parameters.period, this)
    shown = [
        unit
        for unit in units.rows
        if unit.code != OTHER or any(one.joined for one in found[unit.code])
    ]
    rows = [Row(_cells(unit, one)) for unit in shown for one in found[unit.code]]
    return Table(
        code=CODE,
        title=f"{TITLE}, theo {BY[parameters.by].lower()}",
        subtitle_lines=subtitle(parameters),
        sentence=_sentence(parameters, rows),
        columns=_columns(parameters.by),
        rows=rows,
        total=Row(_total(rows)),
        notes=[
            "Mỗi người tính ở đơn vị của tháng vào, dù sau đó chuyển đi đâu; ô trống là tháng "
            "chưa kết thúc. Dòng tổng chỉ cộng các tháng đã kết thúc."
        ],
        parameters=parameters.repeated,
    )


def _cells(unit: Unit, cohort: Cohort) -> dict[str, Any]:
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "cohort": cohort.month.vi,
        "joined": cohort.joined,
        **{f"active_{after}": number for after, number in cohort.active.items()},
        **{
            f"percent_{after}": percent(number, cohort.joined)
            for after, number in cohort.active.items()
        },
    }


def _total(rows: Sequence[Row]) -> dict[str, Any]:
    """The sum; a share counts only the cohorts whose month is over."""
    cells: dict[str, Any] = {"unit_code": None, "unit_name": "Tổng cộng", "cohort": None}
    cells["joined"] = sum(row.cells["joined"] for row in rows)
    for after in AFTER:
        known = [row.cells for row in rows if row.cells[f"active_{after}"] is not None]
        active = sum(one[f"active_{after}"] for one in known) if known else None
        cells[f"active_{after}"] = active
        cells[f"percent_{after}"] = percent(active, sum(one["joined"] for one in known))
    return cells


def _columns(by: str) -> list[Column]:
    return [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=10),
        Column("unit_name", BY[by], kind="text", width=24),
        Column("cohort", "Tháng vào", kind="month"),
        Column(
            "joined", "Người vào", total="sum", strong=True, definition="Người mới trong tháng."
        ),
        *(column for after in AFTER for column in _pair(after)),
    ]


def _pair(after: int) -> tuple[Column, Column]:
    group, key = f"Sau {after} tháng", f"active_{after}"
    return (
        Column(
            key,
            "Còn đóng",
            group=group,
            total="sum",
            definition=f"Trong số người vào, còn đang tham gia {after} tháng sau.",
        ),
        Column(
            f"percent_{after}",
            "Tỷ lệ (%)",
            group=group,
            kind="percent",
            total="ratio",
            numerator=key,
            denominator="joined",
            in_data=False,
            definition=f"Còn đóng sau {after} tháng chia cho người vào.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """A field of the triangle: ``shade`` is 0 (nobody) … 10 (everybody); ``percent`` in whole per
    cent, ``None`` when it is not known yet or nobody joined.
    """

    after: int
    active: int | None
    percent: int | None
    shade: int


@dataclass(frozen=True, slots=True)
class Line:
    """A cohort of the whole scope."""

    month: str
    joined: int
    shares: Sequence[Share]


def triangle(table: Table) -> list[Line]:
    """The cohorts of all units together, in order of their months."""
    by_month: dict[str, list[Row]] = {}
    for row in table.rows:
        by_month.setdefault(row.cells["cohort"], []).append(row)
    return [_line(month, _total(rows)) for month, rows in by_month.items()]


def _line(month: str, cells: dict[str, Any]) -> Line:
    joined = cells["joined"]
    return Line(month, joined, [_share(after, cells[f"active_{after}"], joined) for after in AFTER])


def _share(after: int, active: int | None, joined: int) -> Share:
    if active is None or not joined:
        return Share(after, active, None, 0)
    return Share(after, active, _in_hundred(active, joined), active * _STEPS // joined)


def _in_hundred(part: int, whole: int) -> int:
    """Whole per cent, rounded half up."""
    return (part * 200 + whole) // (whole * 2)


def _sentence(parameters: GrowthParameters, rows: Iterable[Row]) -> str:
    """The latest month that was looked at after a year, or after the longest time that is over."""
    by_month: dict[str, list[Row]] = {}
    for row in rows:
        by_month.setdefault(row.cells["cohort"], []).append(row)
    months = reversed(list(months_between(parameters.first, parameters.last)))
    totals = [(month, _total(by_month.get(month.vi, []))) for month in months]
    for after in (12, 6, 3):
        for month, cells in totals:
            active, joined = cells[f"active_{after}"], cells["joined"]
            if joined and active is not None:
                share = _in_hundred(active, joined)
                return (
                    f"Trong {dots(joined)} người vào tháng {month.month}/{month.year}, "
                    f"{dots(active)} người ({share} %) còn đóng sau {after} tháng."
                )
    span = upper_first(span_in_words(parameters.first, parameters.last))
    number = dots(sum(cells["joined"] for _, cells in totals))
    return f"{span} có {number} người mới; chưa có tháng nào đủ 3 tháng để xem lại."
