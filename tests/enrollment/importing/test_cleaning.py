"""Cells as people write them (contract.md, “D05-TS workbook as input”)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.importing import cleaning
from enrollment.importing.cells import Cell, Fault
from enrollment.importing.columns import COLUMNS
from thaithuy_bhxh.months import Month


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("05/03/2021", date(2021, 3, 5)),
        ("5-3-2021", date(2021, 3, 5)),
        ("5.3.21", date(2021, 3, 5)),
        ("31/12/2019 14:30", date(2019, 12, 31)),
        (44260, date(2021, 3, 5)),
        (44260.75, date(2021, 3, 5)),
        (date(2021, 3, 5), date(2021, 3, 5)),
    ],
)
def test_days_are_read_day_first_and_numbers_are_serials(cell: Cell, day: date):
    assert cleaning.day(cell) == day


@pytest.mark.parametrize(
    "cell", ["31/02/2021", "2021", "hôm qua", "05/13/2021", 12, 10**9, True, "=TODAY()"]
)
def test_what_is_no_day_is_refused_in_words(cell: Cell):
    with pytest.raises(ValueError, match="hãy"):
        cleaning.day(cell)


@pytest.mark.parametrize(
    "cell", ["3/2021", "03/2021", "03-2021", "3.2021", date(2021, 3, 1), 44256, "15/03/2021"]
)
def test_months_are_dates_or_month_and_year(cell: Cell):
    assert cleaning.month(cell) == Month(2021, 3)


@pytest.mark.parametrize("cell", ["13/2021", "00/2021", "03/0000", "tháng ba", 3])
def test_what_is_no_month_is_refused_in_words(cell: Cell):
    with pytest.raises(ValueError, match="hãy"):
        cleaning.month(cell)


@pytest.mark.parametrize(
    "cell", [1_848_000, 1848000.0, "1848000", "1.848.000", "1 848 000", "1.848.000 đ"]
)
def test_dots_and_blanks_separate_thousands(cell: Cell):
    assert cleaning.money(cell) == 1_848_000


@pytest.mark.parametrize(
    "cell", ["1.84.000", "1.848.00,5", -5, 0.5, "nhiều", True, date(2021, 3, 5)]
)
def test_what_is_no_amount_is_refused(cell: Cell):
    with pytest.raises(ValueError, match="“"):
        cleaning.money(cell)


@pytest.mark.parametrize(
    ("read", "cell", "number"),
    [
        (cleaning.citizen_id, 34180000001, "034180000001"),
        (cleaning.citizen_id, 1180000001, "001180000001"),
        (cleaning.citizen_id, "034180000001", "034180000001"),
        (cleaning.citizen_id, 123456789, "123456789"),
        (cleaning.bhxh_no, 3400000001, "3400000001"),
        (cleaning.bhxh_no, 100000001, "0100000001"),
    ],
)
def test_numbers_of_people_get_back_the_zeros_that_a_number_cell_lost(
    read: Callable[[Cell], Any], cell: Cell, number: str
):
    assert read(cell) == number


@pytest.mark.parametrize("cell", ["34180000001", "03418000000x", 1.5, -34180000001, True])
def test_a_text_with_too_few_digits_is_no_citizen_id(cell: Cell):
    with pytest.raises(ValueError, match="."):
        cleaning.citizen_id(cell)


def test_a_text_that_looks_like_a_formula_is_neither_name_nor_number():
    for read in (
        cleaning.full_name,
        cleaning.receipt_number,
        cleaning.address,
        cleaning.collector_code,
    ):
        with pytest.raises(ValueError, match="=1"):
            read("=1+1")


@given(
    st.sampled_from(sorted(COLUMNS)),
    st.one_of(
        st.text(min_size=1, max_size=60),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.dates(),
        st.builds(Fault, st.just("hỏng")),
        st.from_regex(r"\d{1,2}[/.\-]\d{1,4}[/.\-]?\d{0,4}", fullmatch=True),
    ),
)
def test_no_cell_crashes_a_column(code: str, cell: Cell):
    try:
        COLUMNS[code].clean(cell)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("typed", ["B1234567", "c 12345678"])
def test_a_passport_is_no_citizen_id_and_the_refusal_says_what_is_asked(typed: str) -> None:
    """Only citizens take part (Law 41/2024 Art. 2(4)): everybody has an identity number, and the
    label asks for it.
    """
    with pytest.raises(ValueError, match="là số hộ chiếu.*CCCD hoặc số định danh"):
        cleaning.citizen_id(typed)
    assert "chiếu" not in COLUMNS["1"].title and "socccdddcnhochieu" in COLUMNS["1"].names
