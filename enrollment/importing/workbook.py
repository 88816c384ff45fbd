"""A workbook as the importer sees it: its sheets in their order, each a stream of rows of plain cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import lru_cache
from io import BytesIO
from itertools import chain, repeat
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from enrollment.importing.cells import Cell, Fault, Row
from enrollment.importing.gate import DAMAGED, MAX_COLUMNS, MAX_ROWS, TOO_DEEP, UnreadableFile, inspect
from thaithuy_bhxh.text import clean

Values = Iterable[tuple[Any, ...]]
"""Rows of cell values from the first row on."""

MAX_TEXT = 1000
UNCOMPUTED = Fault("Ô này là công thức chưa có kết quả; hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi thẳng giá trị.")
TOO_LONG = Fault(f"Ô này dài hơn {MAX_TEXT} ký tự; hãy rút ngắn.")
_ERRORS = {code: Fault(f"Ô này báo lỗi “{code}”; hãy sửa công thức hoặc ghi thẳng giá trị.") for code in ERROR_CODES}


class Sheet(NamedTuple):
    """One sheet: its name, its rows that hold anything, and whether its serials count from 1904 (files of a Mac)."""

    name: str
    rows: Iterator[Row]
    date1904: bool


def sheets_of(content: bytes) -> Iterator[Sheet]:
    """The sheets of an .xlsx workbook; :class:`UnreadableFile` for anything else or anything too large."""
    found = inspect(content)
    # The fast reader shows an error cell and a formula without value as empty cells, which would pass unseen.
    read = _sheets_slowly if found.uncomputed or found.faulty else _sheets_fast
    any_sheet = False
    for name, rows, formulas in read(content, found.uncomputed):
        any_sheet = True
        yield Sheet(name, _filled(rows, formulas), found.date1904)
    if not any_sheet:
        raise UnreadableFile("Tệp này không có trang tính nào đọc được; hãy mở bằng Excel rồi lưu lại dạng .xlsx.")


def _sheets_fast(content: bytes, _: bool) -> Iterator[tuple[str, Values, Values]]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for one in book.sheets_metadata:
            if one.typ is SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(one.name)
                left = (None,) * (sheet.start[1] if sheet.start else 0)
                yield one.name, ((*left, *row) for row in sheet.iter_rows()), ()
    except UnreadableFile:
        raise
    except (CalamineError, ValueError, OSError, LookupError) as error:
        raise UnreadableFile(DAMAGED) from error


def _sheets_slowly(content: bytes, uncomputed: bool) -> Iterator[tuple[str, Values, Values]]:
    book = open_book(content, data_only=True)
    formulas = open_book(content, data_only=False) if uncomputed else None
    try:
        for index, sheet in enumerate(book.worksheets):
            yield sheet.title, _rows(sheet), _rows(formulas.worksheets[index]) if formulas else ()
    finally:
        for opened in filter(None, (book, formulas)):
            opened.close()


def open_book(content: bytes, *, data_only: bool) -> Any:
    """The workbook as openpyxl opens it, to be read row by row."""
    try:
        return load_workbook(BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:  # the library raises whatever the broken part raises
        raise UnreadableFile(DAMAGED) from error


def _rows(sheet: Any) -> Values:
    try:
        # What a sheet says of its own extent is often wrong.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
    except Exception as error:  # a sheet is parsed while it is read, and a broken one fails in many ways
        raise UnreadableFile(DAMAGED) from error


def _filled(rows: Values, written: Values) -> Iterator[Row]:
    for number, (values, formulas) in enumerate(zip(rows, chain(written, repeat(())), strict=False), start=1):
        cells = {
            at: cell for at, value in enumerate(values) if value not in (None, "") and (cell := _cell(value)) != ""
        }
        for at, formula in enumerate(formulas):
            if formula is not None and at not in cells and str(formula).startswith("="):
                cells[at] = UNCOMPUTED
        if cells:
            if number > MAX_ROWS:
                raise UnreadableFile(TOO_DEEP)
            yield Row(number, cells)


@lru_cache(maxsize=16384, typed=True)
def _cell(value: Any) -> Cell:
    """Lists repeat their values: tags, codes, addresses, amounts."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if abs(value) < 1e18 else str(value)
    if isinstance(value, time):
        return value.isoformat()
    return value if isinstance(value, bool | int | date) else _text(str(value))


def _text(value: str) -> Cell:
    if value in _ERRORS:
        return _ERRORS[value]
    return TOO_LONG if len(value) > MAX_TEXT else clean(value)
