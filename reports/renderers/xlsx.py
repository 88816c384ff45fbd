"""A table as the office's own workbook: motto block, title, grouped header, totals as formulas,
sign block.

Form by Decree 30/2020/NĐ-CP; A4 landscape, header repeated, a signature never alone on a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from textwrap import wrap
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reports.renderers.leaves import breaks_before, is_one_page
from reports.tables import Column, Row, Table, column_numbers, header_rows
from thaithuy_bhxh import workbooks as look
from thaithuy_bhxh.workbooks import LINE, Style, WrittenBook, WrittenSheet

_PER_LETTER = 0.75
"""Of a column's breadth, which is measured in digits: letters are narrower."""
_PER_NAME_LETTER, _INDENT = 0.93, 1
"""Of names, codes and notes, measured in print: a gap below is better than a line cut off."""
_FORMATS = {"int": "#,##0", "money": "#,##0", "percent": "0.00", "decimal": "#,##0.00"}
_SIGNED = {"int": "+#,##0;-#,##0;0", "money": "+#,##0;-#,##0;0", "percent": "+0.00;-0.00;0.00"}
_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_BESIDE_CODE = 4
"""Digits of breadth for the indent and for letters wider than digits."""
_SIGN_SPACE = 4
"""Lines that a signature takes beneath its hint."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who prints the sheet, where and when."""

    parent: str
    office: str
    place: str
    day: date
    chief_title: str


def render(table: Table, letterhead: Letterhead, *, number: str = "") -> bytes:
    """The workbook's bytes; cells hold numbers, totals are formulas over them, with their values.
    ``number`` is the paper's own.
    """
    book = WrittenBook(day=letterhead.day, title=table.title, author=letterhead.office)
    _Paper(book.sheet("Báo cáo"), table).write(letterhead, number)
    return book.content()


