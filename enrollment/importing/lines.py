"""What one line of a list says once it has been read: plain values, before anything is looked up or
computed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from thaithuy_bhxh.months import Month

MOST_ERRORS = 500
"""Most reasons that a list's result holds; of the others it holds the number."""


@dataclass(frozen=True, slots=True)
class LineError:
    """One refusal: the sheet's row number from 1, the D05-TS column code ("A" … "17"), a Vietnamese
    sentence.

    ``sheet`` is the sheet's name, empty when the line did not come from a workbook; ``name`` whom
    the row names, as far as it could be read.
    """

    row: int
    column: str
    reason: str
    sheet: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A row under “I. Tăng”: money received. Amounts in đồng; ``None`` = not stated, the engine's
    figure is used.
    """

    row: int
    full_name: str
    bhxh_no: str | None
    citizen_id: str | None
    address: str
    received_on: date
    number: str
    chosen_income: int
    months: int
    method: str
    from_month: Month
    collector_code: str
    group: str = "other"
    gross: int | None = None
    participant_amount: int | None = None
    state_support: int | None = None
    local_support: int | None = None
    other_support: int = 0
    note: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class StopLine:
    """A row under “II. Giảm”: ``month`` is the first month without participation, ``reason`` a
    stop-reason code.
    """

    row: int
    full_name: str
    bhxh_no: str | None
    citizen_id: str | None
    month: Month
    reason: str
    collector_code: str
    note: str = ""
    sheet: str = ""


@dataclass(slots=True)
class Refusals:
    """Why rows of a list cannot be taken: the first reasons, how many there are in all, and in how
    many rows.

    A file of nothing but bad rows would otherwise cost a hundred times its size.
    """

    kept: list[LineError] = field(default_factory=list)
    total: int = 0
    rows: int = 0
    _last: tuple[str, int] = ("", 0)

    def add(self, error: LineError) -> None:
        """One more; those of the same row come one after another."""
        self.total += 1
        if (error.sheet, error.row) != self._last:
            self._last = error.sheet, error.row
            self.rows += 1
        if len(self.kept) < MOST_ERRORS:
            self.kept.append(error)


@dataclass(slots=True)
class ReadResult:
    """What a workbook holds: ``lines`` that could be read, ``refusals`` of those that could not.

    ``mappable`` when a header was understood only in part, or by a saved matching: its columns can
    be matched by hand.
    """

    lines: list[ReceiptLine | StopLine] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    mappable: bool = False
    remarks: list[LineError] = field(default_factory=list)
    """What was taken but is worth a look."""

    @property
    def errors(self) -> list[LineError]:
        """The reasons that are kept."""
        return self.refusals.kept
