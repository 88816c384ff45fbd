"""What a payment comes to under the law of its day. Pure: no ORM, no clock, exact; amounts in đồng."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

from enrollment.law.conditions import Conditions, conditions_on, income_warnings, refuse_income, unconfirmed
from enrollment.law.methods import (
    ADVANCE,
    ADVANCE_MONTHS,
    LAW_2024_FROM,
    MISSING,
    Method,
    last_day,
    method_named,
    refuse_late,
    refuse_strange_month,
)
from enrollment.law.parameters import CONFIRMED, INVESTMENT_RATE, LOCAL_PERCENT, Parameter, ParameterTable, plausible
from enrollment.law.refusals import LawRefused
from enrollment.law.steps import Step, explain
from enrollment.law.support import Support, months_allowed, support_on, supported_months
from enrollment.law.wording import day as in_words
from enrollment.law.wording import dong
from thaithuy_bhxh.months import Month

AT_PAYMENT = "at_payment"
"""The reading in use: parameters and group of the day of payment hold for all months of the payment."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_SERIOUS = 10**12
_HIGHEST_RATE = Decimal("0.1")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ContributionRequest:
    """One payment as asked for. ``income``, ``other_support`` in đồng (income a month); ``months`` is needed for
    ADV and MISS; ``monthly_rate`` (ratio, ``0.0031``) and ``local_percent`` go before the dated table."""

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


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that the amounts were computed from; ``interest`` only where the method needs it."""

    request: ContributionRequest
    conditions: Conditions
    support: Support
    interest: Parameter | None


@dataclass(frozen=True, slots=True)
class Quote:
    """Amounts of one payment in đồng; ``gross = participant + state_support + local_support + other_support``.

    ``group`` is the group whose percentage applies, ``state_percent`` that percentage (0 when nothing is granted),
    ``supported_months`` the months that the state supports, ``last_day`` the last lawful day of payment, ``reading``
    the reading of the law in use.
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

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the amounts came about, with the document of each step; rebuilt from ``basis`` on each call."""
        return explain(self)


def quote(table: ParameterTable, request: ContributionRequest) -> Quote:
    """What this payment comes to; :class:`LawRefused` names the input and the reason when it is not lawful."""
    with localcontext(_EXACT):
        return _quote(table, request)


def _quote(table: ParameterTable, request: ContributionRequest) -> Quote:
    _refuse_strange(request)
    method, day = method_named(request.method), request.paid_on
    months = _months(method, request)
    conditions = conditions_on(table, day)
    refuse_late(method, request.from_month, day)
    refuse_income(conditions, request.income)
    basis = Basis(request, conditions, _support(table, request), _interest(table, method, request))
    return _settle(table, basis, method, months)


def _settle(table: ParameterTable, basis: Basis, method: Method, months: int) -> Quote:
    """Gross, then what each budget adds, never more than is left, then what the participant pays."""
    request, conditions, support = basis.request, basis.conditions, basis.support
    granted = _granted(table, basis, method, months)
    unit = conditions.rate.number * conditions.line.number / _HUNDRED
    gross = _rounded(_gross(basis, method, months))
    due_state = _rounded(support.state_percent * unit * granted)
    due_local = _rounded(support.local_percent * unit * months)
    state = min(due_state, gross)
    local = min(due_local, gross - state)
    left = gross - state - local
    _refuse_more_than_left(request.other_support, left)
    return Quote(
        gross=gross,
        state_support=state,
        local_support=local,
        other_support=request.other_support,
        participant=left - request.other_support,
        state_percent=support.state_percent if granted else Decimal(0),
        local_percent=support.local_percent,
        group=support.group,
        months=months,
        supported_months=granted,
        min_income=conditions.min_income,
        max_income=conditions.max_income,
        last_day=last_day(method.code, request.from_month, request.paid_on),
        warnings=_warnings(table, basis, method, months, granted, due_state + due_local - state - local),
        basis=basis,
    )


def _gross(basis: Basis, method: Method, months: int) -> Decimal:
    """Unrounded. ADV: Σ_{i=1..n} m/(1+r)^(i−1); MISS: Σ_{i=1..n} m·(1+r)^i; else m × n, where m is a month's money."""
    month = basis.conditions.rate.number * basis.request.income
    if basis.interest is None:
        return month * months
    growth = 1 + basis.interest.number
    if method.code == ADVANCE:
        return month * _sum_of_powers(1 / growth, months)
    return month * growth * _sum_of_powers(growth, months)


def _sum_of_powers(base: Decimal, count: int) -> Decimal:
    """1 + base + … + base^(count−1)."""
    total = Decimal(0)
    for _ in range(count):
        total = total * base + 1
    return total


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))


