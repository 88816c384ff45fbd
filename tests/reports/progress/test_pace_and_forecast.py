"""Pace and forecast are arithmetic: properties that hold for any figures, and a few worked out by
hand.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.targets.splitting import levels_of
from reports.progress.forecast import PastYear, of_flow, of_stock
from reports.progress.pace import Progress, expected_on, needed_per_day
from reports.progress.wording import still_to_come
from thaithuy_bhxh.workdays import is_working_day

days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
seasons = st.lists(st.integers(0, 9), min_size=12, max_size=12)
figures = st.integers(0, 10**6)
fractions = st.fractions(Fraction(1, 248), 1)
years = st.lists(
    st.builds(
        lambda then, more: PastYear(0, Fraction(then), then + more),
        st.integers(1, 5000),
        st.integers(0, 5000),
    ),
    max_size=3,
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # January 2026 has 21 working days, 10 of them until the 15th: 10 × 21 ÷ 21.
        (date(2026, 1, 15), 10),
        (date(2026, 1, 31), 21),
        # February has 15 beside Tết; 5 until the 8th.
        (date(2026, 2, 8), 26),
        (date(2026, 2, 28), 36),
        (date(2025, 12, 31), 0),
        (date(2027, 1, 1), 36),
    ],
)
def test_a_day_expects_its_share_of_the_months_way(day: date, expected: int) -> None:
    levels = (21, *([36] * 11))
    assert expected_on(levels, 0, day, 2026) == expected


@given(figures, figures, seasons, days)
def test_what_is_expected_runs_from_the_years_start_to_the_target(
    value: int, base: int, season: list[int], day: date
) -> None:
    levels = levels_of(value, season, base=base)
    expected = expected_on(levels, base, day, day.year)
    assert min(base, value) <= expected <= max(base, value)
    assert expected_on(levels, base, date(day.year, 12, 31), day.year) == value
    tomorrow = expected_on(
        levels, base, min(day + timedelta(days=1), date(day.year, 12, 31)), day.year
    )
    assert (tomorrow >= expected) if value >= base else (tomorrow <= expected)


@given(st.integers(1, 10**9), days)
def test_who_keeps_to_what_a_day_needs_arrives(missing: int, day: date) -> None:
    rest = [
        day + timedelta(days=n) for n in range(1, 366) if (day + timedelta(days=n)).year == day.year
    ]
    left = sum(is_working_day(one) for one in rest)
    money = needed_per_day(missing, day, day.year, money=True)
    if left == 0:
        assert money is None and needed_per_day(missing, day, day.year, money=False) is None
        return
    assert isinstance(money, int) and (money - 1) * left < missing <= money * left
    persons = Fraction(str(needed_per_day(missing, day, day.year, money=False)))
    assert abs(persons * left - missing) <= Fraction(left, 200)


@given(days, st.integers(-(10**6), 0))
def test_what_is_reached_needs_nothing(day: date, missing: int) -> None:
    assert needed_per_day(missing, day, day.year, money=False) == "0.00"
    assert needed_per_day(missing, day, day.year, money=True) == 0


@pytest.mark.parametrize(
    ("done", "expected", "word"),
    [
        (10, 10, "Đúng tiến độ"),
        (9, 10, "Hơi chậm"),
        (89, 99, "Chậm"),
        (0, 0, "Đúng tiến độ"),
        (99, 90, "Đúng tiến độ"),
        (99, 100, "Hơi chậm"),
        (100, 100, "Đạt"),
        (120, 90, "Đạt"),
        (5, None, "Chưa giao"),
    ],
)
def test_the_word_for_a_pace(done: int, expected: int | None, word: str) -> None:
    assert Progress(done, 100, expected).word == word


def test_the_bound_between_a_little_and_far_behind_is_given() -> None:
    assert [Progress(85, 200, 100, bound).word for bound in (85, 86)] == ["Hơi chậm", "Chậm"]


@pytest.mark.parametrize(
    ("missing", "days", "metric", "text"),
    [
        (32, 24, "new", "thiếu 32 người đến 31/12, khoảng 7 người mỗi tuần (còn 24 ngày làm việc)"),
        (3, 24, "new", "thiếu 3 người đến 31/12 (còn 24 ngày làm việc)"),
        (9, 5, "new", "thiếu 9 người đến 31/12 (còn 5 ngày làm việc)"),
        (9, 0, "new", "thiếu 9 người đến 31/12"),
        (
            480_000_000,
            24,
            "collected",
            "thiếu 480 triệu đ đến 31/12, khoảng 100 triệu đ mỗi tuần (còn 24 ngày làm việc)",
        ),
    ],
)
def test_what_is_missing_is_said_in_whole_people_and_days(
    missing: int, days: int, metric: str, text: str
) -> None:
    assert still_to_come(missing, days, metric) == text


def test_a_flow_is_the_mean_of_season_and_even_pace() -> None:
    past = [PastYear(0, Fraction(40), 100), PastYear(0, Fraction(60), 100)]
    # Season: 30 × 200 ÷ 100 = 60; even: 30 ÷ ½ = 60; the years alone say 75 and 50.
    assert (of_flow(30, Fraction(1, 2), past).centre, of_flow(30, Fraction(1, 2), past).low) == (
        60,
        50,
    )
    assert of_flow(30, Fraction(1, 2), past).high == 75
    assert (
        of_flow(30, Fraction(1, 4), []).centre == 120
        and of_flow(30, Fraction(1, 4), []).low is None
    )
    assert of_flow(30, Fraction(0), past).centre is None


def test_a_stock_goes_on_growing_as_it_did() -> None:
    # 20 more in a quarter: 80 in the year. A year that grew by 10 in that quarter ended 30 above
    # what it foretold.
    past = [PastYear(100, Fraction(110), 170)]
    forecast = of_stock(200, 220, Fraction(1, 4), past)
    assert (forecast.centre, forecast.low, forecast.high) == (280, 280, 340)
    assert of_stock(200, 200, Fraction(0), []).centre == 200


@given(figures, fractions, years)
def test_the_centre_lies_between_its_bounds(
    done: int, gone: Fraction, past: list[PastYear]
) -> None:
    for found in (of_flow(done, gone, past), of_stock(done // 2, done, gone, past)):
        assert found.centre is not None
        if found.low is not None and found.high is not None:
            assert found.low <= found.centre <= found.high
        assert (found.low is None) == (found.high is None) == (not past)


@given(figures, years)
def test_when_the_year_is_over_the_forecast_is_what_is_done(
    done: int, past: list[PastYear]
) -> None:
    assert (
        of_flow(done, Fraction(1), past).centre
        == of_stock(0, done, Fraction(1), past).centre
        == done
    )


@given(st.integers(0, 1000), fractions, years, st.integers(2, 9))
def test_more_done_never_foretells_less(
    done: int, gone: Fraction, past: list[PastYear], more: int
) -> None:
    assert (of_flow(done + more, gone, past).centre or 0) >= (of_flow(done, gone, past).centre or 0)
