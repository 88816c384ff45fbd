"""Phone numbers of agents' people, as they are kept."""

from __future__ import annotations

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean, home_phone


def phone_of(text: str) -> str:
    """Ten digits that begin with 0, or nothing; :class:`Refused` on ``phone`` otherwise."""
    digits = home_phone("".join(char for char in clean(text) if char not in " .-()"))
    if digits and not (
        digits.isascii() and digits.isdigit() and len(digits) in (10, 11) and digits[0] == "0"
    ):
        raise Refused("Số điện thoại gồm 10 chữ số, bắt đầu bằng 0.", "phone")
    return digits
