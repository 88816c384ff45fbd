"""Lists whose headers are named in words of their own: which row is the header, and its columns
matched by hand once.

A matching is known again by the fingerprint of the header's row, so that the next list of that
source needs no asking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from openpyxl.utils import get_column_letter

from enrollment.importing.cells import SheetRow
from enrollment.importing.columns import CODE_OF, COLUMNS, NEEDED, Use, normalised
from enrollment.importing.header import WITHIN, Layout, find_layout
from enrollment.importing.workbook import sheets_of
from thaithuy_bhxh.errors import Refused

Columns = Mapping[str, int]
"""Column code → position from 0."""
Mappings = Mapping[str, Columns]
"""Fingerprint of a header's row → its columns."""

MATCHED = tuple(code for code, column in COLUMNS.items() if column.receipt is not Use.UNUSED)
"""The codes of the columns that a list can be matched to."""
_FEWEST, _SHOWN, _LONGEST = 5, 10, 120


@dataclass(frozen=True, slots=True)
class Header:
    """A row that may be a list's header: its number from 1, its texts by position, how many columns
    the sheet has.
    """

    row: int
    texts: Mapping[int, str]
    width: int
    known: Columns
    """What the names say by themselves."""

    @property
    def fingerprint(self) -> str:
        return _fingerprint(self.texts)

    @property
    def summary(self) -> str:
        """“dòng 3: HoTen, SoThe, …”"""
        return f"dòng {self.row}: {', '.join(text for _, text in sorted(self.texts.items()))[:90]}"

    def label(self, at: int) -> str:
        """“F – Tiền thu”, as the column is called in Excel and in the list."""
        return f"{get_column_letter(at + 1)} – {self.texts.get(at, '(không có tên cột)')}"


def headers_of(content: bytes) -> list[Header]:
    """The rows that may be the header of a list that is not understood, the likeliest first.

    None when a sheet is understood wholly. :class:`UnreadableFile` for what is no workbook.
    """
    found: list[Header] = []
    for sheet in sheets_of(content):
        head = list(islice(sheet.rows, WITHIN))
        layout = find_layout(head)
        if layout and layout.is_complete:
            return []
        found = found or _headers(head, layout)
    return sorted(found, key=lambda header: -len(header.known))


def mapped_layout(
    head: Sequence[SheetRow], mappings: Mappings, own: Layout | None
) -> Layout | None:
    """The layout by a saved matching of one of these rows; ``own`` is what the names themselves
    gave.
    """
    for row in head if mappings else ():
        columns = mappings.get(_fingerprint(_texts(row)))
        if columns:
            last = own.last if own and own.first <= row.number <= own.last else row.number
            return Layout(
                columns, row.number, last, max(row.cells), str(row.cells.get(columns["B"], ""))
            )
    return None


def check_columns(columns: Columns) -> None:
    """:class:`Refused` naming the column's code when a matching lacks something or uses a column
    twice.
    """
    if unknown := sorted(columns.keys() - set(MATCHED)):
        raise Refused(f"Không có cột {unknown[0]} để khớp.")
    for code in MATCHED:
        if code in NEEDED and code not in columns:
            raise Refused(f"Hãy chọn cột của tệp cho {COLUMNS[code].title}.", code)
    if not {"C", "1"} & columns.keys():
        raise Refused("Cần ít nhất một trong hai cột: mã số BHXH hoặc số CCCD.", "1")
    used: dict[int, str] = {}
    for code, at in columns.items():
        if at in used:
            raise Refused(f"Cột này đã chọn cho {COLUMNS[used[at]].title}.", code)
        used[at] = code


def _headers(head: Sequence[SheetRow], layout: Layout | None) -> list[Header]:
    width = 1 + max((max(row.cells) for row in head), default=0)
    rows = [row for row in head if len(row.cells) >= _FEWEST and len(_texts(row)) == len(row.cells)]
    return [Header(row.number, _texts(row), width, _known(row, layout)) for row in rows[:_SHOWN]]


def _known(row: SheetRow, layout: Layout | None) -> Columns:
    if layout and layout.first <= row.number <= layout.last:
        return {code: at for code, at in layout.columns.items() if code in MATCHED}
    named: dict[str, int] = {}
    for at, text in _texts(row).items():
        code = CODE_OF.get(normalised(text))
        if code in MATCHED:
            named.setdefault(code, at)
    return named


def _texts(row: SheetRow) -> dict[int, str]:
    return {
        at: cell
        for at, cell in row.cells.items()
        if isinstance(cell, str) and len(cell) <= _LONGEST
    }


def _fingerprint(texts: Mapping[int, str]) -> str:
    text = "\n".join(f"{at}={normalised(name)}" for at, name in sorted(texts.items()))
    return hashlib.sha256(text.encode()).hexdigest()
