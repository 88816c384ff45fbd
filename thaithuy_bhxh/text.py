"""Vietnamese text at every door: one spelling (NFC), search keys without diacritics, order by given
name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# All of Unicode's category Cf, and what is as invisible without being of it: variation selectors,
# the grapheme joiner, the fillers of Hangul, the vowel separators of Mongolian.
_INVISIBLE_ALSO = "\u034f\u115f\u1160\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FORMATS = "".join(
    re.escape(chr(code)) for code in range(0x80, 0xE0080) if unicodedata.category(chr(code)) == "Cf"
)
_INVISIBLE = re.compile(f"[{_FORMATS}{_INVISIBLE_ALSO}]")

# Letters that are drawn like another: the Icelandic and African ones for the Vietnamese Đ, and the
# letters of full width. They are read as what was meant wherever they stand.
_SAME_LETTER = {0xD0: "Đ", 0xF0: "đ", 0x189: "Đ", 0x256: "đ"} | {
    wide: chr(wide - 0xFEE0) for wide in range(0xFF10, 0xFF5B) if chr(wide - 0xFEE0).isalnum()
}
# Cyrillic and Greek letters are read as Latin ones only in a word of which every letter has a twin.
_TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜҮаеѕіјорсухһԁԛԝүΑΒΕΖΗΙΚΜΝΟΡΤΥΧονс",
    "ABESIJKMHOPCTYXQWYaesijopcyxhdqwyABEZHIKMNOPTYXovc",
)
_OF_OTHERS = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_WORD_OF_LETTERS = re.compile(r"[^\W\d_]+")

APOSTROPHES = "'’‘‛`´ʹʻʼʽʾʿˈˊˋ′‵＇｀՚ꞌ"
"""Every spelling of the mark in names such as H'Hen; the first is the one that is stored."""
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, APOSTROPHES[0]))

# The alphabet of the language: a < ă < â < … with the tones in dictionary order (level, huyền, hỏi,
# ngã, sắc, nặng).
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: index for index, letter in enumerate(_LETTERS, start=11)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def clean(text: str) -> str:
    """NFC text without invisible or control characters, look-alike letters read as those of the
    language, inner blanks (no-break too) folded to one, trimmed.
    """
    if not text.isascii():
        text = _as_meant_kept(text) if len(text) <= _KEPT_LENGTH else _as_meant(text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(text.split())


def _as_meant(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", text.translate(_SAME_LETTER))
    if _OF_OTHERS.search(text):
        text = unicodedata.normalize("NFC", _WORD_OF_LETTERS.sub(_latin, text))
    return text


# A list repeats the names and places of its people line by line; longer texts are read once.
_KEPT_LENGTH = 200
_as_meant_kept = lru_cache(maxsize=16384)(_as_meant)


def _latin(word: re.Match[str]) -> str:
    """The word in Latin letters when each of its letters is one or looks like one."""
    read = unicodedata.normalize("NFD", word[0]).translate(_TWINS)
    return word[0] if _OF_OTHERS.search(read) else unicodedata.normalize("NFC", read)


def person_name(text: str) -> str:
    """The one stored spelling of a person's name: clean, with one kind of apostrophe."""
    return clean(text).translate(_ONE_APOSTROPHE)


def receipt_number(text: str) -> str:
    """The one spelling of a receipt's number: ``bd001-1`` and ``BD001-1`` are the same sheet of
    paper.
    """
    return clean(text).upper()


def paragraphs(text: str) -> str:
    """The text with every line cleaned and without empty lines at its ends."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The search key of a text: lower case, no diacritics, ``đ`` as ``d``, one apostrophe;
    ``Thuỵ`` = ``Thụy``, ``Hòa`` = ``Hoà``.
    """
    plain = person_name(text).lower().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", plain)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=65536)
def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = 0
    for char in unicodedata.normalize("NFC", word.lower()):
        base = ""
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            else:
                base += part
        letter = unicodedata.normalize("NFC", base)
        letters.append(str(_RANK[letter]) if letter in _RANK else f"9{ord(letter[:1] or ' '):06d}")
    return "".join(letters) + f"0{tone}"


def sort_key(full_name: str) -> str:
    """Key that sorts people by given name (last word), then family and middle names, in Vietnamese
    order.

    Letters rank before tones, so that ``Lan`` < ``Lân`` and ``Hoa`` < ``Hòa`` < ``Hóa``. The key is
    digits only, because databases with a linguistic collation skip blanks and punctuation when they
    sort.
    """
    words = person_name(full_name).split(" ")
    return "".join(_word_key(word) for word in [words[-1], *words[:-1]])


def place_key(name: str) -> str:
    """Key that sorts places by name from the first word on, in Vietnamese order: ``Dương Phúc`` <
    ``Đông Hải``.
    """
    return "".join(_word_key(word) for word in person_name(name).split(" "))


def upper_first(text: str) -> str:
    """The sentence with a capital at its head; names inside keep theirs (``str.capitalize`` would
    lower them).
    """
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The phrase as it stands inside a sentence; names inside keep their capitals."""
    return text[:1].lower() + text[1:]


def digits_of(text: str) -> str:
    """The digits of a number that was typed with blanks, dots or other signs between them."""
    return "".join(char for char in text if char.isdigit())


def home_phone(digits: str) -> str:
    """A phone as it is dialled at home: ``+84912345678`` and ``84912345678`` as ``0912345678``;
    others unchanged.
    """
    for prefix in ("+84", "84"):
        if digits.startswith(prefix) and (prefix == "+84" or len(digits) == 11):
            return "0" + digits[len(prefix) :].lstrip("0")
    return digits
