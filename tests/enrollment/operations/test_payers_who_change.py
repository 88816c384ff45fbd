"""A payer of another agent: masked until money is taken, kept apart for a while, and the former
agent reads of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents.alarms import alarms_for
from agents.models import AuditEntry, User
from enrollment.looking import LOOKING_UP, SETTLING_DAYS
from enrollment.models import Participant, Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.participants import do_join_household
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.unmask import do_unmask
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

Enter = Callable[[User], Client]
NAME = "Đặng Thị Kín Đáo"
WHO, KNOWN = "/nguoi-tham-gia/moi/", "/nguoi-tham-gia/moi/nguoi-da-co/"


@pytest.fixture
def old(cast: Cast) -> Receipt:
    """A receipt of agent B that runs out this month, in a household."""
    first = this_month().first_day
    mother = builders.paid(
        cast.manager, cast.commune_b, cast.collector_b, first, full_name="Đặng Thị Mẹ"
    )
    receipt = builders.paid(
        cast.manager, cast.commune_b, cast.collector_b, first, full_name=NAME, months=1
    )
    do_join_household(
        actor=cast.manager,
        participant=receipt.participant,
        other=mother.participant,
        relation="con gái",
    )
    Participant.objects.filter(pk=receipt.participant_id).update(
        hamlet="Thôn Kín", phone="0912345678"
    )
    return Receipt.objects.get(pk=receipt.pk)


def take_over(client: Client, old: Receipt) -> Receipt:
    """Through the pages, as a collector does it who has the number at hand."""
    step = client.post(KNOWN, {"so": old.participant.citizen_id}).headers["Location"]
    typed = {
        "chosen_income": "1.500.000",
        "method": "1",
        "from_month": (this_month() + 1).vi,
        "received_on": f"{today():%d/%m/%Y}",
    }
    check = client.post(step, typed).headers["Location"]
    page = markup(client.get(check))
    assert NAME not in page and "Thôn Kín" not in page
    key = re.search(r'name="khoa" value="([^"]+)"', page)
    assert key
    client.post(check, {"khoa": key[1]})
    return Receipt.objects.exclude(pk=old.pk).get(participant=old.participant_id)


def test_a_number_gives_no_more_than_what_is_needed_to_go_on(
    cast: Cast, old: Receipt, logged_in: Enter
):
    client = logged_in(cast.staff_a)
    found = markup(client.post(WHO, {"citizen_id": old.participant.citizen_id}))
    step = markup(client.post(KNOWN, {"so": old.participant.citizen_id}, follow=True))
    home = markup(client.get("/"))
    for page in (found, step, home):
        assert NAME not in page and "Thôn Kín" not in page and "Kín Đáo" not in page
        assert not re.search(rf"[Ss]inh {old.participant.birth_year}", page)
    assert "Đặng ••• ••• Đ•••" in found and "Đặng ••• ••• Đ•••" in step


def test_each_look_up_is_on_record_without_the_number(cast: Cast, old: Receipt, logged_in: Enter):
    client, numbers = (
        logged_in(cast.staff_a),
        [old.participant.citizen_id or "", builders.citizen_id("female")],
    )
    for number in (*numbers, numbers[0]):
        client.post(WHO, {"citizen_id": number})
    rows = list(AuditEntry.objects.filter(action__startswith="lookup.").order_by("id"))
    assert [row.action for row in rows] == ["lookup.stranger", "lookup.nobody", "lookup.stranger"]
    assert {row.actor for row in rows} == {cast.staff_a}
    assert [row.changes["where"] for row in rows] == ["Là ai?"] * 3
    assert [row.changes["number"]["last"] for row in rows] == [
        number[-4:] for number in (*numbers, numbers[0])
    ]
    assert rows[0].changes["number"] == rows[2].changes["number"] != rows[1].changes["number"]
    assert not [
        number for number in numbers if number in str([(row.summary, row.changes) for row in rows])
    ]


def test_beyond_the_days_look_ups_strangers_are_refused_and_the_office_is_told(
    cast: Cast, old: Receipt, logged_in: Enter
):
    builders.choose(cast.manager, LOOKING_UP.setting, 2)
    mine = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, this_month().first_day
    ).participant
    client, first = logged_in(cast.staff_a), builders.citizen_id()
    for number in (first, builders.citizen_id(), first, first):
        assert client.post(WHO, {"citizen_id": number}).status_code == 302
    refused = markup(client.post(WHO, {"citizen_id": old.participant.citizen_id}))
    assert "đủ 2 lần theo quy định" in refused and "Số này đã có trong sổ" not in refused
    assert client.post(KNOWN, {"so": old.participant.citizen_id}).headers["Location"] == WHO
    assert mine.full_name in markup(client.post(WHO, {"citizen_id": mine.citizen_id}))
    told = [one.text for one in alarms_for(cast.officer_a, today()) if one.kind == "limit"]
    assert told == [
        f"{cast.staff_a}: đã tra số của người ngoài đủ 2 lần trong ngày {today():%d/%m/%Y}"
    ]


def test_money_of_a_stranger_is_begun_by_the_number_only(cast: Cast, old: Receipt):
    with pytest.raises(PermissionDenied):
        do_start_draft(actor=cast.staff_a, title="Nháp", participant=old.participant)


def test_who_just_took_a_payer_over_sees_the_own_receipt_and_no_more(
    cast: Cast, old: Receipt, logged_in: Enter
):
    client = logged_in(cast.staff_a)
    new = take_over(client, old)
    page = markup(client.get(reverse("enrollment:participant", args=[old.participant_id])))
    assert NAME in page and new.number in page and "mới chuyển từ đại lý khác đến" in page
    assert old.number not in page and "Đặng Thị Mẹ" not in page and "Hiện đủ số" not in page
    assert client.get(reverse("enrollment:receipt", args=[old.pk])).status_code == 404
    assert old.number not in markup(client.get(reverse("enrollment:receipts")))
    with pytest.raises(Refused, match="sau 30 ngày"):
        do_unmask(actor=cast.staff_a, participant=old.participant, reason="Đối chiếu giấy tờ")
    builders.choose(cast.manager, SETTLING_DAYS, 0)
    page = markup(client.get(reverse("enrollment:participant", args=[old.participant_id])))
    assert old.number in page and "Hiện đủ số" in page
    assert client.get(reverse("enrollment:receipt", args=[old.pk])).status_code == 200


def moved(user: User) -> list[str]:
    return [alarm.text for alarm in alarms_for(user, today()) if alarm.kind == "moved"]


def test_the_former_agent_and_officer_read_of_it_and_of_its_void(
    cast: Cast, old: Receipt, logged_in: Enter
):
    new = take_over(logged_in(cast.staff_a), old)
    told = f"{NAME} đã đóng tại {cast.agent_a.name} ngày {today():%d/%m/%Y}"
    assert moved(cast.lead_b) == moved(cast.officer_b) == [told]
    assert moved(cast.lead_a) == moved(cast.officer_a) == moved(cast.staff_b) == []
    assert told in markup(logged_in(cast.lead_b).get("/"))
    do_void_receipt(actor=cast.staff_a, receipt=new, on=today(), reason="Thu nhầm")
    assert (
        moved(cast.lead_b)
        == moved(cast.officer_b)
        == [f"{told}; biên lai {new.number} ấy nay đã hủy", told]
    )


def test_a_list_that_takes_a_payer_over_is_told_too_and_an_old_one_is_no_news(
    cast: Cast, old: Receipt
):
    again = builders.again(old.participant, months=1, from_month=this_month() + 1)
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, today(), **again)
    assert moved(cast.lead_b) == [f"{NAME} đã đóng tại {cast.agent_a.name} ngày {today():%d/%m/%Y}"]
    long_ago = (this_month() - 4).first_day
    past = builders.paid(cast.manager, cast.commune_b, cast.collector_b, long_ago, months=1)
    later = builders.again(past.participant, months=1, from_month=this_month() - 3)
    builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, (this_month() - 3).first_day, **later
    )
    assert len(moved(cast.lead_b)) == 1


def test_each_agent_keeps_seeing_what_it_took_itself(cast: Cast, old: Receipt, logged_in: Enter):
    new = take_over(logged_in(cast.staff_a), old)
    of_the_payer = {
        user: set(old.participant.receipts.visible_to(user)) for user in (cast.lead_a, cast.lead_b)
    }
    assert of_the_payer == {cast.lead_a: {new}, cast.lead_b: {old}}
    assert set(old.participant.receipts.visible_to(cast.officer_b)) == {old, new}
