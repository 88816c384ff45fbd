"""What the counselling page reckons, against figures worked out by hand from docs/rules.md 4."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from enrollment import counsel
from enrollment.law import DEFAULT, ParameterTable
from enrollment.parameters_in_force import current_table
from thaithuy_bhxh.months import Month

HERE = counsel.Situation(
    born=date(1984, 6, 5),
    year_only=False,
    sex="female",
    group="near_poor",
    income=2_000_000,
    method="12",
    paid=24,
    supported=24,
    on=date(2026, 3, 10),
)


@pytest.fixture
def table(reference: None) -> ParameterTable:
    return current_table()


def test_every_way_to_pay_stands_side_by_side(table: ParameterTable):
    """22% × 2.000.000 a month; the state adds 40% × 22% × 1.500.000 = 132.000 a month."""
    found = {offer.label: offer for offer in counsel.offers_of(table, DEFAULT, HERE)}
    fixed = {label: offer.quote for label, offer in found.items() if "Trước" not in label}
    assert {label: quote.participant for label, quote in fixed.items() if quote} == {
        "Hằng tháng": 308_000,
        "3 tháng một lần": 924_000,
        "6 tháng một lần": 1_848_000,
        "12 tháng một lần": 3_696_000,
    }
    assert found["12 tháng một lần"].left == 120 - 24 - 12 and found["12 tháng một lần"].chosen
    assert found["6 tháng một lần"].quote and found["6 tháng một lần"].quote.last_day == date(
        2026, 6, 30
    )
    assert found["3 tháng một lần"].a_month == 308_000


def test_years_ahead_are_discounted_at_the_rate_of_the_year(table: ParameterTable):
    """C14 of the examples: 10.193.069 for 24 months at 0,31% less 24 × 132.000."""
    offers = counsel.offers_of(
        table, DEFAULT, replace(HERE, on=date(2026, 1, 5), supported=0, paid=0)
    )
    quote = next(offer.quote for offer in offers if offer.label == "Trước 2 năm")
    assert quote and quote.participant == 10_193_069 - 24 * 132_000


def test_a_way_that_the_law_refuses_says_why(table: ParameterTable):
    offers = counsel.offers_of(table, DEFAULT, replace(HERE, income=1_000_000))
    assert all(offer.quote is None and "thấp hơn chuẩn nghèo" in offer.refusal for offer in offers)


def test_a_pension_begins_when_age_and_months_are_reached(table: ParameterTable):
    """A man of 06/1970 is of age in 06/2032 (62 years); from 11/2026 180 months are full in
    11/2041: 40%.
    """
    here = replace(
        HERE, born=date(1970, 6, 5), sex="male", income=3_000_000, paid=0, on=date(2026, 11, 10)
    )
    found = counsel.prospect_of(table, here)
    assert found.outlook and found.outlook.age_month == Month(2032, 6)
    assert found.outlook.pension_month == Month(2041, 11) and found.pension == 1_200_000


def test_joining_later_never_raises_the_pension_or_brings_it_earlier(table: ParameterTable):
    rows = [counsel.prospect_of(table, HERE, HERE.month + 12 * years) for years in range(0, 25, 3)]
    pensions = [row.pension for row in rows]
    begins = [row.outlook.pension_month for row in rows if row.outlook]
    assert pensions == sorted(pensions, reverse=True) and begins == sorted(begins)


def test_who_paid_nothing_loses_nothing(table: ParameterTable):
    assert "chưa có quyền lợi" in counsel.stopping_now(table, replace(HERE, paid=0)).text


def test_a_one_off_payment_is_two_months_of_income_a_year(table: ParameterTable):
    """24 months after 2014: 2 years × 2 × 2.000.000."""
    assert "8.000.000 đ" in counsel.stopping_now(table, HERE).text


def test_maternity_is_told_to_women_of_that_age_only(table: ParameterTable):
    def told(**values: object) -> set[str]:
        return {fact.label for fact in counsel.other_benefits(table, replace(HERE, **values))}  # type: ignore[arg-type]

    assert told() == {"Thẻ BHYT", "Sinh con", "Mai táng"}
    assert told(sex="male") == told(born=date(1960, 1, 1)) == {"Thẻ BHYT", "Mai táng"}
