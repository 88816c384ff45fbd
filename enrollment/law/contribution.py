"""The amounts of a payment under the law of its day, in đồng. Pure: no ORM, no clock, exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from enrollment.law.conditions import (
    Conditions,
    conditions_on,
    income_warnings,
    refuse_income,
    unconfirmed,
)
from enrollment.law.exact import EXACT, rounded, sum_of_powers
from enrollment.law.methods import (
    ADVANCE,
    MISSING,
    Method,
    grace_months,
    last_day,
    method_named,
    refuse_back_payment,
    refuse_late,
)
from enrollment.law.parameters import (
    INVESTMENT_RATE,
    STATE_MAX_MONTHS,
    Parameter,
    ParameterTable,
    given,
    plausible,
)
from enrollment.law.readings import AT_PAYMENT, DEFAULT, Readings
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import ContributionRequest, months_of, refuse_missing, refuse_strange
from enrollment.law.segments import Segment, bounds_day, counted_months, segments_of, used_rows
from enrollment.law.steps import Step, explain
from enrollment.law.support import Support, months_allowed
from enrollment.law.wording import dong

__all__ = ["AT_PAYMENT", "Basis", "ContributionRequest", "Quote", "interest_of", "quote"]

_HIGHEST_RATE = Decimal("0.1")
_HUNDRED = Decimal(100)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that the amounts were computed from; ``interest`` only where the method needs it.

    ``conditions`` set the bounds of the income; ``segments`` are the months under the same
    parameters; ``window_ends`` is the last day on which the period could be paid in time.
    """

    request: ContributionRequest
    conditions: Conditions
    segments: tuple[Segment, ...]
    interest: Parameter | None
    readings: Readings
    window_ends: date

    @property
    def rows_used(self) -> set[Parameter]:
        """Every parameter row that the amounts were computed from."""
        return {row for row in (*used_rows(self.segments), self.interest) if row is not None}

    @property
    def support(self) -> Support:
        """The support of the last months, which is that of the day of payment unless a reading says
        otherwise.
        """
        return self.segments[-1].support


@dataclass(frozen=True, slots=True)
class Quote:
    """Amounts of one payment in đồng; ``gross = participant + state_support + local_support +
    other_support``.

    ``group`` is the group whose percentage applies, ``state_percent`` that percentage (0 when
    nothing is granted), ``supported_months`` the months that the state supports, ``counted_months``
    those that use up the 120, ``last_day`` the last lawful day of payment, ``reading`` how a
    payment after a change of parameters is read (all five readings are in ``basis.readings``),
    ``grace_months`` how long the person counts as active after the paid months.
    """

    gross: int
    state_support: int
    local_support: int
    other_support: int
    participant: int
    state_percent: Decimal
    local_percent: Decimal
    group: str
    months: int
    supported_months: int
    min_income: int
    max_income: int
    last_day: date
    warnings: tuple[str, ...]
    basis: Basis = field(repr=False)
    reading: str = AT_PAYMENT
    counted_months: int = 0
    grace_months: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the amounts came about, with the document of each step; rebuilt from ``basis`` on
        each call.
        """
        return explain(self)


def quote(
    table: ParameterTable, request: ContributionRequest, readings: Readings = DEFAULT
) -> Quote:
    """The amounts of this payment; :class:`LawRefused` names the input and the reason when it is
    not lawful.
    """
    with localcontext(EXACT):
        return _quote(table, request, readings)


def _quote(table: ParameterTable, request: ContributionRequest, readings: Readings) -> Quote:
    refuse_strange(request)
    method = method_named(request.method)
    months = months_of(method, request)
    _refuse_day(table, request, method, months, readings)
    conditions = conditions_on(table, bounds_day(request, readings, method))
    refuse_income(conditions, request.income, readings.off_step)
    segments = segments_of(table, request, method, months, readings)
    window_ends = last_day(table, method.code, request.from_month, request.paid_on)
    basis = Basis(
        request, conditions, segments, _interest(table, method, request), readings, window_ends
    )
    return _settle(table, basis, method, months)


def _refuse_day(
    table: ParameterTable,
    request: ContributionRequest,
    method: Method,
    months: int,
    readings: Readings,
) -> None:
    """Too late for the period, not late enough for back-payment, too early or too much for missing
    months.
    """
    allowed = readings.back_payment == "allowed"
    if request.back_payment:
        refuse_back_payment(table, method, request.from_month, request.paid_on, allowed)
        return
    refuse_late(table, method, request.from_month, request.paid_on, allowed)
    if method.code == MISSING:
        refuse_missing(table, request, months)


def _settle(table: ParameterTable, basis: Basis, method: Method, months: int) -> Quote:
    request, conditions = basis.request, basis.conditions
    amounts = _amounts(basis)
    granted = sum(one.granted for one in basis.segments)
    return Quote(
        gross=amounts.gross,
        state_support=amounts.state,
        local_support=amounts.local,
        other_support=request.other_support,
        participant=amounts.left - request.other_support,
        state_percent=basis.support.state_percent if granted else _ZERO,
        local_percent=basis.support.local_percent,
        group=basis.support.group,
        months=months,
        supported_months=granted,
        min_income=conditions.min_income,
        max_income=conditions.max_income,
        last_day=request.paid_on if request.back_payment else basis.window_ends,
        warnings=tuple(_warnings(table, basis, granted, amounts.cut)),
        basis=basis,
        reading=basis.readings.paid_after_change,
        counted_months=counted_months(table, request, method, basis.segments, basis.readings),
        grace_months=grace_months(table, method.code, request.paid_on),
    )


class _Amounts(NamedTuple):
    """Đồng: the gross, the state's and the local support, and the support beyond the gross."""

    gross: int
    state: int
    local: int
    cut: int

    @property
    def left(self) -> int:
        """What the participant and others pay."""
        return self.gross - self.state - self.local


