"""A table as the office's own workbook: motto block, title, grouped header, totals as formulas,
sign block.

The only module of the reports that writes openpyxl. Form by Decree 30/2020/NĐ-CP; A4 landscape,
header repeated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.tables import Column, Row, Table, header_rows

_FACE = "Times New Roman"
_PLAIN, _BOLD, _ITALIC = (
    Font(name=_FACE, size=11),
    Font(name=_FACE, size=11, bold=True),
    Font(name=_FACE, size=11, italic=True),
)
_TITLE = Font(name=_FACE, size=14, bold=True)
_LINE = Side(style="thin", color="8A97A6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL = PatternFill("solid", start_color="E6F0F9")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(
    horizontal="left", vertical="center", wrap_text=True, indent=1
)  # else it touches a number before it
_RIGHT = Alignment(horizontal="right", vertical="center")
_NOTE = Alignment(horizontal="left", vertical="top", wrap_text=True)
_PER_LETTER = 0.75
"""Of a column's breadth, which is measured in digits: letters are narrower."""
_FORMATS = {"int": "#,##0", "money": "#,##0", "percent": "0.00", "decimal": "#,##0.00"}
_SIGNED = {"int": "+#,##0;-#,##0;0", "money": "+#,##0;-#,##0;0", "percent": "+0.00;-0.00;0.00"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who prints the sheet, where and when."""

    parent: str
    office: str
    place: str
    day: date
    chief_title: str


def render(table: Table, letterhead: Letterhead, *, number: str = "") -> bytes:
    """The workbook's bytes; cells hold numbers, totals are formulas over them. ``number`` is the
    paper's own.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Báo cáo"
    book.properties.title, book.properties.creator = table.title, letterhead.office
    columns = table.sheet_columns
    _head(sheet, table, letterhead, columns, number)
    top = sheet.max_row + 2
    first = _header(sheet, columns, top)
    last = _body(sheet, table, columns, first)
    foot = last + (1 if table.total else 0)
    if table.total:
        _total(sheet, table.total, columns, first, last)
    _notes(sheet, table, foot + 2, columns)
    _signatures(sheet, letterhead, sheet.max_row + 2, columns)
    _page(sheet, columns, top, first, foot)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _text(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str,
    font: Font,
    alignment: Alignment,
    span: int = 1,
) -> Cell:
    cell = sheet.cell(row=row, column=column)
    assert isinstance(cell, Cell)
    _put_text(cell, value)
    cell.font, cell.alignment = font, alignment
    if span > 1:
        _merge(sheet, (row, row), (column, column + span - 1))
    return cell


def _put_text(cell: Cell, value: str) -> None:
    """Text stays text, also when it begins like a formula."""
    cell.value = text = _CONTROL.sub("", value)
    if text.startswith(("=", "+", "-", "@")):
        cell.data_type = "s"
        cell.quotePrefix = True  # type: ignore[attr-defined]


def _parts(columns: Sequence[Column], count: int) -> list[tuple[int, int]]:
    """(first column, number of columns) of so many parts of the sheet, alike wide in the columns
    that are shown.
    """
    shown = [position for position, column in enumerate(columns, start=1) if column.is_printed]
    ends = [shown[max(0, len(shown) * part // count - 1)] for part in range(1, count)]
    starts = [1, *(end + 1 for end in ends)]
    return [
        (start, max(1, end - start + 1))
        for start, end in zip(starts, [*ends, len(columns)], strict=True)
    ]


def _head(
    sheet: Worksheet, table: Table, head: Letterhead, columns: Sequence[Column], number: str
) -> None:
    (_, half), (right, rest) = _parts(columns, 2)
    width = len(columns)
    _text(sheet, 1, 1, head.parent.upper(), _PLAIN, _CENTRE, half)
    _text(sheet, 2, 1, head.office.upper(), _BOLD, _CENTRE, half)
    _text(sheet, 3, 1, f"Số: {number or '……/BC-BHXH'}", _PLAIN, _CENTRE, half)
    _text(sheet, 1, right, _MOTTO[0], _BOLD, _CENTRE, rest)
    _text(sheet, 2, right, _MOTTO[1], _BOLD, _CENTRE, rest)
    day = head.day
    line = f"{head.place}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"
    _text(sheet, 3, right, line, _ITALIC, _CENTRE, rest)
    _text(sheet, 5, 1, table.title.upper(), _TITLE, _CENTRE, width)
    for offset, text in enumerate(table.subtitle_lines):
        _text(sheet, 6 + offset, 1, text, _ITALIC, _CENTRE, width)


def _header(sheet: Worksheet, columns: Sequence[Column], top: int) -> int:
    """Write the header from row ``top``; returns the first body row."""
    upper, lower = header_rows(columns)
    depth = 2 if lower else 1
    position, below = 1, iter(lower)
    for head in upper:
        _head_cell(sheet, top, position, head.label)
        last = position + head.across - 1
        if head.column is None:
            _merge(sheet, (top, top), (position, last))
            for column in range(position, last + 1):
                _head_cell(sheet, top + 1, column, next(below).label)
        elif depth == 2:
            _merge(sheet, (top, top + 1), (position, position))
        position = last + 1
    for number in range(1, len(columns) + 1):
        _text(sheet, top + depth, number, f"({number})", _ITALIC, _CENTRE)
        for row in range(top, top + depth + 1):
            sheet.cell(row=row, column=number).border = _BOX
    return top + depth + 1


def _merge(sheet: Worksheet, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    """Merge the cells of the first to the last row and column."""
    sheet.merge_cells(
        start_row=rows[0], start_column=columns[0], end_row=rows[1], end_column=columns[1]
    )


def _head_cell(sheet: Worksheet, row: int, column: int, label: str) -> None:
    cell = _text(sheet, row, column, label, _BOLD, _CENTRE)
    cell.fill = _HEAD_FILL


def _body(sheet: Worksheet, table: Table, columns: Sequence[Column], first: int) -> int:
    """Write the rows; returns the last body row (``first - 1`` when there is none)."""
    row_number = first - 1
    for row_number, row in enumerate(table.rows, start=first):
        for position, column in enumerate(columns, start=1):
            cell = sheet.cell(row=row_number, column=position)
            assert isinstance(cell, Cell)
            _fill(cell, column, row.cells.get(column.key))
            cell.font, cell.border = _BOLD if column.strong else _PLAIN, _BOX
        if (lines := max(_lines(column, row.cells.get(column.key)) for column in columns)) > 1:
            # Said outright, because not every program makes room for wrapped text by itself.
            sheet.row_dimensions[row_number].height = 15 * lines
    return row_number


def _lines(column: Column, value: Any) -> int:
    """How many lines a text takes in its column, estimated from the number of its letters."""
    if column.is_number or value is None or not column.is_printed:
        return 1
    return ceil((len(str(value)) * _PER_LETTER + 1) / column.breadth)


def _fill(cell: Cell, column: Column, value: Any) -> None:
    cell.alignment = _RIGHT if column.is_number else _LEFT
    if column.is_number:
        cell.number_format = (_SIGNED if column.signed else _FORMATS)[column.kind]
    if value is None:
        return
    if column.is_number and isinstance(value, str):
        cell.value = Decimal(value)
    elif column.is_number:
        cell.value = value
        cell.number_format = _FORMATS["money"] if column.kind == "decimal" else cell.number_format
    else:
        _put_text(cell, str(value))


def _total(sheet: Worksheet, total: Row, columns: Sequence[Column], first: int, last: int) -> None:
    letters = {
        column.key: get_column_letter(position) for position, column in enumerate(columns, start=1)
    }
    row = last + 1
    for position, column in enumerate(columns, start=1):
        cell = sheet.cell(row=row, column=position)
        assert isinstance(cell, Cell)
        _fill(cell, column, total.cells.get(column.key))
        formula = _formula(column, letters, first, last, row)
        if formula and total.cells.get(column.key) is not None and not _differs(column, total):
            cell.value = formula
        cell.font, cell.border, cell.fill = _BOLD, _BOX, _HEAD_FILL


_NOT_A_SUM = ("moved_in", "moved_out")


def _differs(column: Column, total: Row) -> bool:
    """Moves between units cancel out in the total, which is therefore no sum of the rows above."""
    return column.key in _NOT_A_SUM


def _formula(column: Column, letters: dict[str, str], first: int, last: int, row: int) -> str:
    if last < first:
        return ""
    if column.total == "sum":
        letter = letters[column.key]
        return f"=SUM({letter}{first}:{letter}{last})"
    if column.total == "ratio" and column.numerator in letters and column.denominator in letters:
        part, whole = f"{letters[column.numerator]}{row}", f"{letters[column.denominator]}{row}"
        return f'=IF({whole}=0,"",ROUND({part}/{whole}*100,2))'
    return ""


def _notes(sheet: Worksheet, table: Table, row: int, columns: Sequence[Column]) -> None:
    """What is said beneath the table, over its whole width: a print would cut what runs
    beyond it.
    """
    breadth = sum(column.breadth for column in columns if column.is_printed)
    for number, note in enumerate([table.sentence, *table.notes], start=row):
        _text(sheet, number, 1, note, _ITALIC, _NOTE, len(columns))
        sheet.row_dimensions[number].height = 15 * ceil((len(note) * _PER_LETTER + 1) / breadth)


def _signatures(sheet: Worksheet, head: Letterhead, row: int, columns: Sequence[Column]) -> None:
    signers = (
        ("Người lập biểu", "(Ký, họ tên)"),
        ("Phụ trách thu", "(Ký, họ tên)"),
        (head.chief_title, "(Ký, đóng dấu)"),
    )
    for (title, hint), (start, span) in zip(signers, _parts(columns, len(signers)), strict=True):
        _text(sheet, row, start, title, _BOLD, _CENTRE, span)
        _text(sheet, row + 1, start, hint, _ITALIC, _CENTRE, span)


def _page(sheet: Worksheet, columns: Sequence[Column], top: int, first: int, foot: int) -> None:
    for position, column in enumerate(columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = column.breadth
        if not column.is_printed:
            # Folded away, one click from being seen: more columns than the page has would print too
            # small to read.
            dimension.outlineLevel, dimension.hidden = 1, True
    name = next((i for i, column in enumerate(columns, start=1) if column.kind == "text"), 1)
    sheet.freeze_panes = f"{get_column_letter(name + 1)}{first}"
    sheet.print_title_rows = f"{top}:{first - 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "Trang &P/&N"  # type: ignore[union-attr]
    sheet.row_dimensions[top].height = 34
    if first - top > 2:  # else the row beneath holds the columns' numbers
        sheet.row_dimensions[top + 1].height = 45
