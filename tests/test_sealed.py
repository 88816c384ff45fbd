"""Numbers of people in running text, however they are typed; what is no such number stays."""

from __future__ import annotations

import pytest

from thaithuy_bhxh.sealed import without_numbers


@pytest.mark.parametrize(
    "number",
    [
        "034081000123",
        "034 081 000 123",
        "034.081.000.123",
        "0340-8100-0123",
        "0912345123",
        "0912 345 123",
        "091.234.5123",
        "091 2345 123",
        "+84912345123",
        "84 912 345 123",
    ],
)
def test_a_number_in_words_is_masked_however_it_is_typed(number: str):
    told = without_numbers(f"gọi {number}, ông An")
    assert told.startswith("gọi ••••") and told.endswith("123, ông An")
    assert sum(char.isdigit() for char in told) <= 4


@pytest.mark.parametrize(
    "text",
    [
        "ngày 03-02-2026 10:30",
        "từ 01.07.2025 đến 31.12.2025",
        "BD001-26-0000042",
        "thu 84.500.000 đ",
        "1.090.500.000 đ",
        "QĐ 0312/2026/QĐ-UBND",
        "203.0.113.9",
    ],
)
def test_dates_amounts_and_receipts_stay(text: str):
    assert without_numbers(text) == text
