"""Notes of contacts: who may write them, what they must say, and that they are finished once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from agents import audit
from agents.models import Commune, CommuneContact, User
from agents.operations.assignments import do_hand_over
from agents.operations.contacts import do_finish_contact, do_note_contact
from tests.cast import Cast
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

DAY = date(2026, 3, 2)


def noted(by: User, commune: Commune, **values: Any) -> CommuneContact:
    values = {
        "happened_on": DAY,
        "kind": "visit",
        "with_whom": "Chủ tịch xã",
        "content": "Bàn kế hoạch",
        **values,
    }
    return do_note_contact(actor=by, commune=commune, **values)


def test_an_officer_notes_what_was_said_and_what_follows(cast: Cast):
    row = noted(
        cast.officer_a,
        cast.commune_a,
        content=" Rà soát  hộ cá thể\n\nHẹn hội nghị ",
        next_step="Gửi danh sách",
        next_on=date(2026, 3, 9),
    )
    row.refresh_from_db()
    assert (row.content, row.author) == ("Rà soát hộ cá thể\n\nHẹn hội nghị", cast.officer_a)
    assert "Gửi danh sách" in audit.history_of(row)[0].summary


def test_a_note_sent_twice_is_one(cast: Cast):
    first = noted(cast.officer_a, cast.commune_a, next_step="Gọi lại")
    assert noted(cast.officer_a, cast.commune_a, next_step="Gọi lại") == first
    assert len(audit.history_of(first)) == 1
    assert noted(cast.officer_a, cast.commune_a, next_step="Gửi danh sách") != first
    assert noted(cast.manager, cast.commune_a, next_step="Gọi lại") != first


@pytest.mark.parametrize("role", ["auditor", "administrator", "lead", "collector"])
def test_other_roles_write_no_notes(cast: Cast, role: str):
    row = noted(cast.manager, cast.commune_a, next_step="Gọi lại")
    with pytest.raises(PermissionDenied):
        noted(cast.by_role(role), cast.commune_a)
    with pytest.raises(PermissionDenied):
        do_finish_contact(actor=cast.by_role(role), contact=row, done_on=today())


def test_an_officer_writes_about_communes_that_are_followed_today_only(cast: Cast):
    with pytest.raises(PermissionDenied):
        noted(cast.officer_a, cast.commune_b)
    row = noted(cast.officer_b, cast.commune_b, next_step="Gọi lại")
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_b,
        taker=cast.officer_a,
        communes=[cast.commune_b],
        on=today(),
    )
    with pytest.raises(PermissionDenied):
        do_finish_contact(
            actor=User.objects.get(pk=cast.officer_b.pk), contact=row, done_on=today()
        )
    assert do_finish_contact(
        actor=User.objects.get(pk=cast.officer_a.pk), contact=row, done_on=today()
    ).done_on


def test_the_officer_of_today_finishes_what_a_commune_of_an_earlier_era_left(cast: Cast):
    older = Commune.objects.filter(successions__successor=cast.commune_a).first()
    assert older and older.valid_to
    row = noted(cast.manager, older, happened_on=older.valid_to, next_step="Gửi danh sách")
    assert do_finish_contact(actor=cast.officer_a, contact=row, done_on=DAY).done_on == DAY


@pytest.mark.parametrize(
    "wrong",
    [
        {"happened_on": date(2025, 6, 30)},
        {"kind": "dream"},
        {"with_whom": " "},
        {"content": "\n "},
        {"content": "a" * 2001},
        {"next_on": DAY},
        {"next_step": "Gọi", "next_on": DAY - timedelta(days=1)},
        {"with_whom": "a" * 201},
        {"next_step": "a" * 301},
    ],
)
def test_a_note_that_makes_no_sense_is_refused(cast: Cast, wrong: dict[str, Any]):
    with pytest.raises(Refused):
        noted(cast.officer_a, cast.commune_a, **wrong)
    assert not CommuneContact.objects.exists()


def test_tomorrow_has_not_happened_yet(cast: Cast):
    with pytest.raises(Refused, match="hôm nay"):
        noted(cast.officer_a, cast.commune_a, happened_on=today() + timedelta(days=1))


def test_what_is_done_is_written_once(cast: Cast):
    row = noted(cast.officer_a, cast.commune_a, next_step="Gọi lại")
    for wrong in (DAY - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(Refused, match="phải từ"):
            do_finish_contact(actor=cast.officer_a, contact=row, done_on=wrong)
    do_finish_contact(actor=cast.officer_a, contact=row, done_on=DAY)
    with pytest.raises(Refused, match="đã ghi"):
        do_finish_contact(actor=cast.officer_a, contact=row, done_on=today())
    assert CommuneContact.objects.get().done_on == DAY


def test_without_a_next_step_there_is_nothing_to_finish(cast: Cast):
    with pytest.raises(Refused, match="không hẹn"):
        do_finish_contact(
            actor=cast.officer_a, contact=noted(cast.officer_a, cast.commune_a), done_on=DAY
        )
