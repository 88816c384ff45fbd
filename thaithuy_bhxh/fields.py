"""Form fields as people write them: money with dots, months as 03/2021, a birth date or only its
year.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from thaithuy_bhxh.clock import today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import clean
from thaithuy_bhxh.typed import whole_number, without_currency, without_time_of_day

_PARTS = re.compile(r"[0-9]+(?:[.,\s][0-9]+)+")
_YEAR = re.compile(r"[0-9]{4}")
_SHORT_DAY = re.compile(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})")
"""A date whose year has two digits only."""
_CLEAR_YEARS = 25
"""How many years before and after today two digits still stand for one year."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that a form accepts."""


class DongField(forms.CharField):
    """Integer đồng from ``1.500.000``, ``1,500,000``, ``1 500 000 đ`` or ``1500000``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "data-dong": "", "autocomplete": "off"}),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = clean(str(value or ""))
        if not text:
            return None
        value = whole_number(text)
        if value is None:
            if _PARTS.fullmatch(without_currency(text)):
                raise forms.ValidationError(
                    f"“{text}” có thể hiểu theo nhiều cách; hãy ghi đủ số đồng như 1.500.000."
                )
            raise forms.ValidationError(f"“{text}” không phải là số tiền; hãy nhập như 1.500.000.")
        return value

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError("Hãy nhập số tiền.")

    def run_validators(self, value: Any) -> None:
        """The text validators of ``CharField`` do not apply to a number."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class MonthFormField(forms.CharField):
    """A :class:`Month` from ``03/2021`` (or the browser's ``2021-03``)."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "inputmode": "numeric",
            "placeholder": "tháng/năm",
            "autocomplete": "off",
            "class": "short",
        }
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Month):
            return value
        text = clean(str(value or ""))
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError("Hãy nhập tháng như 03/2021.")

    def run_validators(self, value: Any) -> None:
        """The text validators of ``CharField`` do not apply to a month."""

    def prepare_value(self, value: Any) -> Any:
        return value.vi if isinstance(value, Month) else value


class BirthField(forms.CharField):
    """``(date | None, year | None)`` from ``05/06/1984`` or, when only that is known, ``1984``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}
            ),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        text = clean(str(value or ""))
        if not text:
            return (None, None)
        if _YEAR.fullmatch(text) and 1900 <= int(text) <= 2100:
            return (None, int(text))
        try:
            day = _of_the_past(without_time_of_day(text)) or DayField().clean(text)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                f"“{text}” không đúng; hãy nhập như 05/06/1984 hoặc chỉ năm 1984."
            ) from error
        return (day, day.year)

    def validate(self, value: Any) -> None:
        if value == (None, None) and self.required:
            raise forms.ValidationError("Hãy nhập ngày sinh hoặc năm sinh.")

    def run_validators(self, value: Any) -> None:
        """The text validators of ``CharField`` do not apply to a date."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            day, year = value
            return format(day, "%d/%m/%Y") if isinstance(day, date) else str(year or "")
        return value


class DayField(forms.DateField):
    """A date as dd/mm/yyyy in a text box: the same on every phone, with or without a picker.

    A year of two digits is the one near today (``26`` = 2026), as lists read it; further off it is
    asked for in full. A time of day that was copied along says nothing. Days outside 1900–2199 are
    refused, as months are: arithmetic on the calendar's last day would overflow.
    """

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "inputmode": "numeric",
            "placeholder": "ngày/tháng/năm",
            "autocomplete": "off",
            "class": "short",
        }
        kwargs.setdefault("widget", forms.DateInput(format="%d/%m/%Y", attrs=attrs))
        kwargs.setdefault(
            "error_messages", {"invalid": "Ngày không đúng; hãy nhập như 05/06/2026."}
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            value = _in_full(without_time_of_day(clean(value)))
        day = super().to_python(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                f"Năm {day.year} nằm ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}."
            )
        return day


def _in_full(text: str) -> str:
    """The date with a year of four digits."""
    found = _SHORT_DAY.fullmatch(text)
    if not found:
        return text
    year = 2000 + int(found[2])
    if abs(year - today().year) > _CLEAR_YEARS:
        sentence = (
            f"Năm “{found[2]}” có thể là {year - 100} hoặc {year}; hãy ghi đủ bốn chữ số "
            "như 05/06/2026."
        )
        raise forms.ValidationError(sentence)
    return f"{found[1]}{year}"


def _of_the_past(text: str) -> date | None:
    """The latest day of the past that a birth date with a year of two digits may mean: ``65`` =
    1965.
    """
    found = _SHORT_DAY.fullmatch(text)
    if not found:
        return None
    readings = (DayField().clean(f"{found[1]}{century}{found[2]}") for century in (20, 19))
    return next((day for day in readings if day <= today()), None)
