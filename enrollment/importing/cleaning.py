"""Cells as people write them, read into values; ``ValueError`` with a Vietnamese sentence when they
cannot be.

Texts arrive cleaned and non-empty (:mod:`enrollment.importing.cells`). A text that begins with “=”
is just a text, and no name, number or address looks like that.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from enrollment.identity import clean_bhxh_no, clean_citizen_id, clean_name
from enrollment.importing.cells import Cell, Fault, is_number
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import receipt_number as one_spelling
from thaithuy_bhxh.typed import without_currency, without_time_of_day

_DAY = re.compile(r"(\d{1,2}) ?[/.\-] ?(\d{1,2}) ?[/.\-] ?(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})[/\-](\d{1,2})[/\-](\d{1,2})")
_MONTH = re.compile(r"(\d{1,2}) ?[/.\-] ?(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})[/\-](\d{1,2})")
_MONEY = re.compile(
    r"(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:,\d{3})+)(?:[.,]0{1,2})?"
)
_MONTHS = re.compile(r"(\d{1,3})(?:[.,]0+)?(?: tháng)?", re.IGNORECASE)
_CODE = re.compile(r"\w[\w./\-]*(?: ?[\w./\-]+)*")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_SERIALS = ((date(_FIRST_YEAR, 1, 1) - _EPOCH).days, (date(_LAST_YEAR, 12, 31) - _EPOCH).days)
_MOST_MONEY = 10**12
_SHOWN = 40
DAYS_BEFORE_1904 = 1462
"""What a serial of the 1904 calendar lacks to one of the 1900 calendar."""


def text(value: Cell) -> str:
    """The text; a whole number without a decimal point."""
    if isinstance(value, Fault):
        raise ValueError(value.reason)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def full_name(value: Cell) -> str:
    """A person's name; see :func:`~enrollment.identity.clean_name`."""
    return clean_name(text(value))


def citizen_id(value: Cell) -> str | None:
    """12 digits, or 9 of an old card; a number cell of 10–11 digits has lost its leading zeros."""
    digits = _digits(value)
    if is_number(value) and len(digits) in (10, 11):
        digits = digits.zfill(12)
    return clean_citizen_id(digits)


def bhxh_no(value: Cell) -> str | None:
    """10 digits; a number cell of 9 digits has lost its leading zero."""
    digits = _digits(value)
    if is_number(value) and len(digits) == 9:
        digits = digits.zfill(10)
    return clean_bhxh_no(digits)


def _digits(value: Cell) -> str:
    found = text(value).lstrip("'’`")
    if (
        isinstance(value, bool | float)
        or (is_number(value) and found.startswith("-"))
        or len(found) > _SHOWN
    ):
        raise ValueError(
            f"{_shown(value)} không phải là một dãy chữ số; hãy xem lại số trên giấy tờ."
        )
    return found


def address(value: Cell) -> str:
    """Where the person lives, at most 300 characters, with the commune's name in it."""
    found = text(value)
    if len(found) > 300 or found.startswith("=") or not _LETTERS.search(found):
        raise ValueError(
            f"{_shown(value)} không phải là địa chỉ; hãy ghi như “Thôn Bắc, xã Thái Nguyên”."
        )
    return found


def receipt_number(value: Cell) -> str:
    """The whole string in capitals, at most 40 characters, with a digit in it."""
    found = one_spelling(text(value))
    if len(found) > 40 or not _is_code(value, found) or not any(map(str.isdigit, found)):
        raise ValueError(f"{_shown(value)} không phải là số biên lai; hãy ghi như “BD20M-0000001”.")
    return found


def collector_code(value: Cell) -> str:
    """The collector's code, at most 30 characters."""
    found = text(value)
    if len(found) > 30 or not _is_code(value, found):
        raise ValueError(f"{_shown(value)} không phải là mã nhân viên thu; hãy ghi như “BD001-01”.")
    return found


def _is_code(value: Cell, found: str) -> bool:
    return not isinstance(value, bool | float) and bool(_CODE.fullmatch(found))


def day(value: Cell) -> date:
    """A date cell, an Excel serial (1900 calendar) or a text day/month/year; a time of day is
    dropped.
    """
    if isinstance(value, date):
        return _in_our_time(value)
    if is_number(value):
        return _of_serial(value)
    found = without_time_of_day(text(value))
    if match := _DAY.fullmatch(found):
        return _of_parts(match[3], match[2], match[1], value)
    if match := _ISO_DAY.fullmatch(found):
        return _of_parts(match[1], match[2], match[3], value)
    raise ValueError(f"{_shown(value)} không phải là ngày; hãy ghi ngày/tháng/năm như 05/03/2021.")


