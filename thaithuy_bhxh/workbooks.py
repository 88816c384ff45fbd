"""The workbooks that the portal writes: their look, named once, and how text, figures and formulas
get into cells.

A formula is written with its value, because phones and previews compute nothing. Equal content of
one day gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Style = Mapping[str, Any]
"""Properties of a cell; styles are joined with ``|``."""

FACE = {"font_name": "Times New Roman", "font_size": 11}
PLAIN: dict[str, Any] = {}
BOLD: dict[str, Any] = {"bold": True}
ITALIC: dict[str, Any] = {"italic": True}
TITLE: dict[str, Any] = {"bold": True, "font_size": 14}
BOX: dict[str, Any] = {"border": 1, "border_color": "#8A97A6"}
HEAD_FILL: dict[str, Any] = {"bg_color": "#E6F0F9"}
FREE_FILL: dict[str, Any] = {"bg_color": "#FFFBE6"}
CENTRE: dict[str, Any] = {"align": "center", "valign": "vcenter", "text_wrap": True}
LEFT: dict[str, Any] = {"align": "left", "valign": "vcenter", "text_wrap": True, "indent": 1}
"""Indented, else a text touches the number before it."""
RIGHT: dict[str, Any] = {"align": "right", "valign": "vcenter"}
NOTE: dict[str, Any] = {"align": "left", "valign": "top", "text_wrap": True}
HEAD = BOLD | CENTRE | BOX | HEAD_FILL
WHOLE = {"num_format": "#,##0"}

FOOTER = "&CTrang &P/&N"
LINE = 15.0
"""Points of a row of one line."""
_A4 = 9
_LONGEST = 32_767
"""Letters that a cell can hold."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_A_FORMULA = ("=", "+", "-", "@")


class WrittenBook:
    """A workbook in memory; ``day`` is the day it says it was made on."""

    def __init__(self, *, day: date, title: str = "", author: str = "") -> None:
        self._target = BytesIO()
        self._book = Workbook(
            self._target, {"in_memory": True, "default_format_properties": FACE.copy()}
        )
        made = datetime.combine(day, time())
        self._book.set_properties({"title": title, "author": author, "created": made})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def sheet(self, name: str) -> WrittenSheet:
        """One more sheet, set up for A4 as wide as the page."""
        return WrittenSheet(self, self._book.add_worksheet(name))

    def format(self, style: Style) -> Format:
        """The format of a style, made once."""
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**FACE, **style})
        return self._formats[key]

    def content(self) -> bytes:
        """The bytes; nothing can be written afterwards."""
        self._book.close()
        return self._target.getvalue()


class WrittenSheet:
    """A sheet; rows and columns count from 0. ``last_row`` is the last one written to."""

    def __init__(self, book: WrittenBook, sheet: Worksheet) -> None:
        self._book, self.raw = book, sheet
        self.last_row = -1
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)

    def text(self, row: int, column: int, value: str, style: Style = PLAIN, span: int = 1) -> None:
        """A text, which stays one also when it begins like a formula."""
        clean = _NOT_XML.sub("", value)[:_LONGEST]
        if clean.startswith(_LIKE_A_FORMULA):
            style = {**style, "quote_prefix": True}
        cell_format = self._at(row, style)
        if not clean and span == 1:
            self.raw.write_blank(row, column, None, cell_format)
            return
        if span > 1:
            self.raw.merge_range(row, column, row, column + span - 1, "", cell_format)
        self.raw.write_string(row, column, clean, cell_format)

    def number(self, row: int, column: int, value: float, style: Style = PLAIN) -> None:
        """A figure."""
        self.raw.write_number(row, column, value, self._at(row, style))

    def formula(
        self, row: int, column: int, formula: str, value: float, style: Style = PLAIN
    ) -> None:
        """A formula with the value that it gives."""
        self.raw.write_formula(row, column, formula, self._at(row, style), value)

    def blank(self, row: int, column: int, style: Style = PLAIN) -> None:
        """An empty cell that has a look."""
        self.raw.write_blank(row, column, None, self._at(row, style))

    def merge(
        self, rows: tuple[int, int], columns: tuple[int, int], text: str, style: Style
    ) -> None:
        """One text over the first to the last row and column."""
        if rows[0] == rows[1] and columns[0] == columns[1]:
            self.text(rows[0], columns[0], text, style)
            return
        cell_format = self._at(rows[1], style)
        self.raw.merge_range(rows[0], columns[0], rows[1], columns[1], "", cell_format)
        self.text(rows[0], columns[0], text, style)

    def _at(self, row: int, style: Style) -> Format:
        self.last_row = max(self.last_row, row)
        return self._book.format(style)
