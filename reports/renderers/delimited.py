"""A table as CSV for Excel and other programs: UTF-8 with mark, commas, CRLF, plain integers."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from reports.tables import Column, Row, Table
from thaithuy_bhxh.text import clean

_FORMULA = tuple("=+-@＝＋－＠﹦﹢﹣﹫")
"""What a spreadsheet may take for the beginning of a formula, with the wide and small twins that
some of them read alike; a tab or a line break before it does not survive the cleaning.
"""


def to_csv(table: Table) -> bytes:
    """Headings, rows and total; text that a spreadsheet would take for a formula is quoted with an
    apostrophe.
    """
    out = StringIO()
    writer = csv.writer(out)
    columns = table.sheet_columns
    writer.writerow([column.heading for column in columns])
    for row in [*table.rows, *([table.total] if table.total else [])]:
        writer.writerow([_cell(row, column) for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _cell(row: Row, column: Column) -> Any:
    value = row.cells.get(column.key)
    if value is None:
        return ""
    if column.is_number:
        return value
    # Cleaned, because a sheet passes over control characters and blanks before it looks for a
    # formula.
    text = clean(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
