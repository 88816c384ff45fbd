"""The assignment of targets: per commune or agent what was asked first, what is asked now, and the
difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agents.access import Scope
from agents.models import Metric, OwnerKind
from agents.operations.targets import Owner
from agents.targets.in_force import decision_in_words, year_rows
from reports.counting.units import AGENT, BY, COMMUNE, units_for
from reports.progress.targets_asked import asked_of
from reports.question import Asked
from reports.setting_targets.decisions import Decision, TargetChange, owners_by_key
from reports.setting_targets.grid import name_of
from reports.tables import Column, Row, Table
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import lower_first

CODE = "assignment"
TITLE = "Chỉ tiêu phát triển người tham gia BHXH tự nguyện"
GROUPINGS = (COMMUNE, AGENT)
_KIND = {COMMUNE: OwnerKind.COMMUNE, AGENT: OwnerKind.AGENT}
Figures = Mapping[str, tuple[int | None, int | None]]
"""Metric → the figure before (or first) and the figure now."""


def build(scope: Scope, asked: Asked) -> Table:
    """The year's assignment as it stands at the end of the asked months, for the units of
    that day.
    """
    if asked.by not in GROUPINGS:
        raise Refused(f"Báo cáo này chỉ xếp theo {', '.join(GROUPINGS)}.", "by")
    if asked.territory not in ("", "as_of"):
        raise Refused("Báo cáo này luôn theo địa giới cuối kỳ.", "territory")
    units = units_for(scope, asked.by, asked.last)
    found = asked_of(units, year_rows(asked.last.year, [_KIND[asked.by]]))
    lines = [
        (
            unit.code,
            unit.name,
            {
                metric: (_sum(one.first for one in histories), _sum(one.now for one in histories))
                for metric, histories in found.get(unit.code, {}).items()
            },
        )
        for unit in units.rows
        if unit.code in found or unit.code not in units.strangers
    ]
    parameters = {
        "from": str(asked.first),
        "to": str(asked.last),
        "by": asked.by,
        "year": asked.last.year,
    }
    return _table(lines, asked.by, asked.last.year, ("Giao đầu năm", "Hiện giao"), parameters, [])


def of_decision(year: int, decision: Decision, changes: Iterable[TargetChange], by: str) -> Table:
    """What one decision asks of each commune or agent: the appendix that is signed with it."""
    mine = [one for one in changes if one.row.owner_kind == _KIND[by]]
    owners = owners_by_key(_KIND[by], {one.row.owner_id for one in mine if one.row.owner_id})
    figures: dict[int, dict[str, tuple[int | None, int | None]]] = {}
    for one in mine:
        figures.setdefault(one.row.owner_id or 0, {})[one.row.metric] = (one.before, one.row.value)
    lines = [(_code(owner), name_of(owner), figures[pk]) for pk, owner in owners.items()]
    named = decision_in_words(decision.number, decision.day)
    parameters = {
        "year": year,
        "by": by,
        "decision_no": decision.number,
        "decision_date": _iso(decision),
    }
    return _table(
        lines, by, year, ("Đang giao", "Giao"), parameters, [f"Kèm theo Quyết định số {named}"]
    )


def _iso(decision: Decision) -> str:
    return decision.day.isoformat() if decision.day else ""


def _code(owner: Owner) -> str:
    return owner.code if owner else ""


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


Lines = Sequence[tuple[str, str, Figures]]


def _table(
    lines: Lines,
    by: str,
    year: int,
    words: tuple[str, str],
    parameters: dict[str, Any],
    subtitle: list[str],
) -> Table:
    rows = [Row(_cells(code, name, figures)) for code, name, figures in lines]
    keys = [
        f"{metric}_{what}" for metric in Metric.values for what in ("first", "now", "difference")
    ]
    total = {key: _sum(row.cells.get(key) for row in rows) for key in keys}
    return Table(
        code=CODE,
        title=f"{TITLE} năm {year}",
        subtitle_lines=[f"Theo {BY[by].lower()}", *subtitle],
        parameters=parameters,
        columns=_columns(by, words, rows),
        rows=rows,
        total=Row({"unit_code": None, "unit_name": "Tổng cộng", **total}),
        sentence=_sentence(year, total, len(rows)),
        notes=["Ba chỉ tiêu độc lập với nhau; ô để trống là không giao."],
    )


def _cells(code: str, name: str, figures: Figures) -> dict[str, Any]:
    cells: dict[str, Any] = {"unit_code": code, "unit_name": name}
    for metric in Metric.values:
        first, now = figures.get(metric, (None, None))
        difference = None if first is None and now is None else (now or 0) - (first or 0)
        cells |= {
            f"{metric}_first": first,
            f"{metric}_now": now,
            f"{metric}_difference": difference,
        }
    return cells


def _columns(by: str, words: tuple[str, str], rows: list[Row]) -> list[Column]:
    """What is the same for a whole first assignment (nothing before it) is folded away on the
    sheet.
    """
    found = [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=10),
        Column("unit_name", BY[by], kind="text", width=26),
    ]
    for metric in Metric:
        before = any(row.cells[f"{metric.value}_first"] is not None for row in rows)
        kind = "money" if metric == Metric.COLLECTED else "int"
        more: dict[str, Any] = {"kind": kind, "group": metric.label, "total": "sum"}
        found += [
            Column(f"{metric.value}_first", words[0], on_page=before, **more),
            Column(f"{metric.value}_now", words[1], strong=True, **more),
            Column(f"{metric.value}_difference", "Tăng, giảm", on_page=before, signed=True, **more),
        ]
    return found


def _sentence(year: int, total: Mapping[str, int | None], units: int) -> str:
    parts = [
        f"{lower_first(metric.label).replace(' (đồng)', '')} {dots(now)}"
        + (" đ" if metric == Metric.COLLECTED else " người")
        for metric in Metric
        if (now := total[f"{metric.value}_now"]) is not None
    ]
    return (
        f"Năm {year} giao cho {units} đơn vị: {'; '.join(parts)}."
        if parts
        else f"Năm {year} chưa giao chỉ tiêu."
    )
