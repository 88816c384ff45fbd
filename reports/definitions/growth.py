"""Growth report: how the number of participants moved in a range of months, per unit, and what was
collected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from agents.access import Scope
from agents.models import Metric
from enrollment.law.wording import dong
from enrollment.models import Rule, StopReason
from reports.counting.measures import MEASURES, REASONS, Figures, Period, PeriodTally, total
from reports.counting.units import BY, OTHER, Unit, Units, units_for
from reports.definitions.periods import Months, span_in_words
from reports.progress.targets_asked import targets_of
from reports.tables import Column, Row, Table, percent
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots, percent_in_words
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import upper_first

CODE = "growth"
AS_OF = "as_of"


@dataclass(frozen=True, slots=True)
class GrowthParameters:
    """What is asked for; ``territory`` is ``as_of`` or an ISO date."""

    first: Month
    last: Month
    by: str = "commune"
    territory: str = AS_OF
    rule: str = Rule.GRACE

    @property
    def day(self) -> date | None:
        return None if self.territory == AS_OF else date.fromisoformat(self.territory)

    @property
    def period(self) -> Period:
        return Period(self.first, self.last, self.rule)

    @property
    def query(self) -> dict[str, str]:
        """The same as the page's address has it."""
        return {
            "tu": str(self.first),
            "den": str(self.last),
            "theo": self.by,
            "dia_gioi": self.territory,
            "cach_tinh": self.rule,
        }

    @property
    def repeated(self) -> dict[str, Any]:
        """The same as data repeat them."""
        return {
            "from": str(self.first),
            "to": str(self.last),
            "by": self.by,
            "territory": self.territory,
            "rule": str(self.rule),
            "closed": [],
        }


def checked(first: Month, last: Month, by: str, territory: str, rule: str) -> GrowthParameters:
    """The parameters, or :class:`Refused` with the field and a sentence."""
    Months.checked(first, last)
    if rule not in Rule.values:
        raise Refused("Cách tính phải là grace hoặc strict.", "rule")
    if territory != AS_OF:
        try:
            date.fromisoformat(territory)
        except ValueError as error:
            raise Refused(
                f"Địa giới “{territory}” không đúng; hãy ghi as_of hoặc ngày như 2020-03-31.",
                "territory",
            ) from error
    return GrowthParameters(first, last, by, territory, rule)


def build(scope: Scope, parameters: GrowthParameters) -> Table:
    """The report for one reader's scope."""
    units = units_for(scope, parameters.by, parameters.last, parameters.day)
    return table_of(
        units,
        parameters,
        PeriodTally.of(parameters.period).by(units),
        targets_of(units, parameters.last),
    )


def table_of(
    units: Units,
    parameters: GrowthParameters,
    figures: Mapping[str, Figures],
    targets: Mapping[str, Mapping[str, int]],
) -> Table:
    """The report from figures that were counted already."""
    whole = total(figures.values())
    shown = [unit for unit in units.rows if unit.code != OTHER or figures[OTHER] != Figures()]
    rows = [
        _row(unit, figures[unit.code], targets.get(unit.code, {}), parameters) for unit in shown
    ]
    sums = _sum_of_targets(targets, [unit.code for unit in shown])
    last = _row(units.whole, whole, sums, parameters, is_total=True)
    reached = {**last.cells, **_reached(figures, targets, [unit.code for unit in shown])}
    return Table(
        code=CODE,
        title=f"Tăng trưởng người tham gia theo {BY[parameters.by].lower()}",
        subtitle_lines=subtitle(parameters),
        sentence=_sentence(parameters, units, whole),
        columns=columns(parameters.by),
        rows=rows,
        total=replace(last, cells=reached),
        notes=_notes(whole, parameters.rule),
        parameters=parameters.repeated,
    )


