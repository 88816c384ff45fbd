"""Amounts and days as people type them: what stands around the figures and means nothing more."""

from __future__ import annotations

import re

_MONEY_WORD = r"(?:đồng|đ|₫|vnđ|vnd)"
_CURRENCY = re.compile(rf"^{_MONEY_WORD}\s?(?=\d)|(?<=[\d\s]){_MONEY_WORD}\.?$", re.IGNORECASE)
_CLOCK = (
    r"\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[hg]\d{0,2})"
    r"(?: ?(?:SA|CH|AM|PM|[AP]\.M\.|sáng|trưa|chiều|tối))?Z?"
)
_BEFORE = re.compile(rf"^{_CLOCK},? +(?=\d)", re.IGNORECASE)
_AFTER = re.compile(rf"(?<=\d)(?:,? +|T){_CLOCK}$", re.IGNORECASE)


def without_currency(text: str) -> str:
    """``1.500.000 VNĐ``, ``700.000₫``, ``đ 700.000`` → the figures; other texts unchanged."""
    return _CURRENCY.sub("", text).strip()


def without_time_of_day(text: str) -> str:
    """``15/09/2020 12:00:00 SA`` → ``15/09/2020``; a text without a time of day unchanged."""
    return _AFTER.sub("", _BEFORE.sub("", text))


_WHOLE = re.compile(r"\d{1,15}|\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3}){0,3}", re.ASCII)


def whole_number(text: str) -> int | None:
    """Digits alone or in groups of three with one separator, with or without the currency; ``None``
    for anything else.
    """
    figures = without_currency(text)
    return int(re.sub(r"\D", "", figures)) if _WHOLE.fullmatch(figures) else None
