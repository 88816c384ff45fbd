"""Amounts in words, against a table written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thaithuy_bhxh.amount_in_words import amount_in_words

BY_HAND = {
    0: "Không đồng",
    5: "Năm đồng",
    10: "Mười đồng",
    11: "Mười một đồng",
    15: "Mười lăm đồng",
    20: "Hai mươi đồng",
    21: "Hai mươi mốt đồng",
    24: "Hai mươi bốn đồng",
    55: "Năm mươi lăm đồng",
    101: "Một trăm linh một đồng",
    105: "Một trăm linh năm đồng",
    111: "Một trăm mười một đồng",
    115: "Một trăm mười lăm đồng",
    121: "Một trăm hai mươi mốt đồng",
    500: "Năm trăm đồng",
    1_001: "Một nghìn không trăm linh một đồng",
    1_010: "Một nghìn không trăm mười đồng",
    21_000: "Hai mươi mốt nghìn đồng",
    105_000: "Một trăm linh năm nghìn đồng",
    264_000: "Hai trăm sáu mươi bốn nghìn đồng",
    594_000: "Năm trăm chín mươi bốn nghìn đồng",
    1_000_000: "Một triệu đồng",
    1_000_005: "Một triệu không trăm linh năm đồng",
    1_005_000: "Một triệu không trăm linh năm nghìn đồng",
    1_050_000: "Một triệu không trăm năm mươi nghìn đồng",
    3_961_500: "Ba triệu chín trăm sáu mươi mốt nghìn năm trăm đồng",
    15_000_000: "Mười lăm triệu đồng",
    1_000_000_000: "Một tỷ đồng",
    1_005_000_000: "Một tỷ không trăm linh năm triệu đồng",
    2_000_000_001: "Hai tỷ không trăm linh một đồng",
    1_500_000_000_000: "Một nghìn năm trăm tỷ đồng",
    -21: "Âm hai mươi mốt đồng",
}
VALUES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
UNITS = {"nghìn": 1_000, "triệu": 1_000_000}


@pytest.mark.parametrize("amount", BY_HAND)
def test_the_words_of_the_table(amount: int) -> None:
    assert amount_in_words(amount) == BY_HAND[amount]


@given(st.integers(0, 10**12))
def test_whoever_reads_the_words_writes_the_same_amount(amount: int) -> None:
    billions = group = part = last = 0
    for word in amount_in_words(amount).lower().removesuffix(" đồng").split():
        if word in VALUES:
            last = VALUES[word]
            group += last
        elif word in ("mươi", "trăm"):
            group += last * (9 if word == "mươi" else 99)
        elif word in UNITS:
            part, group = part + group * UNITS[word], 0
        elif word == "tỷ":
            billions, part, group = (billions + part + group) * 10**9, 0, 0
        else:
            assert word == "linh"
    assert billions + part + group == amount
