"""Cohorts worked out by hand from the words of docs/rules.md 5.5, a small world for each clause;
the running month is the test's own.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.access import Scope
from reports.counting.cohorts import cohorts_of
from reports.counting.measures import Period
from reports.counting.units import units_for
from tests.counting.ledgers import Stage, set_the_stage
from tests.counting.test_hand_tables import THUY_LUONG, B, pays, stops, voids
from thaithuy_bhxh.months import Month

LATER = "2026-01"
Counts = tuple[int | None, ...]
"""Joined, then still active after 3, 6, 12 and 24 months."""


@pytest.fixture
def stage(db: None) -> Stage:
    return set_the_stage()


def by_unit(
    first: str,
    last: str,
    this: str = LATER,
    by: str = "district",
    scope: Scope | None = None,
    territory: date | None = None,
    rule: str = "grace",
) -> dict[tuple[str, str], Counts]:
    """Only the cohorts that somebody joined."""
    period = Period(Month.parse(first), Month.parse(last), rule)
    units = units_for(scope or Scope(everything=True), by, period.last, territory)
    found = cohorts_of(units, period, Month.parse(this))
    for cohorts in found.values():
        assert [one.month for one in cohorts] == list(range(period.first, period.last + 1))
    return {
        (code, str(one.month)): (one.joined, *one.active.values())
        for code, cohorts in found.items()
        for one in cohorts
        if one.joined
    }


def joined_in(month: str, this: str = LATER, rule: str = "grace") -> Counts:
    return by_unit(month, month, this, rule=rule).get(("district", month), (0,))


def test_a_year_counts_to_the_end_of_its_grace_or_of_its_paid_months(stage: Stage):
    """January to December 2020, and six months of grace; the next payment a year later."""
    first = pays(stage, "2020-01-10", "2020-01", "12")
    assert joined_in("2020-01") == (1, 1, 1, 1, 0)
    assert joined_in("2020-01", rule="strict") == (1, 1, 1, 0, 0)
    pays(stage, "2022-01-10", "2022-01", "1", person=first.participant)
    assert joined_in("2020-01") == joined_in("2020-01", rule="strict")[:3] + (1, 1)
    assert joined_in("2022-01") == (0,)


def test_a_quarter_is_gone_after_half_a_year(stage: Stage):
    pays(stage, "2020-01-10", "2020-01", "3")
    assert joined_in("2020-01") == (1, 1, 0, 0, 0)
    assert joined_in("2020-01", rule="strict") == (1, 0, 0, 0, 0)


def test_a_month_that_is_not_over_says_nothing(stage: Stage):
    pays(stage, "2020-01-10", "2020-01", "12")
    assert joined_in("2020-01", "2020-04") == (1, None, None, None, None)
    assert joined_in("2020-01", "2020-05") == (1, 1, None, None, None)
    assert joined_in("2020-01", "2021-02") == (1, 1, 1, 1, None)
    assert joined_in("2020-01", "2022-02") == (1, 1, 1, 1, 0)


def test_who_lapsed_and_came_back_still_pays_in_the_month_looked_at(stage: Stage):
    first = pays(stage, "2020-01-10", "2020-01", "1")
    pays(stage, "2020-07-10", "2020-07", "1", person=first.participant)
    assert joined_in("2020-01") == (1, 0, 1, 0, 0)
    assert joined_in("2020-07") == (0,)


def test_a_stop_and_a_void_end_it(stage: Stage):
    stopped = pays(stage, "2020-01-10", "2020-01", "12")
    stops(stage, stopped.participant, "2020-05", "compulsory")
    voids(stage, pays(stage, "2020-01-11", "2020-01", "12"), "2020-08-01")
    voids(stage, pays(stage, "2020-01-12", "2020-01", "12"), "2020-01-20")
    assert joined_in("2020-01") == (2, 2, 1, 0, 0)


def test_missing_months_and_years_ahead(stage: Stage):
    pays(stage, "2020-01-10", "2019-01", "MISS", months=7)
    pays(stage, "2020-01-10", "2020-01", "ADV", months=24)
    assert joined_in("2020-01") == (2, 1, 1, 1, 0)


def test_a_person_stays_in_the_cohort_of_the_unit_that_they_joined(stage: Stage):
    first = pays(stage, "2019-01-10", "2019-01", "3")
    pays(stage, "2019-04-10", "2019-04", "12", person=first.participant, at=THUY_LUONG, by="XA01")
    pays(stage, "2019-01-11", "2019-01", "1", at=THUY_LUONG)
    assert by_unit("2019-01", "2019-04", by="commune") == {
        ("12826", "2019-01"): (1, 1, 1, 1, 0),
        ("12886", "2019-01"): (1, 0, 0, 0, 0),
    }
    assert by_unit("2019-01", "2019-04", by="agent") == {("BD001", "2019-01"): (2, 1, 1, 1, 0)}
    assert by_unit("2019-01", "2019-04", by="network") == {
        ("post_office", "2019-01"): (2, 1, 1, 1, 0)
    }


def test_cohorts_fold_into_the_communes_of_the_periods_end_or_of_the_day_asked(stage: Stage):
    pays(stage, "2020-02-10", "2020-02", "1")
    pays(stage, "2020-02-11", "2020-02", "6", at=THUY_LUONG)
    assert by_unit("2020-02", "2020-04", by="commune") == {("12826", "2020-02"): (2, 1, 1, 0, 0)}
    assert by_unit("2020-02", "2020-03", by="commune", territory=B) == {
        ("12826", "2020-02"): (2, 1, 1, 0, 0)
    }
    assert len(by_unit("2020-02", "2020-03", by="commune")) == 2


def test_a_reader_sees_the_own_cohorts_only(stage: Stage):
    pays(stage, "2020-02-10", "2020-02", "3", by="BD001")
    pays(stage, "2020-02-10", "2020-02", "1", by="XA01", at=THUY_LUONG)
    agent = Scope(agent=stage.collectors["XA01"].point.agent_id)
    officer = Scope(communes=frozenset({stage.communes[THUY_LUONG].pk}))
    assert by_unit("2020-02", "2020-02", by="agent", scope=agent) == {
        ("XA01", "2020-02"): (1, 0, 0, 0, 0)
    }
    assert by_unit("2020-02", "2020-02", by="commune", scope=officer) == {
        ("12886", "2020-02"): (1, 0, 0, 0, 0)
    }
    assert by_unit("2020-02", "2020-02", scope=Scope()) == {}


@pytest.mark.parametrize("people", [1, 4])
def test_one_statement_counts_whatever_the_number_of_people(stage: Stage, people: int):
    for _ in range(people):
        pays(stage, "2020-02-10", "2020-02", "1")
    period = Period(Month(2017, 2), Month(2020, 2))
    units = units_for(Scope(everything=True), "commune", period.last)
    with CaptureQueriesContext(connection) as statements:
        cohorts_of(units, period, Month(2021, 1))
    assert len(statements) == 1
