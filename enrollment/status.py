"""Where a person stands, in words that say what it means for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrollment.models import Participant, StopReason
from thaithuy_bhxh.months import Month

SOON = 15
"""Days before the last lawful day from which a payment counts as due soon."""


@dataclass(frozen=True, slots=True)
class Status:
    """``tone`` is ok, warn, bad or quiet; ``word`` the badge; ``sentence`` what it means; ``code`` the filter's."""

    code: str
    tone: str
    word: str
    sentence: str


STATUSES = {
    "dang-dong": "Đang tham gia",
    "trong-han": "Trong hạn đóng tiếp",
    "gian-doan": "Gián đoạn",
    "da-dung": "Đã dừng",
    "chua-dong": "Chưa đóng",
}
"""Filter codes → words."""


def status_of(person: Participant, day: date) -> Status:
    """The person's standing on a day by the summary on record."""
    month = Month.of(day)
    if person.stopped_from is not None and person.stopped_from <= month:
        reason = StopReason(person.stop_reason).label
        return _status(
            "da-dung", "quiet", f"Đã dừng đóng từ {person.stopped_from.vi}: {reason[:1].lower()}{reason[1:]}."
        )
    if person.active_to is None or person.covered_to is None:
        return _status("chua-dong", "quiet", "Chưa có biên lai còn hiệu lực.")
    if person.active_to < month:
        return _lapsed(person, day)
    if person.covered_to >= month:
        return _paid(person, day)
    return _status(
        "trong-han",
        "warn",
        f"Đã đóng đến hết {person.covered_to.vi}; {_deadline(person, day)}nếu không sẽ gián đoạn từ "
        f"{(person.active_to + 1).vi}.",
    )


def _paid(person: Participant, day: date) -> Status:
    assert person.covered_to is not None
    tone = "warn" if person.due_on and (person.due_on - day).days <= SOON else "ok"
    sentence = f"Đang tham gia đến {person.covered_to.last_day:%d/%m/%Y}"
    if person.stopped_from is not None:
        return _status("dang-dong", "warn", f"{sentence}, dừng đóng từ {person.stopped_from.vi}.")
    if person.due_on:
        sentence += f", hạn đóng tiếp {person.due_on:%d/%m/%Y}"
    return _status("dang-dong", tone, sentence + ".")


def _lapsed(person: Participant, day: date) -> Status:
    assert person.active_to is not None
    if person.due_on and person.due_on >= day:
        return _status(
            "gian-doan", "warn", f"Chưa đóng tháng này; còn đóng nối tiếp được đến {person.due_on:%d/%m/%Y}."
        )
    return _status("gian-doan", "bad", f"Gián đoạn từ {(person.active_to + 1).vi}; đóng lại được bất cứ lúc nào.")


def _deadline(person: Participant, day: date) -> str:
    return f"đóng tiếp trước hết ngày {person.due_on:%d/%m/%Y}, " if person.due_on else ""


def _status(code: str, tone: str, sentence: str) -> Status:
    return Status(code, tone, STATUSES[code], sentence)
