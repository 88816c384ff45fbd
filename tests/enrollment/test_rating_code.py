"""The code on a receipt: derived, forgiving to who types it, and not to be guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.rating_code import code_of, key_of

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
keys = st.integers(1, 10**9)


@given(keys)
def test_a_code_leads_back_to_its_receipt(key: int):
    assert key_of(code_of(key)) == key


@given(keys)
def test_it_is_read_as_people_type_it(key: int):
    """Small letters, blanks for dashes, the letter O for zero, I or l for one."""
    code = code_of(key)
    assert not set(code) & set("ILOU")
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " ").replace("0", "o"),
        f" {code.replace('1', 'I')} ",
        code.replace("1", "l"),
    ):
        assert key_of(typed) == key


@given(keys, st.integers(0, 11), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_no_code(key: int, position: int, letter: str):
    plain = code_of(key).replace("-", "")
    wrong = plain[:position] + letter + plain[position + 1 :]
    assert key_of(wrong) == (key if wrong == plain else None)


@given(st.text(max_size=40))
def test_anything_else_is_no_code(typed: str):
    key = key_of(typed)
    assert key is None or code_of(key).replace("-", "") in typed.upper().replace("-", "").replace(
        " ", ""
    )


@pytest.mark.parametrize(
    "typed", ["", "-", "0" * 12, "0" * 400, "١٢٣٤٥٦٧٨٩٠١٢", "../../etc/passwd", "0001-0000-00\x00"]
)
def test_what_was_never_printed_is_no_code(typed: str):
    assert key_of(typed) is None


def test_a_code_is_short_and_told_in_groups_of_four():
    assert [len(part) for part in code_of(42).split("-")] == [4, 4, 4]


def test_a_leading_zero_more_is_another_code():
    """Two texts for one receipt would be twice as easy to guess."""
    assert key_of("0" + code_of(7)) is None


def test_codes_on_paper_outlive_a_change_of_the_secret_while_the_old_one_is_kept(settings: Any):
    printed, old = code_of(5), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert key_of(printed) == 5 and code_of(5) != printed
    settings.SECRET_KEY_FALLBACKS = []
    assert key_of(printed) is None
