"""Phone numbers of agents' people, as they are kept."""

from __future__ import annotations

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean


def phone_of(text: str) -> str:
    """Ten digits that begin with 0, or nothing; :class:`Refused` on ``phone`` otherwise."""
    digits = "".join(char for char in clean(text) if char not in " .-")
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) in (10, 11) and digits[0] == "0"):
        raise Refused("Số điện thoại gồm 10 chữ số, bắt đầu bằng 0.", "phone")
    return digits
