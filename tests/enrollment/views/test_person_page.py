"""One person: standing in words, what happened, numbers shown on request only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from agents.models import AuditEntry
from enrollment.models import Participant, Receipt
from enrollment.operations.participants import Evidence, do_add_support_status, do_join_household
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_stop
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today


def page(person: Participant) -> str:
    return reverse("enrollment:participant", args=[person.pk])


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a", "manager", "auditor"])
def test_readers_of_the_scope_see_the_person(browser: Any, active: Participant, who: str):
    text = markup(browser(who).get(page(active)))
    end = (this_month() + 11).last_day
    assert f"Đang tham gia đến {end:%d/%m/%Y}" in text
    assert "Diễn biến" in text and "tăng mới" in text


@pytest.mark.parametrize("who", ["staff_b", "lead_b", "officer_b"])
def test_out_of_scope_is_absent(browser: Any, active: Participant, who: str):
    assert browser(who).get(page(active)).status_code == 404


def test_an_administrator_is_refused(browser: Any, active: Participant):
    assert browser("administrator").get(page(active)).status_code == 403


def test_who_may_do_what(browser: Any, active: Participant):
    assert "Thu tiền đóng tiếp" in markup(browser("staff_a").get(page(active)))
    officer = markup(browser("officer_a").get(page(active)))
    assert "Thu tiền" not in officer and "Dừng đóng" in officer
    auditor = markup(browser("auditor").get(page(active)))
    assert "Thu tiền" not in auditor and "Việc khác" not in auditor


def test_a_lapsed_person_is_invited_to_pay_again(browser: Any, lapsed: Participant):
    text = markup(browser("staff_a").get(page(lapsed)))
    assert "Thu tiền đóng lại" in text and "Gián đoạn từ 09/2025" in text


def test_a_stopped_person_may_only_have_the_stop_withdrawn(browser: Any, stopped: Participant):
    text = markup(browser("staff_a").get(page(stopped)))
    assert "chuyển bhxh bắt buộc" in text.lower() and "Rút lại việc dừng đóng" in text
    assert reverse("enrollment:stop", args=[stopped.pk]) not in text


@pytest.mark.parametrize(
    ("reason", "ahead", "told", "pay"),
    [
        (
            "not_renewed",
            -1,
            "Đã dừng đóng từ {}: không đóng tiếp. Đóng lại được bất cứ lúc nào.",
            "Thu tiền đóng lại",
        ),
        (
            "compulsory",
            -1,
            "Đã dừng đóng từ {}: chuyển BHXH bắt buộc. Đóng lại được khi thôi",
            "Thu tiền đóng lại",
        ),
        (
            "not_renewed",
            0,
            "Đã dừng đóng từ {}: không đóng tiếp. Đóng lại được từ {next}; thu trước đó",
            "",
        ),
        ("retired", 1, "sẽ dừng đóng từ {}: hưởng lương hưu. Người hưởng lương hưu không đóng", ""),
        ("left_area", 1, "Đang tham gia đến hết {before}; sẽ dừng đóng từ {}: chuyển địa bàn.", ""),
        ("death", -1, "Đã dừng đóng từ {}: chết.", ""),
    ],
)
def test_a_stop_says_since_when_and_why_and_offers_what_is_lawful(
    browser: Any, cast: Cast, reason: str, ahead: int, told: str, pay: str
):
    paid_on = (this_month() - 2).first_day
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, paid_on, months=12
    ).participant
    month = this_month() + ahead
    do_stop(actor=cast.manager, participant=person, month=month, reason=reason)
    text = markup(browser("staff_a").get(page(person)))
    assert told.format(month.vi, next=(month + 1).vi, before=(month - 1).vi) in text
    assert re.findall(r'class="btn btn-primary">(Thu tiền[^<]*)<', text) == [pay][: bool(pay)]
    found = markup(
        browser("staff_a").post(reverse("enrollment:enroll"), {"citizen_id": person.citizen_id})
    )
    assert re.findall(r'class="btn btn-primary">(Thu tiền[^<]*)<', found) == [pay][: bool(pay)]


def test_numbers_are_masked_until_asked_for_and_the_asking_is_on_record(
    browser: Any, active: Participant
):
    client = browser("staff_a")
    assert active.citizen_id not in markup(client.get(page(active)))
    client.post(
        reverse("enrollment:participant_unmask", args=[active.pk]), {"ly_do": "đối chiếu giấy tờ"}
    )
    assert active.citizen_id in markup(client.get(page(active)))
    entry = AuditEntry.objects.get(action="participant.unmask")
    assert entry.object_id == active.pk and "đối chiếu giấy tờ" in entry.summary
    assert active.citizen_id not in markup(browser("lead_a").get(page(active)))


def test_the_reader_says_why_in_words_of_the_list_or_own(browser: Any, active: Participant):
    client, url = browser("staff_a"), reverse("enrollment:participant_unmask", args=[active.pk])
    offered = re.findall(r'name="ly_do" value="([^"]+)"', markup(client.get(page(active))))
    assert len(offered) > 2
    client.post(url, {"ly_do_khac": " "})
    assert not AuditEntry.objects.filter(action="participant.unmask").exists(), (
        "no reason, nothing shown"
    )
    client.post(url, {"ly_do": offered[0], "ly_do_khac": "Đối chiếu với công an xã"})
    entry = AuditEntry.objects.get(action="participant.unmask")
    assert "công an xã" in entry.summary and offered[0] not in entry.summary, (
        "what is typed is the more exact"
    )


def test_unmasking_needs_a_post_and_the_scope(browser: Any, active: Participant):
    url = reverse("enrollment:participant_unmask", args=[active.pk])
    assert browser("staff_a").get(url).status_code == 405
    assert browser("staff_b").post(url).status_code == 404


def test_support_of_the_household_and_its_members_are_shown(
    browser: Any, cast: Cast, active: Participant, lapsed: Participant
):
    do_join_household(actor=cast.staff_a, participant=active, other=lapsed, relation="vợ")
    active.refresh_from_db()
    evidence = Evidence("poor", "Giấy chứng nhận mẫu số 12", today())
    do_add_support_status(actor=cast.staff_a, participant=active, evidence=evidence, household=True)
    text = markup(browser("staff_a").get(page(active)))
    assert lapsed.full_name in text and "chủ hộ" in text
    assert "Hộ nghèo" in text and "Giấy chứng nhận mẫu số 12" in text


def test_members_of_other_scopes_stay_hidden(
    browser: Any, cast: Cast, active: Participant, foreign: Participant
):
    do_join_household(actor=cast.manager, participant=active, other=foreign, relation="em")
    assert foreign.full_name not in markup(browser("staff_a").get(page(active)))


def test_a_voided_receipt_stays_in_the_story(browser: Any, cast: Cast, receipt: Receipt):
    do_void_receipt(actor=cast.staff_a, receipt=receipt, on=today(), reason="Thu nhầm người")
    text = markup(browser("staff_a").get(page(receipt.participant)))
    assert "đã hủy" in text and "Thu nhầm người" in text
    assert "Chưa có biên lai còn hiệu lực" in text


def test_the_page_stays_cheap(browser: Any, cast: Cast, django_assert_max_num_queries: Any):
    """Twelve queries besides the page's own session and scope, however long the story."""
    line = builders.receipt_line(
        cast.commune_a, cast.collector_a, (this_month() - 5).first_day, months=1
    )
    builders.import_lines(cast.manager, line)
    person = Participant.objects.get(citizen_id=line.citizen_id)
    client = browser("staff_a")
    with django_assert_max_num_queries(14) as few:
        client.get(page(person))
    for back in range(4, -1, -1):
        day = (this_month() - back).first_day
        builders.paid(
            cast.manager,
            cast.commune_a,
            cast.collector_a,
            day,
            **builders.again(person, months=1, number=f"LAI-{back}"),
        )
    with django_assert_max_num_queries(len(few)):
        client.get(page(person))
