"""Cells as people write them, read into values; ``ValueError`` with a Vietnamese sentence when they cannot be."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from enrollment.identity import clean_bhxh_no, clean_citizen_id
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import clean

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:[ T]+\d{1,2}:\d{2}.*)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
_MONEY = re.compile(r"-?\d{1,3}(?:[. ]\d{3})+|-?\d+")
_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_NAME = re.compile(r"[^\W\d_][^\d_=+<>@{}|\\/\"]*")


def text(value: Any) -> str:
    """Trimmed NFC text; whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value))


def name(value: Any) -> str:
    """A person's name: at least two words of letters."""
    found = text(value)
    if not _NAME.fullmatch(found) or len(found.split()) < 2 or len(found) > 120:
        raise ValueError(f"“{found[:60]}” không phải là họ và tên; hãy ghi đủ họ và tên.")
    return found


def _whole(value: Any) -> str:
    """The digits of a number cell, or the text as it stands."""
    return str(int(value)) if isinstance(value, int | float) and not isinstance(value, bool) else text(value)


def citizen_id(value: Any) -> str | None:
    """12 or 9 digits; a number cell of 10–11 digits lost its leading zeros."""
    digits = _whole(value)
    if isinstance(value, int | float) and len(digits) in (10, 11):
        digits = digits.zfill(12)
    return clean_citizen_id(digits)


def bhxh_no(value: Any) -> str | None:
    """10 digits; a number cell of 8–9 digits lost its leading zeros."""
    digits = _whole(value)
    if isinstance(value, int | float) and len(digits) in (8, 9):
        digits = digits.zfill(10)
    return clean_bhxh_no(digits)


def receipt_number(value: Any) -> str:
    """The whole string, at most 40 characters."""
    found = text(value)
    if len(found) > 40 or found.startswith("="):
        raise ValueError(f"Số biên lai “{found[:50]}” không hợp lệ; tối đa 40 ký tự.")
    return found


def day(value: Any) -> date:
    """A date cell, an Excel serial or text day/month/year; a time of day is dropped."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(value)
    found = text(value)
    if match := _DAY.fullmatch(found):
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        return _date(year, int(match[2]), int(match[1]), found)
    if match := _ISO_DAY.fullmatch(found):
        return _date(int(match[1]), int(match[2]), int(match[3]), found)
    raise ValueError(f"“{found[:40]}” không phải là ngày; hãy ghi như 05/03/2021.")


def _date(year: int, month_number: int, day_number: int, found: str) -> date:
    try:
        return date(year, month_number, day_number)
    except ValueError as error:
        raise ValueError(f"Không có ngày “{found}”; hãy ghi ngày/tháng/năm như 05/03/2021.") from error


def _from_serial(value: float) -> date:
    if int(value) not in _SERIALS:
        raise ValueError(f"Số {value:g} không phải là ngày; hãy ghi như 05/03/2021.")
    return _EPOCH + timedelta(days=int(value))


def month(value: Any) -> Month:
    """A date cell, or text m/yyyy."""
    if isinstance(value, datetime | date):
        return Month(value.year, value.month)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Month.of(_from_serial(value))
    found = text(value)
    if match := _MONTH.fullmatch(found):
        return Month(int(match[2]), int(match[1]))
    if match := _DAY.fullmatch(found) or _ISO_DAY.fullmatch(found):
        return Month.of(day(found))
    raise ValueError(f"“{found[:40]}” không phải là tháng; hãy ghi như 03/2021.")


def money(value: Any) -> int:
    """Whole đồng, not negative; dots or blanks separate thousands."""
    if isinstance(value, bool | datetime | date | time):
        raise ValueError("Ô này phải là số tiền, không phải ngày giờ.")
    if isinstance(value, int | float):
        if value != int(value):
            raise ValueError(f"Số tiền {value} có phần lẻ; hãy ghi số đồng nguyên.")
        amount = int(value)
    else:
        found = re.sub(r"\s*(đồng|đ|vnđ|vnd)$", "", text(value).lower())
        if not _MONEY.fullmatch(found):
            raise ValueError(f"“{found[:40]}” không phải là số tiền; hãy ghi như 1.848.000.")
        amount = int(found.replace(".", "").replace(" ", ""))
    if not 0 <= amount < 10**13:
        raise ValueError(f"Số tiền {amount} không hợp lệ.")
    return amount


def count(value: Any) -> int:
    """A number of months."""
    found = _whole(value) if not isinstance(value, float) or value.is_integer() else text(value)
    if not found.isascii() or not found.isdigit() or not 1 <= int(found) <= 120:
        raise ValueError(f"Số tháng đóng “{found[:20]}” không đúng; hãy ghi 1, 3, 6 hoặc 12.")
    return int(found)
