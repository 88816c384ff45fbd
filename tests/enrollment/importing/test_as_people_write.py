"""Lists as offices keep them: repeated headers, totals in any words, hidden rows, far formats."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.styles import PatternFill

from enrollment.importing import cleaning
from enrollment.importing.error_workbook import write_error_workbook
from enrollment.importing.lines import ReadResult
from enrollment.importing.notes import reason_of, speaks_of_reason
from enrollment.importing.reader import read_d05
from tests.d05_header import CODES
from tests.enrollment.importing import sheets


def second(**values: Any) -> list[Any]:
    return sheets.person(
        **{"C": "3400000002", "_1": "034180000002", "_4": "BD25-0000002", **values}
    )


def read(*people: Any, **options: Any) -> ReadResult:
    return read_d05(sheets.packed(sheets.listed(*people, **options)))


def test_a_header_printed_again_is_no_person():
    found = read(sheets.person(), *sheets.HEAD, second())
    assert (len(found.lines), found.errors) == (2, [])


def test_a_row_of_codes_below_a_gap_is_no_person():
    found = read(sheets.person(), head=(sheets.NAMES, [], CODES))
    assert (len(found.lines), found.errors) == (1, [])


@pytest.mark.parametrize("at", ["A", "B", "2", "4"])
@pytest.mark.parametrize(
    "words", ["Cộng", "Tổng:", "CỘNG TRANG", "Tổng tiền", "Lũy kế", "Cộng mang sang", "I. Tổng số"]
)
def test_a_total_is_the_forms_own_row_wherever_it_says_so(words: str, at: str):
    total = dict.fromkeys([f"_{code}" for code in CODES]) | {f"_{at}": words, "_8": 1, "_9": 1}
    found = read(sheets.person(), sheets.person(**total))
    assert (len(found.lines), found.errors) == (1, [])


@pytest.mark.parametrize("name", ["Tống Tiến", "Công Toàn", "Tống Văn Số"])
def test_a_person_called_like_a_total_is_a_person(name: str):
    assert len(read(sheets.person(_B=name)).lines) == 1
    unnumbered = read(sheets.person(_B=name, _C=None, _1=None))
    assert [error.column for error in unnumbered.errors] == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "15/09/2020 12:00:00 SA",
        "15/09/2020 2:30:00 PM",
        "15-9-2020 02:30 CH",
        "14:30 15/09/2020",
        "15.09.20 14h30",
        "2020-09-15T14:30:00Z",
        "15/09/2020 2:30 chiều",
    ],
)
def test_a_time_of_day_is_dropped(text: str):
    assert cleaning.day(text) == date(2020, 9, 15)


@pytest.mark.parametrize(
    "text",
    ["700.000 ₫", "700.000₫", "700 000 đồng", "700,000 VND", "700000VNĐ", "₫700.000", "700.000 đ."],
)
def test_the_currency_may_be_named(text: str):
    assert cleaning.money(text) == 700_000


def test_a_hidden_row_and_a_hidden_sheet_are_remarked_on():
    book = sheets.listed(sheets.person(), second())
    book.active.row_dimensions[sheets.FIRST + 1].hidden = True
    found = read_d05(sheets.packed(book))
    assert [(one.row, "ẩn" in one.reason) for one in found.remarks] == [(sheets.FIRST + 1, True)]
    book = sheets.listed(sheets.person())
    book.create_sheet("Bìa")
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    found = read_d05(sheets.packed(book))
    assert [one.reason for one in found.remarks] == ["Dòng này ở trang ẩn “D05”."]


def test_words_around_a_reason_are_remarked_on_and_the_reason_alone_is_not():
    note = "Chết ngày 05/02/2021"
    assert reason_of(note) == "not_renewed"
    assert speaks_of_reason(note)
    assert not speaks_of_reason("Chết")
    assert not speaks_of_reason("Không có tiền đóng")
    found = read(stops=[sheets.stop(_17=note)])
    assert [(one.row, one.column) for one in found.remarks] == [(found.lines[0].row, "17")]


def test_formats_far_away_are_nothing():
    book = sheets.listed(sheets.person())
    book.active["A1048576"].fill = PatternFill("solid", "FFFF00")
    book.active["XFD3"].fill = PatternFill("solid", "FFFF00")
    assert len(read_d05(sheets.packed(book)).lines) == 1


def test_bad_rows_of_the_same_number_are_counted_per_sheet():
    book = sheets.listed(sheets.person(_B="12"))
    other = book.create_sheet("Trang 2")
    for cells in book.worksheets[0].iter_rows(values_only=True):
        other.append(cells)
    assert read_d05(sheets.packed(book)).refusals.rows == 2


def with_cells(rows: dict[int, str]) -> bytes:
    """A list whose rows of these numbers are replaced by the XML."""
    target, source = BytesIO(), BytesIO(sheets.packed(sheets.listed(sheets.person(), second())))
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w") as copy:
        for name in book.namelist():
            part = book.read(name).decode("utf-8") if name.endswith(".xml") else book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for number, row in rows.items():
                    part = re.sub(rf'<row r="{number}".*?</row>', row, part, flags=re.S)
            copy.writestr(name, part)
    return target.getvalue()


def test_a_prepared_row_whose_formulas_give_nothing_is_empty():
    number = sheets.FIRST + 1
    cells = "".join(
        f'<c r="{letter}{number}" t="str"><f>IF(H9="","",1)</f>{value}</c>'
        for letter, value in (("K", "<v></v>"), ("L", "<v/>"))
    )
    found = read_d05(with_cells({number: f'<row r="{number}">{cells}</row>'}))
    assert (len(found.lines), found.errors) == (1, [])


BAD = [
    {"_B": "12"},
    {"_1": "1"},
    {"_3": "hôm qua"},
    {"_5": "một triệu"},
    {"_5": "700.000 ₫"},
    {"_17": "Đối tượng Lạ"},
    {"_2": None},
    {"_B": "Tổng cộng", "_1": None, "C": None},
    {"_B": "H’Hen\u200b Niê"},
    {"_2": "_x0041_ xã Thái Ninh"},
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(BAD), min_size=1, max_size=4), st.booleans(), st.booleans())
def test_an_error_workbook_read_again_tells_the_same(
    odd: list[dict[str, Any]], is_hidden: bool, is_far: bool
):
    book = sheets.listed(*(sheets.person(**values) for values in odd), second())
    sheet = book.worksheets[0]
    sheet.row_dimensions[sheets.FIRST].hidden = is_hidden
    if is_far:
        sheet.cell(sheets.FIRST, 16384).fill = PatternFill("solid", "FFFF00")
        sheet.cell(1048576, 1).fill = PatternFill("solid", "FFFF00")
    content = sheets.packed(book)
    first = read_d05(content)
    given_back = BytesIO()
    write_error_workbook(content, first.errors, given_back)
    again = read_d05(given_back.getvalue())
    assert (again.lines, again.errors, again.remarks) == (first.lines, first.errors, first.remarks)
    assert load_workbook(given_back).worksheets[0].max_column <= 16384
