"""The monthly pension under Law 58/2014 (until 2025-06-30) and Law 41/2024 (since). Always an
estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from enrollment.law import keys
from enrollment.law.conditions import unconfirmed
from enrollment.law.exact import EXACT, rounded
from enrollment.law.parameters import Parameter, ParameterTable
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import refuse_outside, refuse_sex
from enrollment.law.retirement import (
    EARLY_JOINED_BEFORE,
    EarlyRule,
    after_months,
    age_in_words,
    age_row,
    early_rule,
)
from enrollment.law.steps import Step, plain
from enrollment.law.wording import day as in_words
from enrollment.law.wording import dong, percent

MOST_MONTHS = 1200
ESTIMATE = "ước tính"
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PensionRequest:
    """``months`` paid, ``average_income`` in đồng a month, the day on which the pension is to
    begin.

    The age is checked only when ``birth_date`` is given. ``joined_on``, the first day of voluntary
    insurance, lets those who joined before 2021 retire earlier (Decree 159/2025 Art. 13);
    ``months`` are then of voluntary insurance.
    """

    sex: str
    months: int
    average_income: int
    retires_on: date
    birth_date: date | None = None
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pension:
    """``rate_percent`` and ``pension`` (đồng a month) when eligible, else the ``reason``; label
    ``ước tính``.
    """

    eligible: bool
    reason: str
    rate_percent: Decimal
    pension: int
    warnings: tuple[str, ...]
    steps: tuple[Step, ...]
    label: str = ESTIMATE


def pension(table: ParameterTable, request: PensionRequest) -> Pension:
    """Whether there is a pension on that day, and how much.

    :class:`LawRefused` for impossible input, or where the table has no rule for the day.
    """
    with localcontext(EXACT):
        return _pension(table, request)


def _pension(table: ParameterTable, request: PensionRequest) -> Pension:
    _refuse_impossible(request)
    least = table.require(keys.PENSION_MIN_MONTHS, request.retires_on, "retires_on")
    rate, steps = _rate(table, request)
    age = None if request.birth_date is None else age_row(table, request.birth_date, request.sex)
    early = early_rule(table, request.sex, request.joined_on, request.retires_on)
    taken = _early_steps(request, age, early)
    steps = (_months_step(request, least), *_age_steps(request, age), *taken, *steps)
    reason = _reason(request, None if taken else age, least, early)
    if reason:
        shown = steps[: 1 + (request.birth_date is not None)]
        return Pension(False, reason, Decimal(0), 0, _doubts(shown), shown)
    return _settle(request, rate, steps)


def _refuse_impossible(request: PensionRequest) -> None:
    refuse_sex(request.sex)
    refuse_outside("months", "Số tháng đóng", request.months, 0, MOST_MONTHS)
    refuse_outside("average_income", "Mức bình quân thu nhập", request.average_income, 0)
    _refuse_strange_joining(request)


def _settle(request: PensionRequest, rate: Decimal, steps: tuple[Step, ...]) -> Pension:
    amount = rounded(rate * request.average_income / 100)
    last = Step(
        f"Lương hưu hằng tháng ({ESTIMATE}): {percent(rate)} × {dong(request.average_income)}",
        amount,
        steps[-1].source,
        "product",
        {"terms": [[plain(rate), str(request.average_income)]], "by": "100"},
    )
    return Pension(True, "", rate, amount, _doubts(steps), (*steps, last))


def _doubts(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unconfirmed(*(row for step in steps for row in step.parameters))))


def _refuse_strange_joining(request: PensionRequest) -> None:
    joined, born = request.joined_on, request.birth_date
    if joined is not None and (
        joined > request.retires_on or (born is not None and joined <= born)
    ):
        raise LawRefused(
            "joined_on",
            "Ngày bắt đầu tham gia phải sau ngày sinh và không sau ngày hưởng lương hưu.",
        )


def _reason(
    request: PensionRequest, row: Parameter | None, least: Parameter, early: EarlyRule | None
) -> str:
    """Why there is no pension yet; empty when there is. ``row`` is the age that must be reached."""
    if row is not None and _reached(request, row) > request.retires_on:
        return _age_reason(request, row) + _early_reason(request, early)
    if request.months < least.number:
        return (
            f"Mới đóng {request.months} tháng, chưa đủ {int(least.number)} tháng; "
            f"còn thiếu {int(least.number) - request.months} tháng."
        )
    return ""


def _age_reason(request: PensionRequest, row: Parameter) -> str:
    return (
        f"Chưa đủ tuổi nghỉ hưu vào ngày {in_words(request.retires_on)}: "
        f"đủ {age_in_words(int(row.number))} vào ngày {in_words(_reached(request, row))}."
    )


def _early_reason(request: PensionRequest, early: EarlyRule | None) -> str:
    if early is None:
        return ""
    return (
        f" Tham gia trước ngày {in_words(EARLY_JOINED_BEFORE)} nên được hưởng từ khi đủ "
        f"{age_in_words(int(early.age.number))} (ngày {in_words(_reached(request, early.age))}) "
        f"nếu đã đóng BHXH tự nguyện ít nhất {int(early.months.number)} tháng; đã đóng "
        f"{request.months} tháng."
    )


def _reached(request: PensionRequest, row: Parameter) -> date:
    """The day on which the person is as old as the row says."""
    assert request.birth_date is not None
    return after_months(request.birth_date, int(row.number))


def _early_steps(
    request: PensionRequest, age: Parameter | None, early: EarlyRule | None
) -> tuple[Step, ...]:
    """The step of Art. 13 where it, and not the retirement age, opens the pension; else nothing."""
    if age is None or early is None or _reached(request, age) <= request.retires_on:
        return ()
    if request.months < early.months.number or _reached(request, early.age) > request.retires_on:
        return ()
    return (_early_step(request, early),)


def _early_step(request: PensionRequest, early: EarlyRule) -> Step:
    label = (
        f"Tham gia trước ngày {in_words(EARLY_JOINED_BEFORE)}, đã đóng BHXH tự nguyện từ đủ "
        f"{int(early.months.number)} tháng, có nguyện vọng: được hưởng từ khi đủ "
        f"{age_in_words(int(early.age.number))} (ngày {in_words(_reached(request, early.age))})"
    )
    figures = {
        "joined_on": str(request.joined_on),
        "age_months": plain(early.age.number),
        "least": plain(early.months.number),
    }
    return Step(
        label, None, early.age.source, figures=figures, parameters=(early.age, early.months)
    )


def _months_step(request: PensionRequest, least: Parameter) -> Step:
    return Step(
        f"Đã đóng {request.months} tháng; cần ít nhất {int(least.number)} tháng",
        None,
        least.source,
        figures={"months": request.months, "least": plain(least.number)},
        parameters=(least,),
    )


def _age_steps(request: PensionRequest, row: Parameter | None) -> tuple[Step, ...]:
    if request.birth_date is None or row is None:
        return ()
    label = (
        f"Đủ tuổi nghỉ hưu {age_in_words(int(row.number))} vào ngày "
        f"{in_words(_reached(request, row))}"
    )
    figures = {"birth_date": request.birth_date.isoformat(), "age_months": plain(row.number)}
    return (Step(label, None, row.source, figures=figures, parameters=(row,)),)


def years_counted(table: ParameterTable, months: int, day: date) -> tuple[Decimal, Parameter]:
    """Years in halves: 1–6 odd months are half a year, 7–11 a year; and the row of that rule."""
    row = table.require(keys.ODD_MONTHS_HALF, day, "retires_on")
    whole, odd = divmod(months, 12)
    part = Decimal(0) if odd == 0 else _HALF if odd <= row.number else Decimal(1)
    return whole + part, row


def _rate(table: ParameterTable, request: PensionRequest) -> tuple[Decimal, tuple[Step, ...]]:
    """The rate in per cent, and the steps that lead to it."""
    years, odd = years_counted(table, request.months, request.retires_on)
    scale = _scale(table, request, years)
    rate = scale.rate(years)
    counted = Step(
        f"{request.months} tháng tính là {_vi(years)} năm",
        None,
        odd.source,
        figures={"years": plain(years)},
        parameters=(odd,),
    )
    return rate, (counted, _rate_step(scale, years, rate))


class _Scale(NamedTuple):
    """``base`` per cent for the ``first`` years and ``step`` per cent a year more or less, at most
    ``most``.
    """

    first: Parameter
    base: Parameter
    step: Parameter
    most: Parameter

    def rate(self, years: Decimal) -> Decimal:
        """Per cent after so many years."""
        rate = self.base.number + self.step.number * (years - self.first.number)
        return min(rate, self.most.number)


def _scale(table: ParameterTable, request: PensionRequest, years: Decimal) -> _Scale:
    """The scale of the person's sex on the day; since July 2025 another one for fewer years."""
    day, sex = request.retires_on, request.sex

    def need(prefix: str) -> Parameter:
        return table.require(prefix + sex, day, "retires_on")

    rows = (
        need(keys.PENSION_BASE_YEARS),
        need(keys.PENSION_BASE_PERCENT),
        need(keys.PENSION_STEP_PERCENT),
    )
    short = table.at(keys.PENSION_SHORT_YEARS + sex, day)
    if short is not None and years < rows[0].number:
        rows = short, need(keys.PENSION_SHORT_PERCENT), need(keys.PENSION_SHORT_STEP)
    return _Scale(*rows, table.require(keys.PENSION_MAX_PERCENT, day, "retires_on"))


def _rate_step(scale: _Scale, years: Decimal, rate: Decimal) -> Step:
    first, base, step, most = scale
    return Step(
        f"Tỷ lệ hưởng {percent(rate)}: {percent(base.number)} cho {_vi(first.number)} năm, "
        f"thêm {percent(step.number)} mỗi năm, tối đa {percent(most.number)}",
        None,
        base.source,
        figures={
            "base": plain(base.number),
            "step": plain(step.number),
            "from_years": plain(first.number),
            "years": plain(years),
            "most": plain(most.number),
            "percent": plain(rate),
        },
        parameters=tuple(scale),
    )


def _vi(value: Decimal) -> str:
    return plain(value).replace(".", ",")
