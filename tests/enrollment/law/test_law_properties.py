"""What holds for every quote, whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.law import (
    GROUPS,
    METHODS,
    ContributionRequest,
    LawRefused,
    ParameterTable,
    Quote,
    quote,
)
from thaithuy_bhxh.months import Month

MONTHS: dict[str, list[int | None]] = {
    "1": [None, 1],
    "3": [None, 3],
    "6": [None, 6],
    "12": [None, 12],
    "ADV": [24, 36, 48, 60],
}


@st.composite
def sensible(draw: st.DrawFn) -> ContributionRequest:
    """Requests of which most are lawful."""
    method = draw(st.sampled_from(sorted(METHODS)))
    paid_on = draw(st.dates(date(2016, 1, 1), date(2028, 12, 31)))
    floor = 700_000 if paid_on.year < 2022 else 1_500_000
    months = st.integers(1, 60) if method == "MISS" else st.sampled_from(MONTHS[method])
    return ContributionRequest(
        method=method,
        income=floor
        + 50_000 * draw(st.integers(0, 430))
        + draw(st.sampled_from([0, 0, 0, 1, 12_345])),
        from_month=Month.of(paid_on) + draw(st.integers(-2, 4)),
        paid_on=paid_on,
        months=draw(months),
        groups=tuple(draw(st.lists(st.sampled_from(sorted(GROUPS)), max_size=3))),
        prior_supported_months=draw(st.integers(0, 150)),
        monthly_rate=draw(st.none() | st.decimals(0, Decimal("0.02"), places=5)),
        local_percent=draw(st.none() | st.decimals(0, 100, places=2)),
        other_support=draw(st.sampled_from([0, 0, 50_000, 1_000_000])),
    )


huge = (
    st.integers()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from([10**5000, -(10**5000), 0, 1, -1])
)
any_decimal = (
    st.none()
    | st.decimals()
    | st.sampled_from([Decimal("1e-99999"), Decimal("1e99999"), Decimal("sNaN")])
)
anything = st.builds(
    ContributionRequest,
    method=st.sampled_from(sorted(METHODS)) | st.text(),
    income=huge | st.integers(700_000, 50_000_000),
    from_month=st.builds(Month.from_index, huge | st.integers(2016 * 12, 2030 * 12)),
    paid_on=st.dates()
    | st.dates(date(2016, 1, 1), date(2030, 1, 1))
    | st.sampled_from([date.min, date.max]),
    months=st.none() | huge | st.sampled_from([1, 3, 6, 12, 24, 60]),
    groups=st.lists(st.sampled_from(sorted(GROUPS)) | st.text(), max_size=3).map(tuple),
    prior_supported_months=huge,
    monthly_rate=any_decimal,
    local_percent=any_decimal,
    other_support=huge,
)


def outcome(table: ParameterTable, request: ContributionRequest) -> Quote | None:
    try:
        return quote(table, request)
    except LawRefused as refusal:
        assert refusal.message.endswith(".") and "\n" not in refusal.message
        assert hasattr(request, refusal.field)
        return None


@given(request=sensible() | anything)
@settings(max_examples=600, deadline=None)
def test_every_request_has_a_result_that_adds_up_or_a_refusal(
    law_table: ParameterTable, request: ContributionRequest
) -> None:
    result = outcome(law_table, request)
    if result is None:
        return
    support = result.state_support + result.local_support + result.other_support
    assert result.gross == result.participant + support
    assert (
        min(result.participant, result.state_support, result.local_support, result.other_support)
        >= 0
    )
    assert result.gross > 0
    assert 0 <= result.supported_months <= result.months
    assert (
        result.supported_months == 0
        or result.supported_months + request.prior_supported_months <= 120
    )
    assert result.min_income <= request.income <= result.max_income
    assert request.paid_on <= result.last_day
    assert quote(law_table, request) == result


@given(request=sensible())
@settings(max_examples=200, deadline=None)
def test_steps_carry_the_amounts_of_the_quote(
    law_table: ParameterTable, request: ContributionRequest
) -> None:
    result = outcome(law_table, request)
    if result is None:
        return
    by_label = {step.label.split(":")[0]: step.amount for step in result.steps}
    assert by_label["Số tiền phải đóng"] == result.gross
    assert by_label["NSNN hỗ trợ"] == result.state_support
    assert by_label.get("NSĐP hỗ trợ", 0) == result.local_support
    assert by_label.get("Hỗ trợ khác ghi trên biên lai", 0) == result.other_support
    assert by_label["Người tham gia đóng"] == result.participant


@given(request=sensible(), more=st.integers(1, 200))
@settings(max_examples=300, deadline=None)
def test_amounts_rise_with_the_income(
    law_table: ParameterTable, request: ContributionRequest, more: int
) -> None:
    low = outcome(law_table, request)
    high = outcome(law_table, replace(request, income=request.income + 50_000 * more))
    if low is None or high is None:
        return
    assert low.gross < high.gross
    assert low.participant <= high.participant
    assert low.state_support <= high.state_support


@given(request=sensible(), rate=st.decimals(Decimal("0.00001"), Decimal("0.02"), places=5))
@settings(max_examples=200, deadline=None)
def test_discount_lowers_and_compounding_raises(
    law_table: ParameterTable, request: ContributionRequest, rate: Decimal
) -> None:
    result = outcome(law_table, replace(request, monthly_rate=rate, other_support=0))
    if result is None:
        return
    plain = request.income * result.months * 22
    if request.method == "ADV":
        assert result.gross * 100 < plain
    elif request.method == "MISS":
        assert result.gross * 100 > plain
    else:
        assert abs(result.gross * 100 - plain) <= 50
