"""The running month of the campaign: alive up to a day, and without a word about what comes
after it.
"""

from __future__ import annotations

from datetime import date

import pytest

from enrollment.demonstration import SEED, Campaign, side_records_of, simulate
from thaithuy_bhxh.months import Month

BEFORE, DAY = Month(2026, 10), date(2026, 11, 17)
EARLY = Month(2017, 3)
"""A short campaign, where any will do."""


@pytest.fixture
def whole(campaign: Campaign) -> Campaign:
    return campaign


@pytest.fixture(scope="module")
def living() -> Campaign:
    return simulate(BEFORE, until=DAY)


def test_everything_before_is_as_without_it(whole: Campaign, living: Campaign) -> None:
    assert living.months[:-1] == whole.months
    assert living.people[: len(whole.people)] == whole.people
    for name in ("agents", "points", "collectors", "assignments", "targets"):
        assert getattr(living, name) == getattr(whole, name)


def test_the_running_month_ends_on_its_day(living: Campaign) -> None:
    running = living.months[-1]
    days = [line.received_on for line in running.receipts()]
    assert running.month == BEFORE + 1
    assert running.month.first_day <= min(days) < max(days) <= DAY
    assert all(one.since <= DAY for one in running.moves)
    assert all(one.voided_on <= DAY for one in running.voids)
    assert running.newcomers and list(running.stops())


def test_its_people_are_those_who_have_paid(living: Campaign) -> None:
    running = living.months[-1]
    paid = {(line.citizen_id, line.bhxh_no) for line in running.receipts()}
    new = [living.people[pk] for pk in running.newcomers]
    assert [one.id for one in living.people] == list(range(len(living.people)))
    assert new == list(living.people[-len(new) :])
    assert {(one.citizen_id, one.bhxh_no) for one in new} <= paid
    assert all(one.joined_on <= DAY for one in new)
    members = [pk for one in living.households for pk, _ in one.members]
    assert max([*members, *(one.head for one in living.households)]) < len(living.people)


def test_only_who_has_a_card_takes_money(living: Campaign) -> None:
    collectors = {one.code: one for one in living.collectors}
    for line in living.months[-1].receipts():
        assert collectors[line.collector_code].has_card_on(line.received_on)


def test_the_next_day_only_adds_to_it() -> None:
    today, later = (simulate(EARLY, until=date(2017, 4, day)).months[-1] for day in (11, 14))
    numbers = [line.number for line in later.receipts()]
    assert {line.number for line in today.receipts()} < set(numbers)
    assert len(later.newcomers) >= len(today.newcomers)


def test_on_the_first_of_a_month_nothing_runs_yet() -> None:
    assert simulate(EARLY, until=EARLY.last_day) == simulate(EARLY)


def test_contacts_courses_and_ratings_of_the_month(whole: Campaign, living: Campaign) -> None:
    now = DAY.replace(day=DAY.day + 1)
    before, after = (side_records_of(one, now, SEED) for one in (whole, living))
    of_the_month = {line.number for line in living.months[-1].receipts()}
    assert after.ratings[: len(before.ratings)] == before.ratings
    assert {one.number for one in after.ratings[len(before.ratings) :]} <= of_the_month
    held = [one for one in after.courses if BEFORE.last_day < one.starts_on <= one.ends_on < now]
    assert [guest.agent_code for one in held for guest in one.guests] == ["BD001", "BD001"]
