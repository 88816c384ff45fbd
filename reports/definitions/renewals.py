"""Renewals report: whose paid months ended, who paid on in time, late or not, and who still may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.access import Scope
from reports.counting.renewals import Renewals, renewals_of, total_of
from reports.counting.units import BY, OTHER, Unit, units_for
from reports.definitions.growth import GrowthParameters, checked, subtitle
from reports.definitions.periods import span_in_words
from reports.question import Asked
from reports.tables import Column, Row, Table, percent
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.figures import dots, percent_in_words
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import upper_first

CODE = "renewals"
TITLE = "Đóng tiếp khi hết tháng đã đóng"
GROUPINGS = tuple(BY)


def build(scope: Scope, asked: Asked) -> Table:
    """The report for one reader's scope, as it stands today."""
    return table_of(scope, asked, this_month())


def table_of(scope: Scope, asked: Asked, this: Month) -> Table:
    """The report as it stands in the running month ``this``."""
    parameters = checked(asked.first, asked.last, asked.by, asked.territory, asked.rule)
    units = units_for(scope, parameters.by, parameters.last, parameters.day)
    found = renewals_of(units, parameters.first, parameters.last, this)
    rows = [
        Row(_cells(unit, found[unit.code]))
        for unit in units.rows
        if unit.code != OTHER or found[unit.code].ended
    ]
    whole = _cells(Unit("", "Tổng cộng"), total_of(found.values())) | {"unit_code": None}
    return Table(
        code=CODE,
        title=f"{TITLE} theo {BY[parameters.by].lower()}",
        subtitle_lines=subtitle(parameters),
        sentence=_sentence(parameters, whole),
        columns=_columns(parameters.by),
        rows=rows,
        total=Row(whole),
        notes=[
            "Trong hạn hay trễ luôn xét theo hạn đóng tiếp, dù cách tính nào. Người còn trong hạn "
            "chưa tính vào tỷ lệ."
        ],
        parameters=parameters.repeated,
    )


def _cells(unit: Unit, renewals: Renewals) -> dict[str, Any]:
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "ended": renewals.ended,
        "renewed_in_window": renewals.renewed_in_window,
        "renewed_late": renewals.renewed_late,
        "lapsed": renewals.lapsed,
        "open": renewals.open,
        "decided": renewals.decided,
        "renewed_percent": percent(renewals.renewed_in_window, renewals.decided),
    }


def _columns(by: str) -> list[Column]:
    return [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=10),
        Column("unit_name", BY[by], kind="text", width=24),
        Column(
            "ended",
            "Hết hạn",
            total="sum",
            strong=True,
            definition="Lượt người hết tháng đã đóng trong kỳ mà đến cuối tháng đó chưa đóng tiếp.",
        ),
        Column(
            "renewed_in_window",
            "Trong hạn",
            group="Đã đóng tiếp",
            total="sum",
            definition="Đóng tiếp khi còn đang tham gia.",
        ),
        Column(
            "renewed_late",
            "Trễ",
            group="Đã đóng tiếp",
            total="sum",
            definition="Đóng lại sau khi đã gián đoạn.",
        ),
        Column(
            "lapsed",
            "Đã thôi",
            group="Chưa đóng tiếp",
            total="sum",
            definition="Đã gián đoạn hoặc dừng đóng và chưa đóng lại.",
        ),
        Column(
            "open",
            "Còn hạn",
            group="Chưa đóng tiếp",
            total="sum",
            definition="Chưa đóng tiếp nhưng còn đang tham gia ở cuối tháng vừa qua.",
        ),
        Column(
            "decided",
            "Đã rõ",
            total="sum",
            on_page=False,
            in_data=False,
            definition="Hết hạn trừ số còn hạn.",
        ),
        Column(
            "renewed_percent",
            "Tỷ lệ (%)",
            kind="percent",
            total="ratio",
            numerator="renewed_in_window",
            denominator="decided",
            definition="Đóng tiếp trong hạn chia cho số hết hạn đã rõ.",
        ),
    ]


def _sentence(parameters: GrowthParameters, whole: Mapping[str, Any]) -> str:
    span = upper_first(span_in_words(parameters.first, parameters.last))
    if not whole["ended"]:
        return f"{span} không có ai hết tháng đã đóng."
    text = (
        f"{span} có {dots(whole['ended'])} lượt người hết tháng đã đóng: "
        f"{dots(whole['renewed_in_window'])} đóng tiếp trong hạn"
    )
    if whole["renewed_percent"] is not None:
        text += f" ({percent_in_words(whole['renewed_percent'])})"
    return (
        f"{text}, {dots(whole['renewed_late'])} trễ, {dots(whole['lapsed'])} đã thôi, "
        f"{dots(whole['open'])} còn hạn để gọi."
    )
