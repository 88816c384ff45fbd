"""Who follows a collector's people: hand-overs lead on, each from the day after it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agents.collector_hand_overs import Following, Handed

DAY = date(2026, 3, 10)
CHAIN = [
    Handed(1, 2, date(2026, 1, 31)),
    Handed(2, 3, date(2026, 2, 28)),
    Handed(4, 3, date(2026, 3, 10)),
]


def test_hand_overs_lead_on_from_one_to_the_next():
    now = Following(CHAIN, DAY)
    assert [now.follower(one) for one in (1, 2, 3, 4, 9)] == [3, 3, 3, 4, 9]
    assert now.followed_by(3) == {1, 2, 3}
    assert now.followed_by(2) == frozenset()


def test_a_hand_over_counts_from_the_day_after_the_last():
    assert Following(CHAIN, date(2026, 2, 28)).follower(1) == 2
    assert Following(CHAIN, date(2026, 1, 31)).follower(1) == 1
    assert Following(CHAIN, DAY + timedelta(days=1)).followed_by(3) == {1, 2, 3, 4}


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), unique_by=lambda pair: pair[0]))
def test_everybody_s_people_are_followed_by_exactly_one(pairs: list[tuple[int, int]]):
    """Whatever was handed over, in a circle too, the people of each collector belong to one
    follower.
    """
    now = Following([Handed(giver, taker, DAY) for giver, taker in pairs], DAY + timedelta(days=1))
    for one in range(1, 9):
        holders = [other for other in range(1, 9) if one in now.followed_by(other)]
        assert holders == [now.follower(one)] or now.follower(now.follower(one)) != now.follower(
            one
        )