def _months(method: Method, request: ContributionRequest) -> int:
    asked = request.months
    if method.months is not None:
        if asked not in (None, method.months):
            raise LawRefused(
                "months", f"Phương thức {method.label.lower()} đóng {method.months} tháng, không phải {asked}."
            )
        return method.months
    if asked is None:
        raise LawRefused("months", f"Hãy nhập số tháng đóng cho phương thức {method.label.lower()}.")
    if method.code == ADVANCE and asked not in ADVANCE_MONTHS:
        raise LawRefused("months", f"Đóng nhiều năm về sau là 24, 36, 48 hoặc 60 tháng, không phải {asked} tháng.")
    if method.code == MISSING:
        _refuse_missing_months(asked, request.paid_on)
    return asked


def _refuse_missing_months(months: int, day: date) -> None:
    """Up to 10 years short of 20 (Decree 134/2015 Art. 9), since July 2025 up to 5 short of 15 (159/2025 Art. 7)."""
    most = 60 if day >= LAW_2024_FROM else 120
    if not 1 <= months <= most:
        raise LawRefused(
            "months",
            f"Số tháng còn thiếu đóng một lần vào ngày {in_words(day)} phải từ 1 đến {most}, không phải {months}.",
        )


def _support(table: ParameterTable, request: ContributionRequest) -> Support:
    found = support_on(table, request.paid_on, request.groups)
    given = request.local_percent
    if given is None:
        return found
    if not plausible(given, most=_HUNDRED):
        raise LawRefused("local_percent", "Tỷ lệ NSĐP hỗ trợ phải từ 0 đến 100 %.")
    return Support(found.group, found.state, _given(LOCAL_PERCENT + found.group, given))


def _interest(table: ParameterTable, method: Method, request: ContributionRequest) -> Parameter | None:
    """The fund's monthly rate for the methods that discount or compound."""
    if method.months is not None:
        return None
    given = request.monthly_rate
    if given is None:
        return table.require(INVESTMENT_RATE, request.paid_on)
    if not plausible(given, most=_HIGHEST_RATE):
        raise LawRefused("monthly_rate", "Lãi suất tháng phải là số từ 0 đến 0,1; ví dụ 0,31 % ghi là 0,0031.")
    return _given(INVESTMENT_RATE, given)


def _given(key: str, value: Decimal) -> Parameter:
    """A number that came with the request, in the shape of a row."""
    return Parameter(key, value, None, None, "Số liệu nhập khi tính", CONFIRMED)


def _granted(table: ParameterTable, basis: Basis, method: Method, months: int) -> int:
    """Months that the state supports; by the default reading none of the missing months."""
    if method.code == MISSING:
        return 0
    request = basis.request
    return supported_months(table, request.paid_on, basis.support, months, request.prior_supported_months)


def _refuse_more_than_left(other_support: int, left: int) -> None:
    if other_support > left:
        raise LawRefused(
            "other_support",
            f"Hỗ trợ khác {dong(other_support)} lớn hơn số tiền còn phải đóng {dong(left)}; hãy kiểm tra lại.",
        )


def _warnings(
    table: ParameterTable, basis: Basis, method: Method, months: int, granted: int, cut: int
) -> tuple[str, ...]:
    conditions, support = basis.conditions, basis.support
    state = support.state if granted else None
    found = [*income_warnings(conditions, basis.request.income)]
    if support.state_percent and granted < months and method.code != MISSING:
        prior, allowed = basis.request.prior_supported_months, months_allowed(table, conditions.day)
        found.append(f"NSNN đã hỗ trợ {prior} tháng trên tối đa {allowed}, nên kỳ này chỉ được hỗ trợ {granted} tháng.")
    if cut:
        found.append(f"Mức hỗ trợ vượt số tiền phải đóng {dong(cut)}; phần vượt không được tính.")
    set_by_law = (conditions.rate, conditions.line, conditions.base, conditions.multiplier)
    found.extend(unconfirmed(*set_by_law, basis.interest, state, support.local))
    return tuple(found)


def _refuse_strange(request: ContributionRequest) -> None:
    """Numbers that nobody means: they would not even print in a sentence."""
    refuse_strange_month(request.from_month)
    _refuse_outside("income", "Mức thu nhập", request.income, -_SERIOUS)
    _refuse_outside("months", "Số tháng đóng", request.months or 0, -_SERIOUS)
    _refuse_outside("months", "Số tháng đã được NSNN hỗ trợ", request.prior_supported_months, 0)
    _refuse_outside("other_support", "Hỗ trợ khác", request.other_support, 0)


def _refuse_outside(name: str, label: str, value: int, least: int) -> None:
    if value < least:
        raise LawRefused(name, f"{label} không được là số âm.")
    if value > _SERIOUS:
        raise LawRefused(name, f"{label} quá lớn; hãy kiểm tra lại.")
