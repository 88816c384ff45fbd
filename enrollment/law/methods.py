"""Payment methods: how many months each pays and until when it is lawful to pay them (docs/rules.md
4.3).

How long a payment stays lawful is a dated row of the law for each method:
``payment_window_months.6`` is 4, the end of the period's fourth month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from enrollment.law.parameters import PAYMENT_WINDOW, ParameterTable
from enrollment.law.refusals import LawRefused
from enrollment.law.wording import day as in_words
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import clean

LAW_2024_FROM = date(2025, 7, 1)
"""First day of Law 41/2024/QH15 and Decree 159/2025."""

ADVANCE, MISSING = "ADV", "MISS"
ADVANCE_MONTHS = (24, 36, 48, 60)
FIRST_MONTH, LAST_MONTH = Month(1900, 1), Month(2199, 12)


@dataclass(frozen=True, slots=True)
class Method:
    """``months`` paid; ``None`` = chosen, and paid on the day of registration instead of inside a
    window.
    """

    code: str
    label: str
    months: int | None


METHODS: Mapping[str, Method] = {
    method.code: method
    for method in (
        Method("1", "Hằng tháng", 1),
        Method("3", "3 tháng một lần", 3),
        Method("6", "6 tháng một lần", 6),
        Method("12", "12 tháng một lần", 12),
        Method(ADVANCE, "Nhiều năm về sau", None),
        Method(MISSING, "Những năm còn thiếu", None),
    )
}
FIXED_METHODS = tuple(code for code, method in METHODS.items() if method.months is not None)
"""Methods that say themselves how many months they pay: 1, 3, 6, 12."""
_BY_MONTHS = {
    method.months: code for code, method in METHODS.items() if method.months
} | dict.fromkeys(ADVANCE_MONTHS, ADVANCE)


class NextPeriod(NamedTuple):
    """The first month not yet paid and the last day on which it is lawful to pay from it."""

    next_from: Month
    last_day: date

    @property
    def first_day(self) -> date:
        """The day on which the window opens; money that comes earlier is taken as paid in
        advance.
        """
        return self.next_from.first_day


def method_named(code: str) -> Method:
    """The method with this code; :class:`LawRefused` when there is none."""
    if code not in METHODS:
        raise LawRefused(
            "method",
            f"Không có phương thức đóng “{clean(code)[:20]}”; hãy chọn {', '.join(METHODS)}.",
        )
    return METHODS[code]


def window_months(table: ParameterTable, method: Method, day: date) -> int:
    """Number of the period's month in which money is lawful for the last time, by the table of the
    day of payment.

    1 where money is due on the day of registration. :class:`LawRefused` when the table says nothing
    of that day.
    """
    if method.months is None:
        return 1
    return int(table.require(PAYMENT_WINDOW + method.code, day).number)


def grace_months(table: ParameterTable, code: str, received_on: date) -> int:
    """Months after the paid ones in which the person still counts as active (docs/rules.md 5.1).

    They are read once, on the receipt's own day, and kept with it, so that a change of the law
    moves no older month.
    """
    return window_months(table, method_named(code), received_on) - 1


def method_of(months: int, missing: bool) -> str:
    """The method that a number of months means; ``missing`` when the list says that they are
    missing months.
    """
    if missing:
        return MISSING
    if months not in _BY_MONTHS:
        allowed = ", ".join(str(number) for number in _BY_MONTHS)
        raise LawRefused(
            "months",
            f"Số tháng đóng không ứng với phương thức nào; hãy nhập một trong các số {allowed}.",
        )
    return _BY_MONTHS[months]


def last_day(table: ParameterTable, method: str, from_month: Month, paid_on: date) -> date:
    """Last lawful day of payment for the period that begins in ``from_month``.

    Years ahead and missing months are paid on the day of registration, which is ``paid_on``.
    """
    asked = method_named(method)
    if asked.months is None:
        return paid_on
    refuse_strange_month(from_month)
    return _end_of_window(from_month, window_months(table, asked, paid_on))


def is_closed(method: Method, from_month: Month, paid_on: date) -> bool:
    """Whether the whole period lies before the month of payment, so that its money could only be
    back-payment.

    No window outlasts its period. Years ahead and missing months have no period of their own to be
    late for.
    """
    return method.months is not None and from_month + (method.months - 1) < Month.of(paid_on)


def refuse_back_payment(
    table: ParameterTable, method: Method, from_month: Month, paid_on: date, allowed: bool
) -> None:
    """:class:`LawRefused` unless months that have gone may be paid late, with interest (Decree
    134/2015 Art. 12(3)).

    Neither Law 41/2024 nor Decree 159/2025 knows back-payment: since then the office's reading
    decides.
    """
    if method.months is None:
        raise LawRefused("method", f"Không đóng bù theo phương thức {method.label.lower()}.")
    if not is_closed(method, from_month, paid_on):
        last = from_month + (method.months - 1)
        raise LawRefused(
            "from_month",
            f"Kỳ từ tháng {from_month.vi} đến tháng {last.vi} chưa qua hết hạn vào ngày "
            f"{in_words(paid_on)} "
            "nên không phải là đóng bù.",
        )
    if paid_on >= LAW_2024_FROM and not allowed:
        raise LawRefused(
            "from_month",
            f"Từ ngày {in_words(LAW_2024_FROM)} cơ quan BHXH không nhận đóng bù (theo cách "
            "hiểu đang chọn); "
            f"hãy chọn đóng từ tháng {_earliest(table, method, paid_on).vi}.",
        )


def next_period(table: ParameterTable, covered_to: Month, method: str) -> NextPeriod:
    """What comes after ``covered_to``; the window is that of the next period's first day.

    Years ahead must be registered in their first month at the latest; missing months are paid once
    and have no next period: :class:`LawRefused`.
    """
    if method == MISSING:
        raise LawRefused(
            "method", "Đóng cho những năm còn thiếu là đóng một lần, không có kỳ tiếp theo."
        )
    next_from = covered_to + 1
    refuse_strange_month(next_from)
    window = window_months(table, method_named(method), next_from.first_day)
    return NextPeriod(next_from, _end_of_window(next_from, window))


def refuse_late(
    table: ParameterTable,
    method: Method,
    from_month: Month,
    paid_on: date,
    back_payment: bool = True,
) -> None:
    """:class:`LawRefused` when the money comes after the last lawful day of the period.

    Missing months lie in the past by their nature and are not refused; years ahead may not begin in
    the past. ``back_payment`` is whether the office takes late money since July 2025: where it does
    not, the sentence says so.
    """
    if method.code == MISSING:
        return
    earliest = _earliest(table, method, paid_on)
    if from_month >= earliest:
        return
    refuse_strange_month(from_month)
    limit = _end_of_window(from_month, window_months(table, method, paid_on))
    never = is_closed(method, from_month, paid_on) and paid_on >= LAW_2024_FROM and not back_payment
    no_more = (
        f", và từ ngày {in_words(LAW_2024_FROM)} cơ quan BHXH không nhận đóng bù (theo cách "
        "hiểu đang chọn)"
        if never
        else ""
    )
    raise LawRefused(
        "from_month",
        f"Kỳ đóng từ tháng {from_month.vi} ({method.label}) phải nộp chậm nhất ngày "
        f"{in_words(limit)}; "
        f"nộp ngày {in_words(paid_on)} là quá hạn{no_more}; hãy chọn đóng từ tháng {earliest.vi}.",
    )


KNOWN_AHEAD = 12
"""Months that a yearly payment made elsewhere in the same month may already have paid."""


def latest_start(paid_on: date, covered_to: Month | None = None) -> Month:
    """The last month from which it can be right to pay on this day, ``covered_to`` being paid
    already as far as known.

    The law knows payment ahead only of what comes next: nobody leaves months out. What was paid to
    another office is not known here, and a yearly payment is the longest that people commonly renew
    before its end.
    """
    return max(
        Month.of(paid_on) + KNOWN_AHEAD, Month.of(paid_on) if covered_to is None else covered_to + 1
    )


def refuse_far(from_month: Month, paid_on: date, covered_to: Month | None = None) -> None:
    """:class:`LawRefused` for a period that begins later than any payment of this day can: a
    mistyped year, mostly.
    """
    latest = latest_start(paid_on, covered_to)
    if from_month > latest:
        raise LawRefused(
            "from_month",
            f"Tháng bắt đầu đóng {from_month.vi} quá xa ngày nộp {in_words(paid_on)}; "
            f"muộn nhất là {latest.vi}. Hãy xem lại tháng và năm.",
        )


def remark_on_gap(from_month: Month, paid_on: date, covered_to: Month | None = None) -> str:
    """A sentence where months before the period are not paid as far as known; empty when nothing is
    left out.
    """
    next_month = Month.of(paid_on) + 1
    if from_month <= max(next_month, next_month if covered_to is None else covered_to + 1):
        return ""
    return (
        f"Kỳ đóng bắt đầu từ {from_month.vi}, sau ngày nộp {in_words(paid_on)}, "
        "mà những tháng trước đó chưa thấy đóng; hãy xem lại tháng và năm."
    )


def _earliest(table: ParameterTable, method: Method, paid_on: date) -> Month:
    """The first month from which it is still lawful to pay on this day."""
    return Month.of(paid_on) + (1 - window_months(table, method, paid_on))


def refuse_strange_month(month: Month) -> None:
    """:class:`LawRefused` for a month outside the calendar that the portal knows."""
    if not FIRST_MONTH <= month <= LAST_MONTH:
        raise LawRefused(
            "from_month", f"Tháng bắt đầu đóng phải từ {FIRST_MONTH.vi} đến {LAST_MONTH.vi}."
        )


def _end_of_window(from_month: Month, window: int) -> date:
    return (from_month + (window - 1)).last_day
