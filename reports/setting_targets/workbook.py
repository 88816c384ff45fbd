"""The workbook of a year's targets on its way out and back: what its rows are, and what has been
changed in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from agents.models import BEGINNING, Commune, Metric
from agents.operations.targets import Owner
from agents.querysets import agents_of_year, units_of_year
from agents.targets.in_force import TargetHistory, histories_of, year_rows
from agents.territory import load_lineage
from enrollment.importing.cells import Fault
from enrollment.importing.gate import UnreadableFile
from enrollment.importing.workbook import sheets_of
from reports.renderers.target_book import HEADERS, SEEN, BookRow, BookSheet, render_book
from reports.setting_targets.grid import TargetBoard, collectors_of_year, kind_of, name_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

SHEETS = ("Xã, thị trấn", "Đại lý", "Nhân viên thu")
DISTRICT_CODE = "HUYEN"
MOST_ROWS = 3000
_WHOLE = re.compile(r"\d{1,15}|\d{1,3}(?:[. ]\d{3}){1,4}")
RowKey = tuple[str, str, str]
"""Sheet, code, first day as text."""


@dataclass(frozen=True)
class Book:
    """A year's owners by sheet, with their histories."""

    board: TargetBoard
    owners: Mapping[str, Sequence[Owner]]

    @classmethod
    def of(cls, year: int) -> Book:
        """The whole year (five queries)."""
        lineage = load_lineage()
        found = histories_of(year_rows(year), lineage, date(year, 12, 31))
        agents = list(agents_of_year(year))
        sheets: list[Sequence[Owner]] = [
            [None, *units_of_year(year)],
            agents,
            list(collectors_of_year(year, agents)),
        ]
        parts = [owner for owners in sheets for owner in owners if owner]
        return cls(
            TargetBoard(year, "xa", None, parts, lineage, found),
            dict(zip(SHEETS, sheets, strict=True)),
        )

    def history(self, metric: str, owner: Owner) -> TargetHistory:
        return self.board.history(metric, owner)

    def rows(self, sheet: str) -> Iterator[tuple[RowKey, Owner]]:
        """The keys of a sheet's rows."""
        for owner in self.owners[sheet]:
            yield (sheet, _code(owner), _since(owner)), owner

    def content(self) -> bytes:
        """The workbook to fill in."""
        year = self.board.year
        sheets = [
            BookSheet(
                name,
                f"Chỉ tiêu năm {year} – {name}",
                [
                    BookRow(
                        _code(owner),
                        _since(owner),
                        name_of(owner),
                        tuple(self.history(metric, owner).now for metric in Metric),
                    )
                    for owner in self.owners[name]
                ],
            )
            for name in SHEETS
        ]
        return render_book(sheets, [str(label) for label in Metric.labels], today())


def _code(owner: Owner) -> str:
    return owner.code if owner else DISTRICT_CODE


