"""A D05-TS workbook into lines: finds the header wherever it stands, reads receipts under “Tăng”,
stops under “Giảm”.

Nothing that carries data is passed over in silence: a row is a line, an error, or one of the form's
own rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

from enrollment.importing import notes
from enrollment.importing.cells import Cell, SheetRow, is_number
from enrollment.importing.cleaning import DAYS_BEFORE_1904
from enrollment.importing.columns import COLUMNS, ENGINE_KNOWS, ListColumn, Use
from enrollment.importing.gate import UnreadableFile
from enrollment.importing.header import WITHIN, Layout, cells_by_code, find_layout, is_header
from enrollment.importing.lines import MOST_ERRORS, LineError, ReadResult, ReceiptLine, StopLine
from enrollment.importing.mapping import Mappings, mapped_layout
from enrollment.importing.workbook import Sheet, sheets_of
from enrollment.law import LawRefused
from enrollment.law.methods import method_of
from thaithuy_bhxh.text import fold

__all__ = ["UnknownHeader", "UnreadableFile", "read_d05"]

_GROUP = re.compile(r"(?:(?:i{1,3}|iv|v)(?P<part>(?:\.\d+)*)(?:[.):\-]| |$)+ ?)?(?P<rest>.*)")
_ROMAN = re.compile(r"(?:i{1,3}|iv|v)(?:\.\d+)*(?:[.):\-]| |$)")
_NUMBERED = r"(?:(?:i{1,3}|iv|v|\d{1,2})(?:\.\d+)*[.)] ?)?"
_TOTAL = re.compile(
    rf"{_NUMBERED}(?:(?:tong|cong)(?: ?[:.(/\-]|$| (?:cong|so|tien|tang|giam|muc|trang|to|don"
    r"|chung|toan|ca|i+|iv|v|phai|mang|luy|bang|danh|cua|theo|nhom|phan|cuoi)\b)|luy ke"
    r"|(?:so )?mang sang|chuyen sang)"
)
_TOTAL_SPELT = re.compile(rf"{_NUMBERED}(?:t[ổo]ng|c[ộo]ng|l[ũu]|mang|chuy|s[ốo])", re.IGNORECASE)
"""How a total begins, in words and in their spelling: “Tống” and “Công” are names."""
_FEW_DIGITS = 4
_PLACE_LINE = re.compile(r"ngay\s+\S+\s+thang\s+\S+\s+nam")
_SIGNATURES = ("nguoi lap bieu", "can bo thu", "to chuc dich vu thu", "(ky")
_CERTAIN = {"C", "1", "4"}
"""Cells that nothing but a line fills."""
_IDENTIFYING = {"C", "1", "3", "4", "5", "6", "7", "16"}
"""Cells that a heading leaves empty."""
_CARRYING = {"B", "2", "8", "9"}


class UnknownHeader(UnreadableFile):
    """A valid workbook whose lists have headers that are not matched yet."""


def read_d05(content: bytes, mappings: Mappings | None = None) -> ReadResult:
    """All lists of a workbook, by the names of their columns or else by saved ``mappings``.

    :class:`UnreadableFile` when it is no workbook, :class:`UnknownHeader` when it holds no list
        that is understood.
    """
    result = ReadResult()
    if not sum([_read_sheet(sheet, result, mappings or {}) for sheet in sheets_of(content)]):
        raise UnknownHeader(
            "Không thấy dòng tiêu đề của bảng kê D05-TS (Họ và tên, Mã số BHXH, Số CCCD, Từ "
            "tháng/năm …) trong tệp "
            "này; nếu tệp đặt tên cột khác, hãy tải lên ở màn hình Nhập bảng kê để khớp cột "
            "một lần."
        )
    return result


def _read_sheet(sheet: Sheet, result: ReadResult, mappings: Mappings) -> bool:
    """Read one sheet; false when it holds no list."""
    head = list(islice(sheet.rows, WITHIN))
    layout = find_layout(head)
    if layout is None or not layout.is_complete:
        layout = mapped_layout(head, mappings, layout) or layout
        result.mappable = result.mappable or layout is not None
    if layout is None:
        return False
    taker = _Taker(sheet, layout, result)
    for row in chain(head, sheet.rows):
        if row.number > layout.last:
            taker.take(row)
    return True


class _Question(NamedTuple):
    """A column of a line: its code, how its cell is read, what to say when it is empty (nothing
    when it may be).
    """

    code: str
    clean: Callable[[Cell], Any]
    missing: str


class _Taker:
    """Takes the rows under a header one after another."""

    def __init__(self, sheet: Sheet, layout: Layout, result: ReadResult) -> None:
        self._sheet = sheet
        self._layout = layout
        self._result = result
        self._stops = False
        self._signed = False
        self._asked = {stops: self._questions(stops) for stops in (False, True)}

    def take(self, row: SheetRow) -> None:
        """One row: a group's heading, a total, a signature, a line."""
        cells = cells_by_code(row, self._layout)
        if not _names_somebody(cells):
            if is_header(row, self._layout) or self._is_total(row, cells):
                return
            if _CERTAIN.isdisjoint(cells) and self._is_form(row, cells):
                return
        self._line(row.number, cells)

    def _is_total(self, row: SheetRow, cells: Mapping[str, Cell]) -> bool:
        """A total or a carried sum, in whichever cell it says so; not a person who is called
        so.
        """
        texts = {
            at: fold(value)
            for at, value in row.cells.items()
            if isinstance(value, str) and at <= self._layout.right and _TOTAL_SPELT.match(value)
        }
        says = [text for text in texts.values() if _TOTAL.match(text)]
        name = cells.get("B")
        if not says or (isinstance(name, str) and fold(name) not in says):
            return False
        self._signed = self._signed or any(text.startswith("tong cong") for text in says)
        return True

    def _is_form(self, row: SheetRow, cells: Mapping[str, Cell]) -> bool:
        """Whether the row belongs to the form: a heading, a total, the sign block and the names
        under it.
        """
        texts = [fold(value) for _, value in sorted(row.cells.items()) if isinstance(value, str)]
        heading = " ".join(texts[:2])
        if not cells.keys() & _IDENTIFYING and self._opens_group(heading):
            return True
        if any(text.startswith(_SIGNATURES) or _PLACE_LINE.search(text) for text in texts):
            self._signed = True
        return self._signed or not _carries(cells)

    def _opens_group(self, heading: str) -> bool:
        """“I. Tăng” and “II. Giảm” begin a group; “I.1 …” is a heading within it."""
        if not _ROMAN.match(heading) and heading not in ("tang", "giam"):
            return False
        match = _GROUP.match(heading)
        if match and not match["part"]:
            self._stops, self._signed = match["rest"].startswith("giam"), False
        return True

    def _line(self, number: int, cells: Mapping[str, Cell]) -> None:
        values: dict[str, Any] = {}
        failed = self._result.refusals.total
        for code, clean, missing in self._asked[self._stops]:
            if code not in cells:
                if missing:
                    self._fail(number, code, missing, values)
                continue
            try:
                values[code] = clean(cells[code])
            except ValueError as error:
                self._fail(number, code, str(error), values)
        if self._result.refusals.total == failed:
            try:
                self._result.lines.append(
                    (self._stop if self._stops else self._receipt)(number, values)
                )
            except _CellError as refusal:
                self._fail(number, refusal.column, refusal.reason, values)
            else:
                self._look(number, values)

    def _look(self, number: int, values: Mapping[str, Any]) -> None:
        """What the keeper of the list may not have meant."""
        if self._sheet.is_hidden:
            self._remark(number, "A", f"Dòng này ở trang ẩn “{self._sheet.name}”.")
        if number in self._sheet.hidden_rows:
            self._remark(number, "A", "Dòng này đang bị ẩn (do lọc hoặc ẩn dòng).")
        if self._stops and notes.speaks_of_reason(note := values.get("17", "")):
            self._remark(
                number,
                "17",
                f"Lý do “{note[:80]}” có chữ khác kèm theo nên tính là không đóng tiếp; "
                "hãy ghi riêng lý do, phần còn lại sau dấu chấm phẩy.",
            )

    def _remark(self, row: int, column: str, reason: str) -> None:
        if len(self._result.remarks) < MOST_ERRORS:
            self._result.remarks.append(LineError(row, column, reason, self._sheet.name))

    def _fail(self, row: int, column: str, reason: str, values: Mapping[str, Any]) -> None:
        name = str(values.get("B", ""))
        self._result.refusals.add(LineError(row, column, reason, self._sheet.name, name))

    def _questions(self, stops: bool) -> list[_Question]:
        """What a line of the group must say, in the order of the columns."""
        uses = ((column, column.stop if stops else column.receipt) for column in COLUMNS.values())
        return [
            _Question(
                column.code,
                self._cleaner(column),
                self._complaint(column) if use is Use.REQUIRED else "",
            )
            for column, use in uses
            if use is not Use.UNUSED
        ]

    def _complaint(self, column: ListColumn) -> str:
        if column.code in ENGINE_KNOWS and column.code not in self._layout.columns:
            return ""
        return f"Thiếu {column.title}; hãy ghi vào ô này."

    def _cleaner(self, column: ListColumn) -> Callable[[Cell], Any]:
        clean = column.clean
        if self._sheet.date1904 and column.dated:
            clean = _since_1904(clean)
        # A list says the same thousands of times, except who it is and the receipt's number.
        return clean if column.code in _CERTAIN else lru_cache(maxsize=4096, typed=True)(clean)

    def _receipt(self, number: int, values: Mapping[str, Any]) -> ReceiptLine:
        note = values.get("17", "")
        return ReceiptLine(
            row=number,
            **_person(values),
            address=values["2"],
            received_on=values["3"],
            number=values["4"],
            chosen_income=values["5"],
            months=values["6"],
            method=_method(values["6"], note),
            from_month=values["7"],
            collector_code=values["16"],
            group=_group(note),
            gross=values.get("8"),
            participant_amount=values.get("9"),
            state_support=self._support("11", values),
            local_support=self._support("13", values),
            other_support=values.get("15", 0),
            note=note,
            sheet=self._sheet.name,
        )

    def _support(self, code: str, values: Mapping[str, Any]) -> int | None:
        """An empty cell is no support; a list without the column says nothing of it."""
        return values.get(code, 0 if code in self._layout.columns else None)

    def _stop(self, number: int, values: Mapping[str, Any]) -> StopLine:
        note = values.get("17", "")
        return StopLine(
            row=number,
            **_person(values),
            month=values["7"],
            reason=notes.reason_of(note),
            collector_code=values.get("16", ""),
            note=note,
            sheet=self._sheet.name,
        )