def _amounts(basis: Basis) -> _Amounts:
    """Gross, then what each budget adds, never more than is left; :class:`LawRefused` when other
    support is more than what is left after that.
    """
    gross = rounded(_gross(basis))
    due_state = rounded(
        sum((_unit(one) * one.support.state_percent * one.granted for one in basis.segments), _ZERO)
    )
    due_local = rounded(
        sum((_unit(one) * one.support.local_percent * one.months for one in basis.segments), _ZERO)
    )
    state = min(due_state, gross)
    local = min(due_local, gross - state)
    amounts = _Amounts(gross, state, local, due_state + due_local - state - local)
    _refuse_more_than_left(basis.request.other_support, amounts.left)
    return amounts


def _unit(segment: Segment) -> Decimal:
    """One per cent of a month's money on the poverty line."""
    return segment.conditions.rate.number * segment.conditions.line.number / _HUNDRED


def _gross(basis: Basis) -> Decimal:
    """Unrounded. ADV: Σ_{i=1..n} m/(1+r)^(i−1); MISS, back: Σ_{i=1..n} m·(1+r)^i; else m × n; m = a
    month's money.
    """
    income, interest = basis.request.income, basis.interest
    if interest is None:
        return sum(
            (one.conditions.rate.number * income * one.months for one in basis.segments), _ZERO
        )
    one = basis.segments[0]
    month, growth = one.conditions.rate.number * income, 1 + interest.number
    if basis.request.method == ADVANCE:
        return month * sum_of_powers(1 / growth, one.months)
    return month * growth * sum_of_powers(growth, one.months)


def _interest(
    table: ParameterTable, method: Method, request: ContributionRequest
) -> Parameter | None:
    """The fund's monthly rate for the methods that discount or compound, and for money that comes
    late.
    """
    if method.months is not None and not request.back_payment:
        return None
    return interest_of(table, request.monthly_rate, request.paid_on)


def interest_of(table: ParameterTable, asked: Decimal | None, day: date) -> Parameter:
    """The rate given with the request, else that of the table; :class:`LawRefused` when neither is
    usable.
    """
    if asked is None:
        return table.require(INVESTMENT_RATE, day)
    if not plausible(asked, most=_HIGHEST_RATE):
        raise LawRefused(
            "monthly_rate", "Lãi suất tháng phải là số từ 0 đến 0,1; ví dụ 0,31 % ghi là 0,0031."
        )
    return given(INVESTMENT_RATE, asked)


def _refuse_more_than_left(other_support: int, left: int) -> None:
    if other_support > left:
        raise LawRefused(
            "other_support",
            f"Hỗ trợ khác {dong(other_support)} lớn hơn số tiền còn phải đóng {dong(left)}; "
            "hãy kiểm tra lại.",
        )


def _warnings(table: ParameterTable, basis: Basis, granted: int, cut: int) -> Iterator[str]:
    off_step = tuple(income_warnings(basis.conditions, basis.request.income))
    yield from off_step
    yield from _months_warning(table, basis, granted)
    if cut:
        yield f"Mức hỗ trợ vượt số tiền phải đóng {dong(cut)}; phần vượt không được tính."
    others = (
        basis.conditions.step if off_step else None,
        table.at(STATE_MAX_MONTHS, basis.request.paid_on) if granted else None,
    )
    yield from dict.fromkeys(unconfirmed(*used_rows(basis.segments), basis.interest, *others))


def _months_warning(table: ParameterTable, basis: Basis, granted: int) -> Iterator[str]:
    if basis.request.method == MISSING and basis.readings.miss_support == "no":
        return
    wanted = sum(one.months for one in basis.segments if one.support.state_percent)
    if granted < wanted:
        prior, allowed = (
            basis.request.prior_supported_months,
            months_allowed(table, basis.request.paid_on),
        )
        yield (
            f"NSNN đã hỗ trợ {prior} tháng trên tối đa {allowed}, nên kỳ này chỉ được hỗ "
            f"trợ {granted} tháng."
        )
