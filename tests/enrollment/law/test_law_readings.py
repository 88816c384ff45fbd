"""The five unsettled questions: each choice against amounts reckoned by hand; stored steps reckon
the same again.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from enrollment.law import (
    DEFAULT,
    READINGS,
    ContributionRequest,
    LawRefused,
    ParameterTable,
    Readings,
    differences,
    quote,
    replay,
)
from thaithuy_bhxh.months import Month

AFTER_THE_LINE_ROSE = ContributionRequest("12", 1_500_000, Month(2021, 10), date(2022, 2, 10))
AFTER_SUPPORT_BEGAN = ContributionRequest("3", 700_000, Month(2017, 12), date(2018, 2, 10))
MISSING = ContributionRequest(
    "MISS", 1_500_000, Month(2026, 9), date(2026, 9, 10), months=36, monthly_rate=Decimal("0.0031")
)


@pytest.mark.parametrize(("reading", "line_rose", "support_began"), [
    ("at_payment", 396_000, 46_200),  # 12 × 33,000; 3 × 15,400
    ("month_by_month", 343_200, 30_800),  # 3 × 15,400 + 9 × 33,000; 2 × 15,400
    ("as_registered", 184_800, 0),  # 12 × 15,400; nothing in 2017
])  # fmt: skip
def test_paid_inside_the_window_after_a_change(
    law_table: ParameterTable, reading: str, line_rose: int, support_began: int
) -> None:
    choice = Readings(paid_after_change=reading)
    first, second = (
        quote(law_table, one, choice) for one in (AFTER_THE_LINE_ROSE, AFTER_SUPPORT_BEGAN)
    )
    assert (first.state_support, second.state_support) == (line_rose, support_began)
    assert (first.gross, second.gross) == (3_960_000, 462_000)
    assert first.reading == reading and first.basis.readings == choice


def test_income_stands_between_the_bounds_of_the_day_that_the_reading_names(
    law_table: ParameterTable,
) -> None:
    low = replace(AFTER_THE_LINE_ROSE, income=700_000)
    assert quote(law_table, low, Readings(paid_after_change="as_registered")).gross == 1_848_000
    for reading in ("at_payment", "month_by_month"):
        with pytest.raises(LawRefused, match=r"thấp hơn chuẩn nghèo nông thôn 1\.500\.000 đ"):
            quote(law_table, low, Readings(paid_after_change=reading))


def test_money_paid_before_a_change_never_follows_it(law_table: ParameterTable) -> None:
    early = ContributionRequest("12", 1_500_000, Month(2025, 3), date(2025, 3, 5))
    assert {
        quote(law_table, early, Readings(paid_after_change=one)).state_support
        for one in READINGS["paid_after_change"][1]
    } == {396_000}


def test_missing_months_with_state_support(law_table: ParameterTable) -> None:
    assert quote(law_table, MISSING).state_support == 0
    granted = quote(law_table, MISSING, Readings(miss_support="yes"))
    assert (granted.state_support, granted.participant) == (2_376_000, 10_210_622)
    nearly = replace(MISSING, prior_supported_months=100)
    assert quote(law_table, nearly, Readings(miss_support="yes")).state_support == 20 * 66_000


@pytest.mark.parametrize(
    ("support", "counts", "counted"),
    [
        ("no", "no", 0),
        ("yes", "no", 0),
        ("no", "yes", 36),
        ("yes", "yes", 36),
    ],
)
def test_missing_months_toward_the_120(
    law_table: ParameterTable, support: str, counts: str, counted: int
) -> None:
    choice = Readings(miss_support=support, miss_counts_toward_120=counts)
    assert quote(law_table, MISSING, choice).counted_months == counted


def test_back_payment_since_the_new_law_is_the_offices_choice(law_table: ParameterTable) -> None:
    late = ContributionRequest("1", 1_500_000, Month(2026, 3), date(2026, 5, 4), back_payment=True)
    with pytest.raises(LawRefused, match="không nhận đóng bù"):
        quote(law_table, late)
    assert (
        quote(law_table, late, Readings(back_payment="allowed")).gross == 331_023
    )  # 330,000 × 1.0031
    with pytest.raises(LawRefused, match="quá hạn"):
        quote(law_table, replace(late, back_payment=False), Readings(back_payment="allowed"))


def test_income_off_the_step_is_the_offices_choice(law_table: ParameterTable) -> None:
    odd = ContributionRequest("1", 1_525_000, Month(2026, 5), date(2026, 5, 10))
    assert quote(law_table, odd).warnings
    with pytest.raises(LawRefused, match=r"1\.500\.000 đ hoặc 1\.550\.000 đ"):
        quote(law_table, odd, Readings(off_step="refuse"))


def test_missing_months_wait_for_the_month_before_the_age(
    law_table_of_ages: ParameterTable,
) -> None:
    woman = replace(MISSING, sex="female", birth_date=date(1969, 10, 20))  # 57 in October 2026
    assert quote(law_table_of_ages, woman).gross == 12_586_622
    with pytest.raises(LawRefused, match="từ tháng 09/2026"):
        quote(law_table_of_ages, replace(woman, paid_on=date(2026, 8, 31)))
    with pytest.raises(LawRefused, match="chỉ còn thiếu 35 tháng"):
        quote(law_table_of_ages, replace(woman, months_paid=145))


def test_a_choice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LawRefused) as refusal:
        Readings(miss_support="maybe")
    assert refusal.value.field == "miss_support"
    assert Readings(**DEFAULT.as_dict()) == DEFAULT
    assert {
        name: next(iter(choices)) for name, (_, choices) in READINGS.items()
    } == DEFAULT.as_dict()


def test_stored_steps_come_to_the_same_amounts_and_a_changed_one_is_named(
    law_table: ParameterTable,
) -> None:
    asked = replace(AFTER_THE_LINE_ROSE, local_percent=Decimal("12.5"), other_support=10_000)
    found = quote(law_table, asked, Readings(paid_after_change="month_by_month"))
    stored = json.loads(json.dumps([step.as_dict() for step in found.steps]))
    again = replay(stored)
    assert (again["gross"], again["state"], again["local"], again["participant"]) == (
        found.gross,
        found.state_support,
        found.local_support,
        found.participant,
    )
    assert differences(stored) == []
    tampered = next(step for step in stored if step["op"] == "state")
    tampered["amount"] += 1
    assert differences(stored) == [tampered["label"]]
    rows = {(row["key"], row["valid_from"]) for row in tampered["parameters"]}
    assert ("rural_poverty_line", "2022-01-01") in rows and (
        "rural_poverty_line",
        "2016-01-01",
    ) in rows
