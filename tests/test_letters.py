"""How people write: look-alike letters, invisible marks, apostrophes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.identity import clean_citizen_id, clean_name, is_one_word
from enrollment.querysets import number_in, participant_keys
from thaithuy_bhxh.text import APOSTROPHES, clean, fold, person_name, sort_key

INVISIBLE = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.category(chr(code)) == "Cf"
    or code in (0x34F, 0x180E)
    or 0xFE00 <= code <= 0xFE0F
    or 0xE0100 <= code <= 0xE01EF
]
NAMES = ["Đỗ Thị Đức", "Nguyễn Văn Hòa", "H'Hen Niê", "Ksor H'Blơ", "Y Ka'", "K'Brêu", "Trần Ước"]
TWINS = {
    "Đ": "ĐÐƉ",
    "đ": "đðɖ",
    "H": "HНΗＨ",
    "K": "KКΚＫ",
    "a": "aаａ",
    "o": "oоο",
    "c": "cсｃ",
    "T": "TТΤ",
    "'": APOSTROPHES,
}


@st.composite
def spellings(draw):
    """A name, and the same as another keyboard, program or copied text would give it."""
    name = draw(st.sampled_from(NAMES))
    form = draw(st.sampled_from(["NFC", "NFD"]))
    typed = "".join(draw(st.sampled_from(TWINS.get(char, char))) for char in name)
    parts = [
        char + draw(st.sampled_from(["", "", *INVISIBLE]))
        for char in unicodedata.normalize(form, typed)
    ]
    blank = draw(st.sampled_from([" ", "\u00a0", "  ", "\u2009"]))
    return name, draw(st.sampled_from(["", *INVISIBLE])) + "".join(parts).replace(" ", blank)


@given(spellings())
def test_a_name_is_the_same_whoever_typed_it(pair):
    name, typed = pair
    assert clean_name(typed) == name == person_name(typed)
    assert participant_keys(typed) == participant_keys(name)
    assert fold(typed) == fold(name)
    assert sort_key(typed) == sort_key(name)


@pytest.mark.parametrize("mark", [chr(0x200E), chr(0x202A), chr(0xFE0F), chr(0x34F), chr(0x180E)])
def test_marks_within_a_number_are_nothing(mark):
    number = f"{mark}034{mark}184000123{mark}"
    assert clean_citizen_id(number) == "034184000123"
    assert number_in(number) == "034184000123"


def test_every_invisible_character_is_dropped():
    assert clean("Tr" + "".join(INVISIBLE) + "ần") == "Trần"


def test_d_with_stroke_sorts_after_d_and_before_e():
    names = ["Lê Văn Yên", "Lê Văn \u00d0ức", "Lê Văn Em", "Lê Văn Dũng"]
    assert [name[-3:].strip() for name in sorted(names, key=sort_key)] == [
        "ũng",
        "\u00d0ức",
        "Em",
        "Yên",
    ]


def test_a_word_of_another_alphabet_stays_what_it_is():
    assert clean("Москва") == "Москва"


@pytest.mark.parametrize(
    "name", ["Siu H'", "Y Blê\u0306", "Vũ T. Hoa", "Nguyễn-Lê Hà", "Đinh A Líp."]
)
def test_names_of_all_peoples_are_names(name):
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("text", ["Nguyễn Văn 2", "=A1+B1", "", "A", "Hoa; Lan", "x" * 121])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(ValueError, match="họ và tên"):
        clean_name(text)


def test_one_word_is_told_from_a_full_name():
    assert is_one_word("Hoa")
    assert not is_one_word("Ka' Hoa")


@pytest.mark.parametrize("name", ["NguyÔn V¨n Hïng", "TrÇn ThÞ H\u00b9nh", "Nguyeãn Vaên Huøng"])
def test_a_name_in_an_old_font_is_named_as_such(name):
    with pytest.raises(ValueError, match="phông cũ"):
        clean_name(name)


@pytest.mark.parametrize("name", ["Lê Hoà", "Vũ Hoá", "Đỗ Thuỷ", "Bùi Khoẻ", "Y Niê Kđăm"])
def test_names_in_either_place_of_the_tone_are_no_old_font(name):
    assert clean_name(name) == name
