"""One worker at a time holds a person; whoever is not in touch gives the person back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Holding
from enrollment.operations.handover import do_end_collector
from enrollment.outreach.operations.sharing import (
    HELD_DAYS,
    do_release,
    do_release_untouched,
    do_share_out,
)
from enrollment.outreach.operations.visits import Result
from enrollment.outreach.people import who
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

pytestmark = pytest.mark.django_db


def test_people_are_shared_out_evenly_and_neighbours_stay_together(cast: Cast):
    people = [builders.prospect(cast.lead_a, cast.commune_a) for _ in range(5)]
    second = builders.collector(cast.agent_a, 2)
    shared = do_share_out(
        actor=cast.lead_a, people=[*map(who, people)], workers=[cast.collector_a, second]
    )
    assert (shared.given, shared.held) == (5, 0)
    held = {row.prospect: row.collector for row in Holding.objects.all()}
    assert [held[one] for one in people] == [cast.collector_a] * 3 + [second] * 2


def test_who_is_held_stays_with_the_holder(cast: Cast):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    second = builders.collector(cast.agent_a, 2)
    do_share_out(actor=cast.lead_a, people=[who(person)], workers=[cast.collector_a])
    again = do_share_out(actor=cast.lead_a, people=[who(person)], workers=[second])
    assert (again.given, again.held) == (0, 1)
    assert Holding.objects.get().collector == cast.collector_a


def test_a_holding_runs_out_by_itself_and_a_contact_moves_its_end(cast: Cast):
    builders.choose(cast.manager, HELD_DAYS, 10)
    left, kept = (builders.prospect(cast.lead_a, cast.commune_a) for _ in range(2))
    for one in (left, kept):
        builders.holding(one, cast.collector_a, until=today() + timedelta(days=1))
    builders.visit(cast.staff_a, cast.commune_a, Result(who(kept), "undecided"))
    later = today() + timedelta(days=5)
    assert [one.prospect for one in Holding.objects.in_force(later)] == [kept]


def test_somebody_takes_over_what_ran_out(cast: Cast):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    ran_out = builders.holding(person, cast.collector_a, until=today() - timedelta(days=1))
    second = builders.collector(cast.agent_a, 2)
    shared = do_share_out(actor=cast.lead_a, people=[who(person)], workers=[second])
    ran_out.refresh_from_db()
    assert (shared.given, ran_out.released_why) == (1, "ran_out")
    assert Holding.objects.in_force(today()).get().collector == second


def test_the_holder_gives_back_and_others_do_not(cast: Cast):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    do_share_out(actor=cast.lead_a, people=[who(person)], workers=[cast.collector_a])
    row = Holding.objects.get()
    with pytest.raises(PermissionDenied):
        do_release(actor=cast.lead_b, holding=row)
    assert do_release(actor=cast.staff_a, holding=row).released_by == cast.staff_a
    assert not Holding.objects.in_force(today()).exists()


def test_all_untouched_people_of_a_worker_go_back_at_once(cast: Cast):
    free, met = (builders.prospect(cast.lead_a, cast.commune_a) for _ in range(2))
    do_share_out(actor=cast.lead_a, people=[who(free), who(met)], workers=[cast.collector_a])
    Holding.objects.filter(prospect=met).update(until=today() + timedelta(days=60))
    assert do_release_untouched(actor=cast.lead_a, worker=cast.collector_a) == 1
    assert Holding.objects.in_force(today()).get().prospect == met


def test_an_agent_gives_to_its_own_workers_only(cast: Cast):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    with pytest.raises(Refused) as refused:
        do_share_out(actor=cast.lead_a, people=[who(person)], workers=[cast.collector_b])
    assert refused.value.field == "workers"
    with pytest.raises(PermissionDenied):
        do_share_out(actor=cast.staff_a, people=[who(person)], workers=[cast.collector_a])
    assert Holding.objects.count() == 0


def test_a_leavers_people_go_to_the_successor(cast: Cast):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    do_share_out(actor=cast.lead_a, people=[who(person)], workers=[cast.collector_a])
    second = builders.collector(cast.agent_a, 2)
    do_end_collector(
        actor=cast.manager, collector=cast.collector_a, ended_on=today(), successor=second
    )
    assert Holding.objects.in_force(today()).get().collector == second
    assert Holding.objects.get(collector=cast.collector_a).released_why == "handed_on"
