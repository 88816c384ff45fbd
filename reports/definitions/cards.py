"""Card register: the cards that are valid in the months asked for, and how each stands at their
end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from agents.access import Scope
from agents.cards import SOON
from agents.models import CollectorCard, CourseAttendance
from agents.registers import cards_between, certificates_by
from reports.definitions.periods import Months, day_in_words, span_in_words
from reports.tables import Column, Row, Table
from thaithuy_bhxh.text import upper_first

CODE = "cards"
TITLE = "Sổ theo dõi thẻ nhân viên thu"
NO_END = "không thời hạn"

COLUMNS = (
    Column("agent_code", "Mã đại lý", kind="code", width=10, on_page=False, prints=True),
    Column("agent_name", "Đại lý", kind="text", width=22),
    Column("point_name", "Điểm thu", kind="text", width=29),
    Column("collector_code", "Mã nhân viên thu", kind="code", width=13),
    Column("collector_name", "Họ và tên", kind="text", width=21),
    Column(
        "card_no",
        "Số thẻ",
        kind="code",
        width=14,
        definition="Các thẻ có giá trị ít nhất một ngày trong kỳ.",
    ),
    Column("valid_from", "Từ ngày", kind="date", width=11),
    Column("valid_to", "Đến hết ngày", kind="date", width=13),
    Column("state", "Tình trạng cuối kỳ", kind="text", width=15),
    Column(
        "days_left",
        "Số ngày còn lại",
        kind="int",
        width=9,
        definition="Từ ngày cuối kỳ đến ngày cuối của thẻ; trống: không thời hạn hoặc đã hết hạn.",
    ),
    Column(
        "certificate_no",
        "Giấy chứng nhận tập huấn",
        kind="code",
        width=15,
        definition="Giấy mới nhất của nhân viên thu, cấp đến hết kỳ.",
    ),
    Column("ended_on", "Nghỉ sau ngày", kind="date", width=12, on_page=False),
)


def build(scope: Scope, months: Months) -> Table:
    """The register for one reader's scope; one row per card."""
    day, span = months.last.last_day, span_in_words(months.first, months.last)
    cards = list(cards_between(scope, months.first.first_day, day))
    certificates = certificates_by((one.collector_id for one in cards), day)
    return Table(
        code=CODE,
        title=TITLE,
        subtitle_lines=[f"{upper_first(span)}; tình trạng ngày {day:%d/%m/%Y}"],
        sentence=_sentence(cards, day),
        columns=COLUMNS,
        rows=[
            Row(_cells(one, certificates.get(one.collector_id), day), _links(one)) for one in cards
        ],
        parameters=months.parameters,
    )


def _cells(card: CollectorCard, certificate: CourseAttendance | None, day: date) -> dict[str, Any]:
    who = card.collector
    left = days_left(card, day)
    return {
        "agent_code": who.point.agent.code,
        "agent_name": who.point.agent.name,
        "point_name": who.point.name,
        "collector_code": who.code,
        "collector_name": who.full_name,
        "card_no": card.number or None,
        "valid_from": day_in_words(card.valid_from),
        "valid_to": day_in_words(card.valid_to) or NO_END,
        "state": _state(card, day),
        "days_left": left if left is not None and left >= 0 else None,
        "certificate_no": certificate.certificate_no if certificate else None,
        "ended_on": day_in_words(who.ended_on),
    }


def days_left(card: CollectorCard, day: date) -> int | None:
    """Days from ``day`` to the card's last; negative when it is over, ``None`` without an end."""
    return (card.valid_to - day).days if card.valid_to else None


def _state(card: CollectorCard, day: date) -> str:
    left = days_left(card, day)
    if left is not None and left < 0:
        return "Hết hạn"
    return "Sắp hết hạn" if left is not None and left <= SOON else "Còn giá trị"


def _links(card: CollectorCard) -> dict[str, str]:
    return {"collector_name": reverse("agents:collector", args=[card.collector_id])}


def _sentence(cards: Sequence[CollectorCard], day: date) -> str:
    states = [_state(one, day) for one in cards]
    over, soon = states.count("Hết hạn"), states.count("Sắp hết hạn")
    holders = len({one.collector_id for one in cards})
    return (
        f"{len(cards)} thẻ của {holders} nhân viên thu có giá trị trong kỳ; đến {day:%d/%m/%Y} "
        f"{over} thẻ đã hết hạn, "
        f"{soon} thẻ hết hạn trong {SOON} ngày tới."
    )
