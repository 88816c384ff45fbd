"""What is done about a person or a receipt: works, elsewhere 404, wrong role 403, bad input is
named and kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from enrollment.models import Participant, Receipt, Residence, Stop, SupportStatus
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

ACTS = ("move", "support", "household", "correct", "stop")


def url(name: str, person: Participant) -> str:
    return reverse(f"enrollment:{name}", args=[person.pk])


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a", "manager"])
def test_the_form_opens_for_who_may(browser: Any, active: Participant, name: str, who: str):
    text = markup(browser(who).get(url(name, active)))
    assert active.full_name in text and "Bỏ qua" in text


@pytest.mark.parametrize("name", ACTS)
def test_elsewhere_it_is_absent_and_auditors_are_refused(
    browser: Any, active: Participant, name: str
):
    assert browser("staff_b").get(url(name, active)).status_code == 404
    assert browser("officer_b").post(url(name, active)).status_code == 404
    assert browser("auditor").get(url(name, active)).status_code == 403
    assert browser("administrator").post(url(name, active)).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_the_form_is_cheap(
    browser: Any, active: Participant, name: str, django_assert_max_num_queries: Any
):
    client = browser("officer_a")
    with django_assert_max_num_queries(12):
        client.get(url(name, active))


def test_a_stop_is_recorded_with_its_reason_and_taken_back(browser: Any, active: Participant):
    client = browser("staff_a")
    month = this_month() + 1
    client.post(url("stop", active), {"month": month.vi, "reason": "left_area", "note": ""})
    assert Stop.objects.get().month == month
    assert "Đang ghi: dừng từ" in markup(client.get(url("stop_withdraw", active)))
    client.post(url("stop_withdraw", active), {"on": f"{today():%d/%m/%Y}", "reason": "Ghi nhầm"})
    assert client.get(url("stop_withdraw", active)).status_code == 404


def test_a_stop_without_reason_is_named_and_the_month_kept(browser: Any, active: Participant):
    text = markup(
        browser("staff_a").post(url("stop", active), {"month": "13/2026", "note": "ghi thử"})
    )
    assert "Hãy chọn lý do." in text and 'value="13/2026"' in text and 'value="ghi thử"' in text
    assert not Stop.objects.exists()


def test_a_move_out_of_the_own_communes_leads_back_to_the_list(
    browser: Any, cast: Cast, active: Participant
):
    values = {
        "since": f"{today():%d/%m/%Y}",
        "commune": cast.commune_b.pk,
        "hamlet": "Thôn Nam",
        "note": "",
    }
    answer = browser("officer_a").post(url("move", active), values)
    assert answer.headers["Location"] == reverse("enrollment:participants")
    assert Residence.objects.get().commune == cast.commune_b


def test_a_move_in_the_future_is_refused_beside_its_field(
    browser: Any, cast: Cast, active: Participant
):
    values = {"since": "01/01/2199", "commune": cast.commune_b.pk, "hamlet": "", "note": ""}
    text = markup(browser("staff_a").post(url("move", active), values))
    assert 'id="id_since_error"' in text and not Residence.objects.exists()


def test_a_move_to_the_same_place_is_refused_but_not_an_earlier_one(
    browser: Any, cast: Cast, active: Participant
):
    """What counts is where the person lived on the day of the move: the receipt says so since its
    own day only.
    """
    client, day = browser("staff_a"), this_month().first_day
    same = {
        "since": f"{day:%d/%m/%Y}",
        "commune": cast.commune_a.pk,
        "hamlet": " thôn  BẮC",
        "note": "",
    }
    assert "vốn ở" in client.post(url("move", active), same).context["form"].errors["commune"][0]
    assert not Residence.objects.exists()
    client.post(url("move", active), {**same, "hamlet": "Thôn Nam"})
    assert Residence.objects.get().hamlet == "Thôn Nam"
    before = f"{day - timedelta(days=40):%d/%m/%Y}"
    client.post(url("move", active), {**same, "since": before})
    assert Residence.objects.count() == 2


def test_a_support_group_is_recorded_and_other_needs_none(browser: Any, active: Participant):
    client = browser("staff_a")
    assert "không cần ghi" in markup(client.post(url("support", active), {"group": "other"}))
    values = {
        "group": "poor",
        "evidence": "Giấy mẫu 7",
        "evidence_from": f"{today():%d/%m/%Y}",
        "evidence_to": "",
    }
    client.post(url("support", active), values)
    assert SupportStatus.objects.get(participant=active).group == "poor"


def test_a_household_is_joined_within_the_scope_only(
    browser: Any, active: Participant, lapsed: Participant, foreign: Participant
):
    client = browser("staff_a")
    text = markup(
        client.post(url("household", active), {"number": foreign.citizen_id, "relation": "em"})
    )
    assert "Không có người mang số này trong phạm vi của bạn" in text
    client.post(url("household", active), {"number": lapsed.citizen_id, "relation": "vợ"})
    active.refresh_from_db()
    lapsed.refresh_from_db()
    assert active.household_id is not None and active.household_id == lapsed.household_id


def test_nobody_joins_the_own_household(browser: Any, active: Participant):
    values = {"number": active.citizen_id, "relation": "con"}
    assert 'id="id_number_error"' in markup(
        browser("staff_a").post(url("household", active), values)
    )


class TestVoid:
    def test_the_page_warns_and_the_void_stays(self, browser: Any, receipt: Receipt):
        client = browser("staff_a")
        where = reverse("enrollment:receipt_void", args=[receipt.pk])
        assert "Không lấy lại được" in markup(client.get(where))
        client.post(where, {"on": f"{today():%d/%m/%Y}", "reason": "Thu nhầm"})
        text = markup(client.get(reverse("enrollment:receipt", args=[receipt.pk])))
        assert "Biên lai đã hủy" in text and "Thu nhầm" in text
        assert where not in text, "what is void is not voided again"

    def test_a_reason_is_needed(self, browser: Any, receipt: Receipt):
        where = reverse("enrollment:receipt_void", args=[receipt.pk])
        text = markup(browser("staff_a").post(where, {"on": f"{today():%d/%m/%Y}", "reason": " "}))
        assert "Hãy nhập lý do hủy." in text
        assert not Receipt.objects.get().is_voided

    def test_other_scopes_and_auditors(self, browser: Any, receipt: Receipt):
        where = reverse("enrollment:receipt_void", args=[receipt.pk])
        assert browser("lead_b").post(where).status_code == 404
        assert browser("auditor").post(where).status_code == 403
