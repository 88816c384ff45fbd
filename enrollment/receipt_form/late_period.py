"""A period whose window has closed: whether its money is still taken on the receipt form, and what
it comes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms

from enrollment.law import METHODS, Quote, Readings, last_day
from enrollment.law.methods import LAW_2024_FROM, is_closed
from enrollment.receipt_form.wizard import Wizard
from thaithuy_bhxh.errors import Refused


@dataclass(frozen=True, slots=True)
class LatePeriod:
    """The day on which the window closed, whether back-payment is ticked, what it comes to or why
    it cannot be taken, and the office's reading in words (empty under the law before July 2025,
    which said so itself).
    """

    limit: date
    chosen: bool
    quote: Quote | None
    refusal: str
    reading: str


def late_period(wizard: Wizard, form: forms.Form) -> LatePeriod | None:
    """What a valid payment form may be offered; ``None`` when it is not late or the office takes no
    late money.
    """
    data = form.cleaned_data
    day, first = data["received_on"], data["from_month"]
    if not is_closed(METHODS[data["method"]], first, day):
        return None
    readings = wizard.law.readings.on(day)
    if day >= LAW_2024_FROM and readings.back_payment != "allowed":
        return None
    return _reckoned(wizard, form, last_day(wizard.law.table, data["method"], first, day), readings)


def _reckoned(wizard: Wizard, form: forms.Form, limit: date, readings: Readings) -> LatePeriod:
    data = form.cleaned_data
    reading = readings.described("back_payment") if data["received_on"] >= LAW_2024_FROM else ""
    try:
        return LatePeriod(
            limit, data["back_payment"], wizard.quote(form, back_payment=True), "", reading
        )
    except Refused as refusal:
        return LatePeriod(limit, data["back_payment"], None, refusal.message, reading)
