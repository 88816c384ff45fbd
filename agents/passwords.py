"""Which passwords are refused, and why, in words: too short, guessable here, or on a list of those
that leaked.

How guessable one is, zxcvbn estimates from its frequency lists (leaked passwords, names, words),
keyboards, dates and repetitions; the words that people use here, the account's own names and the
places of the district are given to it in every way of typing Vietnamese. No rule asks for capitals
or signs: a long sentence is a good password.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from agents.models import Commune, User
from thaithuy_bhxh.text import fold

WORDS = Path(__file__).parent / "reference" / "guessable_words.txt"
LEAKED = WORDS.with_name("leaked_passwords.txt.gz")
LEAST_GUESSES = 10**8
"""What zxcvbn calls safe against guessing where every try costs a slow hash (its score of 3)."""
JUDGED = 64
"""Characters that are looked at; the cost grows with the square, and what follows can only make it
better.
"""
_BETTER = (
    "Hãy ghép bốn từ không liên quan với nhau, ví dụ một đồ vật, một con vật, một màu và một việc."
)
# The tone marks and letters as keys of the two usual ways of typing Vietnamese.
_TELEX = {
    "\u0300": "f",
    "\u0301": "s",
    "\u0309": "r",
    "\u0303": "x",
    "\u0323": "j",
    "\u0306": "w",
    "\u031b": "w",
}
_VNI = {
    "\u0300": "2",
    "\u0301": "1",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}


class LengthValidator(MinimumLengthValidator):
    """At least so many characters; the sentence says how long it is now."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(
                f"Mật khẩu mới có {len(password)} ký tự, cần ít nhất {self.min_length}. {_BETTER}",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return f"Ít nhất {self.min_length} ký tự; một câu dài dễ nhớ hơn nhiều ký hiệu lạ."


