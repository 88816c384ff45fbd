"""Finds the header of a D05-TS list wherever it stands in a sheet, in one row or several, in any
order of columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrollment.importing.cells import Cell, SheetRow
from enrollment.importing.columns import AMOUNTS, CODE_OF, COLUMNS, NEEDED, PAIRS, RATES, normalised

WITHIN = 60
"""The header stands in one of the first so many rows."""
_ABOVE, _BELOW = 2, 4
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a list's columns stand: code → position from 0; ``first`` and ``last`` row of the
    header, from 1.
    """

    columns: Mapping[str, int]
    first: int
    last: int
    right: int
    """Position of the rightmost column of the table."""
    name: str = ""
    """The header over the names, where the list has a word of its own for it."""

    @property
    def is_complete(self) -> bool:
        """Whether every column that a receipt needs was found."""
        return self.columns.keys() >= NEEDED and bool({"C", "1"} & self.columns.keys())


def find_layout(head: Sequence[SheetRow]) -> Layout | None:
    """The layout of the list that these first rows of a sheet introduce; ``None`` when they
    introduce none.
    """
    for index, row in enumerate(head):
        if row.number > WITHIN:
            break
        if "B" in (names := _codes_named(row)) and len(names) >= 3:
            block = _block(head, index)
            columns = _columns(block)
            if _is_list(columns):
                right = max(max(one.cells) for one in block)
                return Layout(columns, block[0].number, block[-1].number, right)
    return None


def is_header(row: SheetRow, layout: Layout) -> bool:
    """Whether the row repeats the header, as printed pages do."""
    name = row.cells.get(layout.columns["B"])
    if layout.name and name == layout.name:
        return True
    return isinstance(name, str) and (
        CODE_OF.get(normalised(name[:60])) == "B" or _column_codes(row) is not None
    )


def _codes_named(row: SheetRow) -> set[str]:
    return {CODE_OF[name] for name in _names(row).values() if name in CODE_OF}


def _names(row: SheetRow) -> dict[int, str]:
    """Normalised header texts of a row by position; long texts are no headers."""
    return {
        at: normalised(value)
        for at, value in row.cells.items()
        if isinstance(value, str) and len(value) <= 120
    }


def _block(head: Sequence[SheetRow], anchor: int) -> list[SheetRow]:
    """The rows of the header around the one that names the person."""
    first = last = anchor
    while anchor - first < _ABOVE and first > 0 and _joins(head, first, first - 1):
        first -= 1
    while last - anchor < _BELOW and last + 1 < len(head) and _joins(head, last, last + 1):
        last += 1
    return list(head[first : last + 1])


def _joins(head: Sequence[SheetRow], row: int, other: int) -> bool:
    """Whether the other row stands next to this one in the sheet and belongs to the header."""
    return abs(head[other].number - head[row].number) == 1 and _is_part(head[other])


def _is_part(row: SheetRow) -> bool:
    """Whether a row belongs to a header: at least two cells, half of all, are header names or
    column codes.
    """
    known = sum(
        name in CODE_OF or name in PAIRS or name in RATES or name in AMOUNTS
        for name in _names(row).values()
    )
    return _column_codes(row) is not None or (known >= 2 and known * 2 >= len(row.cells))


def _column_codes(row: SheetRow) -> dict[str, int] | None:
    """Code → position when this is the row of column codes: A, B and most of C, 1 … 17."""
    found: dict[str, int] = {}
    for at, value in sorted(row.cells.items()):
        # “8=9+11+13+15” is how some forms print the code of column 8.
        code = str(value).partition("=")[0].strip("()[] ").upper()
        if code in COLUMNS and len(str(value)) <= 20:
            found.setdefault(code, at)
    most = len(found) >= 8 and len(found) * 2 > len(row.cells)
    return found if {"A", "B"} <= found.keys() and most else None


def _columns(block: Sequence[SheetRow]) -> dict[str, int]:
    """Code → position. Header names first; the row of codes settles what they leave open; a merged
    header alone is its amount.
    """
    certain: dict[str, int] = {}
    likely: dict[str, int] = {}
    codes: dict[str, int] = {}
    rows = [_names(row) for row in block]
    for row in block:
        codes.update(_column_codes(row) or {})
    for at in sorted({at for names in rows for at in names}):
        code, sure = _code_at(rows, at)
        agrees = bool(code) and codes.get(code or "") == at
        if code and (code not in certain or agrees):
            (certain if sure else likely).setdefault(code, at)
            if sure and agrees:
                certain[code] = at
    return _merged(certain, codes, likely)


def _merged(*layers: Mapping[str, int]) -> dict[str, int]:
    """Earlier layers win; no position is used twice."""
    found: dict[str, int] = {}
    for layer in layers:
        for code, at in layer.items():
            if code not in found and at not in found.values():
                found[code] = at
    return found


def _code_at(rows: Sequence[Mapping[int, str]], at: int) -> tuple[str | None, bool]:
    """The code that the header texts of a column name, and whether they leave no doubt."""
    for level in range(len(rows) - 1, -1, -1):
        name = rows[level].get(at, "")
        if name in RATES or name in AMOUNTS:
            return _code_of_half(_pair_above(rows, level, at), name in AMOUNTS)
        if name in CODE_OF:
            return CODE_OF[name], True
        if name in PAIRS:
            return PAIRS[name][1], False
    return None, False


def _code_of_half(pair: tuple[str, str] | None, is_amount: bool) -> tuple[str | None, bool]:
    """The code of a percentage or an amount; an amount under no merged header may be column 8."""
    if pair:
        return pair[is_amount], True
    return ("8", False) if is_amount else (None, False)


def _pair_above(rows: Sequence[Mapping[int, str]], level: int, at: int) -> tuple[str, str] | None:
    """The merged header over a half: above it or above its left neighbour."""
    for upper in range(level - 1, -1, -1):
        for position in (at, at - 1):
            name = rows[upper].get(position, "")
            if name:
                if name in PAIRS:
                    return PAIRS[name]
                break
    return None


def _is_list(columns: Mapping[str, int]) -> bool:
    return (
        "B" in columns
        and "7" in columns
        and bool({"C", "1"} & columns.keys())
        and len(columns) >= _FEWEST
    )


def cells_by_code(row: SheetRow, layout: Layout) -> dict[str, Cell]:
    """The filled cells of the list's own columns."""
    cells = row.cells
    return {code: cells[at] for code, at in layout.columns.items() if at in cells}
