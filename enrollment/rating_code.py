"""The codes on a receipt: by one its payer rates the service, by the other whoever holds the paper
proves it. Derived from the receipt's key, never stored.

Written like ``0003-F7QM-X4TR``: the key and a keyed check that cannot be computed without the
server's secret. Letters are Crockford's: no I, L, O or U, and who types one of the first three
for 1 or 0 is understood.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
RATING, PROOF = "enrollment.rating_code", "enrollment.proof_code"
"""What a code is for: none of them opens the page of the other."""
_KEY, _CHECK = 5, 7
"""Letters of the key (at least; 33 million receipts) and of the check (35 bits, behind a throttle).
"""
_LONGEST = 20


def code_of(key: int, purpose: str = RATING) -> str:
    """The code of the receipt with this key, in groups of four."""
    return _grouped(_written(key, _KEY) + _check(key, settings.SECRET_KEY, purpose))


def key_of(typed: str, purpose: str = RATING) -> int | None:
    """The key that a typed code names; ``None`` for whatever the portal never printed."""
    text = typed.upper().translate(_READ_AS)
    if not _KEY + _CHECK <= len(text) <= _LONGEST or any(letter not in _LETTERS for letter in text):
        return None
    key, check = _read(text[:-_CHECK]), text[-_CHECK:]
    known = [constant_time_compare(check, _check(key, secret, purpose)) for secret in _secrets()]
    return key if any(known) and _written(key, _KEY) == text[:-_CHECK] else None


def _secrets() -> Iterator[str]:
    """Codes on paper outlive a change of the secret, as long as the old one is kept among the
    fallbacks.
    """
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _check(key: int, secret: str, purpose: str) -> str:
    digest = salted_hmac(purpose, str(key), secret=secret, algorithm="sha256").digest()
    return _written(int.from_bytes(digest[:8], "big") % 32**_CHECK, _CHECK)


def _written(number: int, width: int) -> str:
    letters = ""
    while number or len(letters) < width:
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters


def _read(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
