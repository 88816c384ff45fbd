"""The user's own workbook given back with a column of reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from enrollment.importing.gate import DAMAGED, UnreadableFile, inspect
from enrollment.importing.lines import LineError

_FILL = PatternFill("solid", start_color="FDE9E7")
_FONT = Font(color="A8231B")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_HEADING = "Lý do lỗi"
MAX_CELLS = 900_000
"""More than a list of 30,000 rows has. A workbook to be written to is held whole, and more would exhaust a server."""
TOO_MANY_CELLS = (
    "Tệp có quá nhiều ô nên không ghi lý do lỗi vào được; hãy xóa hẳn các dòng, cột thừa quanh bảng rồi lưu lại, "
    "hoặc tách bảng kê thành nhiều tệp."
)


def write_error_workbook(content: bytes, errors: Sequence[LineError], target: str | Path | BytesIO) -> None:
    """Write the workbook of ``content`` to ``target``; right of each list stand the reasons of its faulty rows.

    What people wrote stays as it was: cells keep their types, so that a text which begins like a formula stays a text.
    """
    if inspect(content).cells > MAX_CELLS:
        raise UnreadableFile(TOO_MANY_CELLS)
    try:
        book = load_workbook(BytesIO(content))
    except Exception as error:  # the library raises whatever the broken part raises
        raise UnreadableFile(DAMAGED) from error
    for name, rows in _by_sheet(errors).items():
        _explain(book[name] if name in book.sheetnames else book.worksheets[0], rows)
    book.save(target)


def _by_sheet(errors: Sequence[LineError]) -> Mapping[str, Mapping[int, list[str]]]:
    found: dict[str, dict[int, list[str]]] = {}
    for error in errors:
        reasons = found.setdefault(error.sheet, {}).setdefault(error.row, [])
        reasons.append(f"Cột {error.column}: {error.reason}")
    return found


def _explain(sheet: Any, rows: Mapping[int, list[str]]) -> None:
    # Beyond the last column nothing is merged, so every cell there can be written.
    column = 1 + max([sheet.max_column, *(merged.max_col for merged in sheet.merged_cells.ranges)])
    _put(sheet, max(1, min(rows) - 1), column, _HEADING)
    for number, reasons in rows.items():
        _put(sheet, number, column, "\n".join(reasons))
    sheet.column_dimensions[get_column_letter(column)].width = 60


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row=row, column=column)
    cell.value = text
    cell.data_type = "s"
    cell.fill, cell.font, cell.alignment = _FILL, _FONT, _WRAPPED
