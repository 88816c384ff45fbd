"""Where a person stands, in words that say what it means for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrollment.models import Participant, StopReason
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import lower_first

SOON = 15
"""Days before the last lawful day from which a payment counts as due soon."""

LONG_AWAY = 12
"""Months without participation after which somebody has left rather than paused."""


@dataclass(frozen=True, slots=True)
class Status:
    """``tone`` is ok, warn, bad or quiet; ``word`` the badge; ``sentence`` what it means; ``code``
    the filter's.

    ``pay`` is what taking money today would be; empty where none may be taken.
    """

    code: str
    tone: str
    word: str
    sentence: str
    pay: str


STATUSES = {
    "dang-dong": "Đang tham gia",
    "trong-han": "Trong hạn đóng tiếp",
    "gian-doan": "Gián đoạn",
    "da-dung": "Đã dừng",
    "chua-dong": "Chưa đóng",
}
"""Filter codes → words."""


ON, FIRST_TIME, AGAIN = "Thu tiền đóng tiếp", "Thu tiền lần đầu", "Thu tiền đóng lại"
_NEVER_AGAIN = {
    StopReason.DEATH: "",
    StopReason.RETIRED: " Người hưởng lương hưu không đóng BHXH tự nguyện nữa.",
}
"""Reasons after which there is no return, and what is to be said of it (Law 41/2024 Art. 2(4))."""
_AFTER = {StopReason.COMPULSORY: "khi thôi đóng BHXH bắt buộc"}
"""When there may be a return, where that is more than a matter of the month."""


def status_of(person: Participant, day: date) -> Status:
    """The person's state on a day by the summary on record."""
    month = Month.of(day)
    if person.stopped_from is not None:
        return _stopped(person, person.stopped_from, month)
    if person.active_to is None or person.covered_to is None:
        return _status("chua-dong", "quiet", "Chưa có biên lai còn hiệu lực.", FIRST_TIME)
    if person.active_to < month:
        return _lapsed(person, day)
    if person.covered_to >= month:
        return _paid(person, day)
    return _status(
        "trong-han",
        "warn",
        f"Đã đóng đến hết {person.covered_to.vi}; {_deadline(person, day)}nếu không sẽ gián "
        "đoạn từ "
        f"{(person.active_to + 1).vi}.",
        ON,
    )


def _stopped(person: Participant, since: Month, month: Month) -> Status:
    """A stop that holds: since when, why, and what may come of it."""
    reason = StopReason(person.stop_reason)
    text = f"dừng đóng từ {since.vi}: {lower_first(reason.label)}."
    code, tone, sentence = "da-dung", "quiet", f"Đã {text}"
    if since > month:
        code, so_far = _until(person, since, month)
        tone, sentence = "warn", f"{so_far}; sẽ {text}"
    if reason in _NEVER_AGAIN:
        return _status(code, tone, sentence + _NEVER_AGAIN[reason], "")
    if month <= since:
        when = _AFTER.get(reason, f"từ {(since + 1).vi}")
        return _status(
            code, tone, f"{sentence} Đóng lại được {when}; thu trước đó phải rút lại việc dừng.", ""
        )
    when = _AFTER.get(reason, "bất cứ lúc nào")
    return _status(code, tone, f"{sentence} Đóng lại được {when}.", AGAIN)


def _until(person: Participant, since: Month, month: Month) -> tuple[str, str]:
    """The state before a stop that is still to come: its code, and what it is so far."""
    if person.active_to is None or person.covered_to is None:
        return "chua-dong", "Chưa có biên lai còn hiệu lực"
    if person.active_to < month:
        return "gian-doan", f"Không đóng từ {(person.active_to + 1).vi}"
    if person.covered_to < month:
        return "trong-han", f"Đã đóng đến hết {person.covered_to.vi}"
    return "dang-dong", f"Đang tham gia đến hết {min(person.covered_to, since - 1).vi}"


def _paid(person: Participant, day: date) -> Status:
    assert person.covered_to is not None
    tone = "warn" if person.due_on and (person.due_on - day).days <= SOON else "ok"
    sentence = f"Đang tham gia đến {person.covered_to.last_day:%d/%m/%Y}"
    if person.due_on:
        sentence += f", hạn đóng tiếp {person.due_on:%d/%m/%Y}"
    return _status("dang-dong", tone, sentence + ".", ON)


def _lapsed(person: Participant, day: date) -> Status:
    """Who can still pay without a gap waits; who has been away for long is no urgent case."""
    assert person.active_to is not None
    if person.due_on and person.due_on >= day:
        text = f"Chưa đóng tháng này; còn đóng nối tiếp được đến {person.due_on:%d/%m/%Y}."
        return Status("gian-doan", "warn", "Chờ đóng kỳ này", text, AGAIN)
    since = person.active_to + 1
    text = f"Gián đoạn từ {since.vi}; đóng lại được bất cứ lúc nào."
    if Month.of(day) - since >= LONG_AWAY:
        return Status("gian-doan", "quiet", f"Nghỉ từ {since.year}", text, AGAIN)
    return _status("gian-doan", "bad", text, AGAIN)


def _deadline(person: Participant, day: date) -> str:
    return f"đóng tiếp trước hết ngày {person.due_on:%d/%m/%Y}, " if person.due_on else ""


def _status(code: str, tone: str, sentence: str, pay: str) -> Status:
    return Status(code, tone, STATUSES[code], sentence, pay)
