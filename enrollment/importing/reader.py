"""A D05-TS workbook into lines: finds the header wherever it stands, reads receipts under “Tăng”, stops under “Giảm”.

Nothing that carries data is passed over in silence: a row is a line, an error, or one of the form's own rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from enrollment.importing.columns import COLUMNS, codes_in, normalised, recognise
from enrollment.importing.lines import LineError, ReceiptLine, StopLine
from enrollment.importing.workbook import Sheet, UnreadableFile, sheets_of
from enrollment.law import LawRefused
from enrollment.law.methods import method_of
from thaithuy_bhxh.text import clean, fold

__all__ = ["ReadResult", "UnreadableFile", "read_d05"]

HEADER_WITHIN = 60
_TAG = re.compile(r"doi tuong[\s:]+([a-z_ ]+)")
_GROUPS = {
    "ho ngheo": "poor",
    "ho can ngheo": "near_poor",
    "dan toc thieu so": "ethnic_minority",
    "xa dao": "island",
    "khac": "other",
}
_REASONS = {
    "chuyen bhxh bat buoc": "compulsory",
    "huong luong huu": "retired",
    "huong bhxh mot lan": "one_off",
    "chet": "death",
    "chuyen dia ban": "left_area",
    "dong nham/trung": "error",
}
_ROMAN = re.compile(r"^(i{1,3}|iv|v)(\.\d+)*[.\s)]")
_TOTALS = ("cong tang", "cong giam", "tong cong")
_WIDE = re.compile(r"\s+")
_PLACE_LINE = re.compile(r"ngay\s+\S+\s+thang\s+\S+\s+nam")
_IDENTIFYING = {"C", "1", "3", "4", "5", "6", "7", "16"}
"""Cells that only a line fills; totals fill amounts, headings fill the first cells."""
_CERTAIN = {"C", "1", "4"}
_CARRYING = {"B", "2", "8", "9"}
_SIGNATURES = ("nguoi lap bieu", "can bo thu", "to chuc dich vu thu", "(ky")


@dataclass(slots=True)
class ReadResult:
    """What a workbook holds: ``lines`` that could be read, ``errors`` of those that could not."""

    lines: list[ReceiptLine | StopLine] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def read_d05(content: bytes) -> ReadResult:
    """All lists of a workbook. :class:`UnreadableFile` when it is no workbook or holds no such list."""
    result = ReadResult()
    found = 0
    for sheet in sheets_of(content):
        found += _read_sheet(sheet, result, prefix=f"Trang “{sheet.name}”: " if found else "")
    if not found:
        raise UnreadableFile(
            "Không thấy dòng tiêu đề của bảng kê D05-TS (Họ và tên, Mã số BHXH, Số CCCD, Từ tháng/năm …) trong tệp này."
        )
    return result


def _read_sheet(sheet: Sheet, result: ReadResult, prefix: str) -> bool:
    """Read one sheet; false when it holds no list."""
    numbered = enumerate(sheet.rows, start=1)
    head = list(islice(numbered, HEADER_WITHIN))
    layout, used = _layout([row for _, row in head])
    if not layout:
        return False
    reader = _Reader(layout, result, prefix)
    for number, row in chain(head[used:], numbered):
        reader.take(number, row)
    return True


def _layout(head: Sequence[Sequence[Any]]) -> tuple[dict[str, int], int]:
    """Position of each column and how many rows the header ends after; a row of column codes settles the matter."""
    for index, row in enumerate(head):
        below = head[index + 1] if index + 1 < len(head) else ()
        found = recognise(row, below)
        if found:
            for offset in (1, 2, 3):
                codes = codes_in(head[index + offset]) if index + offset < len(head) else None
                if codes:
                    return codes, index + offset + 1
            halves = {normalised(value) for value in below}
            return found, index + (2 if {"tyle", "sotien"} & halves else 1)
    return {}, 0


class _Reader:
    """Takes the rows under a header one after another."""

    def __init__(self, layout: Mapping[str, int], result: ReadResult, prefix: str) -> None:
        self._layout = layout
        self._result = result
        self._prefix = prefix
        self._stops = False

    def take(self, number: int, row: Sequence[Any]) -> None:
        """One row: a group's heading, a total, a signature, a line."""
        cells = {code: row[at] for code, at in self._layout.items() if at < len(row) and not _empty(row[at])}
        first = next((value for value in row if not _empty(value)), None)
        if first is None or (_is_form(row) and not cells.keys() & _CERTAIN):
            return
        if not (cells.keys() & _IDENTIFYING):
            heading = fold(str(first))
            if _ROMAN.match(heading):
                self._stops = "giam" in heading if "." not in heading.split()[0].rstrip(".") else self._stops
                return
            if heading.startswith(_TOTALS) or codes_in(row):
                return
            if not (cells.keys() & _CARRYING):
                return
        self._line(number, cells)

    def _line(self, number: int, cells: Mapping[str, Any]) -> None:
        values: dict[str, Any] = {}
        errors: list[LineError] = []
        for code, column in COLUMNS.items():
            try:
                if code in cells:
                    values[code] = column.read(cells[code])
                elif self._needs(code):
                    raise ValueError(
                        f"Thiếu {column.label.lower() if code != '1' else column.label}; hãy ghi vào ô này."
                    )
            except ValueError as error:
                errors.append(LineError(number, code, self._prefix + str(error)))
        if not errors:
            try:
                self._result.lines.append(self._stop(number, values) if self._stops else self._receipt(number, values))
            except _CellError as error:
                errors.append(LineError(number, error.column, self._prefix + error.reason))
        self._result.errors.extend(errors)

    def _needs(self, code: str) -> bool:
        return code in ("B", "7") if self._stops else COLUMNS[code].required

    @staticmethod
    def _receipt(number: int, values: Mapping[str, Any]) -> ReceiptLine:
        _refuse_nameless(values)
        note = values.get("17", "")
        return ReceiptLine(
            row=number,
            full_name=values["B"],
            bhxh_no=values.get("C"),
            citizen_id=values.get("1"),
            address=values["2"],
            received_on=values["3"],
            number=values["4"],
            chosen_income=values["5"],
            months=values["6"],
            method=_method(values["6"], note),
            from_month=values["7"],
            collector_code=values["16"],
            group=_group(note),
            gross=values["8"],
            participant_amount=values["9"],
            state_support=values.get("11", 0),
            local_support=values.get("13", 0),
            other_support=values.get("15", 0),
            note=note,
        )

    @staticmethod
    def _stop(number: int, values: Mapping[str, Any]) -> StopLine:
        _refuse_nameless(values)
        note = values.get("17", "")
        return StopLine(
            row=number,
            full_name=values["B"],
            bhxh_no=values.get("C"),
            citizen_id=values.get("1"),
            month=values["7"],
            reason=_REASONS.get(_WIDE.sub(" ", fold(note).replace(" / ", "/")), "not_renewed"),
            collector_code=values.get("16", ""),
            note=note,
        )


