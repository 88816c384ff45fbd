"""From which part of what today calls for somebody is only a little behind with a target: the
office's own number.
"""

from __future__ import annotations

from datetime import date

from agents.office_settings import Definition, define, office_setting
from reports.progress.pace import CLOSE, REACHED, WORDS

CLOSE_KEY = define(
    Definition(
        "muc-hoi-cham",
        f"Mức “{WORDS['warn']}”",
        f"Ai đạt từ phần trăm này của mức cần đến hôm nay thì ghi “{WORDS['warn']}”, dưới đó là "
        f"“{WORDS['bad']}”. Dùng cho mọi trang và báo cáo tiến độ chỉ tiêu.",
        "phần trăm",
        default=CLOSE,
        least=50,
        most=99,
    )
)


def close_on(day: date) -> int:
    """The bound in force on a day, in per cent."""
    return office_setting(CLOSE_KEY, day)


def words_explained(day: date) -> str:
    """What each word of progress means, as of a day."""
    return (
        f"{REACHED}: đủ chỉ tiêu cả năm; {WORDS['ok']}: đủ mức cần đến nay; {WORDS['warn']}: từ "
        f"{close_on(day)}% mức đó; {WORDS['bad']}: dưới {close_on(day)}%. “Chậm” so với hôm nay, "
        "“thiếu” tính đến hết năm."
    )
