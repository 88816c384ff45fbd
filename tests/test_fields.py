"""Form fields read what people write, and refuse what could mean two things."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import BirthField, DayField, DongField


@pytest.mark.parametrize("text", ["01/02/65", "1-2-65", "01.02.65"])
def test_a_birth_year_of_two_digits_lies_in_the_past(text: str):
    assert BirthField().clean(text) == (date(1965, 2, 1), 1965)


def test_no_birth_date_of_two_digits_lies_in_the_future():
    tomorrow = today() + timedelta(days=1)
    assert BirthField().clean(f"{today():%d/%m/%y}") == (today(), today().year)
    hundred_before = tomorrow.replace(year=tomorrow.year - 100)
    assert BirthField().clean(f"{tomorrow:%d/%m/%y}") == (hundred_before, hundred_before.year)
    assert BirthField().clean("29/02/64") == (date(1964, 2, 29), 1964)


@pytest.mark.parametrize("text", ["65", "31/02/65", "01/02/065"])
def test_what_is_no_birth_date_says_what_one_looks_like(text: str):
    with pytest.raises(ValidationError, match="hãy nhập như 05/06/1984"):
        BirthField().clean(text)


def test_other_dates_take_the_year_near_today():
    near, far = today().year + 3, today().year + 40
    assert DayField().clean(f"05/06/{near % 100:02d}") == date(near, 6, 5)
    with pytest.raises(ValidationError, match="hãy ghi đủ bốn chữ số"):
        DayField().clean(f"05/06/{far % 100:02d}")


@pytest.mark.parametrize(
    "text",
    ["05/06/2026 12:00:00 SA", "05/06/2026 1:30 CH", "7:05 SA 05/06/2026", "05/06/2026 13:30"],
)
def test_a_time_of_day_beside_a_day_says_nothing(text: str):
    assert DayField().clean(text) == date(2026, 6, 5)
    assert BirthField().clean(text) == (date(2026, 6, 5), 2026)


def test_a_time_of_day_alone_is_no_day():
    with pytest.raises(ValidationError, match="hãy nhập như 05/06/2026"):
        DayField().clean("12:00:00 SA")


@pytest.mark.parametrize(
    "text", ["1500000", "1.500.000", "1,500,000", "1 500 000", "1\u00a0500\u00a0000 đ"]
)
def test_amounts_are_read_as_people_group_them(text: str):
    assert DongField().clean(text) == 1_500_000


@pytest.mark.parametrize("text", ["1.5", "1,5", "1.500,00", "1,500.000", "1.50.000", "1 5"])
def test_an_amount_that_may_mean_two_things_is_asked_for_in_full(text: str):
    with pytest.raises(ValidationError, match="có thể hiểu theo nhiều cách; hãy ghi đủ số đồng"):
        DongField().clean(text)


@pytest.mark.parametrize("text", ["hai triệu", "-5", "1e5", "1,5 triệu"])
def test_what_is_no_amount_is_named(text: str):
    with pytest.raises(ValidationError, match="không phải là số tiền"):
        DongField().clean(text)
