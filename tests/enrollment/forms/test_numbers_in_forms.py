"""Whether a number is somebody's is told by forms that store one too: there it is a look-up like
any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry, OfficeSetting, User
from agents.office_settings import forget_kept
from enrollment.looking import LOOKING_UP
from enrollment.models import Draft, Receipt
from enrollment.operations.corrections import do_correct_participant, person_of
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

Enter = Callable[[User], Client]
TAKEN, USED_UP = "đã thuộc về một người khác", "đủ 2 lần theo quy định"
WHO, NEW, KNOWN = (
    reverse(f"enrollment:{name}") for name in ("enroll", "enroll_new", "enroll_known")
)


@pytest.fixture
def foreign(cast: Cast) -> Receipt:
    return builders.paid(cast.manager, cast.commune_b, cast.collector_b, this_month().first_day)


@pytest.fixture
def own(cast: Cast) -> Receipt:
    return builders.paid(cast.manager, cast.commune_a, cast.collector_a, this_month().first_day)


def allow_two(cast: Cast) -> None:
    OfficeSetting.objects.create(
        key=LOOKING_UP.setting,
        value=2,
        valid_from=date(2026, 1, 1),
        why="thử",
        set_by=cast.manager,
        set_at="2026-01-01T00:00:00Z",
    )
    forget_kept()


def newcomer(cast: Cast, number: str) -> dict[str, Any]:
    return {
        "full_name": "Người Mẫu Mới",
        "sex": "female",
        "birth": "1985",
        "citizen_id": number,
        "bhxh_no": "",
        "phone": "",
        "commune": cast.commune_a.pk,
        "hamlet": "Thôn 1",
        "da_doi_chieu": "1",
    }


def looked_up() -> list[str]:
    rows = AuditEntry.objects.filter(action__startswith="lookup.").order_by("pk")
    return [f"{row.action} {row.changes['where']}" for row in rows]


def test_a_number_tried_at_the_form_of_a_newcomer_is_looked_up(
    cast: Cast, foreign: Receipt, logged_in: Enter
):
    client = logged_in(cast.staff_a)
    step = client.post(NEW, {"full_name": "Người Mẫu Mới", "birth": "1985"}).headers["Location"]
    number = foreign.participant.citizen_id or ""
    for headers in ({}, {"HX-Request": "true"}):
        assert TAKEN in markup(client.post(step, newcomer(cast, number), headers=headers))
    assert looked_up() == ["lookup.stranger Thông tin cá nhân"]
    assert number not in str(list(AuditEntry.objects.values_list("summary", "changes")))


def test_beyond_the_days_look_ups_the_form_tells_nothing(
    cast: Cast, foreign: Receipt, logged_in: Enter
):
    allow_two(cast)
    client = logged_in(cast.staff_a)
    step = client.post(NEW, {"full_name": "Người Mẫu Mới", "birth": "1985"}).headers["Location"]
    free = [builders.citizen_id("female") for _ in range(3)]
    for number in free[:2]:
        assert client.post(step, newcomer(cast, number)).status_code == 302
    for number in (free[2], foreign.participant.citizen_id or ""):
        page = markup(client.post(step, newcomer(cast, number)))
        assert USED_UP in page and TAKEN not in page
    assert client.post(step, newcomer(cast, free[0])).status_code == 302
    assert looked_up() == ["lookup.nobody Thông tin cá nhân"] * 2


def test_whose_money_was_taken_today_is_no_look_up_any_more(cast: Cast, logged_in: Enter):
    """On a day of a conference a collector records more newcomers than the office allows
    look-ups.
    """
    allow_two(cast)
    client = logged_in(cast.staff_a)
    typed = {
        "chosen_income": "1.500.000",
        "method": "1",
        "from_month": this_month().vi,
        "received_on": f"{today():%d/%m/%Y}",
        "group": "other",
    }
    for count in range(1, 5):
        step = client.post(NEW, {"full_name": "Người Mẫu Mới", "birth": "1985"}).headers["Location"]
        after = client.post(step, newcomer(cast, builders.citizen_id("female"))).headers["Location"]
        while "kiem-tra" not in after:
            after = client.post(after, typed).headers["Location"]
        client.post(after, {"khoa": Draft.objects.get().data["key"]})
        assert Receipt.objects.filter(recorded_by=cast.staff_a).count() == count
    assert looked_up() == ["lookup.nobody Thông tin cá nhân"] * 4


def test_what_was_asked_first_costs_nothing_at_the_form(cast: Cast, logged_in: Enter):
    client, number = logged_in(cast.staff_a), builders.citizen_id("female")
    step = client.post(WHO, {"citizen_id": number}).headers["Location"]
    assert client.post(step, newcomer(cast, number)).status_code == 302
    assert looked_up() == ["lookup.nobody Là ai?"]


def test_a_correction_to_a_strangers_number_is_looked_up(
    cast: Cast, foreign: Receipt, own: Receipt, logged_in: Enter
):
    allow_two(cast)
    person, stranger = own.participant, foreign.participant

    def correct(**numbers: str) -> str:
        with pytest.raises(Refused) as refusal:
            do_correct_participant(
                actor=cast.staff_a,
                participant=person,
                version=person.version,
                person=replace(person_of(person), **numbers),
            )
        return refusal.value.message

    assert TAKEN in correct(citizen_id=stranger.citizen_id or "")
    assert TAKEN in correct(citizen_id=stranger.citizen_id or "")
    assert looked_up() == ["lookup.stranger Sửa thông tin"]
    for _ in range(2):
        message = correct(
            citizen_id=builders.paid(
                cast.manager, cast.commune_b, cast.collector_b, this_month().first_day
            ).participant.citizen_id
            or ""
        )
    assert USED_UP in message and len(looked_up()) == 2


def test_a_refusal_of_paid_months_does_not_name_a_strangers_receipt(
    cast: Cast, foreign: Receipt, logged_in: Enter
):
    client = logged_in(cast.staff_a)
    step = client.post(KNOWN, {"so": foreign.participant.citizen_id}).headers["Location"]
    typed = {
        "chosen_income": "1.500.000",
        "method": "1",
        "from_month": foreign.from_month.vi,
        "received_on": f"{today():%d/%m/%Y}",
    }
    page = markup(client.post(step, typed))
    assert "Người này đã đóng các tháng" in page
    assert foreign.number not in page and foreign.agent.code not in page
    check = client.post(
        step.replace("muc-dong", "kiem-tra"), {"khoa": Draft.objects.get().data["key"]}
    )
    assert foreign.number not in markup(check) and foreign.agent.code not in markup(check)


def test_a_live_amount_is_answered_at_the_payment_step_alone(cast: Cast, logged_in: Enter):
    client = logged_in(cast.staff_a)
    step = client.post(NEW, {"full_name": "Người Mẫu Mới", "birth": "1985"}).headers["Location"]
    typed = newcomer(cast, builders.citizen_id("female"))
    assert client.post(step, typed, headers={"HX-Request": "true"}).status_code == 302
