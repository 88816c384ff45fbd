"""What one line of a list says once it has been read: plain values, before anything is looked up or computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class LineError:
    """One refusal: the sheet's row number from 1, the D05-TS column code ("A" … "17"), a Vietnamese sentence.

    ``sheet`` is the sheet's name, empty when the line did not come from a workbook.
    """

    row: int
    column: str
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A row under “I. Tăng”: money received. Amounts in đồng; ``None`` = not stated, the engine's figure is used."""

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
    """A row under “II. Giảm”: ``month`` is the first month without participation, ``reason`` a stop-reason code."""

    row: int
    full_name: str
    bhxh_no: str | None
    citizen_id: str | None
    month: Month
    reason: str
    collector_code: str
    note: str = ""
    sheet: str = ""
