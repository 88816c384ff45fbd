"""A visit is one act for the whole household; its outcomes set the next steps."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents.models import AuditEntry
from enrollment.models import Exclusion, HouseholdVisit, VisitOutcome
from enrollment.outreach.next_steps import AGAIN_DAYS
from enrollment.outreach.operations.visits import Result
from enrollment.outreach.people import who
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("outcome", "step", "days"),
    [
        ("short", "quarterly", 14),
        ("undecided", "call", 7),
        ("refused", "rest", 182),
        ("agreed", "receipt", 3),
    ],
)
def test_the_outcome_sets_step_and_day(cast: Cast, outcome: str, step: str, days: int):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    builders.visit(cast.staff_a, cast.commune_a, Result(who(person), outcome))
    row = VisitOutcome.objects.get()
    assert (row.next_step, row.next_on) == (step, today() + timedelta(days=days))


def test_nobody_at_home_means_again_by_the_offices_days(cast: Cast):
    builders.choose(cast.manager, AGAIN_DAYS, 5)
    person = builders.prospect(cast.staff_a, cast.commune_a)
    builders.visit(cast.staff_a, cast.commune_a, Result(who(person), "not_home"), met=False)
    row = VisitOutcome.objects.get()
    assert (row.next_step, row.next_on) == ("again", today() + timedelta(days=5))


def test_the_worker_may_choose_another_step_and_day(cast: Cast):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    on = today() + timedelta(days=20)
    builders.visit(cast.staff_a, cast.commune_a, Result(who(person), "undecided", "receipt", on))
    row = VisitOutcome.objects.get()
    assert (row.next_step, row.next_on) == ("receipt", on)


def test_one_visit_for_all_members_with_one_audit_row(cast: Cast):
    people = [builders.prospect(cast.staff_a, cast.commune_a) for _ in range(3)]
    visit = builders.visit(
        cast.staff_a, cast.commune_a, *(Result(who(one), "undecided") for one in people)
    )
    assert visit.outcomes.count() == 3
    assert (visit.agent, visit.collector) == (cast.agent_a, cast.collector_a)
    assert AuditEntry.objects.filter(action="outreach.visit").count() == 1


def test_the_same_key_twice_is_one_visit(cast: Cast):
    person, key = builders.prospect(cast.staff_a, cast.commune_a), uuid4()
    first, again = (
        builders.visit(cast.staff_a, cast.commune_a, Result(who(person), "agreed"), key=key)
        for _ in range(2)
    )
    assert first == again
    assert (HouseholdVisit.objects.count(), VisitOutcome.objects.count()) == (1, 1)
    with pytest.raises(Refused):
        builders.visit(cast.lead_a, cast.commune_a, Result(who(person), "agreed"), key=key)


def test_who_may_not_be_approached_is_left_alone_from_that_day(cast: Cast):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    builders.visit(cast.staff_a, cast.commune_a, Result(who(person), "excluded", reason="business"))
    assert Exclusion.objects.get().reason == "business"


@pytest.mark.parametrize(
    ("result", "more", "field"),
    [
        (("agreed",), {"met": False}, "results"),
        (("nothing",), {}, "results"),
        (("excluded",), {}, "reason"),
        (("agreed",), {"visited_at": timezone.now() + timedelta(hours=2)}, "visited_at"),
        (("agreed",), {"visited_at": timezone.now() - timedelta(days=90)}, "visited_at"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    cast: Cast, result: tuple[str], more: dict[str, object], field: str
):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    with pytest.raises(Refused) as refused:
        builders.visit(cast.staff_a, cast.commune_a, Result(who(person), *result), **more)
    assert refused.value.field == field
    assert HouseholdVisit.objects.count() == 0


def test_people_of_others_are_not_visited(cast: Cast):
    far = builders.prospect(cast.manager, cast.commune_b)
    with pytest.raises(Refused):
        builders.visit(cast.staff_a, cast.commune_a, Result(who(far), "agreed"))
    with pytest.raises(PermissionDenied):
        builders.visit(cast.auditor, cast.commune_b, Result(who(far), "agreed"))
    assert HouseholdVisit.objects.count() == 0