class _CellError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def _refuse_nameless(values: Mapping[str, Any]) -> None:
    if not values.get("1") and not values.get("C"):
        raise _CellError("1", "Thiếu cả số CCCD và mã số BHXH; cần ít nhất một số để biết là ai.")


def _method(months: int, note: str) -> str:
    try:
        return method_of(months, "con thieu" in fold(note).replace("_", " "))
    except LawRefused as error:
        raise _CellError("6", error.message) from error


def _group(note: str) -> str:
    """The support group that the tag names; no tag = other."""
    match = _TAG.search(fold(note).replace("_", " "))
    if match is None:
        return "other"
    named = _WIDE.sub(" ", match[1]).strip()
    code = next((code for label, code in _GROUPS.items() if named.startswith(label)), None)
    if code is None:
        known = "Hộ_nghèo, Hộ_cận_nghèo, Dân_tộc_thiểu_số, Xã_đảo, Khác"
        raise _CellError("17", f"Không rõ đối tượng trong ghi chú “{note[:80]}”; hãy dùng một trong: {known}.")
    return code


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not clean(value))


def _is_form(row: Sequence[Any]) -> bool:
    """A row of the sign block: its hints, or the line with place and date."""
    texts = [fold(str(value)) for value in row if isinstance(value, str)]
    return any(text.startswith(_SIGNATURES) or _PLACE_LINE.search(text) for text in texts)
