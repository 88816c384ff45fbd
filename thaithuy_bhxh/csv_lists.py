"""Lists as CSV files: comma or semicolon, with or without BOM, cells cleaned; errors named by row
and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean
from thaithuy_bhxh.typed import without_time_of_day

MAX_BYTES = 20 * 1024 * 1024
_HINT = re.compile(r'\s*"?sep=(,|;|\t|\\t)"?\s*', re.IGNORECASE)
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
        text = without_time_of_day(self.text(column))
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
    delimiter, text, skipped = _hinted(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        records = [[clean(cell) for cell in record] for record in reader]
    except csv.Error as error:
        raise Refused("Tệp không đọc được như một bảng CSV.") from error
    return _lines(records, columns, skipped)


def _hinted(text: str) -> tuple[str, str, int]:
    """The delimiter, the text without Excel's hint of it (``sep=;``) in the first line, and how
    many lines that were.
    """
    first, _, rest = text.partition("\n")
    hint = _HINT.fullmatch(first)
    if hint:
        return hint[1].replace("\\t", "\t"), rest, 1
    return ";" if first.count(";") > first.count(",") else ",", text, 0


def _lines(records: list[list[str]], columns: Sequence[str], skipped: int) -> list[CsvLine]:
    header = [name.lower() for name in records[0]] if records else []
    missing = [name for name in columns if name not in header]
    if missing:
        reason = "Dòng đầu thiếu cột này."
        raise CsvListRefused(
            len(records[1:]), [RowError(1 + skipped, name, reason) for name in missing]
        )
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise CsvListRefused(
            len(records) - 1,
            [RowError(1 + skipped, name, "Cột này đứng hai lần ở dòng đầu.") for name in twice],
        )
    _refuse_wider(records, len(header), skipped)
    return [
        CsvLine(number, dict(zip(header, record, strict=False)))
        for number, record in enumerate(records[1:], start=2 + skipped)
        if any(record)
    ]


def _refuse_wider(records: list[list[str]], width: int, skipped: int) -> None:
    """An unquoted comma inside a name shifts all cells after it: better refused than misread."""
    for number, record in enumerate(records, start=1 + skipped):
        if any(record[width:]):
            raise Refused(
                f"Dòng {number} có nhiều ô hơn dòng đầu; tên có dấu phẩy phải đặt trong ngoặc kép."
            )