def _since(owner: Owner) -> str:
    if not isinstance(owner, Commune) or owner.valid_from == BEGINNING:
        return ""
    return f"{owner.valid_from:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that cannot be taken: sheet, cell and what is wrong with it."""

    sheet: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that the workbook changes; ``note`` says so when somebody else
    changed it since the download.
    """

    owner: Owner
    metric: Metric
    before: int | None
    after: int | None
    note: str = ""


@dataclass(slots=True)
class BookReading:
    """What a workbook would change, and its errors; with any error nothing is taken."""

    differences: list[Difference] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def cells(self) -> dict[tuple[str, int | None, str], int | None]:
        """The changed cells as the grid takes proposals."""
        return {
            (
                str(kind_of(one.owner)),
                one.owner.pk if one.owner else None,
                one.metric.value,
            ): one.after
            for one in self.differences
        }

    @property
    def owners(self) -> list[Owner]:
        """The owners that change, each once."""
        found: list[Owner] = []
        for one in self.differences:
            if one.owner not in found:
                found.append(one.owner)
        return found


def read_book(content: bytes, book: Book) -> BookReading:
    """Compare an uploaded workbook with what stands on record. :class:`Refused` when it is no such
    workbook.
    """
    try:
        sheets = [(sheet.name, list(_few(sheet.rows))) for sheet in sheets_of(content)]
    except UnreadableFile as error:
        raise Refused(str(error), "file") from error
    known = [(name, rows) for name, rows in sheets if name in SHEETS]
    if not known:
        raise Refused(
            f"Tệp không có trang nào tên {', '.join(SHEETS)}; hãy tải lại tệp mẫu của năm này.",
            "file",
        )
    reading = BookReading()
    for name, rows in known:
        _Sheet(name, rows, book, reading).read()
    return reading


def _few(rows: Iterable[Any]) -> Iterator[Any]:
    for count, row in enumerate(rows):
        if count > MOST_ROWS:
            raise Refused("Tệp có quá nhiều dòng; hãy tải lại tệp mẫu của năm này.", "file")
        yield row


class _Sheet:
    """Reads one sheet: title, header, rows."""

    def __init__(self, name: str, rows: list[Any], book: Book, reading: BookReading) -> None:
        self._name, self._rows, self._book, self._reading = name, rows, book, reading
        self._owners = dict(book.rows(name))

    def read(self) -> None:
        self._refuse_other_year()
        at = next((n for n, row in enumerate(self._rows) if row.cells.get(0) == HEADERS[0]), None)
        if at is None:
            raise Refused(
                f"Trang “{self._name}” không có dòng tiêu đề bắt đầu bằng “{HEADERS[0]}”.", "file"
            )
        columns = self._columns(self._rows[at].cells)
        seen: set[RowKey] = set()
        for row in self._rows[at + 1 :]:
            self._row(row, columns, seen)

    def _refuse_other_year(self) -> None:
        year = self._book.board.year
        titles = [str(row.cells.get(0, "")) for row in self._rows[:2]]
        if not any(f"năm {year} " in f"{title} " for title in titles):
            raise Refused(
                f"Trang “{self._name}” không phải của năm {year}; hãy tải lại tệp mẫu của năm này.",
                "file",
            )

    def _columns(self, header: Mapping[int, Any]) -> dict[str, int]:
        found = {clean(str(text)): at for at, text in header.items() if isinstance(text, str)}
        missing = [label for label in (*HEADERS[:2], *Metric.labels) if label not in found]
        if missing:
            raise Refused(f"Trang “{self._name}” thiếu cột {', '.join(missing)}.", "file")
        return found

    def _row(self, row: Any, columns: Mapping[str, int], seen: set[RowKey]) -> None:
        code, since = (_text(row.cells.get(columns[label])) for label in HEADERS[:2])
        if not code and not any(
            row.cells.get(columns[label]) is not None for label in Metric.labels
        ):
            return
        key = (self._name, code, since)
        if key not in self._owners:
            self._fault(
                row,
                columns[HEADERS[0]],
                f"Không có “{code}” trong năm này; hãy giữ nguyên cột mã và từ ngày.",
            )
        elif key in seen:
            self._fault(row, columns[HEADERS[0]], f"Mã {code} đã có ở một dòng trước.")
        else:
            seen.add(key)
            for metric in Metric:
                self._cell(row, columns, self._owners[key], metric)

    def _cell(self, row: Any, columns: Mapping[str, int], owner: Owner, metric: Metric) -> None:
        at = columns[str(metric.label)]
        try:
            value = _number(row.cells.get(at))
        except ValueError as error:
            self._fault(row, at, str(error))
            return
        now = self._book.history(metric, owner).now
        before = self._then(row, columns, metric, now)
        if value in (before, now):
            return
        note = "" if now == before else "Người khác đã đổi số này sau khi tệp được tải về."
        self._reading.differences.append(Difference(owner, metric, now, value, note))

    def _then(
        self, row: Any, columns: Mapping[str, int], metric: Metric, now: int | None
    ) -> int | None:
        """What stood on record when the workbook was downloaded; today's figure when that column is
        gone or broken.
        """
        at = columns.get(f"{SEEN}{metric.label}")
        try:
            return now if at is None else _number(row.cells.get(at))
        except ValueError:
            return now

    def _fault(self, row: Any, at: int, reason: str) -> None:
        self._reading.errors.append(
            CellError(self._name, f"{get_column_letter(at + 1)}{row.number}", reason)
        )


def _text(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None or isinstance(value, Fault) else clean(str(value))


def _number(value: Any) -> int | None:
    """The figure of a cell; ``ValueError`` with a sentence when it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, Fault):
        raise ValueError(value.reason)
    if isinstance(value, bool | date):
        raise ValueError("Ô này không phải là số nguyên không âm.")
    text = str(value)
    if isinstance(value, int) and 0 <= value < 10**15:
        return value
    if isinstance(value, str) and text.isascii() and _WHOLE.fullmatch(text):
        return int(text.replace(".", "").replace(" ", ""))
    raise ValueError(f"“{text[:30]}” không phải là số nguyên không âm.")
