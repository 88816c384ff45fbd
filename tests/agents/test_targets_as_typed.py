"""Target files as Excel and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thaithuy_bhxh.csv_lists import CsvListRefused, read_lines
from thaithuy_bhxh.typed import whole_number

COLUMNS = ("year", "value")


@pytest.mark.parametrize("hint", ["sep=,", '"sep=,"', "SEP=,\r"])
def test_excels_hint_of_the_delimiter_is_understood(hint: str):
    (line,) = read_lines(f"{hint}\nyear,value\n2020,120\n".encode(), COLUMNS)
    assert (line.row, line.text("year"), line.text("value")) == (3, "2020", "120")


def test_the_hint_decides_over_the_commas_of_the_header():
    (line,) = read_lines(b"sep=;\nyear;value\n2020;1,200\n", COLUMNS)
    assert line.text("value") == "1,200"


def test_rows_are_numbered_as_the_file_has_them():
    with pytest.raises(CsvListRefused) as refused:
        read_lines(b"sep=,\nyear\n2020\n", COLUMNS)
    assert [(one.row, one.column) for one in refused.value.errors] == [(2, "value")]


@given(
    st.integers(0, 10**12),
    st.sampled_from(["", ".", ",", " "]),
    st.sampled_from(["", " đ", "đ", " ₫", " đồng", " VND", " VNĐ"]),
)
def test_both_separators_and_the_currency_are_read(value: int, separator: str, currency: str):
    assert whole_number(f"{value:,}".replace(",", separator) + currency) == value


@pytest.mark.parametrize("text", ["1.5", "1.500,000", "-3", "12a", "", "1,50"])
def test_what_is_no_whole_number_is_not_guessed_at(text: str):
    assert whole_number(text) is None
