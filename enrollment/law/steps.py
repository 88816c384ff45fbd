"""How a quote came about, step by step, for the desk, the counsellor and the auditor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from enrollment.law.methods import ADVANCE, LAW_2024_FROM, METHODS, MISSING
from enrollment.law.parameters import GROUPS
from enrollment.law.wording import day as in_words
from enrollment.law.wording import dong, percent

if TYPE_CHECKING:
    from enrollment.law.contribution import Basis, Quote


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning: what was done with which figures, the result in đồng (``None`` = not an amount),
    and the document that says so (empty = plain arithmetic)."""

    label: str
    amount: int | None
    source: str


def explain(quote: Quote) -> tuple[Step, ...]:
    """All steps of a quote, in the order of the reckoning."""
    basis = quote.basis
    return (
        *_limits(quote, basis),
        _gross(quote, basis),
        _state(quote, basis),
        *_local(quote, basis),
        *_other(quote),
        Step("Người tham gia đóng", quote.participant, ""),
        Step(f"Nộp chậm nhất ngày {in_words(quote.last_day)}", None, _deadline_source(basis)),
    )


def _limits(quote: Quote, basis: Basis) -> Iterator[Step]:
    conditions = basis.conditions
    yield Step("Mức thu nhập chọn đóng", basis.request.income, "")
    yield Step("Mức thấp nhất: chuẩn nghèo nông thôn", quote.min_income, conditions.line.source)
    yield Step(
        f"Mức cao nhất: {_plain(conditions.multiplier.number)} × {dong(int(conditions.base.number))}",
        quote.max_income,
        conditions.base.source,
    )


def _gross(quote: Quote, basis: Basis) -> Step:
    request, rate = basis.request, basis.conditions.rate
    month = f"{percent(rate.number * 100)} × {dong(request.income)}"
    interest = basis.interest
    if interest is None:
        return Step(f"Số tiền phải đóng: {month} × {quote.months} tháng", quote.gross, rate.source)
    verb = "chiết khấu" if request.method == ADVANCE else "lãi gộp"
    return Step(
        f"Số tiền phải đóng: {month} × {quote.months} tháng, {verb} {percent(interest.number * 100)} mỗi tháng",
        quote.gross,
        f"{_method_source(basis)}; {interest.source}",
    )


def _state(quote: Quote, basis: Basis) -> Step:
    if basis.request.method == MISSING:
        return Step("NSNN hỗ trợ: không áp dụng cho những tháng còn thiếu (cách hiểu mặc định)", 0, "")
    state = basis.support.state
    if state is None or not state.number:
        return Step(f"NSNN hỗ trợ: chưa có vào ngày {in_words(basis.request.paid_on)}", 0, "")
    label = f"NSNN hỗ trợ: {_share(basis, state.number, quote.supported_months)}"
    return Step(f"{label}, {GROUPS[quote.group].lower()}", quote.state_support, state.source)


def _local(quote: Quote, basis: Basis) -> Iterator[Step]:
    local = basis.support.local
    if local is not None and local.number:
        label = f"NSĐP hỗ trợ: {_share(basis, local.number, quote.months)}"
        yield Step(label, quote.local_support, local.source)


def _other(quote: Quote) -> Iterator[Step]:
    if quote.other_support:
        yield Step("Hỗ trợ khác ghi trên biên lai", quote.other_support, "")


def _share(basis: Basis, share: Decimal, months: int) -> str:
    rate, line = basis.conditions.rate.number, basis.conditions.line.number
    return f"{percent(share)} × {percent(rate * 100)} × {dong(int(line))} × {months} tháng"


def _method_source(basis: Basis) -> str:
    if basis.request.paid_on < LAW_2024_FROM:
        return "Nghị định 134/2015/NĐ-CP"
    article = 6 if basis.request.method == ADVANCE else 7
    return f"Nghị định 159/2025/NĐ-CP, Điều {article}"


def _deadline_source(basis: Basis) -> str:
    name = METHODS[basis.request.method].label.lower()
    document = (
        "Nghị định 134/2015/NĐ-CP, Điều 12"
        if basis.request.paid_on < LAW_2024_FROM
        else "Luật Bảo hiểm xã hội 41/2024/QH15, Điều 36"
    )
    return f"{document} ({name})"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
