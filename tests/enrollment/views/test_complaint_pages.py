"""Complaints on screen: written down, found again by state and agent, answered once, read by the
agent's lead.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from agents.models import PointCommune
from enrollment.models import Complaint, Receipt
from enrollment.operations.participants import do_move
from enrollment.operations.service import do_answer_complaint, do_rate, do_record_complaint
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today

LIST, ADD = reverse("enrollment:complaints"), reverse("enrollment:complaint_add")


def complain(cast: Cast, content: str = "Chậm trả biên lai", **values: Any) -> Complaint:
    given = {"agent": cast.agent_a, "received_on": date(2026, 1, 5), "channel": "phone", **values}
    return do_record_complaint(actor=cast.manager, content=content, **given)


def sent(cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "agent": cast.agent_a.pk,
        "received_on": "05/01/2026",
        "channel": "letter",
        "content": "Thái độ chưa tốt",
        "collector": "",
        "receipt": "",
        **values,
    }


def test_an_officer_writes_one_down(browser: Any, cast: Cast, receipt: Receipt):
    values = sent(cast, collector=cast.collector_a.code.lower(), receipt=receipt.number)
    answer = browser("officer_a").post(ADD, values)
    made = Complaint.objects.get()
    assert answer["Location"] == reverse("enrollment:complaint", args=[made.pk])
    assert (made.collector, made.receipt, made.recorded_by) == (
        cast.collector_a,
        receipt,
        cast.officer_a,
    )
    assert made.due_on == date(2026, 1, 19)


def test_one_sent_twice_is_one_until_it_is_answered(browser: Any, cast: Cast):
    officer = browser("officer_a")
    places = {officer.post(ADD, sent(cast))["Location"] for _ in range(2)}
    made = Complaint.objects.get()
    assert places == {reverse("enrollment:complaint", args=[made.pk])}
    do_answer_complaint(
        actor=cast.manager, complaint=made, answer="Đã nhắc", answered_on=today(), upheld=True
    )
    officer.post(ADD, sent(cast))
    assert Complaint.objects.count() == 2, "said once more after the answer, it is another one"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"agent": ""}, "Hãy chọn đại lý"),
        ({"content": ""}, "Hãy nhập nội dung"),
        ({"channel": "online"}, "channel"),
        ({"received_on": "31/02/2026"}, "Ngày không đúng"),
        ({"collector": "KHONG"}, "Không có nhân viên thu mang mã KHONG"),
        ({"receipt": "KHONG-1"}, "Không có biên lai số KHONG-1"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Any, cast: Cast, values: dict[str, str], words: str
):
    text = markup(browser("manager").post(ADD, sent(cast, **values)))
    assert words in text and not Complaint.objects.exists()


def test_a_complaint_that_is_another_officer_s_leads_back_to_the_list(
    browser: Any, cast: Cast, receipt: Receipt
):
    """The person has moved here since, but the complaint is about a receipt of the commune left."""
    do_move(
        actor=cast.manager,
        participant=receipt.participant,
        commune=cast.commune_b,
        hamlet="",
        since=today(),
    )
    PointCommune.objects.create(point=cast.collector_a.point, commune=cast.commune_b)
    answer = browser("officer_b").post(ADD, sent(cast, receipt=receipt.number), follow=True)
    assert answer.status_code == 200 and answer.redirect_chain == [(LIST, 302)]
    assert "chuyên quản của xã" in markup(answer) and Complaint.objects.get().receipt == receipt


def test_an_officer_writes_down_only_about_agents_that_serve_the_own_communes(
    browser: Any, cast: Cast
):
    assert cast.agent_b.name not in markup(browser("officer_a").get(ADD))
    browser("officer_a").post(ADD, sent(cast, agent=cast.agent_b.pk))
    assert not Complaint.objects.exists()


def test_two_agents_of_one_name_are_told_apart_where_one_is_chosen(browser: Any, cast: Cast):
    for code, days in (
        ("XA901", {"closed_on": date(2020, 3, 31)}),
        ("XA902", {"opened_on": date(2020, 4, 1)}),
    ):
        builders.agent(code, name="UBND xã Một", **days)
    for address in (ADD, LIST):
        text = markup(browser("manager").get(address))
        assert "UBND xã Một (đến 31/03/2020)" in text and "UBND xã Một (từ 01/04/2020)" in text


def test_the_list_shows_what_waits_and_finds_the_rest_by_state_and_agent(browser: Any, cast: Cast):
    complain(cast, "Việc quá hạn")
    complain(cast, "Việc còn hạn", received_on=today())
    complain(cast, "Việc bên kia", agent=cast.agent_b, received_on=today())
    done = complain(cast, "Việc đã xong")
    do_answer_complaint(
        actor=cast.manager, complaint=done, answer="x", answered_on=date(2026, 1, 7), upheld=True
    )
    manager = browser("manager")

    def shown(**query: Any) -> set[str]:
        text = markup(manager.get(LIST, query))
        return {
            word for word in ("quá hạn", "còn hạn", "bên kia", "đã xong") if f"Việc {word}" in text
        }

    assert shown() == {"quá hạn", "còn hạn", "bên kia"}
    assert shown(tinh_trang="qua-han") == {"quá hạn"}
    assert shown(tinh_trang="da-tra-loi") == {"đã xong"}
    assert shown(tinh_trang="tat-ca", dai_ly=cast.agent_b.pk) == {"bên kia"}
    assert shown(tinh_trang="gi-do") == set()


def test_a_lead_reads_the_own_agents_and_can_do_nothing(browser: Any, cast: Cast):
    mine, other = complain(cast), complain(cast, agent=cast.agent_b)
    text = markup(browser("lead_a").get(reverse("enrollment:complaint", args=[mine.pk])))
    assert "Chậm trả biên lai" in text and "tra-loi/" not in text
    assert (
        browser("lead_a").get(reverse("enrollment:complaint", args=[other.pk])).status_code == 404
    )
    assert "Ghi phản ánh" not in markup(browser("lead_a").get(LIST))


def test_an_officer_answers_and_the_page_says_so(browser: Any, cast: Cast):
    url = reverse("enrollment:complaint_answer", args=[complain(cast).pk])
    officer = browser("officer_a")
    assert "Chậm trả biên lai" in markup(officer.get(url))
    assert "Hãy chọn phản ánh đúng" in markup(
        officer.post(url, {"answer": "x", "answered_on": "07/01/2026"})
    )
    values = {"answer": "Đã nhắc nhở nhân viên", "answered_on": "07/01/2026", "upheld": "0"}
    text = markup(officer.post(url, values, follow=True))
    assert "Đã nhắc nhở nhân viên" in text and "phản ánh không đúng" in text
    assert Complaint.objects.get().upheld is False
    assert officer.get(url).status_code == 404
    assert "đã được trả lời ngày 07/01/2026" in markup(officer.post(url, values))


def test_words_of_ratings_are_read_without_whose_they_are(
    browser: Any, cast: Cast, receipt: Receipt
):
    do_rate(receipt=receipt, score=2, comment="Chờ hơi lâu")
    for who, seen in (
        ("lead_a", True),
        ("officer_a", True),
        ("lead_b", False),
        ("officer_b", False),
    ):
        text = markup(browser(who).get(LIST))
        assert ("Chờ hơi lâu" in text) is seen
        assert receipt.number not in text and receipt.participant.full_name not in text


@pytest.mark.parametrize(
    ("who", "seen"), [("lead_a", True), ("officer_a", True), ("staff_a", False)]
)
def test_the_navigation_leads_there_who_may_read(browser: Any, who: str, seen: bool):
    page = browser(who).get(reverse("enrollment:participants"))
    assert (f'href="{LIST}"' in markup(page)) is seen


def test_the_agents_page_tells_the_service_of_the_year(browser: Any, cast: Cast, receipt: Receipt):
    url = reverse("agents:agent", args=[cast.agent_a.pk])
    assert "Phục vụ năm" in markup(browser("lead_a").get(url))
    receipt.recorded_at -= timedelta(hours=1)
    do_rate(receipt=receipt, score=4)
    complain(cast, received_on=today())
    text = markup(browser("lead_a").get(url))
    assert (
        "trung bình 4,00 điểm" in text and "100,0% đạt 4–5" in text and "1 nhận trong năm" in text
    )
    assert "0 / 1 (0,0%)" in text
    assert "Phục vụ năm" not in markup(browser("administrator").get(url))


def test_the_office_sees_which_receipt_it_is_about_and_those_complained_of_do_not(
    browser: Any, cast: Cast, receipt: Receipt
):
    do_rate(receipt=receipt, score=1, complaint="Không đưa biên lai")
    url = reverse("enrollment:complaint", args=[Complaint.objects.get().pk])
    texts = {who: markup(browser(who).get(url)) for who in ("officer_a", "manager", "lead_a")}
    assert {who: receipt.number in text for who, text in texts.items()} == {
        "officer_a": True,
        "manager": True,
        "lead_a": False,
    }
    assert receipt.participant.full_name not in "".join(texts.values())
