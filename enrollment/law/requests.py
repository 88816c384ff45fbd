"""One payment as asked for, and what makes it unlawful before any amount is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from enrollment.law.keys import PENSION_MIN_MONTHS, SEXES
from enrollment.law.methods import (
    ADVANCE,
    ADVANCE_MONTHS,
    LAW_2024_FROM,
    MISSING,
    Method,
    refuse_strange_month,
)
from enrollment.law.parameters import ParameterTable
from enrollment.law.refusals import LawRefused
from enrollment.law.retirement import reaches_age
from enrollment.law.wording import day as in_words
from thaithuy_bhxh.months import Month

SERIOUS = 10**12
"""No amount or count that anybody means is larger."""


@dataclass(frozen=True, slots=True)
class ContributionRequest:
    """One payment as asked for. ``income``, ``other_support`` in đồng (income a month); ``months``
    is needed for ADV and MISS; ``monthly_rate`` (ratio, ``0.0031``) and ``local_percent`` go before
    the dated table.

    ``back_payment`` asks to pay a period whose window has closed (đóng bù). For MISS,
    ``birth_date`` with ``sex`` and ``months_paid`` let the engine check the age and how many months
    are missing.
    """

    method: str
    income: int
    from_month: Month
    paid_on: date
    months: int | None = None
    groups: tuple[str, ...] = ("other",)
    prior_supported_months: int = 0
    monthly_rate: Decimal | None = None
    local_percent: Decimal | None = None
    other_support: int = 0
    back_payment: bool = False
    sex: str | None = None
    birth_date: date | None = None
    months_paid: int | None = None


def refuse_strange(request: ContributionRequest) -> None:
    """Refuse impossible numbers, which could not even be printed in a sentence."""
    refuse_strange_month(request.from_month)
    refuse_outside("income", "Mức thu nhập", request.income, -SERIOUS)
    refuse_outside("months", "Số tháng đóng", request.months or 0, -SERIOUS)
    refuse_outside("months", "Số tháng đã được NSNN hỗ trợ", request.prior_supported_months, 0)
    refuse_outside("other_support", "Hỗ trợ khác", request.other_support, 0)
    refuse_outside("months_paid", "Số tháng đã đóng", request.months_paid or 0, 0)


def refuse_outside(name: str, label: str, value: int, least: int, most: int = SERIOUS) -> None:
    """:class:`LawRefused` of the input ``name`` for a number below ``least`` or above ``most``."""
    if value < least:
        few = "không được là số âm" if least <= 0 else f"phải từ {least}"
        raise LawRefused(name, f"{label} {few}.")
    if value > most:
        raise LawRefused(name, f"{label} quá lớn; hãy kiểm tra lại.")


def refuse_sex(sex: str | None) -> None:
    """:class:`LawRefused` for anything but ``male`` and ``female``."""
    if sex not in SEXES:
        raise LawRefused("sex", "Giới tính phải là male (nam) hoặc female (nữ).")


def months_of(method: Method, request: ContributionRequest) -> int:
    """How many months are paid; :class:`LawRefused` for a number that the method does not know."""
    asked = request.months
    if method.months is not None:
        if asked not in (None, method.months):
            raise LawRefused(
                "months",
                f"Phương thức {method.label.lower()} đóng {method.months} tháng, không phải "
                f"{asked}.",
            )
        return method.months
    if asked is None:
        raise LawRefused(
            "months", f"Hãy nhập số tháng đóng cho phương thức {method.label.lower()}."
        )
    if method.code == ADVANCE:
        refuse_advance_months(asked)
    if method.code == MISSING:
        _refuse_missing_months(asked, request.paid_on)
    return asked


def refuse_advance_months(months: int) -> None:
    """Two to five years (Decree 159/2025 Art. 6)."""
    if months not in ADVANCE_MONTHS:
        raise LawRefused(
            "months",
            f"Đóng nhiều năm về sau là 24, 36, 48 hoặc 60 tháng, không phải {months} tháng.",
        )


def _refuse_missing_months(months: int, day: date) -> None:
    """Up to 10 years short of 20 (Decree 134/2015 Art. 9), since July 2025 up to 5 short of 15
    (159/2025 Art. 7).
    """
    most = 60 if day >= LAW_2024_FROM else 120
    if not 1 <= months <= most:
        raise LawRefused(
            "months",
            f"Số tháng còn thiếu đóng một lần vào ngày {in_words(day)} phải từ 1 đến {most}, "
            f"không phải {months}.",
        )


def refuse_missing(table: ParameterTable, request: ContributionRequest, months: int) -> None:
    """Missing months: not before the month preceding the retirement age, and no more than are
    missing.
    """
    _refuse_too_young(table, request)
    if request.months_paid is None:
        return
    needed = int(table.require(PENSION_MIN_MONTHS, request.paid_on).number)
    if request.months_paid + months > needed:
        raise LawRefused(
            "months",
            f"Đã đóng {request.months_paid} tháng nên chỉ còn thiếu "
            f"{max(0, needed - request.months_paid)} tháng "
            f"cho đủ {needed} tháng; không đóng {months} tháng được.",
        )


def _refuse_too_young(table: ParameterTable, request: ContributionRequest) -> None:
    if request.birth_date is None:
        return
    refuse_sex(request.sex)
    earliest = Month.of(reaches_age(table, request.birth_date, str(request.sex))) - 1
    if Month.of(request.paid_on) < earliest:
        raise LawRefused(
            "paid_on",
            f"Chỉ được đóng cho những năm còn thiếu từ tháng {earliest.vi}, tháng liền trước "
            "tháng đủ tuổi nghỉ hưu.",
        )
