"""Amounts as they are spelt out on receipts: 594000 → “Năm trăm chín mươi bốn nghìn đồng”.

Every group of three below the first is read in full (“không trăm linh năm”), so that no digit can
be added; the northern “linh”, “bốn” after “mươi” too. Packages for this leave the zeros out or read
1010 as “một nghìn lẻ mười”.
"""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", " nghìn", " triệu")
_BILLION = 10**9


def amount_in_words(dong: int) -> str:
    """An amount of đồng in words, with a capital; “Âm …” below 0."""
    text = f"{'âm ' if dong < 0 else ''}{_number(abs(dong))} đồng"
    return text[0].upper() + text[1:]


def _number(number: int, *, whole: bool = False) -> str:
    """``whole``: something stands before it, so that its zeros are read."""
    if number >= _BILLION:
        above, rest = divmod(number, _BILLION)
        text = f"{_number(above, whole=whole)} tỷ"
        return f"{text} {_number(rest, whole=True)}" if rest else text
    parts: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:
            parts.append(_group(group, whole=whole or bool(parts)) + _GROUPS[place])
    return " ".join(parts) or _DIGITS[0]


def _group(group: int, *, whole: bool) -> str:
    hundreds, rest = divmod(group, 100)
    parts = [f"{_DIGITS[hundreds]} trăm"] if hundreds or whole else []
    if rest:
        parts.append(_below_hundred(rest, after=bool(parts)))
    return " ".join(parts)


def _below_hundred(number: int, *, after: bool) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return f"linh {_DIGITS[ones]}" if after else _DIGITS[ones]
    text = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if not ones:
        return text
    if ones == 1 and tens > 1:
        return f"{text} mốt"
    return f"{text} lăm" if ones == 5 else f"{text} {_DIGITS[ones]}"
