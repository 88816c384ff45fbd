"""What comes back to a participant who leaves inside a paid period (Decree 159/2025 Art. 8, Art.
5(6)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from enrollment.law.conditions import conditions_on, refuse_income, unconfirmed
from enrollment.law.contribution import interest_of
from enrollment.law.exact import EXACT, rounded, sum_of_powers
from enrollment.law.methods import ADVANCE, LAW_2024_FROM, MISSING, Method, method_named
from enrollment.law.parameters import CONTRIBUTION_RATE, POVERTY_LINE, Parameter, ParameterTable
from enrollment.law.readings import DEFAULT, Readings
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import refuse_advance_months, refuse_outside
from enrollment.law.steps import Step, plain
from enrollment.law.support import Support, months_allowed, support_on
from enrollment.law.wording import dong, percent

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A paid period that somebody leaves with ``remaining`` months of it to go.

    3, 6, 12: ``groups`` and ``paid_on`` of the payment. ADV: ``months`` and
    ``state_support_removed`` (đồng, the state support of the remaining months) or else ``groups``
    and ``paid_on`` to compute it from.
    """

    method: str
    income: int
    remaining: int
    months: int | None = None
    groups: tuple[str, ...] = ("other",)
    paid_on: date | None = None
    prior_supported_months: int = 0
    monthly_rate: Decimal | None = None
    state_support_removed: int | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """``refund`` to the participant or the family and ``returned_to_budget``, đồng: the remaining
    months' money.
    """

    refund: int
    returned_to_budget: int
    warnings: tuple[str, ...]
    steps: tuple[Step, ...]


def refund(table: ParameterTable, request: RefundRequest, readings: Readings = DEFAULT) -> Refund:
    """What is paid back; :class:`LawRefused` names the input and the reason when nothing can be."""
    with localcontext(EXACT):
        return _refund(table, request, readings)


def _refund(table: ParameterTable, request: RefundRequest, readings: Readings) -> Refund:
    method = method_named(request.method)
    months = _period(method, request)
    refuse_outside("income", "Mức thu nhập", request.income, 1)
    refuse_outside(
        "state_support_removed", "Tiền NSNN đã hỗ trợ", request.state_support_removed or 0, 0
    )
    refuse_outside(
        "prior_supported_months", "Số tháng đã được NSNN hỗ trợ", request.prior_supported_months, 0
    )
    _refuse_income(table, request, readings)
    rate = _rate(table, request)
    interest = None
    if method.code == ADVANCE:
        interest = interest_of(table, request.monthly_rate, _day(request, "monthly_rate"))
    return _settle(table, request, months, rate, interest)


def _period(method: Method, request: RefundRequest) -> int:
    if method.code == MISSING or method.months == 1:
        raise LawRefused(
            "method", f"Phương thức {method.label.lower()} không có phần còn lại để hoàn trả."
        )
    months = request.months if method.months is None else method.months
    if months is None:
        raise LawRefused("months", "Hãy nhập số tháng đã đóng nhiều năm về sau.")
    if method.code == ADVANCE:
        refuse_advance_months(months)
    elif request.months not in (None, months):
        raise LawRefused("months", f"Phương thức {method.label.lower()} đóng {months} tháng.")
    if not 0 <= request.remaining <= months:
        raise LawRefused("remaining", f"Số tháng còn lại phải từ 0 đến {months}.")
    return months


def _settle(
    table: ParameterTable,
    request: RefundRequest,
    months: int,
    rate: Parameter,
    interest: Parameter | None,
) -> Refund:
    """The money of the last ``remaining`` months, less the state support of the same months."""
    money = _money(request, months, rate, interest)
    removed = _removed(table, request, months, rate, int(money.amount or 0))
    returned = int(removed.amount or 0)
    if returned > int(money.amount or 0):
        raise LawRefused(
            "state_support_removed",
            f"Tiền NSNN đã hỗ trợ {dong(returned)} lớn hơn tiền của các tháng còn lại "
            f"{dong(int(money.amount or 0))}.",
        )
    left = int(money.amount or 0) - returned
    figures = {"from": money.amount, "take": returned}
    steps = (
        money,
        removed,
        Step("Hoàn trả người tham gia", left, _source(request, "khoản 2–3"), "minus", figures),
    )
    return Refund(left, returned, tuple(_warnings(money, removed)), steps)


