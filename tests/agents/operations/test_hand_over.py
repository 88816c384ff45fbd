"""Handing communes over: all of them or none, from the day on, and who followed which commune on
which day.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from agents.access import scope_of
from agents.models import AuditEntry, Commune, CommuneAssignment, Role, User
from agents.operations.assignments import do_assign_commune, do_end_assignment, do_hand_over
from tests import builders
from tests.cast import ERA_C, Cast
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

DAY = date(2026, 3, 1)


@pytest.fixture
def third(cast: Cast) -> Commune:
    """A commune that officer A follows beside the own one."""
    one = Commune.objects.get(code="12826", valid_from=ERA_C)
    do_assign_commune(
        actor=cast.manager, kind="officer", commune=one, user=cast.officer_a, valid_from=ERA_C
    )
    return one


def terms(commune: Commune) -> list[tuple[str, date, date | None]]:
    found = CommuneAssignment.objects.filter(commune=commune, kind="officer").order_by("valid_from")
    return [(term.user.username, term.valid_from, term.valid_to) for term in found]


def now(user: User) -> User:
    """The account as a new request sees it."""
    return User.objects.get(pk=user.pk)


def test_all_communes_go_from_the_day_on_and_the_former_terms_end_the_day_before(
    cast: Cast, third: Commune
):
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[cast.commune_a, third],
        on=DAY,
        note="Còn 3 người đến hạn",
    )
    for commune in (cast.commune_a, third):
        assert terms(commune) == [
            ("chuyenquan_a", ERA_C, DAY - timedelta(days=1)),
            ("chuyenquan_b", DAY, None),
        ]
    rows = AuditEntry.objects.filter(action="assignment.hand_over")
    assert {row.object_id for row in rows} == {cast.commune_a.pk, third.pk}
    assert {row.changes["note"] for row in rows} == {"Còn 3 người đến hạn"}


def test_when_one_commune_cannot_go_none_goes(cast: Cast, third: Commune):
    with pytest.raises(Refused, match="không phụ trách xã Thụy Anh"):
        do_hand_over(
            actor=cast.manager,
            giver=cast.officer_a,
            taker=cast.officer_b,
            communes=[third, cast.commune_b],
            on=DAY,
        )
    assert terms(third) == [("chuyenquan_a", ERA_C, None)]
    assert not AuditEntry.objects.filter(action="assignment.hand_over").exists()


def test_a_term_that_is_planned_already_stands_and_ends_the_takers(cast: Cast):
    other = builders.user("chuyenquan_c", Role.OFFICER)
    later = date(2026, 6, 1)
    do_assign_commune(
        actor=cast.manager, kind="officer", commune=cast.commune_a, user=other, valid_from=later
    )
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[cast.commune_a],
        on=DAY,
    )
    assert terms(cast.commune_a) == [
        ("chuyenquan_a", ERA_C, date(2026, 2, 28)),
        ("chuyenquan_b", DAY, date(2026, 5, 31)),
        ("chuyenquan_c", later, None),
    ]


def test_on_the_first_day_of_a_term_the_taker_takes_its_place(cast: Cast):
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[cast.commune_a],
        on=ERA_C,
    )
    assert terms(cast.commune_a) == [("chuyenquan_b", ERA_C, None)]


def test_an_officer_hands_over_no_more_than_the_rest_of_the_own_term(cast: Cast):
    last = today() + timedelta(days=10)
    term = CommuneAssignment.objects.get(commune=cast.commune_a, kind="officer")
    do_end_assignment(actor=cast.manager, assignment=term, valid_to=last)
    for giver, taker in ((cast.officer_a, cast.officer_b), (cast.officer_b, cast.officer_a)):
        do_hand_over(actor=giver, giver=giver, taker=taker, communes=[cast.commune_a], on=today())
    assert terms(cast.commune_a)[-1] == ("chuyenquan_a", today(), last)


def test_the_scope_moves_with_the_day(cast: Cast):
    tomorrow = today() + timedelta(days=1)
    own = scope_of(cast.officer_a).communes
    do_hand_over(
        actor=cast.officer_a,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[cast.commune_a],
        on=tomorrow,
    )
    assert scope_of(now(cast.officer_a)).communes == own
    assert cast.commune_a.pk not in scope_of(now(cast.officer_b)).communes
    do_hand_over(
        actor=cast.officer_b,
        giver=cast.officer_b,
        taker=cast.officer_a,
        communes=[cast.commune_b],
        on=today(),
    )
    assert cast.commune_b.pk not in scope_of(now(cast.officer_b)).communes
    assert cast.commune_b.pk in scope_of(now(cast.officer_a)).communes


def test_an_officer_hands_over_the_own_communes_only_and_never_for_days_gone_by(cast: Cast):
    with pytest.raises(PermissionDenied):
        do_hand_over(
            actor=cast.officer_a,
            giver=cast.officer_b,
            taker=cast.officer_a,
            communes=[cast.commune_b],
            on=today(),
        )
    with pytest.raises(Refused, match="từ hôm nay"):
        do_hand_over(
            actor=cast.officer_a,
            giver=cast.officer_a,
            taker=cast.officer_b,
            communes=[cast.commune_a],
            on=DAY,
        )
    assert terms(cast.commune_a) == [("chuyenquan_a", ERA_C, None)]


@pytest.mark.parametrize("role", ["auditor", "administrator", "lead", "collector"])
def test_other_roles_hand_nothing_over(cast: Cast, role: str):
    with pytest.raises(PermissionDenied):
        do_hand_over(
            actor=cast.by_role(role),
            giver=cast.officer_a,
            taker=cast.officer_b,
            communes=[cast.commune_a],
            on=today(),
        )


@pytest.mark.parametrize("wrong", ["same", "nothing", "auditor", "kind", "long"])
def test_a_hand_over_that_makes_no_sense_is_refused(cast: Cast, wrong: str):
    values = {
        "giver": cast.officer_a,
        "taker": cast.officer_b,
        "communes": [cast.commune_a],
        "on": DAY,
    }
    values |= {
        "same": {"taker": cast.officer_a},
        "nothing": {"communes": []},
        "auditor": {"taker": cast.auditor},
        "kind": {"kind": "chief"},
        "long": {"note": "a" * 2001},
    }[wrong]
    with pytest.raises(Refused):
        do_hand_over(actor=cast.manager, **values)
    assert terms(cast.commune_a) == [("chuyenquan_a", ERA_C, None)]


def test_leaders_are_handed_over_between_managers(cast: Cast):
    other = builders.user("lanhdao_2", Role.MANAGER)
    do_assign_commune(
        actor=cast.manager,
        kind="leader",
        commune=cast.commune_a,
        user=cast.manager,
        valid_from=ERA_C,
    )
    do_hand_over(
        actor=cast.manager,
        giver=cast.manager,
        taker=other,
        communes=[cast.commune_a],
        on=DAY,
        kind="leader",
    )
    held = CommuneAssignment.objects.valid_on(DAY).get(commune=cast.commune_a, kind="leader")
    assert held.user == other
    assert terms(cast.commune_a) == [("chuyenquan_a", ERA_C, None)]
