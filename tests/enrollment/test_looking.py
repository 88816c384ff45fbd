"""Masked numbers: found by whole numbers only, shown for a reason, some times a day; the office
hears of more.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents.alarms import alarms_for
from agents.models import AuditEntry, User
from enrollment.looking import CALLING, UNMASK_REASONS, UNMASKING, says_why
from enrollment.models import Participant
from enrollment.operations.unmask import do_take_number_to_call, do_unmask
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

Enter = Callable[[User], Client]
WHY = "Đối chiếu với công an xã"


@pytest.fixture
def person(cast: Cast) -> Participant:
    receipt = builders.paid(
        cast.manager,
        cast.commune_a,
        cast.collector_a,
        this_month().first_day,
        full_name="Đặng Thị Mẫu",
        bhxh_no="3412345678",
    )
    found = receipt.participant
    found.citizen_id, found.phone = "034180001234", "0912345678"
    found.save()
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "034180001234",
        "0341 8000 1234",
        "3412345678",
        "0912345678",
        "+84 912 345 678",
        "84912345678",
        "dang mau",
    ],
)
def test_a_whole_number_or_a_name_finds(cast: Cast, person: Participant, typed: str):
    assert list(Participant.objects.visible_to(cast.manager).matching(typed)) == [person]


def test_no_part_of_a_number_finds_for_whomever(cast: Cast, person: Participant):
    numbers = (person.citizen_id or "", person.bhxh_no or "", person.phone)
    parts = {number[:length] for number in numbers for length in range(1, len(number))}
    parts |= {number[1:] for number in numbers}
    everybody = Participant.objects.visible_to(cast.manager)
    assert [part for part in sorted(parts) if everybody.matching(part).exists()] == []


def test_a_search_for_a_part_says_what_is_missing(
    cast: Cast, person: Participant, logged_in: Enter
):
    text = logged_in(cast.staff_a).post(
        reverse("enrollment:participant_search"), {"tim": "0341800"}, follow=True
    )
    assert "hãy nhập đủ số" in markup(text)


@pytest.mark.parametrize(
    "reason", ["", "x", "ok", "aaaaaaaaaaaa", "a a a a a a a a", "12 12 12 12", "........ ...."]
)
def test_a_reason_says_something(cast: Cast, person: Participant, reason: str):
    with pytest.raises(Refused, match="lý do"):
        do_unmask(actor=cast.staff_a, participant=person, reason=reason)
    assert not AuditEntry.objects.filter(action="participant.unmask").exists()


def test_reasons_of_the_list_and_words_of_ones_own_do(cast: Cast, person: Participant):
    assert all(says_why(one) for one in (*UNMASK_REASONS, WHY, "Đối chiếu thẻ"))
    row = do_unmask(actor=cast.staff_a, participant=person, reason=WHY)
    assert row.changes["why"] == WHY


def test_beyond_the_days_limit_nothing_is_shown_and_the_office_is_told_once(
    cast: Cast, person: Participant
):
    builders.choose(cast.manager, UNMASKING.setting, 2)
    for _ in range(2):
        do_unmask(actor=cast.staff_a, participant=person, reason=WHY)
    for _ in range(3):
        with pytest.raises(Refused, match="đủ 2 lần"):
            do_unmask(actor=cast.staff_a, participant=person, reason=WHY)
    do_unmask(actor=cast.lead_a, participant=person, reason=WHY)
    assert AuditEntry.objects.filter(action="participant.unmask", actor=cast.staff_a).count() == 2
    told = {
        user.username: [alarm.text for alarm in alarms_for(user, today()) if alarm.kind == "limit"]
        for user in (cast.officer_a, cast.officer_b, cast.manager, cast.lead_a, cast.staff_a)
    }
    sentence = f"{cast.staff_a}: đã xem đủ số giấy tờ đủ 2 lần trong ngày {today():%d/%m/%Y}"
    assert told == {
        "chuyenquan_a": [sentence],
        "chuyenquan_b": [],
        "lanhdao": [sentence],
        "phutrach_a": [],
        "nhanvien_a": [],
    }


def test_of_people_one_does_not_see_nothing_is_shown(cast: Cast, person: Participant):
    for actor in (cast.staff_b, cast.officer_b, cast.administrator):
        with pytest.raises(PermissionDenied):
            do_unmask(actor=actor, participant=person, reason=WHY)
        with pytest.raises(PermissionDenied):
            do_take_number_to_call(actor=actor, participant=person)


def test_no_page_holds_the_number_until_somebody_calls(
    cast: Cast, person: Participant, logged_in: Enter
):
    person.due_on = today()
    person.save()
    client, call = logged_in(cast.staff_a), reverse("enrollment:participant_call", args=[person.pk])
    for page in (
        "/",
        reverse("enrollment:participant", args=[person.pk]),
        reverse("enrollment:participants"),
    ):
        text = markup(client.get(page))
        assert person.phone not in text and "tel:" not in text, page
    assert f'action="{call}"' in markup(client.get("/"))
    assert 'href="tel:0912345678"' in markup(client.post(call))
    tapped = markup(client.post(call, headers={"hx-request": "true"}))
    assert tapped.startswith('<a class="btn') and "data-dial" in tapped
    rows = AuditEntry.objects.filter(action="participant.call")
    assert [(row.actor, row.object_id) for row in rows] == [(cast.staff_a, person.pk)] * 2
    assert person.phone not in str([(row.summary, row.changes) for row in rows])


def test_calls_have_a_limit_of_their_own(cast: Cast, person: Participant, logged_in: Enter):
    builders.choose(cast.manager, CALLING.setting, 1)
    client, call = logged_in(cast.staff_a), reverse("enrollment:participant_call", args=[person.pk])
    assert person.phone in markup(client.post(call))
    refused = markup(client.post(call))
    assert person.phone not in refused and "đủ 1 lần theo quy định" in refused
    do_unmask(actor=cast.staff_a, participant=person, reason=WHY)
