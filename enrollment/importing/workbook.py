"""A workbook as the importer sees it: its sheets in their order, each a stream of rows of plain
cells.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from enrollment.importing.cells import REASONS, Cell, Fault, SheetRow
from enrollment.importing.gate import BROKEN, DAMAGED, MAX_ROWS, TOO_DEEP, UnreadableFile, inspect
from enrollment.importing.odd_cells import ERRORS, OddCells, odd_cells
from enrollment.importing.sheet_xml import sheet_parts
from thaithuy_bhxh.text import clean

Values = Iterable[tuple[Any, ...]]
"""Rows of cell values from the first row on."""

MAX_TEXT = 1000
TOO_LONG = Fault(f"Ô này dài hơn {MAX_TEXT} ký tự; hãy rút ngắn.")
MOST_SECONDS = 8.0
"""Of a processor. The longest list that is accepted needs a third of it on a small server."""
TOO_SLOW = (
    f"Tệp này cần hơn {MOST_SECONDS:.0f} giây để đọc nên đã dừng, chưa nhập dòng nào; "
    "hãy chép riêng bảng kê sang tệp mới, hoặc tách thành nhiều tệp."
)
_PAUSE = 500
"""Rows between two looks at the clock."""


class Sheet(NamedTuple):
    """One sheet: its name, its rows that hold anything, and whether its serials count from 1904
    (files of a Mac).
    """

    name: str
    rows: Iterator[SheetRow]
    date1904: bool
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def sheets_of(content: bytes) -> Iterator[Sheet]:
    """The sheets of an .xlsx workbook; :class:`UnreadableFile` for anything else, anything too
    large or too slow.
    """
    clock = _Clock()
    found = inspect(content, clock.look)
    odd = odd_cells(content, found.odd, clock.look)
    hidden = _hidden_rows(content, found.hidden)
    any_sheet = False
    for name, rows, is_hidden in _sheets(content):
        any_sheet = True
        if odd and name not in odd:
            raise UnreadableFile(DAMAGED)
        yield Sheet(
            name,
            _filled(rows, odd.get(name, {}), clock),
            found.date1904,
            is_hidden,
            hidden.get(name, frozenset()),
        )
    if not any_sheet:
        raise UnreadableFile(
            "Tệp này không có trang tính nào đọc được; hãy mở bằng Excel rồi lưu lại dạng .xlsx."
        )


class _Clock:
    """How much of a processor a file has cost; what others do meanwhile does not count."""

    def __init__(self) -> None:
        self._began = time.thread_time()

    def look(self) -> None:
        """:class:`UnreadableFile` when it is more than a file may cost."""
        if time.thread_time() - self._began > MOST_SECONDS:
            raise UnreadableFile(TOO_SLOW)


def _hidden_rows(
    content: bytes, by_part: Mapping[str, frozenset[int]]
) -> Mapping[str, frozenset[int]]:
    """The hidden rows by the name of their sheet."""
    if not by_part:
        return {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = sheet_parts(archive)
    except (*BROKEN, StopIteration, ElementTree.ParseError) as error:
        raise UnreadableFile(DAMAGED) from error
    return {name: by_part[part] for name, part in parts.items() if part in by_part}


def _sheets(content: bytes) -> Iterator[tuple[str, Values, bool]]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for one in book.sheets_metadata:
            if one.typ is SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(one.name)
                left = (None,) * (sheet.start[1] if sheet.start else 0)
                rows = ((*left, *row) for row in sheet.iter_rows())
                yield one.name, rows, one.visible is not SheetVisibleEnum.Visible
    except UnreadableFile:
        raise
    except (CalamineError, ValueError, OSError, LookupError) as error:
        raise UnreadableFile(DAMAGED) from error


def _filled(rows: Values, odd: OddCells, clock: _Clock) -> Iterator[SheetRow]:
    number = 0
    for number, values in enumerate(rows, start=1):
        if number % _PAUSE == 0:
            clock.look()
        cells = {
            at: cell
            for at, value in enumerate(values)
            if value not in (None, "") and (cell := _cell(value)) != ""
        }
        if number in odd:
            cells = _righted(cells, values, odd[number])
        if cells:
            if number > MAX_ROWS:
                raise UnreadableFile(TOO_DEEP)
            yield SheetRow(number, cells)
    for beyond in sorted(row for row in odd if row > number):
        yield SheetRow(beyond, dict(odd[beyond]))


def _righted(
    cells: dict[int, Cell], values: tuple[Any, ...], odd: Mapping[int, Cell]
) -> dict[int, Cell]:
    """A number that is shown as a time of day is what it is; any other number is right already, and
    so is a text that stands where a formula without a value was handed back.
    """
    for at, cell in odd.items():
        shown = values[at] if at < len(values) else None
        is_mended = isinstance(shown, str) and shown and not shown.startswith("=")
        if (isinstance(cell, Fault) and not is_mended) or isinstance(shown, clock_time | timedelta):
            cells[at] = cell
    return cells


@lru_cache(maxsize=16384, typed=True)
def _cell(value: Any) -> Cell:
    """Lists repeat their values: tags, codes, addresses, amounts."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if abs(value) < 1e18 else str(value)
    if isinstance(value, clock_time):
        return value.isoformat()
    return value if isinstance(value, bool | int | date) else _text(str(value))


def _text(value: str) -> Cell:
    if value in ERRORS:
        return ERRORS[value]
    if value == REASONS:
        return ""
    return TOO_LONG if len(value) > MAX_TEXT else clean(value)