class _Paper:
    """The sheet of one table, from the motto down to the signatures."""

    def __init__(self, sheet: WrittenSheet, table: Table) -> None:
        self._sheet, self._table = sheet, table
        self._columns = table.sheet_columns
        self._heights: dict[int, float] = {}

    def write(self, head: Letterhead, number: str) -> None:
        self._head(head, number)
        top = self._sheet.last_row + 2
        first = self._header(top)
        last = self._body(first)
        if self._table.total:
            self._total(self._table.total, first, last)
        for row, whole in enumerate(self._table.wholes, start=last + 1):
            for at, column in enumerate(self._columns):
                self._cell(row, at, column, whole, look.BOLD | look.HEAD_FILL)
        self._notes(self._sheet.last_row + 2)
        self._signatures(head, self._sheet.last_row + 2)
        self._page(top, first, last)

    def _head(self, head: Letterhead, number: str) -> None:
        (_, half), (right, rest) = _parts(self._columns, 2)
        text, plain, bold = self._sheet.text, look.CENTRE, look.BOLD | look.CENTRE
        text(0, 0, head.parent.upper(), plain, half)
        text(1, 0, head.office.upper(), bold, half)
        text(2, 0, f"Số: {number or '……/BC-BHXH'}", plain, half)
        text(0, right, _MOTTO[0], bold, rest)
        text(1, right, _MOTTO[1], bold, rest)
        day = head.day
        line = f"{head.place}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"
        text(2, right, line, look.ITALIC | look.CENTRE, rest)
        width = len(self._columns)
        text(4, 0, self._table.title.upper(), look.TITLE | look.CENTRE, width)
        self._height(4, 20)
        for row, line in enumerate(self._table.subtitle_lines, start=5):
            text(row, 0, line, look.ITALIC | look.CENTRE, width)

    def _header(self, top: int) -> int:
        """Write the header from row ``top``; returns the first body row."""
        upper, lower = header_rows(self._columns)
        depth = 2 if lower else 1
        position, below = 0, iter(lower)
        for head in upper:
            last = position + head.across - 1
            if head.column is None:
                self._sheet.merge((top, top), (position, last), head.label, look.HEAD)
                for column in range(position, last + 1):
                    self._sheet.text(top + 1, column, next(below).label, look.HEAD)
            else:
                rows = (top, top + depth - 1)
                self._sheet.merge(rows, (position, position), head.label, look.HEAD)
            position = last + 1
        for column, number in enumerate(column_numbers(self._columns)):
            self._sheet.text(top + depth, column, number, look.ITALIC | look.CENTRE | look.BOX)
        self._height(top, 34)
        if depth == 2:
            self._height(top + 1, 45)
        return top + depth + 1

    def _body(self, first: int) -> int:
        """Write the rows; returns the last body row (``first - 1`` when there is none)."""
        number = first - 1
        for number, row in enumerate(self._table.rows, start=first):
            for position, column in enumerate(self._columns):
                weight = look.BOLD if column.strong else look.PLAIN
                self._cell(number, position, column, row, weight)
            lines = max(_lines(column, row.cells.get(column.key)) for column in self._columns)
            if lines > 1:
                # Said outright, because not every program makes room for wrapped text by itself.
                self._height(number, LINE * lines)
        return number

    def _cell(self, row: int, at: int, column: Column, cells: Row, weight: Style) -> None:
        value = cells.cells.get(column.key)
        style = {**weight, **look.BOX, **_look_of(column, value)}
        if value is None:
            self._sheet.blank(row, at, style)
        elif column.is_number:
            self._sheet.number(row, at, float(value), style)
        else:
            self._sheet.text(row, at, str(value), style)

    def _total(self, total: Row, first: int, last: int) -> None:
        row = last + 1
        weight = look.BOLD | look.HEAD_FILL
        for at, column in enumerate(self._columns):
            value = total.cells.get(column.key)
            formula = self._formula(column, total, first, last)
            if formula and value is not None:
                style = {**weight, **look.BOX, **_look_of(column, value)}
                self._sheet.formula(row, at, formula, float(value), style)
            else:
                self._cell(row, at, column, total, weight)

    def _formula(self, column: Column, total: Row, first: int, last: int) -> str:
        """The total's formula where it gives the total's figure; not every total is made of the
        rows above it: moves between units cancel out in it.
        """
        letters = {one.key: xl_col_to_name(at) for at, one in enumerate(self._columns)}
        known = total.cells.get(column.key)
        if last < first or known is None:
            return ""
        if column.total == "sum" and known == _sum(self._table.rows, column.key):
            letter = letters[column.key]
            return f"=SUM({letter}{first + 1}:{letter}{last + 1})"
        part, whole = column.numerator, column.denominator
        if column.total != "ratio" or not {part, whole} <= letters.keys():
            return ""
        if Decimal(str(known)) != _percent(total.cells.get(part), total.cells.get(whole)):
            return ""
        above, below = f"{letters[part]}{last + 2}", f"{letters[whole]}{last + 2}"
        return f'=IF({below}=0,"",ROUND({above}/{below}*100,2))'

    def _notes(self, row: int) -> None:
        """What is said beneath the table, over its whole width: a print would cut what runs
        beyond it.
        """
        breadth = sum(column.breadth for column in self._columns if column.is_printed)
        style = look.ITALIC | look.NOTE
        for number, note in enumerate([self._table.sentence, *self._table.notes], start=row):
            self._sheet.text(number, 0, note, style, len(self._columns))
            self._height(number, LINE * ceil((len(note) * _PER_NAME_LETTER + 1) / breadth))

    def _signatures(self, head: Letterhead, row: int) -> None:
        signers = (
            ("Người lập biểu", "(Ký, họ tên)"),
            ("Phụ trách thu", "(Ký, họ tên)"),
            (head.chief_title, "(Ký, đóng dấu)"),
        )
        parts = _parts(self._columns, len(signers))
        for (title, hint), (start, span) in zip(signers, parts, strict=True):
            self._sheet.text(row, start, title, look.BOLD | look.CENTRE, span)
            self._sheet.text(row + 1, start, hint, look.ITALIC | look.CENTRE, span)
        # Room to sign belongs to the print, else the page may end right beneath the hints.
        end = row + 1 + _SIGN_SPACE
        self._sheet.blank(end, 0)
        self._sheet.raw.print_area(0, 0, end, len(self._columns) - 1)

    def _page(self, top: int, first: int, last: int) -> None:
        raw = self._sheet.raw
        for position, column in enumerate(self._columns):
            # Folded away, one click from being seen: more columns than the page has would print too
            # small to read.
            folded = {} if column.is_printed else {"level": 1, "hidden": True}
            raw.set_column(position, position, self._breadth(column), None, folded)
        kinds = [column.kind for column in self._columns]
        name = kinds.index("text") if "text" in kinds else 0
        raw.freeze_panes(first, name + 1)
        raw.repeat_rows(top, first - 1)
        raw.set_landscape()
        raw.set_margins(left=0.4, right=0.4)
        raw.set_footer(look.FOOTER)
        heights = [self._heights.get(row, LINE) for row in range(self._sheet.last_row + 1)]
        breadths = [self._breadth(column) for column in self._columns if column.is_printed]
        if is_one_page(heights, breadths):
            raw.fit_to_pages(1, 1)
        else:
            raw.set_h_pagebreaks(breaks_before(heights, breadths, (top, first - 1), last))

    def _breadth(self, column: Column) -> int:
        """A code is never broken into lines."""
        if column.kind != "code":
            return column.breadth
        codes = [str(row.cells.get(column.key) or "") for row in self._table.rows]
        return max([column.breadth, *(len(code) + _BESIDE_CODE for code in codes)])

    def _height(self, row: int, points: float) -> None:
        self._heights[row] = points
        self._sheet.raw.set_row(row, points)


def _look_of(column: Column, value: Any) -> Style:
    if not column.is_number:
        return look.LEFT
    shown = (_SIGNED if column.signed else _FORMATS)[column.kind]
    if column.kind == "decimal" and isinstance(value, int):
        shown = _FORMATS["money"]
    return {**look.RIGHT, "num_format": shown}


def _sum(rows: Sequence[Row], key: str) -> Decimal:
    return sum((Decimal(str(row.cells.get(key) or 0)) for row in rows), Decimal(0))


def _percent(part: Any, whole: Any) -> Decimal | None:
    if part is None or not whole:
        return None
    value = Decimal(str(part)) * 100 / Decimal(str(whole))
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _parts(columns: Sequence[Column], count: int) -> list[tuple[int, int]]:
    """(first column, number of columns) of so many parts of the sheet, alike wide in the columns
    that are shown.
    """
    shown = [position for position, column in enumerate(columns) if column.is_printed]
    ends = [shown[max(0, len(shown) * part // count - 1)] for part in range(1, count)]
    starts = [0, *(end + 1 for end in ends)]
    return [
        (start, max(1, end - start + 1))
        for start, end in zip(starts, [*ends, len(columns) - 1], strict=True)
    ]


def _lines(column: Column, value: Any) -> int:
    """How many lines a text takes in its column, broken between words."""
    if column.is_number or value is None or not column.is_printed:
        return 1
    letters = int((column.breadth - _INDENT) / _PER_NAME_LETTER)
    return max(1, len(wrap(str(value), letters)))
