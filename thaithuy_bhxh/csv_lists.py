"""Lists as CSV files: comma or semicolon, with or without BOM, cells cleaned; errors named by row
and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

MAX_BYTES = 20 * 1024 * 1024
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell; ``row`` counts from 1 with the header."""

    row: int
    column: str
    reason: str


class CsvListRefused(Refused):
    """Nothing of the list was taken over, because of these errors."""

    def __init__(self, rows: int, errors: Sequence[RowError]) -> None:
        super().__init__(f"Có {len(errors)} lỗi nên chưa nhập dòng nào; hãy sửa tệp rồi nhập lại.")
        self.rows = rows
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One row of a list: its number and its cleaned cells by column name."""

    row: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell, empty when there is none."""
        return self.cells.get(column, "")

    def needed(self, column: str) -> str:
        """The cell; refused when it is empty."""
        if not self.text(column):
            raise Refused("Thiếu giá trị ở cột này.", column)
        return self.text(column)

    def day(self, column: str) -> date | None:
        """A date as 2021-03-31 or 31/03/2021; ``None`` when empty."""
        text = self.text(column)
        for form in _DAYS if text else ():
            try:
                return datetime.strptime(text, form).date()
            except ValueError:
                continue
        if text:
            raise Refused(
                f"“{text}” không phải là ngày; hãy ghi như 2021-03-31 hoặc 31/03/2021.", column
            )
        return None


def read_lines(content: bytes, columns: Sequence[str]) -> list[CsvLine]:
    """The rows of a CSV file that has all of ``columns``; refused when it cannot be read so."""
    if len(content) > MAX_BYTES:
        raise Refused(f"Tệp lớn hơn {MAX_BYTES // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            "Tệp không phải CSV mã UTF-8; trong Excel hãy lưu dạng “CSV UTF-8”."
        ) from error
    first, _, _ = text.partition("\n")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        records = [[clean(cell) for cell in record] for record in reader]
    except csv.Error as error:
        raise Refused("Tệp không đọc được như một bảng CSV.") from error
    return _lines(records, columns)


def _lines(records: list[list[str]], columns: Sequence[str]) -> list[CsvLine]:
    header = [name.lower() for name in records[0]] if records else []
    missing = [name for name in columns if name not in header]
    if missing:
        reason = "Dòng đầu thiếu cột này."
        raise CsvListRefused(len(records[1:]), [RowError(1, name, reason) for name in missing])
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise CsvListRefused(
            len(records) - 1,
            [RowError(1, name, "Cột này đứng hai lần ở dòng đầu.") for name in twice],
        )
    _refuse_wider(records, len(header))
    return [
        CsvLine(number, dict(zip(header, record, strict=False)))
        for number, record in enumerate(records[1:], start=2)
        if any(record)
    ]


def _refuse_wider(records: list[list[str]], width: int) -> None:
    """An unquoted comma inside a name shifts all cells after it: better refused than misread."""
    for number, record in enumerate(records, start=1):
        if any(record[width:]):
            raise Refused(
                f"Dòng {number} có nhiều ô hơn dòng đầu; tên có dấu phẩy phải đặt trong ngoặc kép."
            )
