"""The user's own workbook given back with a column of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill

from enrollment.importing.lines import LineError
from enrollment.importing.workbook import refuse_hostile

_FILL = PatternFill("solid", start_color="FDE9E7")
_FONT = Font(color="A8231B")
_HEADING = "Lý do lỗi"


def write_error_workbook(content: bytes, errors: Sequence[LineError], target: str | Path | BytesIO) -> None:
    """Write the workbook of ``content`` to ``target`` with, right of the table, the reasons of each faulty row.

    Texts that begin like a formula stay texts: the source is read with its types as they are.
    """
    refuse_hostile(content)
    book = load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    column = sheet.max_column + 1
    rows: dict[int, list[LineError]] = {}
    for error in errors:
        rows.setdefault(error.row, []).append(error)
    if rows:
        _put(sheet, max(1, min(rows) - 1), column, _HEADING)
    for number, found in rows.items():
        _put(sheet, number, column, "\n".join(f"Cột {one.column}: {one.reason}" for one in found))
    sheet.column_dimensions[sheet.cell(row=1, column=column).column_letter].width = 60
    book.save(target)


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row=row, column=column)
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    cell.fill, cell.font = _FILL, _FONT
    cell.alignment = Alignment(wrap_text=True, vertical="top")