class LeakedValidator(CommonPasswordValidator):
    """None of the passwords that leaked most often, in whatever capitals.

    Django's list, and the 10,000 most frequent of at least ten characters among ten million that
    leaked (M. Burnett's list as SecLists has it): of Django's hardly a tenth is that long.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passwords |= set(gzip.decompress(LEAKED.read_bytes()).decode().split("\n"))

    def validate(self, password: str, user: Any = None) -> None:
        if password.lower().strip() in self.passwords:
            raise ValidationError(
                f"Mật khẩu này nằm trong danh sách đã bị lộ nhiều lần. {_BETTER}",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return "Không phải mật khẩu đã bị lộ ở nơi khác."


class GuessableValidator:
    """Hard enough to guess for somebody who knows the district, the office and the account."""

    def validate(self, password: str, user: Any = None) -> None:
        words = [*_own_words(user), *_local_words(), *_places()]
        plain = _without_leet(fold(password))
        found = [
            zxcvbn(one[:JUDGED], user_inputs=words)
            for one in {password, plain, _glued(plain)}
            if one
        ]
        weakest = min(found, key=lambda one: one["guesses"])
        if weakest["guesses"] < LEAST_GUESSES:
            raise ValidationError(
                f"{_why(weakest['sequence'])} {_BETTER}", code="password_guessable"
            )
        if known := _nothing_but(_glued(plain)[:JUDGED], words):
            parts = ", ".join(f"“{one}”" for one in known)
            raise ValidationError(
                f"Mật khẩu này dễ đoán: chỉ ghép từ {parts} với vài ký tự. {_BETTER}",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return (
            "Không dùng tên mình, tên đăng nhập, đại lý, xã, những từ quen như “mật "
            "khẩu”, dãy số hay năm sinh."
        )


def _glued(text: str) -> str:
    """Without what people put between words: ``mat.khau_2026`` is guessed like ``matkhau2026``."""
    return re.sub(r"[\W_]+", "", text)


_LEET = {"@": "a", "4": "a", "0": "o", "1": "i", "!": "i", "3": "e", "5": "s", "$": "s", "7": "t"}


def _without_leet(text: str) -> str:
    """Signs and digits between letters as the letters that they stand for: ``m@tkh4u1`` is
    ``matkhau1``.
    """
    return re.sub(r"(?<=[a-z])[@401!35$7](?=[a-z])", lambda found: _LEET[found[0]], text)


_FEW_WORDS, _FEW_LETTERS = 3, 4


def _nothing_but(text: str, words: Iterable[str]) -> list[str]:
    """The few known words that a text is made of, when next to nothing is left without them; else
    nothing.

    The estimate above takes every further word for a great step, which it is not where the words
    are few and known.
    """
    used = []
    for word in sorted(
        (one for one in words if len(one) > 2 and one in text), key=len, reverse=True
    ):
        if word in text:
            used.append(word)
            text = text.replace(word, "0")
    left = sum(char.isalpha() for char in text)
    return used if used and len(used) <= _FEW_WORDS and left < _FEW_LETTERS else []


_LISTS = {
    "passwords": "có đoạn “{token}” nằm trong danh sách mật khẩu đã bị lộ",
    "user_inputs": "có từ dễ đoán ở đây: “{token}”",
}
_PATTERNS = {
    "sequence": "có dãy liên tiếp “{token}”",
    "repeat": "lặp lại “{token}”",
    "spatial": "có dãy phím liền nhau “{token}”",
    "date": "có ngày tháng hoặc năm “{token}”",
    "regex": "có năm “{token}”",
}


def _why(sequence: Iterable[dict[str, Any]]) -> str:
    """The parts that make it easy, in words."""
    parts = []
    for part in sequence:
        words = _PATTERNS.get(part["pattern"])
        if part["pattern"] == "dictionary":
            words = _LISTS.get(part["dictionary_name"], "có từ thông dụng “{token}”")
        if words:
            parts.append(words.format(token=part["token"]))
    reason = "; ".join(dict.fromkeys(parts)) or "quá ngắn so với cách máy dò từng ký tự"
    return f"Mật khẩu này dễ đoán: {reason}."


def _own_words(user: Any) -> list[str]:
    """The names of the account and of its agent, whole and by word."""
    if not isinstance(user, User):
        return []
    texts = [user.username, user.full_name]
    if user.agent:
        texts += [user.agent.name, user.agent.code]
    if user.collector:
        texts += [user.collector.full_name, user.collector.code, user.collector.phone]
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text)) if len(part) > 2]
    return list(dict.fromkeys(spelling for part in parts for spelling in spellings(part)))


@cache
def _local_words() -> tuple[str, ...]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(dict.fromkeys(spelling for word in words for spelling in spellings(word)))


def _places() -> list[str]:
    """The communes of every era, without diacritics."""
    names = Commune.objects.values_list("search_key", flat=True).order_by("search_key").distinct()
    return [_glued(name) for name in names]


def spellings(text: str) -> tuple[str, ...]:
    """How people type a word into a field that shows nothing: without diacritics, in Telex, in VNI;
    glued together.
    """
    words = unicodedata.normalize("NFC", text).lower().split()
    telex = "".join(_typed(word, _TELEX, "dd") for word in words)
    vni = ["".join(_typed(word, _VNI, "d9", last=last) for word in words) for last in (False, True)]
    found = (_glued(one) for one in (fold(text), telex, *vni))
    return tuple(dict.fromkeys(one for one in found if one))


def _typed(word: str, keys: dict[str, str], crossed: str, *, last: bool = False) -> str:
    """A syllable by keys: letters with their marks, the tone at the end; with ``last`` all marks at
    the end.
    """
    letters, marks, tone = "", "", ""
    for char in word.replace("đ", crossed):
        for part in unicodedata.normalize("NFD", char):
            if part in "\u0300\u0301\u0309\u0303\u0323":
                tone = keys[part]
            elif part == "\u0302" and part not in keys:
                letters += letters[-1]
            elif part in keys and last:
                marks += keys[part]
            else:
                letters += keys.get(part, part)
    return letters + marks + tone
