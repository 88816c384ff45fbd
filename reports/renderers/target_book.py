"""The grid of targets as a workbook to be filled in: one sheet per tab, locked but for the figures.

Hidden columns repeat what stood on record, so that figures changed meanwhile by others are noticed
on the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from thaithuy_bhxh import workbooks as look
from thaithuy_bhxh.workbooks import WrittenBook, WrittenSheet

HEADER_ROW = 3
HEADERS = ("Mã", "Từ ngày", "Tên")
SEEN = "Đang giao: "
"""What the hidden headers begin with."""
_WIDTHS = (14, 12, 34, 20, 20, 22)
_ROW = look.LEFT | look.BOX
_FIGURE = look.WHOLE | look.RIGHT | look.BOX | look.FREE_FILL | {"locked": False}
_WHOLE_NUMBER: dict[str, Any] = {
    "validate": "integer",
    "criteria": "between",
    "minimum": 0,
    "maximum": 999_999_999_999_999,
    "ignore_blank": True,
    "error_title": "Chỉ tiêu",
    "error_message": "Hãy nhập số nguyên không âm, hoặc để trống.",
}
"""Has the program refuse anything but a whole number of at least 0, or nothing."""


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


def render_book(sheets: Sequence[BookSheet], metrics: Sequence[str], day: date) -> bytes:
    """The workbook's bytes, made on ``day``."""
    book = WrittenBook(day=day)
    for page in sheets:
        _sheet(book.sheet(page.name), page, metrics)
    return book.content()


def _sheet(sheet: WrittenSheet, page: BookSheet, metrics: Sequence[str]) -> None:
    sheet.text(0, 0, page.title, look.BOLD)
    sheet.text(1, 0, "Chỉ sửa các ô màu vàng; để trống là không giao. Không đổi mã, tên cột.")
    labels = [*HEADERS, *metrics, *(f"{SEEN}{metric}" for metric in metrics)]
    for column, label in enumerate(labels):
        sheet.text(HEADER_ROW - 1, column, label, look.HEAD)
    for number, row in enumerate(page.rows, start=HEADER_ROW):
        _row(sheet, number, row, len(metrics))
    _finish(sheet, len(page.rows), len(metrics))


def _row(sheet: WrittenSheet, number: int, row: BookRow, metrics: int) -> None:
    for column, text in enumerate((row.code, row.since, row.name)):
        sheet.text(number, column, text, _ROW)
    for at, value in enumerate(row.values, start=len(HEADERS)):
        if value is None:
            sheet.blank(number, at, _FIGURE)
        else:
            sheet.number(number, at, value, _FIGURE)
            sheet.number(number, at + metrics, value)


def _finish(sheet: WrittenSheet, rows: int, metrics: int) -> None:
    raw, first = sheet.raw, len(HEADERS)
    for column, width in enumerate(_WIDTHS):
        raw.set_column(column, column, width)
    raw.set_column(first + metrics, first + 2 * metrics - 1, None, None, {"hidden": True})
    if rows:
        last = HEADER_ROW + rows - 1
        raw.data_validation(HEADER_ROW, first, last, first + metrics - 1, _WHOLE_NUMBER)
    raw.freeze_panes(HEADER_ROW, first)
    raw.protect("", {"format_columns": True})
    raw.repeat_rows(HEADER_ROW - 1)
    raw.set_footer(look.FOOTER)