def _sum_of_targets(targets: Mapping[str, Mapping[str, int]], codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        for metric, value in targets.get(code, {}).items():
            found[metric] = found.get(metric, 0) + value
    return found


def _reached(
    figures: Mapping[str, Figures], targets: Mapping[str, Mapping[str, int]], codes: list[str]
) -> dict[str, str | None]:
    """The total's rates: only units that have the target count, or those without would raise
    them.
    """
    found: dict[str, str | None] = {}
    for key, metric, done in (
        ("target_active_percent", Metric.ACTIVE, attrgetter("closing")),
        ("target_new_percent", Metric.NEW, attrgetter("new_ytd")),
    ):
        those = [code for code in codes if metric in targets.get(code, {})]
        asked = sum(targets[code][metric] for code in those)
        found[key] = percent(sum(done(figures[code]) for code in those), asked if those else None)
    return found


def _row(
    unit: Unit,
    figures: Figures,
    target: Mapping[str, int],
    parameters: GrowthParameters,
    *,
    is_total: bool = False,
) -> Row:
    cells = cells_of(unit, figures, target)
    if is_total:
        cells["unit_code"] = None
    return Row(cells=cells, links=_links(unit, cells, parameters, is_total))


def cells_of(unit: Unit, figures: Figures, target: Mapping[str, int]) -> dict[str, Any]:
    """Every figure of a row by its name in data; unknown is ``None``, never 0."""
    before = figures.same_period_last_year
    active, new = target.get(Metric.ACTIVE), target.get(Metric.NEW)
    money_before = figures.collected_same_period_last_year
    other_reasons = figures.decreased_total - figures.decreased["not_renewed"]
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "opening": figures.opening,
        "new": figures.new,
        "returned": figures.returned,
        "moved_in": figures.moved_in,
        "moved_out": figures.moved_out,
        "decreased": figures.decreased_total,
        **{f"decreased_by_reason.{reason}": number for reason, number in figures.decreased.items()},
        "decreased_other": other_reasons,
        "renewed": figures.renewed,
        "closing": figures.closing,
        "net": figures.net,
        "covered": figures.covered,
        "in_grace": figures.in_grace,
        "same_period_last_year": before,
        "yoy_change": figures.closing - before,
        "yoy_percent": percent(figures.closing - before, before),
        "target_active": active,
        "target_active_percent": percent(figures.closing, active),
        "target_new": new,
        "new_ytd": figures.new_ytd,
        "target_new_percent": percent(figures.new_ytd, new),
        "collected": figures.collected,
        "collected_gross": figures.collected_gross,
        "collected_state": figures.collected_state,
        "collected_same_period_last_year": money_before,
        "collected_yoy_percent": percent(figures.collected - money_before, money_before),
    }


_LINKED = (
    "opening",
    "new",
    "returned",
    "moved_in",
    "moved_out",
    "renewed",
    "closing",
    "covered",
    "in_grace",
    "same_period_last_year",
    "new_ytd",
    "collected",
    "decreased",
)
_LIST_OF = {
    "decreased_other": "decreased.other",
    "decreased_by_reason.not_renewed": "decreased.not_renewed",
}


def _links(
    unit: Unit, cells: Mapping[str, Any], parameters: GrowthParameters, is_total: bool
) -> dict[str, str]:
    """Each figure that is not 0 leads to the list behind it."""
    names = {name: name for name in _LINKED} | _LIST_OF
    names |= {f"decreased_by_reason.{reason}": f"decreased.{reason}" for reason in REASONS}
    base = reverse("reports:growth_list")
    query = parameters.query | ({} if is_total else {"don_vi": unit.code})
    return {
        cell: f"{base}?{urlencode({**query, 'cot': name})}"
        for cell, name in names.items()
        if cells.get(cell)
    }


