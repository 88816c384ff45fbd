"""Handing over on the screens: form, check page, record to sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry, CommuneAssignment, Role, User
from agents.operations.assignments import do_hand_over
from agents.operations.contacts import note_contact
from enrollment.models import Participant
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today

Login = Callable[[User], Client]
URL = "officers:hand_over"
DAY = timedelta(days=1)


def form(cast: Cast, **values: object) -> dict[str, object]:
    return {
        "taker": cast.officer_b.pk,
        "communes": [cast.commune_a.pk],
        "on": f"{today():%d/%m/%Y}",
        "note": "Còn 1 việc",
        **values,
    }


def test_the_note_begins_with_what_is_open_and_names_nobody(cast: Cast, logged_in: Login):
    receipt = builders.paid(cast.manager, cast.commune_a, cast.collector_a, today())
    Participant.objects.update(due_on=today() + timedelta(days=15))
    note_contact(
        cast.officer_a,
        cast.commune_a,
        today(),
        "visit",
        "Chủ tịch",
        "Bàn việc",
        "Gửi danh sách",
        today(),
    )
    page = logged_in(cast.officer_a).get(reverse(URL))
    note = page.context["form"].initial["note"]
    expected = (
        f"Xã Thái Ninh: 1 người đến hạn đóng trong 15 ngày; Gửi danh sách (hẹn {today():%d/%m/%Y})."
    )
    assert note == expected
    assert receipt.participant.full_name not in markup(page)


def test_nothing_is_written_before_the_check_page_is_confirmed(cast: Cast, logged_in: Login):
    browser, url = logged_in(cast.officer_a), reverse(URL)
    assert "Xem lại trước khi bàn giao" in markup(browser.post(url, form(cast)))
    assert not AuditEntry.objects.filter(action="assignment.hand_over").exists()
    answer = browser.post(url, form(cast, buoc="ghi"), follow=True)
    held = CommuneAssignment.objects.officers().valid_on(today()).get(commune=cast.commune_a)
    assert held.user == cast.officer_b
    text = markup(answer)
    assert "BIÊN BẢN BÀN GIAO ĐỊA BÀN" in text and "Còn 1 việc" in text
    assert cast.officer_a.full_name in text and cast.officer_b.full_name in text


def test_a_manager_hands_over_for_somebody_and_the_record_tells_the_figures(
    cast: Cast, logged_in: Login
):
    for _ in range(3):
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, today())
    browser, url = logged_in(cast.manager), f"{reverse(URL)}?tu={cast.officer_a.pk}"
    page = browser.post(url, form(cast, buoc="ghi"), follow=True)
    (row,) = page.context["record"].rows
    assert (row.commune, row.figures.closing, row.figures.new, row.target) == (
        cast.commune_a,
        3,
        3,
        None,
    )
    # 6 months at 1.500.000 đ are 1.980.000 đ, of which the state pays 396.000 đ.
    assert row.figures.collected == 3 * 1_584_000
    listed = browser.get(reverse("officers:records")).context["entries"]
    assert [entry.pk for entry in listed] == [
        AuditEntry.objects.get(action="assignment.hand_over").pk
    ]


def test_a_record_of_several_communes_is_not_for_whoever_follows_only_one_of_them(
    cast: Cast, logged_in: Login
):
    start, third = today() - timedelta(days=5), builders.user("chuyenquan_c", Role.OFFICER)
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_b,
        taker=cast.officer_a,
        communes=[cast.commune_b],
        on=start,
    )
    both = [cast.commune_a, cast.commune_b]
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=both,
        on=start + DAY,
    )
    do_hand_over(
        actor=cast.manager, giver=cast.officer_b, taker=third, communes=[cast.commune_a], on=today()
    )
    rows = AuditEntry.objects.filter(action="assignment.hand_over").order_by("id")
    pages = [reverse("officers:record", args=[rows[at].pk]) for at in (1, 3)]
    browser = logged_in(third)
    assert [browser.get(page).status_code for page in pages] == [404, 200]
    assert [entry.pk for entry in browser.get(reverse("officers:records")).context["entries"]] == [
        rows[3].pk
    ]
    assert logged_in(cast.officer_a).get(pages[0]).status_code == 200


def test_somebody_elses_communes_cannot_be_chosen(cast: Cast, logged_in: Login):
    answer = logged_in(cast.officer_a).post(
        reverse(URL), form(cast, communes=[cast.commune_b.pk], buoc="ghi")
    )
    assert answer.status_code == 200 and answer.context["form"].errors["communes"]
    assert (
        CommuneAssignment.objects.officers().valid_on(today()).get(commune=cast.commune_b).user
        == cast.officer_b
    )


def test_a_giver_who_is_none_is_not_found(cast: Cast, logged_in: Login):
    for wrong in (cast.lead_a.pk, "x", "9" * 30):
        assert logged_in(cast.manager).get(reverse(URL), {"tu": wrong}).status_code == 404
