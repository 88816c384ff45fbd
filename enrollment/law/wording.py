"""How numbers and days stand in Vietnamese sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

TO_CONFIRM = "cần xác nhận theo văn bản"
"""Said of every value that is still to be compared with its document."""


def dong(amount: int) -> str:
    """``1234567`` → ``1.234.567 đ``."""
    return f"{amount:,} đ".replace(",", ".")


def day(value: date) -> str:
    """``date(2021, 3, 5)`` → ``05/03/2021``."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def percent(value: Decimal) -> str:
    """A number of per cent: ``Decimal("0.310")`` → ``0,31 %``."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} %".replace(".", ",")
