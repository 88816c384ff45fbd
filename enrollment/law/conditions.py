"""What the law sets on the day of payment, and whether the chosen income stands within it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from enrollment.law.parameters import (
    BASE_SALARY,
    CONTRIBUTION_RATE,
    INCOME_STEP,
    MAX_MULTIPLIER,
    POVERTY_LINE,
    Parameter,
    ParameterTable,
    label_of,
)
from enrollment.law.refusals import LawRefused
from enrollment.law.wording import TO_CONFIRM, dong
from enrollment.law.wording import day as in_words


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rows in force on ``day``; ``step`` is the one in force or the last that was,
    ``step_binds`` which of them.

    Floor: the rural poverty line. Ceiling: 20 × base salary or reference level. Both on the day of
    payment.
    """

    day: date
    rate: Parameter
    line: Parameter
    base: Parameter
    multiplier: Parameter
    step: Parameter | None
    step_binds: bool

    @property
    def min_income(self) -> int:
        """Lowest income that may be chosen, đồng a month."""
        return int(self.line.number.to_integral_value(ROUND_CEILING))

    @property
    def max_income(self) -> int:
        """Highest income that may be chosen, đồng a month."""
        return int((self.multiplier.number * self.base.number).to_integral_value(ROUND_FLOOR))

    @property
    def limits_in_words(self) -> str:
        """``từ 1.500.000 đ đến 50.600.000 đ``, and whether anybody has yet to confirm them."""
        doubt = (
            " (cần xác nhận)"
            if any(row.doubtful for row in (self.line, self.base, self.multiplier))
            else ""
        )
        return f"từ {dong(self.min_income)} đến {dong(self.max_income)}{doubt}"


def conditions_on(table: ParameterTable, day: date) -> Conditions:
    """:class:`LawRefused` when the table lacks one of them."""
    step = table.at(INCOME_STEP, day)
    return Conditions(
        day=day,
        rate=table.require(CONTRIBUTION_RATE, day),
        line=table.require(POVERTY_LINE, day),
        base=table.require(BASE_SALARY, day),
        multiplier=table.require(MAX_MULTIPLIER, day),
        step=step or table.latest(INCOME_STEP, day),
        step_binds=step is not None,
    )


def refuse_income(conditions: Conditions, income: int, off_step: str = "warn") -> None:
    """:class:`LawRefused` for an income below the floor, above the ceiling or, while the step
    binds, off the step.

    ``off_step`` is the office's reading for the days since no step is written: ``warn`` or
    ``refuse``.
    """
    low, high, day = conditions.min_income, conditions.max_income, in_words(conditions.day)
    if income < low:
        raise LawRefused(
            "income",
            f"Mức thu nhập {dong(income)} thấp hơn chuẩn nghèo nông thôn {dong(low)} vào ngày "
            f"{day}; "
            f"hãy chọn từ {dong(low)}.",
        )
    if income > high:
        raise LawRefused(
            "income",
            f"Mức thu nhập {dong(income)} cao hơn mức tối đa {dong(high)} vào ngày {day}; "
            f"hãy chọn không quá {dong(high)}.",
        )
    if conditions.step_binds and (nearest := _nearest_on_step(conditions, income)):
        raise LawRefused(
            "income",
            f"Mức thu nhập {dong(income)} không bằng {dong(low)} cộng bội số của "
            f"{_step(conditions)} "
            f"như quy định vào ngày {day}; hãy chọn {nearest}.",
        )
    if (
        not conditions.step_binds
        and off_step == "refuse"
        and (nearest := _nearest_on_step(conditions, income))
    ):
        raise LawRefused(
            "income",
            f"Mức thu nhập {dong(income)} không theo bước {_step(conditions)}; cơ quan BHXH "
            "chỉ nhận mức theo bước "
            f"(cách hiểu đang chọn), hãy chọn {nearest}.",
        )


def income_warnings(conditions: Conditions, income: int) -> Iterator[str]:
    """A step that no longer binds is still what collecting software offers."""
    if not conditions.step_binds and (nearest := _nearest_on_step(conditions, income)):
        yield (
            f"Mức thu nhập {dong(income)} không theo bước {_step(conditions)}. Quy định hiện "
            "hành không còn bắt buộc "
            f"bước này nhưng phần mềm thu thường chỉ có {nearest}; hãy kiểm tra lại."
        )


def unconfirmed(*used: Parameter | None) -> Iterator[str]:
    """A sentence for each used row that is still to be confirmed."""
    for row in used:
        if row is not None and row.doubtful:
            yield f"{label_of(row.key)} đang dùng: {TO_CONFIRM}."


def _nearest_on_step(conditions: Conditions, income: int) -> str:
    """The lawful incomes beside an income off the step, in words; empty when it stands on
    the step.
    """
    step = conditions.step
    if step is None or not step.number:
        return ""
    floor = conditions.line.number
    steps = (income - floor) // step.number
    below, above = floor + steps * step.number, floor + (steps + 1) * step.number
    if below == income:
        return ""
    return (
        f"{_amount(below)} hoặc {_amount(above)}"
        if above <= conditions.max_income
        else _amount(below)
    )


def _step(conditions: Conditions) -> str:
    return _amount(conditions.step.number) if conditions.step else ""


def _amount(value: Decimal) -> str:
    return dong(int(value))
