"""What follows from a visit: the next step, and in how many days (docs/rules.md 9.2).

Pure but for the office's own numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from agents.office_settings import Definition, define, office_setting
from enrollment.models import VisitOutcome


def _days(key: str, label: str, meaning: str, default: int) -> str:
    return define(Definition(key, label, meaning, "ngày", default=default, least=1, most=730))


AGAIN_DAYS = _days(
    "visit_again_days",
    "Số ngày đến lại khi không gặp",
    "Không gặp ai ở nhà thì việc tiếp là đến lại sau ngần ấy ngày, vào buổi tối.",
    3,
)
SHORT_DAYS = _days(
    "visit_short_days",
    "Số ngày quay lại khi hộ chưa có tiền",
    "Hộ chưa có tiền được giới thiệu cách đóng 3 tháng và hỏi lại sau ngần ấy ngày.",
    14,
)
DECIDE_DAYS = _days(
    "visit_decide_days",
    "Số ngày hỏi lại khi còn cân nhắc",
    "Người còn cân nhắc được gọi hỏi lại sau ngần ấy ngày, trừ khi đã hẹn ngày khác.",
    7,
)
RECEIPT_DAYS = _days(
    "visit_receipt_days",
    "Số ngày thu tiền sau khi đồng ý",
    "Người đã đồng ý được hẹn thu tiền trong ngần ấy ngày.",
    3,
)
REST_DAYS = _days(
    "visit_rest_days",
    "Số ngày nghỉ vận động sau khi từ chối",
    "Người từ chối được để yên ngần ấy ngày; ai cũng thấy điều đó.",
    182,
)


class NextStep(NamedTuple):
    """A step and its day; ``None`` = no day."""

    step: VisitOutcome.Next
    on: date | None


_FOLLOWS: dict[VisitOutcome.Kind, tuple[VisitOutcome.Next, str]] = {
    VisitOutcome.Kind.NOT_HOME: (VisitOutcome.Next.AGAIN, AGAIN_DAYS),
    VisitOutcome.Kind.SHORT: (VisitOutcome.Next.QUARTERLY, SHORT_DAYS),
    VisitOutcome.Kind.UNDECIDED: (VisitOutcome.Next.CALL, DECIDE_DAYS),
    VisitOutcome.Kind.REFUSED: (VisitOutcome.Next.REST, REST_DAYS),
    VisitOutcome.Kind.AGREED: (VisitOutcome.Next.RECEIPT, RECEIPT_DAYS),
}


def next_after(outcome: str, day: date) -> NextStep:
    """What the office's rule sets after an outcome of this day."""
    step, key = _FOLLOWS.get(VisitOutcome.Kind(outcome), (VisitOutcome.Next.NOTHING, ""))
    return NextStep(step, day + timedelta(days=office_setting(key)) if key else None)
