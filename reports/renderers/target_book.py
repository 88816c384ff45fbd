"""The grid of targets as a workbook to be filled in: one sheet per tab, locked but for the figures.

Hidden columns repeat what stood on record, so that figures changed meanwhile by others are noticed
on the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 3
HEADERS = ("Mã", "Từ ngày", "Tên")
SEEN = "Đang giao: "
"""What the hidden headers begin with."""
_HEAD = PatternFill("solid", start_color="E6F0F9")
_FREE = PatternFill("solid", start_color="FFFBE6")
_LINE = Side(style="thin", color="8A97A6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WIDTHS = (14, 12, 34, 20, 20, 22)


@dataclass(frozen=True, slots=True)
class BookRow:
    """One owner: its code, first day (communes: codes are reused), name, and the figures on
    record.
    """

    code: str
    since: str
    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One tab: its name, title and rows."""

    name: str
    title: str
    rows: Sequence[BookRow]


def render_book(sheets: Sequence[BookSheet], metrics: Sequence[str]) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for page in sheets:
        _sheet(book.create_sheet(page.name), page, metrics)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet(sheet: Worksheet, page: BookSheet, metrics: Sequence[str]) -> None:
    _put(sheet, 1, 1, page.title, bold=True)
    _put(sheet, 2, 1, "Chỉ sửa các ô màu vàng; để trống là không giao. Không đổi mã, tên cột.")
    for column, label in enumerate(
        [*HEADERS, *metrics, *(f"{SEEN}{metric}" for metric in metrics)], start=1
    ):
        cell = sheet.cell(HEADER_ROW, column, label)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for number, row in enumerate(page.rows, start=HEADER_ROW + 1):
        _row(sheet, number, row, len(metrics))
    _finish(sheet, len(page.rows), len(metrics))


def _row(sheet: Worksheet, number: int, row: BookRow, metrics: int) -> None:
    for column, text in enumerate((row.code, row.since, row.name), start=1):
        _put(sheet, number, column, text)
        sheet.cell(number, column).border = _BOX
    for at, value in enumerate(row.values):
        cell = sheet.cell(number, len(HEADERS) + 1 + at, value)
        cell.number_format, cell.fill, cell.border = "#,##0", _FREE, _BOX
        cell.protection = Protection(locked=False)
        sheet.cell(number, len(HEADERS) + 1 + metrics + at, value)


def _put(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False) -> None:
    """Text stays text, also when it begins like a formula."""
    cell = sheet.cell(row, column, text)
    cell.font = Font(bold=bold)
    if text.startswith(("=", "+", "-", "@")):
        cell.data_type = "s"
        cell.quotePrefix = True  # type: ignore[union-attr]


def _finish(sheet: Worksheet, rows: int, metrics: int) -> None:
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    first = len(HEADERS) + 1
    for column in range(first + metrics, first + 2 * metrics):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    if rows:
        left, right = get_column_letter(first), get_column_letter(first + metrics - 1)
        _whole_numbers(sheet, f"{left}{HEADER_ROW + 1}:{right}{HEADER_ROW + rows}")
    sheet.freeze_panes = f"{get_column_letter(first)}{HEADER_ROW + 1}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 9, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _whole_numbers(sheet: Worksheet, cells: str) -> None:
    """Have the program refuse anything but a whole number of at least 0, or nothing."""
    whole = DataValidation(
        type="whole",
        operator="between",
        formula1="0",
        formula2="999999999999999",
        allow_blank=True,
        errorTitle="Chỉ tiêu",
        error="Hãy nhập số nguyên không âm, hoặc để trống.",
        showErrorMessage=True,
    )
    whole.add(cells)
    sheet.add_data_validation(whole)
