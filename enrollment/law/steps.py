"""How the amounts of a quote were computed, step by step, for users and auditors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from enrollment.law.methods import ADVANCE, LAW_2024_FROM, METHODS, MISSING
from enrollment.law.parameters import GROUPS, Parameter
from enrollment.law.wording import day as in_words
from enrollment.law.wording import dong, percent

if TYPE_CHECKING:
    from enrollment.law.contribution import Basis, Quote
    from enrollment.law.segments import Segment


class Step(NamedTuple):
    """One step of the computation: what was done with which figures, the result in đồng (``None`` =
    not an amount), and the document that says so (empty = plain arithmetic).

    ``op`` names the operation and ``figures`` what was put in (text and whole numbers only), so
    that
    :func:`enrollment.law.replay.replay` finds the same amounts again; ``parameters`` are the rows
        used.
    """

    label: str
    amount: int | None
    source: str
    op: str = ""
    figures: Mapping[str, Any] = MappingProxyType({})
    parameters: tuple[Parameter, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a row that it used is still to be confirmed."""
        return any(row.doubtful for row in self.parameters)

    def as_dict(self) -> dict[str, Any]:
        """For storage and exchange: JSON types only."""
        return {
            "label": self.label,
            "amount": self.amount,
            "source": self.source,
            "op": self.op,
            "figures": dict(self.figures),
            "parameters": [row_in_short(row) for row in self.parameters],
        }


def row_in_short(row: Parameter) -> dict[str, Any]:
    """Which row of the table it is; without a first day it came with the request."""
    return {
        "key": row.key,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "value": plain(row.number),
    }


def explain(quote: Quote) -> tuple[Step, ...]:
    """All steps of a quote, in the order of computation."""
    basis = quote.basis
    return (
        *_limits(quote, basis),
        _gross(quote, basis),
        _state(quote, basis),
        *_local(quote, basis),
        *_other(quote),
        Step("Người tham gia đóng", quote.participant, "", "participant"),
        _deadline(quote, basis),
        *_readings(basis),
    )


def _limits(quote: Quote, basis: Basis) -> Iterator[Step]:
    conditions, income = basis.conditions, basis.request.income
    line, base, multiplier = conditions.line, conditions.base, conditions.multiplier
    yield Step("Mức thu nhập chọn đóng", income, "", "income", {"income": income})
    yield Step(
        "Mức thấp nhất: chuẩn nghèo nông thôn",
        quote.min_income,
        line.source,
        "floor",
        {"line": plain(line.number)},
        (line,),
    )
    yield Step(
        f"Mức cao nhất: {plain(multiplier.number)} × {dong(int(base.number))}",
        quote.max_income,
        base.source,
        "ceiling",
        {"multiplier": plain(multiplier.number), "base": plain(base.number)},
        (multiplier, base),
    )


def _gross(quote: Quote, basis: Basis) -> Step:
    request, rate, interest = basis.request, basis.segments[-1].conditions.rate, basis.interest
    month = f"{percent(rate.number * 100)} × {dong(request.income)}"
    if interest is None:
        parts = [
            {"rate": plain(one.conditions.rate.number), "months": one.months}
            for one in basis.segments
        ]
        return Step(
            f"Số tiền phải đóng: {month} × {quote.months} tháng",
            quote.gross,
            rate.source,
            "flat",
            {"income": request.income, "parts": parts},
            _once(one.conditions.rate for one in basis.segments),
        )
    verb, op = (
        ("chiết khấu", "discounted") if request.method == ADVANCE else ("lãi gộp", "compounded")
    )
    return Step(
        f"Số tiền phải đóng: {month} × {quote.months} tháng, {verb} "
        f"{percent(interest.number * 100)} mỗi tháng",
        quote.gross,
        f"{_method_source(basis)}; {interest.source}",
        op,
        {
            "income": request.income,
            "rate": plain(rate.number),
            "r": plain(interest.number),
            "months": quote.months,
        },
        (rate, interest),
    )


