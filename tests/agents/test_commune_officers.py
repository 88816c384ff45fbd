"""Who followed a commune on a day: over hand-overs, and through the mergers of communes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agents.commune_officers import followed_on
from agents.models import Commune, User
from agents.operations.assignments import do_assign_commune, do_hand_over
from agents.operations.contacts import note_contact
from agents.territory import load_lineage
from tests.cast import Cast
from tests.pages import markup

Login = Callable[[User], Client]
MARCH = date(2021, 3, 15)


@pytest.fixture
def era_b(cast: Cast) -> list[Commune]:
    """The communes of 2021 that went into commune A; officer A follows the first, from February
    2021 officer B.
    """
    found = list(Commune.objects.filter(successions__successor=cast.commune_a).order_by("code"))
    do_assign_commune(
        actor=cast.manager,
        kind="officer",
        commune=found[0],
        user=cast.officer_a,
        valid_from=date(2020, 4, 1),
    )
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[found[0]],
        on=date(2021, 2, 1),
    )
    return found


def told(commune: Commune, day: date) -> dict[str, str]:
    rows = followed_on(commune, day, load_lineage())
    return {row.commune.name: row.officer.user.username if row.officer else "" for row in rows}


def test_a_hand_over_changes_the_answer_from_its_day_on(cast: Cast, era_b: list[Commune]):
    first = era_b[0]
    assert told(first, date(2021, 1, 31)) == {first.name: "chuyenquan_a"}
    assert told(first, date(2021, 2, 1)) == {first.name: "chuyenquan_b"}


def test_a_merged_commune_is_told_by_those_that_went_into_it(cast: Cast, era_b: list[Commune]):
    expected = {one.name: "" for one in era_b} | {era_b[0].name: "chuyenquan_b"}
    assert told(cast.commune_a, MARCH) == expected
    assert len(expected) > 1


def test_a_commune_that_is_gone_is_told_by_its_heir(cast: Cast, era_b: list[Commune]):
    assert told(era_b[0], date(2026, 3, 15)) == {"Thái Ninh": "chuyenquan_a"}


def test_the_page_of_a_commune_answers_for_any_day(
    cast: Cast, era_b: list[Commune], logged_in: Login
):
    page = logged_in(cast.manager).get(
        reverse("agents:commune", args=[cast.commune_a.pk]), {"ngay": "15/03/2021"}
    )
    (row,) = [row for row in page.context["followed"] if row.commune == era_b[0]]
    assert row.officer.user == cast.officer_b
    assert "Ngày 15/03/2021" in markup(page)


def test_a_person_has_a_page_with_all_communes_followed(
    cast: Cast, era_b: list[Commune], logged_in: Login
):
    page = logged_in(cast.auditor).get(reverse("agents:follower", args=[cast.officer_a.pk]))
    rows = [(row.term.commune, row.is_running, row.heir) for row in page.context["rows"]]
    assert rows == [(cast.commune_a, True, ""), (era_b[0], False, "Thái Ninh")]
    assert (
        logged_in(cast.auditor).get(reverse("agents:follower", args=[cast.lead_a.pk])).status_code
        == 404
    )


def test_notes_of_predecessors_stand_on_the_page_for_those_who_may_read_them(
    cast: Cast, era_b: list[Commune], logged_in: Login
):
    note_contact(cast.officer_b, era_b[0], MARCH, "visit", "Chủ tịch xã", "Bàn về nghề biển")
    address = reverse("agents:commune", args=[cast.commune_a.pk])
    seen = {
        name: "Bàn về nghề biển" in markup(logged_in(getattr(cast, name)).get(address))
        for name in ("officer_a", "officer_b", "manager", "auditor", "administrator")
    }
    assert seen == {
        "officer_a": True,
        "officer_b": False,
        "manager": True,
        "auditor": True,
        "administrator": False,
    }


def test_an_officer_notes_and_finishes_a_contact_on_the_screens(cast: Cast, logged_in: Login):
    browser = logged_in(cast.officer_a)
    sent = {
        "happened_on": "02/03/2026",
        "kind": "meeting",
        "with_whom": "Hội phụ nữ",
        "content": "Mời họp thôn",
        "next_step": "Gửi giấy mời",
        "next_on": "01/03/2026",
    }
    address = reverse("agents:contact_add", args=[cast.commune_a.pk])
    assert "không được trước ngày làm việc" in markup(browser.post(address, sent))
    assert browser.post(address, {**sent, "next_on": "09/03/2026"}).status_code == 302
    (contact,) = cast.commune_a.contacts.all()
    browser.post(reverse("agents:contact_finish", args=[contact.pk]), {"done_on": "05/03/2026"})
    contact.refresh_from_db()
    assert contact.done_on == date(2026, 3, 5)