def _names_somebody(cells: Mapping[str, Cell]) -> bool:
    """Whether one of the numbers that name a person stands in the row."""
    for code in ("1", "C"):
        if code in cells and sum(map(str.isdigit, str(cells[code]))) > _FEW_DIGITS:
            return True
    return False


def _since_1904(clean: Callable[[Cell], Any]) -> Callable[[Cell], Any]:
    """The same for a sheet whose serials count from 1904."""
    return lambda cell: clean(cell + DAYS_BEFORE_1904 if is_number(cell) else cell)  # type: ignore[operator]


class _CellError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def _carries(cells: Mapping[str, Cell]) -> bool:
    """Whether a row says anything of a person; a form's empty line may have its number and sums of
    0.
    """
    return bool(cells.keys() & _IDENTIFYING) or any(
        cells[code] != 0 for code in cells.keys() & _CARRYING
    )


def _person(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values.get("1") and not values.get("C"):
        raise _CellError("1", "Thiếu cả số CCCD và mã số BHXH; cần ít nhất một số để biết là ai.")
    return {"full_name": values["B"], "bhxh_no": values.get("C"), "citizen_id": values.get("1")}


def _method(months: int, note: str) -> str:
    try:
        return method_of(months, notes.says_missing(note))
    except LawRefused as error:
        raise _CellError("6", error.message) from error


def _group(note: str) -> str:
    try:
        return notes.group_of(note)
    except ValueError as error:
        raise _CellError("17", str(error)) from error
