"""Refunds, pensions, ages and the other benefits, against the worked examples and tables reckoned
by hand.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.law import (
    ContributionRequest,
    History,
    IncomePeriod,
    LawRefused,
    OutlookRequest,
    ParameterTable,
    PensionRequest,
    RefundRequest,
    allowance,
    average_income,
    five_years_later,
    funeral,
    health_card,
    maternity,
    one_off,
    outlook,
    parameters_from_policy,
    pension,
    quote,
    reaches_age,
    refund,
    survivors,
)
from enrollment.law.lines import answer
from thaithuy_bhxh.months import Month

ROOT = Path(__file__).parents[3]
EXAMPLES = {
    one["id"]: one
    for one in json.loads(
        (ROOT / "tests" / "data" / "law_examples.json").read_text(encoding="utf-8")
    )["examples"]
}
TODAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def table() -> ParameterTable:
    shipped = ROOT / "enrollment" / "reference" / "policy.json"
    return ParameterTable(parameters_from_policy(json.loads(shipped.read_text(encoding="utf-8"))))


def example(name: str) -> Any:
    return pytest.param(EXAMPLES[name], id=name)


RATES = [name for name, one in EXAMPLES.items() if one["kind"] == "pension_rate"]


@pytest.mark.parametrize("case", [example(name) for name in RATES])
def test_rate_of_pension(table: ParameterTable, case: dict[str, Any]) -> None:
    given, expected = case["input"], case["expected"]
    when = date(given["year"], 6, 1) if "year" in given else TODAY
    found = pension(table, PensionRequest(given["sex"], given["months"], given.get("mbq", 0), when))
    assert found.rate_percent == Decimal(expected["rate_pct"])
    assert found.pension == expected.get("pension", 0)
    assert found.label == "ước tính"


@pytest.mark.parametrize("case", [example("C19")])
def test_refund_of_a_year_left_after_five_months(
    table: ParameterTable, case: dict[str, Any]
) -> None:
    asked, expected = case["input"], case["expected"]
    day = date.fromisoformat(asked["paid_on"])
    found = refund(
        table,
        RefundRequest("12", asked["income"], asked["remaining"], paid_on=day, groups=("other",)),
    )
    assert (found.refund, found.returned_to_budget) == (
        expected["refund"],
        expected["returned_to_budget"],
    )


@pytest.mark.parametrize("case", [example("C20")])
def test_back_payment_under_the_old_law(table: ParameterTable, case: dict[str, Any]) -> None:
    asked = ContributionRequest(
        method="3",
        income=1_500_000,
        from_month=Month(2024, 5),
        paid_on=date.fromisoformat(case["input"]["paid_on"]),
        monthly_rate=Decimal(case["input"]["r"]),
        back_payment=True,
    )
    assert quote(table, asked).gross == case["expected"]["gross_if_i_runs_1_to_t"]


@pytest.mark.parametrize("case", [example("B-allow")])
def test_months_of_the_allowance(table: ParameterTable, case: dict[str, Any]) -> None:
    found = allowance(table, History(120, case["input"]["mbq"]), on=TODAY)
    assert found.months == case["expected"]["Ttt_months"]
    assert found.amount == case["input"]["tc_htxh"] and found.monthly


@pytest.mark.parametrize("case", [example("B-funeral")])
def test_funeral(table: ParameterTable, case: dict[str, Any]) -> None:
    assert funeral(table, on=date(2026, 8, 15), months=60).amount == case["expected"]["amount"]
    with pytest.raises(LawRefused, match="ít nhất 60 tháng"):
        funeral(table, on=date(2026, 8, 15), months=59)


@pytest.mark.parametrize("case", [example("B-maternity")])
def test_maternity(table: ParameterTable, case: dict[str, Any]) -> None:
    assert (
        maternity(table, on=TODAY, children=1, months_in_window=6).amount
        == case["expected"]["amount"]
    )
    assert maternity(table, on=TODAY, children=2, months_in_window=12).amount == 4_000_000
    with pytest.raises(LawRefused, match="12 tháng trước khi sinh"):
        maternity(table, on=TODAY, children=1, months_in_window=5)


def test_every_example_of_the_law_has_a_test() -> None:
    elsewhere = {"P1", "P2", "C1", "C2", "C4", "C6", "C9", "C11", "C13", "C14", "C16", "C22", "DL1"}
    here = {*RATES, "C19", "C20", "B-allow", "B-funeral", "B-maternity"}
    assert elsewhere | here == set(EXAMPLES) - {"R1"}, "R1 counts people, in the tests of activity"


@pytest.mark.parametrize(
    ("sex", "months", "when", "rate"),
    [
        ("male", 240, "2018-03-01", "53"),
        ("male", 240, "2019-03-01", "51"),
        ("male", 240, "2020-03-01", "49"),
        ("male", 240, "2021-03-01", "47"),
        ("male", 240, "2022-03-01", "45"),
        ("male", 420, "2025-06-30", "75"),
        ("female", 246, "2025-06-30", "56"),
        ("female", 247, "2025-06-30", "57"),
        ("male", 186, "2025-07-01", "40.5"),
        ("male", 187, "2025-07-01", "41"),
        ("male", 239, "2025-07-01", "45"),
        ("female", 600, "2030-01-01", "75"),
        ("female", 240, "2017-05-01", "60"),
    ],
)
def test_rate_at_the_turns_of_the_law(
    table: ParameterTable, sex: str, months: int, when: str, rate: str
) -> None:
    found = pension(table, PensionRequest(sex, months, 1_000_000, date.fromisoformat(when)))
    assert (found.rate_percent, found.pension) == (Decimal(rate), int(Decimal(rate) * 10_000))


@pytest.mark.parametrize(
    ("when", "months", "eligible"),
    [
        ("2025-06-30", 239, False),
        ("2025-06-30", 240, True),
        ("2025-07-01", 179, False),
        ("2025-07-01", 180, True),
    ],
)
def test_months_that_a_pension_needs(
    table: ParameterTable, when: str, months: int, eligible: bool
) -> None:
    assert (
        pension(table, PensionRequest("female", months, 1, date.fromisoformat(when))).eligible
        == eligible
    )


@pytest.mark.parametrize(
    ("born", "sex", "reached"),
    [
        ("1960-12-31", "male", "2020-12-31"), ("1961-01-01", "male", "2021-04-01"),
        ("1961-09-30", "male", "2021-12-30"),
        ("1961-10-01", "male", "2022-04-01"), ("1965-01-15", "male", "2026-07-15"),
        ("1966-04-01", "male", "2028-04-01"),
        ("1969-09-01", "female", "2026-09-01"), ("1975-05-20", "female", "2035-05-20"),
        ("1990-02-28", "female", "2050-02-28"),
    ],
)  # fmt: skip
def test_retirement_age_follows_the_labour_code(
    table: ParameterTable, born: str, sex: str, reached: str
) -> None:
    assert reaches_age(table, date.fromisoformat(born), sex).isoformat() == reached


def test_age_counts_only_with_a_birth_date(table: ParameterTable) -> None:
    asked = PensionRequest("female", 240, 1_500_000, TODAY, date(1969, 9, 2))
    young = pension(table, asked)
    assert not young.eligible and "57 tuổi" in young.reason and "02/09/2026" in young.reason
    assert pension(table, PensionRequest("female", 240, 1_500_000, TODAY)).eligible


def test_average_income_is_brought_to_the_prices_of_the_settlement(table: ParameterTable) -> None:
    periods = [
        IncomePeriod(Month(2018, 1), 12, 1_000_000),
        IncomePeriod(Month(2025, 1), 12, 2_000_000),
    ]
    assert (
        average_income(table, periods, date(2026, 3, 1)).average == 1_615_000
    )  # (1.23 + 2.00) / 2
    assert (
        average_income(table, periods, date(2025, 3, 1)).average == 1_595_000
    )  # (1.19 + 2.00) / 2
    later = average_income(table, [IncomePeriod(Month(2031, 1), 5, 3_000_000)], date(2031, 6, 1))
    assert later.average == 3_000_000
    with pytest.raises(LawRefused, match="chưa có trong bảng tham số"):
        average_income(table, periods, date(2024, 12, 31))


def test_one_off_and_survivors(table: ParameterTable) -> None:
    mixed = History(months=60, average_income=1_000_000, before_2014=27)
    # 24 months before 2014 = 2 years × 1.5; 3 odd months move on: 36 months = 3 years × 2.
    assert one_off(table, mixed, on=TODAY).amount == 9_000_000
    assert one_off(table, mixed, on=TODAY, state_support=2_000_000).amount == 7_000_000
    assert survivors(table, mixed, on=TODAY).amount == 9_000_000
    assert (
        survivors(table, History(59, 1_000_000), on=TODAY, money_paid=7_000_000).amount == 7_000_000
    )
    assert one_off(table, History(6, 1_500_000), on=TODAY, money_paid=1_980_000).amount == 1_980_000
    assert (
        one_off(table, History(11, 1_500_000), on=TODAY, money_paid=3_630_000).amount == 3_000_000
    )
    with pytest.raises(LawRefused, match="chưa có trong bảng tham số"):
        one_off(table, mixed, on=date(2025, 6, 30))


def test_allowance_that_outlasts_the_way_to_the_social_pension_is_raised(
    table: ParameterTable,
) -> None:
    history = History(120, 1_500_000)  # 60 months of 500,000
    found = allowance(
        table, history, on=TODAY, birth_date=date(1954, 9, 10)
    )  # 75 in September 2029: 36 months
    assert (found.months, found.amount) == (36, 833_333)
    with pytest.raises(LawRefused, match="hưởng lương hưu"):
        allowance(table, History(180, 1_500_000), on=TODAY)


def test_health_card_comes_with_a_pension_or_an_allowance() -> None:
    assert [
        health_card(pension=p, allowance=a)[0]
        for p, a in [(True, False), (False, True), (False, False)]
    ] == [
        True,
        True,
        False,
    ]


def test_a_life_and_the_same_life_joined_five_years_later(table: ParameterTable) -> None:
    asked = OutlookRequest("female", date(1986, 5, 20), 1_500_000, Month(2026, 6))
    now, later = outlook(table, asked), five_years_later(table, asked)
    assert (now.age_month, now.months_by_age) == (Month(2046, 5), 240)
    assert (now.pension_month, now.pension.rate_percent) == (Month(2046, 6), Decimal(55))
    assert (later.months_by_age, later.pension.rate_percent) == (180, Decimal(45))
    late = outlook(table, OutlookRequest("female", date(1976, 5, 20), 1_500_000, Month(2026, 6)))
    assert (late.months_missing, late.pension_month) == (60, Month(2041, 6))


@given(
    method=st.sampled_from(["3", "6", "12", "ADV"]),
    left=st.integers(0, 60),
    step=st.integers(0, 200),
    rate=st.decimals(0, Decimal("0.02"), places=5),
    group=st.sampled_from(["poor", "near_poor", "other"]),
)
@settings(max_examples=150, deadline=None)
def test_refund_never_exceeds_what_was_paid(
    table: ParameterTable, method: str, left: int, step: int, rate: Decimal, group: str
) -> None:
    months, income, day = (
        60 if method == "ADV" else int(method),
        1_500_000 + 50_000 * step,
        date(2026, 3, 2),
    )
    more = {"months": 60, "monthly_rate": rate} if method == "ADV" else {}
    paid = quote(
        table, ContributionRequest(method, income, Month(2026, 3), day, groups=(group,), **more)
    )  # type: ignore[arg-type]
    remaining = min(left, months)
    try:
        found = refund(
            table, RefundRequest(method, income, remaining, paid_on=day, groups=(group,), **more)
        )  # type: ignore[arg-type]
    except LawRefused:
        pytest.fail("a paid period can always be left")
    assert 0 <= found.refund <= paid.participant
    assert 0 <= found.returned_to_budget <= paid.state_support
    used = paid.participant - found.refund
    assert found.refund + used <= paid.participant
    if remaining == months:
        assert (found.refund, found.returned_to_budget) == (paid.participant, paid.state_support)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        [
            10**400,
            -1,
            0,
            12,
            180,
            2_000_000,
            "12",
            "ADV",
            "MISS",
            "female",
            "2026-03",
            "2026-03-02",
            "2026-02-30",
            "9999-12-31",
            "0001-01-01",
            "2199-12",
            "1900-01",
            "NaN",
            "1e-99999",
        ]
    ),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)
NAMES = [
    "method",
    "months",
    "income",
    "from_month",
    "paid_on",
    "groups",
    "prior_supported_months",
    "monthly_rate",
    "local_percent",
    "remaining",
    "state_support_removed",
    "sex",
    "average_income",
    "retires_on",
    "birth_date",
    "covered_to",
    "back_payment",
    "joined_on",
    "other_support",
    "months_paid",
]
SOUND = {
    "contribution": {
        "method": "12",
        "income": 2_000_000,
        "from_month": "2026-03",
        "paid_on": "2026-03-02",
    },
    "refund": {"method": "12", "income": 2_000_000, "remaining": 5, "paid_on": "2026-03-02"},
    "pension": {"sex": "male", "months": 240, "average_income": 5, "retires_on": "2026-09-01"},
    "renewal": {"covered_to": "2026-08", "method": "6"},
}


@given(
    kind=st.sampled_from(sorted(SOUND)),
    wild=st.dictionaries(st.sampled_from(NAMES), anything, max_size=3),
)
@settings(max_examples=600, deadline=None)
def test_any_line_is_answered_or_refused(
    table: ParameterTable, kind: str, wild: dict[str, Any]
) -> None:
    found = answer(table, {"kind": kind, **SOUND[kind], **wild})
    assert json.dumps(found)
    if found.get("error"):
        assert found["error"].endswith(".") and "\n" not in found["error"]