def month(value: Cell) -> Month:
    """A date cell or a text month/year; of a full date its month."""
    if isinstance(value, date) or is_number(value):
        return Month.of(day(value))
    found = without_time_of_day(text(value))
    if match := _MONTH.fullmatch(found):
        return _month_of_parts(match[2], match[1], value)
    if match := _ISO_MONTH.fullmatch(found):
        return _month_of_parts(match[1], match[2], value)
    if _DAY.fullmatch(found) or _ISO_DAY.fullmatch(found):
        return Month.of(day(value))
    raise ValueError(f"{_shown(value)} không phải là tháng; hãy ghi tháng/năm như 03/2021.")


def _of_serial(value: Cell) -> date:
    assert isinstance(value, int | float)
    if not _SERIALS[0] <= value < _SERIALS[1] + 1:
        raise ValueError(
            f"Số {_shown(value)} trong ô ngày tháng không ứng với ngày nào; hãy ghi như 05/03/2021."
        )
    return _EPOCH + timedelta(days=int(value))


def _of_parts(year: str, month_number: str, day_number: str, value: Cell) -> date:
    try:
        found = date(
            int(year) + (2000 if len(year) == 2 else 0), int(month_number), int(day_number)
        )
    except ValueError as error:
        raise ValueError(
            f"Không có ngày {_shown(value)}; hãy ghi ngày/tháng/năm như 05/03/2021."
        ) from error
    return _in_our_time(found)


def _month_of_parts(year: str, month_number: str, value: Cell) -> Month:
    _refuse_year(int(year))
    if not 1 <= int(month_number) <= 12:
        raise ValueError(f"Không có tháng {_shown(value)}; hãy ghi tháng/năm như 03/2021.")
    return Month(int(year), int(month_number))


def _in_our_time(found: date) -> date:
    _refuse_year(found.year)
    return found


def _refuse_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(
            f"Năm {year} phải từ {_FIRST_YEAR} đến {_LAST_YEAR}; hãy xem lại ngày tháng."
        )


def money(value: Cell) -> int:
    """Whole đồng, not negative; dots or blanks (commas too) separate thousands."""
    if is_number(value):
        return _of_number(value)
    found = _MONEY.fullmatch(without_currency(text(value)))
    if not found:
        raise ValueError(f"{_shown(value)} không phải là số tiền; hãy ghi số đồng như 1.848.000.")
    return _in_range(int(re.sub(r"\D", "", found[1])[:20]), value)


def money_or_nothing(value: Cell) -> int:
    """An amount that may be nothing: a dash, as people fill an empty cell, is 0."""
    return 0 if value in ("-", "–", "—") else money(value)


def income(value: Cell) -> int:
    """The chosen monthly income in đồng, more than 0."""
    found = money(value)
    if not found:
        raise ValueError("Mức thu nhập không thể bằng 0; hãy ghi số đồng như 1.500.000.")
    return found


def months(value: Cell) -> int:
    """A number of months, 1 to 120."""
    found = _MONTHS.fullmatch(text(value))
    if not found or isinstance(value, bool) or not 1 <= int(found[1]) <= 120:
        raise ValueError(f"{_shown(value)} không phải là số tháng đóng; hãy ghi 1, 3, 6 hoặc 12.")
    return int(found[1])


def _of_number(value: Cell) -> int:
    assert isinstance(value, int | float)
    # A formula such as 22 % × income leaves a trace of a đồng behind the point; that is not a
    # fraction.
    if abs(value - round(value)) > 0.001:
        raise ValueError(f"Số tiền {_shown(value)} có phần lẻ; hãy ghi số đồng nguyên.")
    return _in_range(round(value), value)


def _in_range(amount: int, value: Cell) -> int:
    if not 0 <= amount <= _MOST_MONEY:
        raise ValueError(
            f"Số tiền {_shown(value)} không hợp lệ; hãy ghi số đồng không âm, như 1.848.000."
        )
    return amount


def _shown(value: Cell) -> str:
    """What was read, in quotation marks, cut short."""
    found = text(value)
    return f"“{found if len(found) <= _SHOWN else found[:_SHOWN] + '…'}”"
