"""Lists without error cells are read by a faster library: it must see what openpyxl sees."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from enrollment.importing import workbook as reading
from enrollment.importing.cells import Row

PLAIN_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=30)
VALUES = st.one_of(
    PLAIN_TEXT,
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12).map(lambda value: round(value, 4)),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0)),
)
PLACES = st.tuples(st.integers(1, 30), st.integers(1, 20))


def saved(cells: dict[tuple[int, int], Any], *, mac: bool = False) -> bytes:
    """A workbook with these values by row and column."""
    book = Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for (row, column), value in cells.items():
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def seen(read: Any, content: bytes) -> list[tuple[str, list[Row]]]:
    return [(name, list(reading._filled(rows, formulas))) for name, rows, formulas in read(content, False)]


@settings(max_examples=60, deadline=None)
@given(cells=st.dictionaries(PLACES, VALUES, min_size=1, max_size=12))
def test_both_readers_see_the_same_cells(cells: dict[tuple[int, int], Any]):
    content = saved(cells)
    assert seen(reading._sheets_fast, content) == seen(reading._sheets_slowly, content)


@pytest.mark.parametrize("mac", [False, True])
def test_days_are_the_same_days_in_files_of_either_calendar(mac: bool):
    content = saved({(3, 2): date(2026, 2, 28), (4, 2): datetime(2026, 2, 28, 13, 30), (5, 2): time(7, 5)}, mac=mac)
    assert seen(reading._sheets_fast, content) == seen(reading._sheets_slowly, content)
    assert [sheet.date1904 for sheet in reading.sheets_of(content)] == [mac]


def test_hidden_sheets_are_read_and_charts_are_not():
    book = Workbook()
    hidden = book.create_sheet("Trang ẩn")
    hidden["C4"], hidden.sheet_state = "một", "hidden"
    book.create_chartsheet("Biểu đồ")
    stream = BytesIO()
    book.save(stream)
    found = [(sheet.name, list(sheet.rows)) for sheet in reading.sheets_of(stream.getvalue())]
    assert found == [("Sheet", []), ("Trang ẩn", [Row(4, {2: "một"})])]
