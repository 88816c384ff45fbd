"""Report of targets: what every unit was asked for in a year, what is done, and the
forecast of its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from agents.access import Scope
from agents.models import Metric
from enrollment.models import Rule
from reports.counting import units as known
from reports.counting.units import COLLECTOR, DISTRICT, Units
from reports.definitions.periods import refuse_backwards, span_in_words
from reports.progress.bound import words_explained
from reports.progress.lines import TargetLine, progress_lines
from reports.progress.wording import LABELS, estimate, figure
from reports.progress.year_so_far import METRICS, YearPoint
from reports.tables import Column, Row, Table
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import percent_in_words
from thaithuy_bhxh.months import Month

CODE = "targets"
BY = {**known.BY, COLLECTOR: "Nhân viên thu"}
_LIST_OF = {Metric.ACTIVE: "closing", Metric.NEW: "new_ytd", Metric.COLLECTED: "collected"}


@dataclass(frozen=True, slots=True)
class TargetParameters:
    """What is asked for: the months of one year, a grouping, and one metric or (empty) all
    three.
    """

    first: Month
    last: Month
    by: str = "commune"
    metric: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        return (self.metric,) if self.metric else METRICS

    @property
    def january(self) -> Month:
        """Where counting starts: targets are yearly."""
        return Month(self.last.year, 1)


def checked(
    first: Month, last: Month, by: str, territory: str, rule: str, metric: str
) -> TargetParameters:
    """The parameters, or :class:`Refused` with the field and a sentence."""
    refuse_backwards(first, last)
    if first.year != last.year:
        raise Refused(
            "Chỉ tiêu giao theo năm; hãy chọn tháng đầu và tháng cuối trong cùng một năm.", "last"
        )
    if by not in BY:
        raise Refused(f"Không có cách xếp “{by}”; hãy chọn {', '.join(BY)}.", "by")
    if metric not in ("", *METRICS):
        raise Refused(f"Không có chỉ tiêu “{metric}”; hãy chọn {', '.join(METRICS)}.", "metric")
    if territory != "as_of":
        raise Refused("Báo cáo chỉ tiêu chỉ theo địa giới cuối kỳ (as_of).", "territory")
    if rule != Rule.GRACE:
        raise Refused(
            "Chỉ tiêu chỉ tính theo cách gồm thời gian trong hạn đóng tiếp (grace).", "rule"
        )
    return TargetParameters(first, last, by, metric)


def build(scope: Scope, parameters: TargetParameters) -> Table:
    """The report for one reader's scope."""
    point = YearPoint.of(parameters.last, today())
    found, whole, units = progress_lines(
        scope, point, parameters.last, parameters.by, parameters.metrics
    )
    return table_of(parameters, point, units, found, whole)


def table_of(
    parameters: TargetParameters,
    point: YearPoint,
    units: Units,
    found: Sequence[TargetLine],
    whole: Sequence[TargetLine],
) -> Table:
    """The report from lines that were computed already."""
    return Table(
        code=CODE,
        title=_title(parameters),
        subtitle_lines=_subtitle(parameters, point),
        sentence=sentence(whole, point),
        columns=columns(parameters.by, parameters.metric),
        rows=[Row(cells_of(line), _links(line, parameters)) for line in found],
        total=_total(whole[0], parameters) if parameters.metric else None,
        wholes=[] if parameters.metric else [_total(line, parameters) for line in whole],
        notes=_notes(parameters, point, units),
        parameters={
            "from": str(parameters.first),
            "to": str(parameters.last),
            "by": parameters.by,
            "metric": parameters.metric or None,
            "counted_from": str(parameters.january),
            "as_of": point.day.isoformat(),
        },
    )


def _title(parameters: TargetParameters) -> str:
    about = f" {LABELS[Metric(parameters.metric)].lower()}" if parameters.metric else ""
    return f"Tiến độ chỉ tiêu{about} năm {parameters.last.year} theo {BY[parameters.by].lower()}"


