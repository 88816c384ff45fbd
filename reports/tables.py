"""A report as a table that knows no format: columns, rows, a total, and how each column adds up.

Header, kind and sum of a column are one object and its cells stand under its key in every row, so
that page, workbook, CSV and JSON cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Cell = int | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: code, text, int (persons), money (đồng), percent (text with two decimals), decimal
    (text with two decimals, or đồng as an integer), date (text dd/mm/yyyy or words; ISO in data),
    month (text mm/yyyy; ISO in data).

    ``total``: ``sum``, ``ratio`` (computed on the total row too) or ``none``. Where a sheet has the
    columns that ``numerator`` and ``denominator`` name, it divides them by a formula.
    ``group`` is the header above. ``definition`` says in one sentence what is counted.
    """

    key: str
    label: str
    kind: str = "int"
    group: str = ""
    total: str = "none"
    numerator: str = ""
    denominator: str = ""
    definition: str = ""
    signed: bool = False
    strong: bool = False
    width: int = 0
    """Of the sheet's column; 0 = as wide as its kind needs."""
    on_page: bool = True
    prints: bool | None = None
    """Whether the sheet shows the column unfolded; ``None`` = as the page does."""
    in_sheet: bool = True
    in_data: bool = True

    @property
    def breadth(self) -> int:
        """How many letters wide the sheet's column is."""
        return self.width or (17 if self.kind == "money" else 12)

    @property
    def is_printed(self) -> bool:
        """Whether the sheet shows the column unfolded."""
        return self.on_page if self.prints is None else self.prints

    @property
    def is_number(self) -> bool:
        return self.kind in ("int", "money", "percent", "decimal")

    @property
    def heading(self) -> str:
        """The whole header in one line, as a CSV has it."""
        return f"{self.group} – {self.label}" if self.group else self.label


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column key; ``links`` leads from a cell to what is behind its figure."""

    cells: Mapping[str, Any]
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One report for one reader. ``parameters`` are repeated in JSON; ``sentence`` says the result
    in plain words.
    """

    code: str
    title: str
    subtitle_lines: Sequence[str]
    sentence: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    wholes: Sequence[Row] = ()
    """On paper, where no one total can be: the whole of each target that the rows take in turn."""
    notes: Sequence[str] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page_columns(self) -> list[Column]:
        return [column for column in self.columns if column.on_page]

    @property
    def sheet_columns(self) -> list[Column]:
        return [column for column in self.columns if column.in_sheet]

    @property
    def data_columns(self) -> list[Column]:
        return [column for column in self.columns if column.in_data]

    @property
    def page_header(self) -> tuple[list[HeaderCell], list[HeaderCell]]:
        """The page's header in two rows; the second empty when no column has a group."""
        return header_rows(self.page_columns)

    @property
    def is_flat(self) -> bool:
        """Whether every group has one column only on the page: its title says all, and one header
        row is enough.
        """
        groups = [column.group for column in self.page_columns if column.group]
        return len(groups) == len(set(groups))

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """Heading and sentence of every column that has one."""
        return [(column.heading, column.definition) for column in self.columns if column.definition]


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A cell of a two-row header: ``across`` columns wide, ``down`` rows high."""

    label: str
    across: int
    down: int
    column: Column | None = None


def header_rows(columns: Sequence[Column]) -> tuple[list[HeaderCell], list[HeaderCell]]:
    """The two rows of a grouped header; the second is empty when no column has a group."""
    if not any(column.group for column in columns):
        return [HeaderCell(column.label, 1, 1, column) for column in columns], []
    upper: list[HeaderCell] = []
    lower: list[HeaderCell] = []
    for group, members in _runs(columns):
        if group:
            upper.append(HeaderCell(group, len(members), 1))
            lower.extend(HeaderCell(column.label, 1, 1, column) for column in members)
        else:
            upper.extend(HeaderCell(column.label, 1, 2, column) for column in members)
    return upper, lower


def column_numbers(columns: Sequence[Column]) -> list[str]:
    """“(1)”, “(2)” … of the columns that are printed, without gaps; a folded one takes the number
    of the last printed column before it with a letter: “(2a)”.
    """
    found: list[str] = []
    number = folded = 0
    for column in columns:
        number, folded = (number + 1, 0) if column.is_printed else (number, folded + 1)
        found.append(f"({number or ''}{_letters(folded)})")
    return found


def _letters(count: int) -> str:
    """Nothing, a, b … z, za, zb …"""
    return "" if not count else "z" * ((count - 1) // 25) + chr(ord("a") + (count - 1) % 25)


def _runs(columns: Sequence[Column]) -> Iterator[tuple[str, list[Column]]]:
    """Neighbouring columns of one group."""
    run: list[Column] = []
    for column in columns:
        if run and run[-1].group != column.group:
            yield run[-1].group, run
            run = []
        run.append(column)
    if run:
        yield run[-1].group, run


def percent(part: int | None, whole: int | None) -> str | None:
    """``part / whole`` in per cent with two decimals, rounded half up; ``None`` when the base is 0
    or unknown.
    """
    if part is None or not whole:
        return None
    value = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{value:.2f}"
