"""Numbers that name a person: their form, and what a citizen id says of sex and birth year. Pure.

The 12 digits are province (3), century and sex (1), birth year (2), serial (6): Decree 137/2015,
Circular 59/2021.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from thaithuy_bhxh.text import clean, home_phone, person_name

_SEPARATORS = re.compile(r"[\s.\-]")
_PASSPORT = re.compile(r"[A-Za-z]{1,2}[0-9]{6,8}")
_BRACKETS = re.compile(r"[()]")
_WORD = r"[^\W\d_][\u0300-\u036f]*"
_NAME = re.compile(rf"{_WORD}(?:[ .'\-]*{_WORD})*['.]?")
_OLD_FONT = re.compile(
    r"[¸µ¶·¹¨»¾¼½¢£¤¥¦§©®ª«¬¯±²³]"
    r"|a[âêáàãäåéèúüëùøûõï]|e[âáàãäåùøûõï]|o[âäåùøûõï]|u[øûõï]",
    re.IGNORECASE,
)
"""Signs of TCVN3, and pairs of letters of VNI that no Vietnamese word has."""
MOST_OF_A_NAME = 120


class Encoded(NamedTuple):
    """Sex and birth year in a 12-digit citizen id."""

    sex: str
    birth_year: int


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", clean(text or ""))


def clean_name(text: str) -> str:
    """A person's name as it is stored: letters with blanks, dots, hyphens and the apostrophes of
    ethnic-minority names; ``ValueError`` with a Vietnamese sentence. One word may be a whole name.
    """
    name = person_name(text)
    if _OLD_FONT.search(name):
        raise ValueError(
            f"“{name[:40]}” có vẻ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy chuyển sang Unicode "
            "rồi nhập lại."
        )
    if len(name) > MOST_OF_A_NAME or not _NAME.fullmatch(name) or len(name) < 2:
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        raise ValueError(f"“{shown}” không phải là họ và tên; hãy ghi đủ họ và tên, chỉ gồm chữ.")
    return name


def is_one_word(name: str) -> bool:
    """Whether a stored name has a single word: rare, and mostly a slip."""
    return " " not in name


def clean_citizen_id(text: str) -> str | None:
    """12 digits, or 9 of an old card; ``None`` when empty; ``ValueError`` with a Vietnamese
    sentence.
    """
    value = _digits(text)
    if not value:
        return None
    if _PASSPORT.fullmatch(value):
        raise ValueError(
            f"“{text}” là số hộ chiếu; người tham gia là công dân Việt Nam, "
            "hãy ghi số CCCD hoặc số định danh cá nhân (12 chữ số)."
        )
    if not value.isascii() or not value.isdigit() or len(value) not in (9, 12):
        raise ValueError(
            f"Số CCCD có 12 chữ số (CMND cũ 9 chữ số); “{text}” không đúng, hãy xem lại trên thẻ."
        )
    return value


def clean_bhxh_no(text: str) -> str | None:
    """10 digits; ``None`` when empty; ``ValueError`` with a Vietnamese sentence."""
    value = _digits(text)
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) != 10:
        raise ValueError(f"Mã số BHXH có 10 chữ số; “{text}” không đúng.")
    return value


def clean_phone(text: str) -> str | None:
    """9–11 digits, ``+84`` and ``84`` read as ``0``; ``None`` when empty; ``ValueError`` with a
    Vietnamese sentence.
    """
    value = home_phone(_BRACKETS.sub("", _digits(text)))
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or not 9 <= len(value) <= 11:
        raise ValueError(f"Số điện thoại có 10 chữ số; “{text}” không đúng.")
    return value


def decode_citizen_id(citizen_id: str | None) -> Encoded | None:
    """What a 12-digit number says; ``None`` for other forms."""
    if not citizen_id or len(citizen_id) != 12:
        return None
    code = int(citizen_id[3])
    return Encoded(
        "female" if code % 2 else "male", 1900 + 100 * (code // 2) + int(citizen_id[4:6])
    )


def mismatches(citizen_id: str | None, sex: str, birth_year: int | None) -> list[str]:
    """Vietnamese warnings where the number does not fit the sex or the birth year that were
    typed.
    """
    decoded = decode_citizen_id(citizen_id)
    found: list[str] = []
    if decoded and sex and decoded.sex != sex:
        found.append(
            f"Số CCCD này là của {'nữ' if decoded.sex == 'female' else 'nam'}; hãy xem lại giới "
            "tính hoặc số."
        )
    if decoded and birth_year and decoded.birth_year != birth_year:
        found.append(
            f"Số CCCD này là của người sinh năm {decoded.birth_year}; hãy xem lại năm sinh hoặc số."
        )
    return found
