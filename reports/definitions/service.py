"""Service report: how people judge the agents and how often they correct, beside how they grow."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.access import Scope
from agents.models import Network
from enrollment.law.keys import ATTITUDE_GOAL
from enrollment.models import Rule
from enrollment.parameters_in_force import current_table
from reports.counting.measures import MEASURES, Figures, PeriodTally, total
from reports.counting.service import Service, end_of, service_of, total_of, units_of
from reports.counting.units import AGENT, BY, DISTRICT, NETWORK, Unit, Units, units_for
from reports.definitions.growth import AS_OF, GrowthParameters, checked
from reports.definitions.periods import span_in_words
from reports.question import Asked
from reports.tables import Column, Row, Table, percent
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import upper_first

CODE = "service"
TITLE = "Chất lượng phục vụ"
GROUPINGS = (AGENT, NETWORK, DISTRICT)
MET, MISSED = "đạt", "chưa đạt"


def build(scope: Scope, asked: Asked) -> Table:
    """The report for one reader's scope. Raises :class:`Refused` for a grouping that agents do not
    have.
    """
    if asked.by not in GROUPINGS:
        raise Refused(f"Báo cáo này chỉ xếp theo {', '.join(GROUPINGS)}.", "by")
    parameters = checked(asked.first, asked.last, asked.by, AS_OF, asked.rule)
    goal = _goal(parameters)
    units = units_for(scope, parameters.by, parameters.last)
    growth = PeriodTally.of(parameters.period).by(units)
    service = service_of(units, parameters.period)
    whole = total_of(service.values())
    last = _cells(units.whole, whole, total(growth.values()), None) | {"unit_code": None}
    return Table(
        code=CODE,
        title=f"{TITLE} theo {BY[parameters.by].lower()}",
        subtitle_lines=_subtitle(parameters),
        sentence=_sentence(parameters, whole),
        columns=_columns(parameters.by),
        rows=_rows(units, service, growth, goal),
        total=Row(last),
        notes=_notes(goal),
        parameters={
            name: value for name, value in parameters.repeated.items() if name != "territory"
        },
    )


def _rows(
    units: Units,
    service: Mapping[str, Service],
    growth: Mapping[str, Figures],
    goal: str | None,
) -> list[Row]:
    """One row per unit; units outside the scope only when something of theirs is inside. The goal
    binds the post office.
    """
    bound = units_of(Network.POST_OFFICE, units)
    nothing = (Service(), Figures())
    return [
        Row(_cells(one, service[code], growth[code], goal if code in bound else None))
        for one in units.rows
        if (code := one.code) not in units.strangers or (service[code], growth[code]) != nothing
    ]


def _goal(parameters: GrowthParameters) -> str | None:
    """The post office's goal in per cent with two decimals, as it stands at the end; ``None`` while
    none is set.
    """
    row = current_table().at(ATTITUDE_GOAL, end_of(parameters.period))
    return f"{row.number.quantize(Decimal('0.01'))}" if row else None


def _cells(unit: Unit, service: Service, growth: Figures, goal: str | None) -> dict[str, Any]:
    """Every figure by its name in data; what cannot be known is ``None``, never 0."""
    good = percent(service.good, service.ratings)
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        **{
            name: getattr(service, name)
            for name in service.__dataclass_fields__
            if name != "score_sum"
        },
        "mean_score": service.mean,
        "good_percent": good,
        "attitude_goal_percent": goal,
        "attitude": _attitude(good, goal),
        "in_time_percent": percent(service.answered_in_time, service.answered),
        "void_percent": percent(service.receipts_voided, service.receipts),
        "late_void_percent": percent(service.late_voids, service.voids),
        "new": growth.new,
        "net": growth.net,
        "closing": growth.closing,
    }


def _attitude(good: str | None, goal: str | None) -> str | None:
    """Whether the goal is met, in a word; ``None`` when that cannot be known."""
    if goal is None or good is None:
        return None
    return MET if Decimal(good) >= Decimal(goal) else MISSED


def _columns(by: str) -> list[Column]:
    return [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=10),
        Column("unit_name", BY[by], kind="text", width=24),
        _count(
            "ratings", "Số đánh giá", "Đánh giá", "Số đánh giá gửi trong kỳ, mỗi biên lai một lần."
        ),
        Column(
            "mean_score",
            "Điểm trung bình",
            kind="decimal",
            group="Đánh giá",
            definition="Trung bình các điểm từ 1 đến 5 của kỳ; trống khi chưa có đánh giá.",
        ),
        _count("good", "Điểm 4–5", "Đánh giá", "Số đánh giá 4 hoặc 5 điểm.", on_page=False),
        _ratio(
            "good_percent",
            "Điểm 4–5 (%)",
            "Đánh giá",
            "good",
            "ratings",
            "Số đánh giá 4–5 chia cho số đánh giá.",
        ),
        Column(
            "attitude_goal_percent",
            "Mục tiêu (%)",
            kind="percent",
            group="Đánh giá",
            on_page=False,
            definition="Tỷ lệ đánh giá 4–5 mà bưu điện phải đạt, theo tham số của ngày cuối kỳ.",
        ),
        Column(
            "attitude",
            "Mục tiêu thái độ",
            kind="text",
            group="Đánh giá",
            width=10,
            definition="Đạt khi tỷ lệ đánh giá 4–5 không thấp hơn mục tiêu; chỉ đặt cho bưu điện.",
        ),
        _count("complaints", "Nhận", "Phản ánh", "Phản ánh nhận trong kỳ."),
        _count(
            "complaints_open",
            "Chưa trả lời",
            "Phản ánh",
            "Chưa trả lời vào cuối kỳ, nhận bất cứ lúc nào.",
        ),
        _count(
            "complaints_overdue",
            "Quá hạn",
            "Phản ánh",
            "Trong số chưa trả lời, những phản ánh đã quá hạn.",
        ),
        _count(
            "answered", "Đã trả lời", "Phản ánh", "Phản ánh được trả lời trong kỳ.", on_page=False
        ),
        _count(
            "answered_in_time",
            "Đúng hạn",
            "Phản ánh",
            "Trả lời trong kỳ, không muộn hơn hạn.",
            on_page=False,
        ),
        _ratio(
            "in_time_percent",
            "Đúng hạn (%)",
            "Phản ánh",
            "answered_in_time",
            "answered",
            "Trả lời đúng hạn chia cho số trả lời trong kỳ.",
        ),
        _count(
            "upheld", "Phản ánh đúng", "Phản ánh", "Trả lời trong kỳ, kết luận là phản ánh đúng."
        ),
        _count(
            "receipts",
            "Biên lai",
            "Sửa sai",
            "Biên lai thu trong kỳ, kể cả biên lai sau đó bị hủy.",
        ),
        _count(
            "receipts_voided",
            "Đã hủy",
            "Sửa sai",
            "Biên lai thu trong kỳ đã hủy cho đến hết kỳ.",
            on_page=False,
        ),
        _ratio(
            "void_percent",
            "Hủy (%)",
            "Sửa sai",
            "receipts_voided",
            "receipts",
            "Biên lai thu trong kỳ đã hủy chia cho biên lai thu trong kỳ.",
        ),
        _count(
            "voids", "Lần hủy trong kỳ", "Sửa sai", "Mọi lần hủy có ngày trong kỳ.", on_page=False
        ),
        _count(
            "late_voids",
            "Hủy muộn",
            "Sửa sai",
            "Lần hủy trong kỳ của biên lai thu từ tháng trước tháng hủy.",
            on_page=False,
        ),
        _ratio(
            "late_void_percent",
            "Sửa muộn (%)",
            "Sửa sai",
            "late_voids",
            "voids",
            "Lần hủy muộn chia cho mọi lần hủy trong kỳ.",
        ),
        *(
            _count(
                name,
                MEASURES[name].label,
                "Tăng trưởng",
                MEASURES[name].definition,
                signed=name == "net",
            )
            for name in ("new", "net", "closing")
        ),
    ]


def _count(key: str, label: str, group: str, definition: str, **more: Any) -> Column:
    return Column(key, label, group=group, total="sum", definition=definition, **more)


def _ratio(key: str, label: str, group: str, part: str, whole: str, definition: str) -> Column:
    return Column(
        key,
        label,
        kind="percent",
        group=group,
        total="ratio",
        numerator=part,
        denominator=whole,
        definition=definition,
    )


def _subtitle(parameters: GrowthParameters) -> list[str]:
    day = end_of(parameters.period)
    return [
        upper_first(span_in_words(parameters.first, parameters.last)),
        f"Phản ánh tính đến {day:%d/%m/%Y}; cách tính: {str(Rule(parameters.rule).label).lower()}",
    ]


def _sentence(parameters: GrowthParameters, whole: Service) -> str:
    span = span_in_words(parameters.first, parameters.last)
    text = f"{upper_first(span)} có {dots(whole.ratings)} đánh giá"
    if whole.mean:
        text += f", trung bình {whole.mean.replace('.', ',')} điểm"
    waiting = (
        f"còn {dots(whole.complaints_open)} chưa trả lời, {dots(whole.complaints_overdue)} quá hạn"
    )
    return f"{text}; nhận {dots(whole.complaints)} phản ánh, {waiting}."


def _notes(goal: str | None) -> list[str]:
    notes = ["Ô trống là chưa biết: chưa có đánh giá, phản ánh hay biên lai nào để tính."]
    if goal:
        shown = f"{Decimal(goal).normalize():f}".replace(".", ",")
        notes.append(
            f"Mục tiêu thái độ phục vụ của bưu điện: ít nhất {shown}% đánh giá đạt 4–5 điểm."
        )
    return notes