def cells_of(line: TargetLine) -> dict[str, Any]:
    """Every figure of a row by its name in data; unknown is ``None``, never 0."""
    return {
        "unit_code": line.code,
        "unit_name": line.name,
        "metric": line.metric,
        "metric_name": LABELS[Metric(line.metric)],
        "target_first": line.first,
        "target_now": line.target,
        "revision_no": line.revision_no,
        "decision_no": line.decision_no,
        "done": line.done,
        "percent": line.progress.percent,
        "expected_today": line.progress.expected,
        "word": line.progress.word,
        "missing": line.progress.missing if line.target is not None else None,
        "needed_per_working_day": line.needed,
        "forecast": line.forecast.centre,
        "forecast_low": line.forecast.low,
        "forecast_high": line.forecast.high,
        "same_period_last_year": line.before,
    }


def _total(line: TargetLine, parameters: TargetParameters) -> Row:
    cells = cells_of(line) | {"unit_code": None, "revision_no": None, "decision_no": None}
    return Row(cells, _links(line, parameters, is_total=True))


def _links(
    line: TargetLine, parameters: TargetParameters, *, is_total: bool = False
) -> dict[str, str]:
    """What is done leads to the people or receipts behind it; by collector growth has no
    such list.
    """
    address = behind_address(line, parameters, is_total=is_total)
    return {"done": address} if address else {}


@dataclass(frozen=True, slots=True)
class UnitTargets:
    """One unit with its three targets side by side: new people, people, money; each with the
    address of the list behind what is done (empty when there is none).
    """

    name: str
    lines: tuple[tuple[TargetLine, str], ...]


def side_by_side(
    found: Sequence[TargetLine], whole: Sequence[TargetLine], parameters: TargetParameters
) -> list[UnitTargets]:
    """All units below the whole, those furthest behind with new people first."""
    by_unit: dict[str, list[TargetLine]] = {}
    for line in found:
        by_unit.setdefault(line.code, []).append(line)
    units = [_beside(lines, parameters) for lines in by_unit.values()]
    return [
        _beside(whole, parameters, is_total=True),
        *sorted(units, key=lambda unit: unit.lines[0][0].progress.need),
    ]


def _beside(
    lines: Sequence[TargetLine], parameters: TargetParameters, *, is_total: bool = False
) -> UnitTargets:
    of = {line.metric: line for line in lines}
    shown = tuple(
        (of[metric], behind_address(of[metric], parameters, is_total=is_total))
        for metric in (Metric.NEW, Metric.ACTIVE, Metric.COLLECTED)
        if metric in of
    )
    return UnitTargets(lines[0].name, shown)


def behind_address(
    line: TargetLine, parameters: TargetParameters, *, is_total: bool = False
) -> str:
    """The list behind what a line has done; empty when there is none."""
    if not line.done or (parameters.by == COLLECTOR and not is_total):
        return ""
    by = DISTRICT if is_total else parameters.by
    query = {"tu": str(parameters.january), "den": str(parameters.last), "theo": by}
    unit = {} if is_total else {"don_vi": line.code}
    cell = {"cot": _LIST_OF[Metric(line.metric)]}
    return f"{reverse('reports:growth_list')}?{urlencode({**query, **cell, **unit})}"


_MONEY_TOO = 15
"""Breadth of a column that has people and, bold in the last row, the money of the whole."""


