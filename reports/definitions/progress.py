"""Progress by month: what every unit brought in each month of a year, beside what the year asks of
it.

The figures are those of the report of targets: done and percent are the same, and the months are
its steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from agents.access import Scope
from agents.models import Metric
from enrollment.models import Rule
from reports.counting.units import AGENT, COLLECTOR, COMMUNE, DISTRICT, NETWORK, Units
from reports.definitions.periods import span_in_words
from reports.definitions.targets import BY, TargetParameters, behind_address, checked
from reports.progress.by_month import MonthByMonth, month_by_month
from reports.progress.lines import TargetLine
from reports.progress.wording import LABELS, figure
from reports.progress.year_so_far import YearPoint
from reports.question import Asked
from reports.tables import Column, Row, Table
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.figures import percent_in_words
from thaithuy_bhxh.months import Month, months_between
from thaithuy_bhxh.text import upper_first

CODE = "progress"
TITLE = "Tiến độ theo tháng"
METRICS = (Metric.NEW.value, Metric.ACTIVE.value, Metric.COLLECTED.value)
"""The first is the usual one."""
_LIST_OF = {Metric.ACTIVE: "closing", Metric.NEW: "new", Metric.COLLECTED: "collected"}
_ABOUT_MONTHS = {
    Metric.ACTIVE: "Mỗi cột tháng là số người đang tham gia ở cuối tháng; đã thực hiện là số "
    "của tháng cuối kỳ.",
    Metric.NEW: "Mỗi cột tháng là số người tăng mới trong tháng; đã thực hiện là lũy kế từ "
    "tháng 1 đến hết kỳ.",
    Metric.COLLECTED: "Mỗi cột tháng là tiền người tham gia đóng trong tháng, trừ biên lai "
    "hủy; đã thực hiện là lũy kế "
    "từ tháng 1 đến hết kỳ.",
}


def build(scope: Scope, asked: Asked) -> Table:
    """The report for one reader's scope: months of one year, one metric (new people unless another
    is asked for).
    """
    metric = asked.metric or METRICS[0]
    parameters = checked(asked.first, asked.last, asked.by, asked.territory, asked.rule, metric)
    point = YearPoint.of(parameters.last, today())
    found = month_by_month(scope, point, parameters.last, parameters.by, metric)
    months = list(months_between(parameters.first, parameters.last))
    by_month = found.monthly
    return Table(
        code=CODE,
        title=_title(parameters),
        subtitle_lines=_subtitle(parameters, point),
        sentence=_sentence(parameters, point, found, months),
        columns=_columns(parameters, months),
        rows=[
            Row(
                _cells(line, {month: by_month[line.code].get(month) for month in months}),
                _links(line, parameters, found.units, by_month[line.code]),
            )
            for line in found.lines
        ],
        total=_total(found, parameters, months),
        notes=_notes(parameters, point),
        parameters={
            "from": str(parameters.first),
            "to": str(parameters.last),
            "by": parameters.by,
            "metric": parameters.metric,
            "counted_from": str(parameters.january),
            "as_of": point.day.isoformat(),
        },
    )


def _title(parameters: TargetParameters) -> str:
    about = (
        "tiền thu"
        if parameters.metric == Metric.COLLECTED
        else LABELS[Metric(parameters.metric)].lower()
    )
    return f"{TITLE}: {about} năm {parameters.last.year} theo {BY[parameters.by].lower()}"


def _subtitle(parameters: TargetParameters, point: YearPoint) -> list[str]:
    span = span_in_words(parameters.first, parameters.last)
    return [f"{upper_first(span)}, tính đến hết ngày {point.day:%d/%m/%Y}"]


def _key(month: Month) -> str:
    return f"by_month.{month}"


def _columns(parameters: TargetParameters, months: Sequence[Month]) -> list[Column]:
    """Target, the months in their order, then what came of them."""
    money = parameters.metric == Metric.COLLECTED
    kind = "money" if money else "int"
    over = "Cuối tháng" if parameters.metric == Metric.ACTIVE else "Trong tháng"
    return [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=11),
        Column("unit_name", BY[parameters.by], kind="text", width=24),
        Column(
            "target_now",
            "Chỉ tiêu năm",
            kind=kind,
            total="sum",
            width=14 if money else 9,
            definition="Chỉ tiêu đang có hiệu lực, sau các lần điều chỉnh.",
        ),
        # As narrow as a month's figure allows: twelve of them have to be read on one sheet.
        *(
            Column(
                _key(month), month.vi, kind=kind, group=over, total="sum", width=14 if money else 8
            )
            for month in months
        ),
        Column(
            "done",
            "Đã thực hiện",
            kind=kind,
            strong=True,
            total="sum",
            width=15 if money else 9,
            definition="Tăng mới và tiền thu từ tháng 1 đến hết kỳ; số người đang tham gia ở "
            "cuối kỳ.",
        ),
        Column(
            "percent",
            "Đạt (%)",
            kind="percent",
            total="ratio",
            numerator="done",
            denominator="target_now",
            width=9,
            definition="Đã thực hiện chia cho chỉ tiêu năm.",
        ),
    ]


def _cells(line: TargetLine, by_month: Mapping[Month, int | None]) -> dict[str, Any]:
    return {
        "unit_code": line.code,
        "unit_name": line.name,
        "target_now": line.target,
        **{_key(month): number for month, number in by_month.items()},
        "done": line.done,
        "percent": line.progress.percent,
    }


def _total(found: MonthByMonth, parameters: TargetParameters, months: Sequence[Month]) -> Row:
    sums = {month: found.total(month) for month in months}
    done = behind_address(found.whole, parameters, is_total=True)
    return Row(_cells(found.whole, sums) | {"unit_code": None}, {"done": done} if done else {})


def _links(
    line: TargetLine, parameters: TargetParameters, units: Units, by_month: Mapping[Month, int]
) -> dict[str, str]:
    """Every figure leads to the people or receipts behind it; by collector growth has no
    such list.
    """
    links = {
        _key(month): _list_of(line, parameters, month)
        for month, number in by_month.items()
        if number and _is_listed(month, parameters, units)
    }
    done = behind_address(line, parameters)
    return links | ({"done": done} if done else {})


def _is_listed(month: Month, parameters: TargetParameters, units: Units) -> bool:
    """Whether the list of a month knows the unit as this report shows it: territory and
    officers are the period's last.
    """
    if parameters.by in (AGENT, NETWORK, DISTRICT) or month == parameters.last:
        return True
    then = {one.id for one in units.lineage.existing(month.last_day)}
    return parameters.by == COMMUNE and then == {
        one.id for one in units.lineage.existing(units.day)
    }


def _list_of(line: TargetLine, parameters: TargetParameters, month: Month) -> str:
    if parameters.by == COLLECTOR:
        return ""
    asked = {"tu": str(month), "den": str(month), "theo": parameters.by}
    query = urlencode({**asked, "cot": _LIST_OF[Metric(parameters.metric)], "don_vi": line.code})
    return f"{reverse('reports:growth_list')}?{query}"


def _sentence(
    parameters: TargetParameters, point: YearPoint, found: MonthByMonth, months: Sequence[Month]
) -> str:
    metric, whole = parameters.metric, found.whole
    verb = {Metric.ACTIVE: "đang tham gia", Metric.NEW: "tăng mới", Metric.COLLECTED: "thu"}[
        Metric(metric)
    ]
    text = f"Đến hết ngày {point.day:%d/%m/%Y}: {verb} {figure(whole.done, metric)}"
    if whole.target is not None:
        share = whole.progress.percent
        text += f" trên chỉ tiêu {figure(whole.target, metric)}" + (
            f" ({percent_in_words(share)})" if share else ""
        )
    sums = {month: number for month in months if (number := found.total(month))}
    if metric != Metric.ACTIVE and len(sums) > 1:
        best = max(sums, key=lambda month: sums[month])
        text += f"; nhiều nhất trong tháng {best.vi}: {figure(sums[best], metric)}"
    return f"{text}."


def _notes(parameters: TargetParameters, point: YearPoint) -> list[str]:
    notes = [_ABOUT_MONTHS[Metric(parameters.metric)]]
    if point.day < parameters.last.last_day:
        notes.append(
            f"Kỳ chưa kết thúc: tháng {point.month.vi} tính đến hết ngày {point.day:%d/%m/%Y}."
        )
    notes.append(
        f"Cách tính: {str(Rule.GRACE.label).lower()}; địa giới cuối kỳ "
        f"({parameters.last.last_day:%d/%m/%Y})."
    )
    if parameters.by == COLLECTOR:
        notes.append(
            "Người tham gia được tính cho nhân viên thu của lần đóng gần nhất; tiền thu cho "
            "người ghi biên lai."
        )
    return notes
