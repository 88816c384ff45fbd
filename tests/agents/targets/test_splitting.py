"""Parts add up to their whole, and the months of a target lead to it without touching the past."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.targets.splitting import MONTHS, largest_remainder, levels_of, split

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=60)
SEASON = st.lists(st.integers(0, 500), min_size=MONTHS, max_size=MONTHS)


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (7, [1, 2, 4], [1, 2, 4]),
        (10, [0, 0, 0, 0], [3, 3, 2, 2]),
        (
            5,
            [50, 30, 20],
            [3, 1, 1],
        ),  # 2.5, 1.5 and 1.0: the two halves tie, the earlier part gets the one left
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [3, 5], [0, 0]),
    ],
)
def test_largest_remainder_by_hand(whole: int, weights: list[int], parts: list[int]):
    assert largest_remainder(whole, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_no_parts_or_a_negative_weight_are_refused(weights: list[int]):
    with pytest.raises(ValueError, match="weight"):
        largest_remainder(10, weights)


@given(st.integers(-(10**13), 10**13), WEIGHTS)
def test_parts_always_add_up_and_stay_within_one_of_their_share(whole: int, weights: list[int]):
    parts = largest_remainder(whole, weights)
    assert sum(parts) == whole
    fair = weights if any(weights) else [1] * len(weights)
    for part, weight in zip(parts, fair, strict=True):
        assert abs(part - Fraction(whole * weight, sum(fair))) < 1


@given(
    st.integers(0, 10**6),
    st.dictionaries(st.text(max_size=3), st.integers(0, 99), min_size=1, max_size=20),
    st.data(),
)
def test_what_is_frozen_stays_and_the_remainder_is_split(
    whole: int, weights: dict[str, int], data: st.DataObject
):
    frozen = {key: data.draw(st.integers(0, whole // len(weights))) for key in weights}
    parts = split(whole, weights, frozen)
    assert sum(parts.values()) == whole
    assert all(parts[key] >= frozen[key] for key in weights)


@given(st.integers(0, 10**12), SEASON, st.integers(0, 5000))
def test_the_months_lead_from_the_base_to_the_target(value: int, season: list[int], base: int):
    levels = levels_of(value, season, base=base)
    assert len(levels) == MONTHS and levels[-1] == value
    assert list(levels) == sorted(levels, reverse=value < base)


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    SEASON,
    SEASON,
    st.integers(1, 12),
    st.integers(0, 500),
)
def test_a_revision_never_moves_the_months_before_it(
    first: int, then: int, season: list[int], other: list[int], month: int, base: int
):
    before = levels_of(first, season, base=base)
    after = levels_of(then, other, base=base, first=month, before=before)
    assert after[: month - 1] == before[: month - 1]
    assert after[-1] == then


def test_a_year_with_even_months_by_hand():
    assert levels_of(120, [1] * 12) == (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)
    revised = levels_of(180, [1] * 12, first=7, before=levels_of(120, [1] * 12))
    assert revised == (10, 20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180)


def test_a_small_target_spreads_over_the_year():
    assert levels_of(3, [1] * 12) == (
        0,
        1,
        1,
        1,
        1,
        2,
        2,
        2,
        2,
        3,
        3,
        3,
    )  # 0.25, 0.5, 0.75 … each rounded half up
    assert levels_of(5, [0] * 6 + [1] * 6) == (0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 4, 5)
