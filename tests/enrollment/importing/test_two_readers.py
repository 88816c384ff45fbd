"""Lists are read by a fast library: it must see what openpyxl sees, and what neither shows is found
in the XML.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from enrollment.importing import odd_cells
from enrollment.importing import workbook as reading
from enrollment.importing.cells import SheetRow
from enrollment.importing.gate import UnreadableFile

PLAIN_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=30
)
VALUES = st.one_of(
    PLAIN_TEXT,
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12).map(lambda value: round(value, 4)),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2199, 12, 31)),
    st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31)).map(
        lambda at: at.replace(microsecond=0)
    ),
)
PLACES = st.tuples(st.integers(1, 30), st.integers(1, 20))


def saved(
    cells: dict[tuple[int, int], Any], *, mac: bool = False, as_errors: bool = False
) -> bytes:
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
            cell.data_type = "e" if as_errors else "s"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def seen(content: bytes) -> list[tuple[str, list[SheetRow]]]:
    return [(sheet.name, list(sheet.rows)) for sheet in reading.sheets_of(content)]


def seen_slowly(content: bytes) -> list[tuple[str, list[SheetRow]]]:
    """What openpyxl sees."""
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    return [(sheet.title, list(_rows(sheet))) for sheet in book.worksheets]


def _rows(sheet: Any) -> Iterator[SheetRow]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = {
            at: reading._cell(value) for at, value in enumerate(values) if value not in (None, "")
        }
        if cells := {at: cell for at, cell in cells.items() if cell != ""}:
            yield SheetRow(number, cells)


@settings(max_examples=60, deadline=None)
@given(cells=st.dictionaries(PLACES, VALUES, min_size=1, max_size=12))
def test_both_readers_see_the_same_cells(cells: dict[tuple[int, int], Any]):
    content = saved(cells)
    assert seen(content) == seen_slowly(content)


@pytest.mark.parametrize("mac", [False, True])
def test_days_are_the_same_days_in_files_of_either_calendar(mac: bool):
    content = saved(
        {(3, 2): date(2026, 2, 28), (4, 2): datetime(2026, 2, 28, 13, 30), (5, 2): time(7, 5)},
        mac=mac,
    )
    assert seen(content) == seen_slowly(content)
    assert [sheet.date1904 for sheet in reading.sheets_of(content)] == [mac]


def test_hidden_sheets_are_read_and_charts_are_not():
    book = Workbook()
    hidden = book.create_sheet("Trang ẩn")
    hidden["C4"], hidden.sheet_state = "một", "hidden"
    book.create_chartsheet("Biểu đồ")
    stream = BytesIO()
    book.save(stream)
    found = [(sheet.name, list(sheet.rows)) for sheet in reading.sheets_of(stream.getvalue())]
    assert found == [("Sheet", []), ("Trang ẩn", [SheetRow(4, {2: "một"})])]


HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
UNCOMPUTED = odd_cells.UNCOMPUTED


def with_sheet(rows: str) -> bytes:
    """A workbook whose only sheet has exactly this XML in it."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(saved({(1, 1): 1}))) as source,
        zipfile.ZipFile(target, "w") as copy,
    ):
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(
                name,
                f"{HEAD}{rows}</sheetData></worksheet>" if name.endswith("sheet1.xml") else part,
            )
    return target.getvalue()


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ('<row r="2"><c r="C2" t="e"><v>#N/A</v></c></row>', {2: {2: odd_cells.ERRORS["#N/A"]}}),
        (
            '<row r="2"><c r="C2" t=\'e\'><f>1/0</f><v>#DIV/0!</v></c></row>',
            {2: {2: odd_cells.ERRORS["#DIV/0!"]}},
        ),
        ('<row r="4"><c r="B4"><f>A1</f></c></row>', {4: {1: UNCOMPUTED}}),
        (
            '<row r="4"><c r="B4"><f>A1</f><v></v></c><c r="C4"><v>7</v></c></row>',
            {4: {1: UNCOMPUTED, 2: 7}},
        ),
        ('<row r="4"><c r="B4" t="str"><f>A1</f><v></v></c></row>', {}),
        ('<row r="4"><c r="B4" t="str"><f>A1</f><v>chữ</v></c></row>', {4: {1: "chữ"}}),
        (
            '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row>',
            {1: {0: 1, 1: odd_cells.ERRORS["#REF!"]}},
        ),
        (
            '<row r="1"><c r="A1"><f>B1</f><v>-5</v></c><c r="B1"><v>-0.5</v></c></row>',
            {1: {0: -5, 1: -0.5}},
        ),
    ],
)
def test_what_the_library_does_not_show_is_found(rows: str, cells: dict[int, dict[int, Any]]):
    assert seen(with_sheet(rows)) == [
        ("Sheet", [SheetRow(number, found) for number, found in cells.items()])
    ]


@pytest.mark.parametrize("serial", [-1, -45874.25])
def test_a_negative_day_is_the_number_that_stands_in_the_cell(serial: float):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = serial, 3
    sheet["A1"].number_format = "dd/mm/yyyy"
    stream = BytesIO()
    book.save(stream)
    assert seen(stream.getvalue()) == [("Sheet", [SheetRow(1, {0: serial, 1: 3})])]


def test_too_many_cells_without_a_value_are_refused_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(odd_cells, "MOST", 3)
    with pytest.raises(UnreadableFile, match="quá nhiều ô"):
        seen(saved({(row, 1): "#N/A" for row in range(1, 6)}, as_errors=True))
