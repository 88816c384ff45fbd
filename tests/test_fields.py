"""Form fields read what people write, and refuse what could mean two things."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import BirthField, DayField


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
