"""Ends of paid months worked out by hand from the words of docs/rules.md 5.5, a small world for
each clause; the running month is the test's own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.access import Scope
from enrollment.operations.participants import do_move
from enrollment.operations.stops import do_withdraw_stop
from reports.counting.renewals import renewals_of, total_of
from reports.counting.units import units_for
from tests.counting.ledgers import Stage, set_the_stage
from tests.counting.test_hand_tables import DIEM_DIEN, THUY_LUONG, B, pays, stops, voids
from thaithuy_bhxh.months import Month

LATER = "2023-01"


@pytest.fixture
def stage(db: None) -> Stage:
    return set_the_stage()


Counts = tuple[int, int, int, int]
"""Renewed in the window, late, lapsed, open."""


def by_unit(
    first: str,
    last: str,
    this: str = LATER,
    by: str = "district",
    scope: Scope | None = None,
    territory: date | None = None,
) -> dict[str, Counts]:
    """Only the units with an end."""
    end = Month.parse(last)
    units = units_for(scope or Scope(everything=True), by, end, territory)
    found = renewals_of(units, Month.parse(first), end, Month.parse(this))
    assert total_of(found.values()).ended == sum(one.ended for one in found.values())
    return {
        code: (one.renewed_in_window, one.renewed_late, one.lapsed, one.open)
        for code, one in found.items()
        if one.ended
    }


def ends(month: str, this: str = LATER, last: str = "") -> Counts:
    return by_unit(month, last or month, this).get("district", (0, 0, 0, 0))


NO_END, IN_WINDOW, LATE, LAPSED, OPEN = (
    (0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1),
)  # fmt: skip


def test_half_a_year_is_open_while_its_grace_lasts_and_lapsed_once_that_is_over(stage: Stage):
    """January to June with three months of grace: active to September, to be paid until the end
    of October.
    """
    pays(stage, "2020-02-10", "2020-01")
    assert [ends("2020-06", this) for this in ("2020-07", "2020-09", "2020-10")] == [OPEN] * 3
    assert ends("2020-06", "2020-11") == LAPSED
    assert ends("2020-01", last="2020-05") == ends("2020-07", last="2021-12") == NO_END


def test_the_last_month_of_the_window_is_in_the_window(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-01")
    pays(stage, "2020-10-02", "2020-07", person=first.participant)
    assert ends("2020-06") == IN_WINDOW
    assert ends("2020-12", "2021-02") == OPEN


def test_a_payment_after_the_person_had_lapsed_is_late(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-01")
    pays(stage, "2020-11-02", "2020-11", person=first.participant)
    assert ends("2020-06", "2020-11") == LATE


def test_an_early_renewal_leaves_no_end(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "3")
    pays(stage, "2020-04-20", "2020-05", "3", person=first.participant)
    assert ends("2020-02", last="2020-06") == NO_END
    assert ends("2020-07") == LAPSED


def test_months_paid_before_they_begin_are_no_end_until_they_are_over(stage: Stage):
    pays(stage, "2020-02-10", "2020-05", "3")
    assert ends("2020-02", last="2020-06") == NO_END
    assert ends("2020-07") == LAPSED


def test_paying_month_by_month_ends_every_month(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "1")
    pays(stage, "2020-03-05", "2020-03", "1", person=first.participant)
    pays(stage, "2020-05-05", "2020-05", "1", person=first.participant)
    assert [ends(month) for month in ("2020-02", "2020-03", "2020-05")] == [IN_WINDOW, LATE, LAPSED]
    assert ends("2020-02", last="2020-05") == (1, 1, 1, 0)
    assert ends("2020-05", "2020-06") == OPEN


def test_a_further_payment_inside_the_paid_months_ends_nothing(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "6")
    pays(stage, "2020-04-10", "2020-08", "3", person=first.participant)
    assert ends("2020-02", last="2020-09") == NO_END
    assert ends("2020-10") == LAPSED


def test_a_void_ends_the_months_that_it_takes_away(stage: Stage):
    voids(stage, pays(stage, "2020-02-10", "2020-02"), "2020-04-03")
    assert ends("2020-03") == LAPSED
    assert ends("2020-04", last="2020-12") == NO_END


def test_a_void_and_the_right_receipt_of_one_month_are_a_renewal_in_the_window(stage: Stage):
    wrong = pays(stage, "2020-02-10", "2020-02")
    voids(stage, wrong, "2020-04-03")
    pays(stage, "2020-04-04", "2020-04", person=wrong.participant)
    assert ends("2020-03") == IN_WINDOW
    assert ends("2020-04", last="2020-08") == NO_END


def test_a_payment_voided_in_its_own_month_never_was(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-01")
    voids(stage, pays(stage, "2020-08-02", "2020-07", person=first.participant), "2020-08-30")
    assert ends("2020-06") == LAPSED


def test_a_payment_voided_later_was_a_renewal_and_ends_with_its_void(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-01")
    voids(stage, pays(stage, "2020-10-02", "2020-07", person=first.participant), "2020-11-15")
    assert ends("2020-06") == IN_WINDOW
    assert ends("2020-10") == LAPSED


def test_a_stop_ends_the_paid_months_before_it(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "12")
    stops(stage, first.participant, "2020-05", "compulsory")
    assert ends("2020-04", "2020-06") == LAPSED
    assert ends("2020-05", last="2021-12") == NO_END


def test_a_stop_in_the_grace_leaves_nothing_open(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "12")
    stops(stage, first.participant, "2021-03", "death")
    assert ends("2021-01", "2021-04") == LAPSED


def test_stopped_months_cover_nothing_when_the_person_pays_month_by_month_again(stage: Stage):
    first = pays(stage, "2020-02-10", "2020-02", "3")
    stop = stops(stage, first.participant, "2020-03", "compulsory")
    do_withdraw_stop(actor=stage.manager, stop=stop, on=date(2020, 9, 2), reason="Nghỉ việc")
    pays(stage, "2020-10-05", "2020-10", "1", person=first.participant)
    pays(stage, "2020-11-05", "2020-11", "1", person=first.participant)
    found = [ends(month) for month in ("2020-02", "2020-10", "2020-11")]
    assert found == [LATE, IN_WINDOW, LAPSED]


def test_missing_months_end_in_their_own_month(stage: Stage):
    pays(stage, "2020-05-10", "2019-01", "MISS", months=7)
    assert ends("2020-05") == LAPSED
    assert ends("2019-01", last="2020-04") == NO_END


def test_years_ahead_have_no_grace(stage: Stage):
    pays(stage, "2020-02-10", "2020-02", "ADV", months=24)
    assert [ends("2022-01", this) for this in ("2022-02", "2022-03")] == [OPEN, LAPSED]
    assert ends("2020-02", last="2021-12") == NO_END


def test_an_end_belongs_to_the_commune_of_its_month_wherever_the_person_pays_on(stage: Stage):
    quiet = pays(stage, "2019-01-10", "2019-01", "3")
    pays(stage, "2019-05-10", "2019-04", "3", person=quiet.participant, at=THUY_LUONG)
    next_month = pays(stage, "2019-01-10", "2019-01", "1")
    pays(stage, "2019-02-10", "2019-02", "12", person=next_month.participant, at=THUY_LUONG)
    moved = pays(stage, "2019-01-10", "2019-01", "3")
    do_move(
        actor=stage.manager,
        participant=moved.participant,
        commune=stage.communes[THUY_LUONG],
        hamlet="",
        since=date(2019, 3, 31),
    )
    assert by_unit("2019-01", "2019-03", by="commune") == {
        "12826": (2, 0, 0, 0),
        "12886": (0, 0, 1, 0),
    }


def test_old_ends_fold_into_the_communes_of_the_periods_end_or_of_the_day_asked(stage: Stage):
    pays(stage, "2019-10-10", "2019-10", "3", at=DIEM_DIEN)
    pays(stage, "2019-10-10", "2019-10", "3", at=THUY_LUONG)
    assert by_unit("2019-12", "2020-03", by="commune") == {
        "12826": (0, 0, 1, 0),
        "12886": (0, 0, 1, 0),
    }
    assert by_unit("2019-12", "2020-04", by="commune") == {"12826": (0, 0, 2, 0)}
    assert by_unit("2019-12", "2020-03", by="commune", territory=B) == {"12826": (0, 0, 2, 0)}


def test_agents_and_networks_add_up_to_the_district(stage: Stage):
    first = pays(stage, "2021-03-10", "2021-03", "1", by="BD002")
    pays(stage, "2021-04-10", "2021-04", "1", by="BD001", person=first.participant)
    pays(stage, "2021-03-10", "2021-03", "1", by="XA01")
    span = ("2021-03", "2021-04")
    assert by_unit(*span, by="agent") == {"BD001": LAPSED, "BD002": IN_WINDOW, "XA01": LAPSED}
    assert by_unit(*span, by="network") == {
        "post_office": (1, 0, 1, 0),
        "commune_committee": LAPSED,
    }
    assert by_unit(*span) == {"district": (1, 0, 2, 0)}
    assert sum(sum(one) for one in by_unit(*span, by="officer").values()) == 3


def test_a_reader_counts_the_own_ends_only(stage: Stage):
    pays(stage, "2020-02-10", "2020-02", "1", by="BD001", at=DIEM_DIEN)
    pays(stage, "2020-02-10", "2020-02", "1", by="XA01", at=THUY_LUONG)
    agent = Scope(agent=stage.collectors["XA01"].point.agent_id)
    communes = Scope(communes=frozenset({stage.communes[DIEM_DIEN].pk}))
    assert by_unit("2020-02", "2020-02", by="agent", scope=agent) == {"XA01": LAPSED}
    assert by_unit("2020-02", "2020-02", by="commune", scope=communes) == {"12826": LAPSED}
    assert by_unit("2020-02", "2020-02", scope=Scope()) == {}


@pytest.mark.parametrize("people", [1, 4])
def test_one_statement_counts_whatever_the_number_of_people(stage: Stage, people: int):
    for _ in range(people):
        pays(stage, "2020-02-10", "2020-02", "1")
    month: Any = Month(2020, 2)
    units = units_for(Scope(everything=True), "commune", month)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        renewals_of(units, month - 36, month, Month(2021, 1))
    assert len(statements) == 1
