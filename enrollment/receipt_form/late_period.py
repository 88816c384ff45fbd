"""A period whose window has closed: whether its money is still taken on the receipt form, and how
much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from enrollment.law import METHODS, Quote, last_day
from enrollment.law.methods import LAW_2024_FROM, is_closed
from enrollment.parameters_in_force import OfficeLaw
from thaithuy_bhxh.errors import Refused


@dataclass(frozen=True, slots=True)
class LatePeriod:
    """The day on which the window closed, whether back-payment is ticked, its amounts or why
    it cannot be taken, and the office's reading in words (empty under the law before July 2025,
    which said so itself).
    """

    limit: date
    chosen: bool
    quote: Quote | None
    refusal: str
    reading: str


def late_period(
    values: Mapping[str, Any], law: OfficeLaw, quote_late: Callable[[], Quote]
) -> LatePeriod | None:
    """What the values of a valid payment form may be offered; ``None`` when they are not late or
    the office takes no late money. ``quote_late`` is the same payment as a back-payment.
    """
    day, first = values["received_on"], values["from_month"]
    if not is_closed(METHODS[values["method"]], first, day):
        return None
    readings = law.readings.on(day)
    if day >= LAW_2024_FROM and readings.back_payment != "allowed":
        return None
    reading = readings.described("back_payment") if day >= LAW_2024_FROM else ""
    limit, chosen = last_day(law.table, values["method"], first, day), values["back_payment"]
    try:
        return LatePeriod(limit, chosen, quote_late(), "", reading)
    except Refused as refusal:
        return LatePeriod(limit, chosen, None, refusal.message, reading)