def _warnings(*steps: Step) -> Iterator[str]:
    yield from dict.fromkeys(unconfirmed(*(row for step in steps for row in step.parameters)))


def _money(
    request: RefundRequest, months: int, rate: Parameter, interest: Parameter | None
) -> Step:
    month, left = rate.number * request.income, request.remaining
    label = f"Tiền của {left} tháng còn lại: {percent(rate.number * 100)} × {dong(request.income)}"
    figures = {"income": request.income}
    if interest is None:
        parts = [{"rate": plain(rate.number), "months": left}]
        figures_flat = {**figures, "parts": parts}
        return Step(
            label, rounded(month * left), _source(request, "khoản 2"), "flat", figures_flat, (rate,)
        )
    growth = 1 + interest.number
    amount = rounded(month * sum_of_powers(1 / growth, left) / growth ** (months - left))
    more = {
        "rate": plain(rate.number),
        "r": plain(interest.number),
        "months": left,
        "skipped": months - left,
    }
    return Step(
        f"{label}, chiết khấu {percent(interest.number * 100)} mỗi tháng từ tháng thứ "
        f"{months - left + 1}",
        amount,
        f"{_source(request, 'khoản 3')}; {interest.source}",
        "discounted",
        {**figures, **more},
        (rate, interest),
    )


def _removed(
    table: ParameterTable, request: RefundRequest, months: int, rate: Parameter, most: int
) -> Step:
    label, source = "Trả lại ngân sách nhà nước", "Nghị định 159/2025/NĐ-CP, Điều 5 khoản 6"
    known = request.state_support_removed
    if known is not None:
        return Step(label, known, source, "given", {"amount": known})
    day = _day(request, "paid_on")
    support, line = support_on(table, day, request.groups), table.require(POVERTY_LINE, day)
    granted = _granted(table, request, support, months, day)
    due = support.state_percent * rate.number * line.number / _HUNDRED * granted
    part = {
        "percent": plain(support.state_percent),
        "rate": plain(rate.number),
        "line": plain(line.number),
        "months": granted,
    }
    rows = (support.state, line) if support.state else (line,)
    words = (
        f"{percent(support.state_percent)} × {percent(rate.number * 100)} × "
        f"{dong(int(line.number))} × {granted} tháng"
    )
    return Step(
        f"{label}: {words}",
        min(rounded(due), most),
        source,
        "state",
        {"parts": [part], "most": most},
        rows,
    )


def _granted(
    table: ParameterTable, request: RefundRequest, support: Support, months: int, day: date
) -> int:
    """How many of the remaining months were supported: support runs from the period's first month
    on.
    """
    if not support.state_percent:
        return 0
    granted = min(months, max(0, months_allowed(table, day) - request.prior_supported_months))
    return max(0, granted - (months - request.remaining))


def _refuse_income(table: ParameterTable, request: RefundRequest, readings: Readings) -> None:
    if request.paid_on is not None:
        refuse_income(conditions_on(table, request.paid_on), request.income, readings.off_step)


def _rate(table: ParameterTable, request: RefundRequest) -> Parameter:
    """The contribution rate of the day of payment; the last known one when the day is not given."""
    day = request.paid_on or date.max
    return table.require(CONTRIBUTION_RATE, day)


def _day(request: RefundRequest, field: str) -> date:
    if request.paid_on is not None:
        return request.paid_on
    if field == "monthly_rate" and request.monthly_rate is not None:
        return date.max
    raise LawRefused("paid_on", "Hãy nhập ngày nộp tiền của kỳ đã đóng.")


def _source(request: RefundRequest, clause: str) -> str:
    if request.paid_on is not None and request.paid_on < LAW_2024_FROM:
        return "Nghị định 134/2015/NĐ-CP"
    return f"Nghị định 159/2025/NĐ-CP, Điều 8 {clause}"