def _state(quote: Quote, basis: Basis) -> Step:
    if basis.request.method == MISSING and basis.readings.miss_support == "no":
        return Step(
            "NSNN hỗ trợ: không áp dụng cho những tháng còn thiếu (cách hiểu đang chọn)",
            0,
            "",
            "none",
        )
    granted = [one for one in basis.segments if one.support.state_percent]
    if not granted:
        return Step(
            f"NSNN hỗ trợ: chưa có vào ngày {in_words(basis.request.paid_on)}", 0, "", "none"
        )
    shares = [_share(one, one.support.state_percent, one.granted) for one in granted]
    rows = [row for one in granted if (row := one.support.state)]
    return Step(
        f"NSNN hỗ trợ: {' + '.join(shares)}, {GROUPS[quote.group].lower()}",
        quote.state_support,
        "; ".join(dict.fromkeys(row.source for row in rows)),
        "state",
        {
            "parts": [_part(one, one.support.state_percent, one.granted) for one in granted],
            "most": quote.gross,
        },
        _once([*rows, *(one.conditions.line for one in granted)]),
    )


def _local(quote: Quote, basis: Basis) -> Iterator[Step]:
    given = [one for one in basis.segments if one.support.local_percent]
    if not given:
        return
    rows = [row for one in given if (row := one.support.local)]
    yield Step(
        "NSĐP hỗ trợ: "
        f"{' + '.join(_share(one, one.support.local_percent, one.months) for one in given)}",
        quote.local_support,
        "; ".join(dict.fromkeys(row.source for row in rows)),
        "local",
        {
            "parts": [_part(one, one.support.local_percent, one.months) for one in given],
            "most": quote.gross - quote.state_support,
        },
        _once([*rows, *(one.conditions.line for one in given)]),
    )


def _other(quote: Quote) -> Iterator[Step]:
    if quote.other_support:
        yield Step(
            "Hỗ trợ khác ghi trên biên lai",
            quote.other_support,
            "",
            "other",
            {"amount": quote.other_support},
        )


def _deadline(quote: Quote, basis: Basis) -> Step:
    request = basis.request
    if not request.back_payment:
        return Step(f"Nộp chậm nhất ngày {in_words(quote.last_day)}", None, _deadline_source(basis))
    label = (
        f"Đóng bù: kỳ từ tháng {request.from_month.vi} đã hết hạn nộp ngày "
        f"{in_words(basis.window_ends)}"
    )
    return Step(f"{label}, nộp ngày {in_words(request.paid_on)}", None, _method_source(basis))


def _readings(basis: Basis) -> Iterator[Step]:
    """All five choices are kept with the quote; the sentence names the one that this
    payment meets.
    """
    readings, request = basis.readings, basis.request
    late = request.back_payment and request.paid_on >= LAW_2024_FROM
    met = readings.described("back_payment" if late else "paid_after_change")
    yield Step(f"Cách hiểu áp dụng: {met}", None, "", "readings", readings.as_dict())


def _part(segment: Segment, share: Decimal, months: int) -> dict[str, Any]:
    conditions = segment.conditions
    return {
        "percent": plain(share),
        "rate": plain(conditions.rate.number),
        "line": plain(conditions.line.number),
        "months": months,
    }


def _share(segment: Segment, share: Decimal, months: int) -> str:
    rate, line = segment.conditions.rate.number, segment.conditions.line.number
    return f"{percent(share)} × {percent(rate * 100)} × {dong(int(line))} × {months} tháng"


def _once(rows: Any) -> tuple[Parameter, ...]:
    return tuple({(row.key, row.valid_from): row for row in rows}.values())


def _method_source(basis: Basis) -> str:
    if basis.request.back_payment:
        return "Nghị định 134/2015/NĐ-CP, Điều 12 khoản 3"
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


@lru_cache(maxsize=4096)
def plain(value: Decimal) -> str:
    """``Decimal("22.00")`` → ``22``; never an exponent."""
    return f"{value.normalize():f}"
