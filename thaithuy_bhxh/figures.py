"""Figures as the portal writes them for people to read, on pages, in sentences and in letters
alike.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_VIETNAMESE = str.maketrans({",": ".", ".": ",", "-": "−"})


def dots(number: int) -> str:
    """1234567 → 1.234.567; a real minus before a negative one."""
    return f"{number:,}".translate(_VIETNAMESE)


def percent_in_words(value: str | Decimal | float) -> str:
    """Text "84.15" → 84,2%: one decimal, halves up. Sheets and data keep the two that it was
    reckoned with.
    """
    return (
        f"{Decimal(str(value)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}".translate(_VIETNAMESE)
        + "%"
    )


def decimal_in_words(value: str) -> str:
    """Text "-0.01" → −0,01, with the decimals that it has."""
    return value.translate(_VIETNAMESE)