def columns(by: str, metric: str) -> list[Column]:
    """The columns of page, workbook and data in one order; the metric's name stands where there are
    several.
    """
    kind = "money" if metric == Metric.COLLECTED else "int"
    several = not metric
    found = [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=11),
        Column("unit_name", BY[by], kind="text", width=24),
        Column("metric", "Mã chỉ tiêu", kind="code", on_page=False, in_sheet=False),
        Column(
            "metric_name",
            "Chỉ tiêu",
            kind="text",
            on_page=several,
            in_sheet=several,
            in_data=False,
            width=16,
        ),
        _figure(
            "target_first",
            "Giao đầu",
            kind,
            group="Chỉ tiêu năm",
            total="sum",
            definition="Chỉ tiêu của quyết định đầu tiên trong năm.",
        ),
        _figure(
            "target_now",
            "Hiện nay",
            kind,
            group="Chỉ tiêu năm",
            total="sum",
            definition="Chỉ tiêu đang có hiệu lực, sau các lần điều chỉnh.",
        ),
        Column("revision_no", "Lần điều chỉnh", group="Chỉ tiêu năm", on_page=False, width=9),
        Column(
            "decision_no",
            "Quyết định",
            kind="text",
            group="Chỉ tiêu năm",
            on_page=False,
            prints=True,
            width=18,
        ),
        _figure(
            "done",
            "Đã thực hiện",
            kind,
            strong=True,
            total="sum",
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
            definition="Đã thực hiện chia cho chỉ tiêu hiện nay.",
        ),
        _figure(
            "expected_today",
            "Đến nay cần",
            kind,
            definition="Mức phải đạt đến ngày tính theo kế hoạch từng tháng; trong tháng chia "
            "theo ngày làm việc.",
        ),
        Column(
            "word",
            "Tiến độ",
            kind="text",
            in_data=False,
            width=13,
            definition=words_explained(today()),
        ),
        _figure(
            "missing",
            "Thiếu đến 31/12",
            kind,
            in_data=False,
            definition="Chỉ tiêu hiện nay trừ đã thực hiện.",
        ),
        Column(
            "needed_per_working_day",
            "Cần mỗi ngày làm việc",
            kind="decimal",
            on_page=False,
            definition="Phần còn thiếu chia cho số ngày làm việc còn lại của năm.",
        ),
        _figure(
            "forecast",
            "Dự báo",
            kind,
            group="Cuối năm",
            definition="Theo nhịp từ đầu năm; tăng mới và tiền thu xét cả mùa vụ của ba năm trước.",
        ),
        _figure(
            "forecast_low",
            "Thấp",
            kind,
            group="Cuối năm",
            definition="Nếu phần còn lại như năm kém nhất.",
        ),
        _figure(
            "forecast_high",
            "Cao",
            kind,
            group="Cuối năm",
            definition="Nếu phần còn lại như năm tốt nhất.",
        ),
        _figure(
            "same_period_last_year",
            "Cùng kỳ năm trước",
            kind,
            total="sum",
            definition="Số đã thực hiện cùng thời điểm năm trước, gộp theo cùng đơn vị.",
        ),
    ]
    if metric:
        return found
    return [
        replace(one, width=_MONEY_TOO) if one.kind == "int" and not one.width else one
        for one in found
    ]


def _figure(name: str, label: str, kind: str, **more: Any) -> Column:
    return Column(name, label, kind=kind, **more)


def _subtitle(parameters: TargetParameters, point: YearPoint) -> list[str]:
    return [
        f"Lũy kế {span_in_words(parameters.january, parameters.last)}, tính đến hết ngày "
        f"{point.day:%d/%m/%Y}",
        f"Cách tính: {str(Rule.GRACE.label).lower()}; địa giới cuối kỳ "
        f"({parameters.last.last_day:%d/%m/%Y})",
    ]


def sentence(whole: Sequence[TargetLine], point: YearPoint) -> str:
    """The result in plain words: what is done of each metric, and the forecast."""
    parts = "; ".join(_in_words(line, point) for line in whole)
    return f"Đến hết ngày {point.day:%d/%m/%Y}: {parts}."


def _in_words(line: TargetLine, point: YearPoint) -> str:
    name = {Metric.ACTIVE: "đang tham gia", Metric.NEW: "tăng mới", Metric.COLLECTED: "thu"}[
        Metric(line.metric)
    ]
    text = f"{name} {figure(line.done, line.metric)}"
    if line.target is None:
        return f"{text}, chưa giao chỉ tiêu"
    share = line.progress.percent
    text += f" trên chỉ tiêu {figure(line.target, line.metric)}"
    text += f" ({percent_in_words(share)}, {line.progress.word.lower()})" if share else ""
    ahead = line.forecast.centre if point.day < date(point.year, 12, 31) else None
    return text + (f", cuối năm dự báo {estimate(ahead, line.metric)}" if ahead else "")


def _notes(parameters: TargetParameters, point: YearPoint, units: Units) -> list[str]:
    notes = [
        f"Tăng mới và tiền thu tính lũy kế từ tháng {parameters.january.vi}, dù kỳ báo cáo bắt "
        "đầu từ "
        f"{parameters.first.vi}; số người đang tham gia tính ở cuối kỳ."
    ]
    if point.day < parameters.last.last_day:
        notes.append(f"Kỳ chưa kết thúc: mức cần và dự báo tính đến hết ngày {point.day:%d/%m/%Y}.")
    if units.by == COLLECTOR:
        notes.append(
            "Người tham gia được tính cho nhân viên thu của lần đóng gần nhất; tiền thu cho "
            "người ghi biên lai. "
            "Bàn giao không chuyển kết quả đã có."
        )
    return notes