def columns(by: str) -> list[Column]:
    """The columns of page, workbook and data in one order."""
    unit = BY[by]
    reasons = [_reason_column(reason) for reason in REASONS]
    return [
        Column("unit_code", "Mã", kind="code", total="none", on_page=False, prints=True, width=10),
        Column("unit_name", unit, kind="text", total="none", width=24),
        _count("opening"),
        _count("new", group="Tăng"),
        _count("returned", group="Tăng"),
        _count("moved_in", group="Tăng"),
        *reasons,
        _count(
            "decreased_other",
            label="Lý do khác",
            group="Giảm",
            on_page=True,
            in_sheet=False,
            in_data=False,
            definition="Người giảm vì mọi lý do ngoài chưa tái tục.",
        ),
        _count("decreased", label="Cộng giảm", group="Giảm", on_page=False, prints=True),
        _count("moved_out", group="Giảm"),
        _count("renewed"),
        _count("closing", strong=True),
        _count("net", signed=True),
        _count("covered", on_page=False),
        _count("in_grace", on_page=False),
        _count("same_period_last_year"),
        _count(
            "yoy_change",
            label="So cùng kỳ",
            definition="Cuối kỳ trừ cùng kỳ.",
            signed=True,
            on_page=False,
        ),
        Column(
            "yoy_percent",
            "So cùng kỳ (%)",
            kind="percent",
            total="ratio",
            numerator="yoy_change",
            denominator="same_period_last_year",
            signed=True,
            definition="Thay đổi so với cùng kỳ chia cho số cùng kỳ.",
        ),
        _count(
            "target_active",
            label="Chỉ tiêu",
            group="Chỉ tiêu đang tham gia",
            on_page=False,
            definition="Số người đang tham gia phải có vào 31/12.",
        ),
        Column(
            "target_active_percent",
            "Đạt (%)",
            group="Chỉ tiêu đang tham gia",
            kind="percent",
            total="ratio",
            numerator="closing",
            denominator="target_active",
            on_page=False,
            definition="Cuối kỳ chia cho chỉ tiêu; dòng tổng chỉ tính đơn vị có chỉ tiêu.",
        ),
        _count(
            "target_new",
            label="Chỉ tiêu",
            group="Chỉ tiêu tăng mới",
            on_page=False,
            definition="Số người tăng mới phải đạt trong năm.",
        ),
        _count("new_ytd", group="Chỉ tiêu tăng mới", on_page=False),
        Column(
            "target_new_percent",
            "Đạt (%)",
            group="Chỉ tiêu tăng mới",
            kind="percent",
            total="ratio",
            numerator="new_ytd",
            denominator="target_new",
            on_page=False,
            definition="Tăng mới từ đầu năm chia cho chỉ tiêu.",
        ),
        _count("collected", kind="money"),
        _count("collected_gross", kind="money", on_page=False),
        _count("collected_state", kind="money", on_page=False),
        _count("collected_same_period_last_year", kind="money", on_page=False),
        Column(
            "collected_yoy_percent",
            "Thu so cùng kỳ (%)",
            kind="percent",
            total="ratio",
            signed=True,
            on_page=False,
            definition="Tiền thu tăng thêm so với cùng kỳ chia cho tiền thu cùng kỳ.",
        ),
    ]


def _count(
    name: str, *, label: str = "", definition: str = "", kind: str = "int", **more: Any
) -> Column:
    measure = MEASURES.get(name)
    unit = " (đ)" if kind == "money" else ""
    return Column(
        name,
        label or f"{measure.label if measure else name}{unit}",
        kind=kind,
        total="sum",
        definition=definition or (measure.definition if measure else ""),
        **more,
    )


def _reason_column(reason: str) -> Column:
    label = "Chưa tái tục" if reason == "not_renewed" else str(StopReason(reason).label)
    return Column(
        f"decreased_by_reason.{reason}",
        label,
        group="Giảm",
        kind="int",
        total="sum",
        on_page=reason == "not_renewed",
        definition=f"Người không còn tham gia: {label.lower()}.",
    )


def subtitle(parameters: GrowthParameters) -> list[str]:
    """The months, the rule of counting and the territory in words."""
    day = parameters.day
    territory = (
        f"địa giới ngày {day:%d/%m/%Y}"
        if day
        else f"địa giới cuối kỳ ({parameters.last.last_day:%d/%m/%Y})"
    )
    rule = str(Rule(parameters.rule).label).lower()
    return [
        upper_first(span_in_words(parameters.first, parameters.last)),
        f"Cách tính: {rule}; {territory}",
    ]


def _sentence(parameters: GrowthParameters, units: Units, whole: Figures) -> str:
    """The result in plain words."""
    span = span_in_words(parameters.first, parameters.last)
    where = "toàn huyện" if units.scope.everything else "phạm vi của bạn"
    moved = "tăng ròng" if whole.net >= 0 else "giảm ròng"
    text = (
        f"{upper_first(span)}, {where} {moved} {dots(abs(whole.net))} người, còn "
        f"{dots(whole.closing)} "
        f"người đang tham gia; thu {dong(whole.collected)}"
    )
    change = percent(
        abs(whole.collected - whole.collected_same_period_last_year),
        whole.collected_same_period_last_year,
    )
    if change is None:
        return text + "."
    direction = "tăng" if whole.collected >= whole.collected_same_period_last_year else "giảm"
    return f"{text}, {direction} {percent_in_words(change)} so cùng kỳ."


def _notes(whole: Figures, rule: str) -> list[str]:
    if rule == Rule.STRICT:
        return ["“Đang tham gia” chỉ gồm người có tháng đã đóng tiền."]
    return [
        f"“Đang tham gia” gồm {dots(whole.covered)} người đang trong các tháng đã đóng và "
        f"{dots(whole.in_grace)} "
        "người còn trong hạn đóng tiếp."
    ]
