"""Numbers of people where they must not be read: the last four digits for the eye, a keyed digest
to compare by.

The key is derived from ``SECRET_KEY``. After a change of the key, numbers sealed before are still
recognised as long as the former key stands in ``SECRET_KEY_FALLBACKS``; afterwards their last four
digits remain.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "thaithuy_bhxh.sealed"
_MARK_LENGTH = 20
SHOWN = 4
HIDDEN = "••••"
_BETWEEN = " .-"
_ID = r"0\d{11}|0\d{2}([ .-])\d{3}\1\d{3}\1\d{3}|0\d{3}([ .-])\d{4}\2\d{4}"
_PHONE = (
    r"(?:0|\+?84[ .-]?)[35789]"
    r"(?:\d{8}|\d{2}([ .-])\d{3}\3\d{3}|\d([ .-])\d{3}\4\d{4}|\d([ .-])\d{4}\5\d{3})"
)
_RUN = re.compile(rf"(?<!\d)(?:{_ID}|{_PHONE})(?!\d)")
"""A citizen id or a mobile phone in running text, also in groups of digits and with the code of the
country.
"""


def seal(number: str) -> dict[str, str]:
    """What is kept of a number: ``{"last": …, "mark": …}``."""
    return {"last": _last(number), "mark": _mark(number, settings.SECRET_KEY)}


def is_seal(value: Any) -> bool:
    """Whether a stored value is a sealed number."""
    return isinstance(value, Mapping) and value.keys() == {"last", "mark"}


def fits(sealed: Mapping[str, str], number: str) -> bool:
    """Whether the number is the one that was sealed, under today's key or a former one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(sealed["mark"], _mark(number, key)) for key in keys)


def in_words(sealed: Mapping[str, str]) -> str:
    """“••••5821”."""
    return HIDDEN + sealed["last"]


def without_numbers(text: str) -> str:
    """Running text with the citizen ids and mobile phones in it masked."""
    return (
        _RUN.sub(lambda found: HIDDEN + found.group()[-SHOWN:].lstrip(_BETWEEN), text)
        if _may_hold_one(text)
        else text
    )


def _may_hold_one(text: str) -> bool:
    """A quick look before the slow one: most sentences hold no number at all."""
    return "0" in text or "84" in text


class SealedNumber(str):
    """A number of which only the seal is left: reads as its mask, equals the number that was
    sealed.
    """

    _sealed: Mapping[str, str]

    def __new__(cls, sealed: Mapping[str, str]) -> SealedNumber:
        made = super().__new__(cls, in_words(sealed))
        made._sealed = sealed
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SealedNumber):
            return self._sealed == other._sealed
        return isinstance(other, str) and fits(self._sealed, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __deepcopy__(self, memo: Any) -> SealedNumber:
        return self


def _last(number: str) -> str:
    return number[-SHOWN:] if len(number) >= 2 * SHOWN else ""


def _mark(number: str, key: Any) -> str:
    return salted_hmac(_SALT, number, secret=key, algorithm="sha256").hexdigest()[:_MARK_LENGTH]
