"""The payer's page: a code, a form, thanks; nothing about a person, the same answer to every wrong
code.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry
from enrollment.models import Complaint, Receipt, ServiceRating
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_rate
from enrollment.rating_code import code_of
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today

FIND = reverse("rating:find")


@pytest.fixture
def stranger(cast: Cast) -> Client:
    cache.clear()
    return Client()


def page_of(receipt: Receipt) -> str:
    return reverse("rating:rate", args=[code_of(receipt.pk)])


def test_the_code_leads_to_the_form(stranger: Client, receipt: Receipt):
    assert "Mã đánh giá" in markup(stranger.get(FIND))
    typed = code_of(receipt.pk).lower().replace("-", " ").replace("0", "o")
    answer = stranger.get(FIND, {"ma": typed})
    assert (answer.status_code, answer["Location"]) == (302, page_of(receipt))
    assert "Bạn được phục vụ thế nào?" in markup(stranger.get(page_of(receipt)))


def test_a_rating_is_sent_and_thanked_for(stranger: Client, receipt: Receipt):
    answer = stranger.post(page_of(receipt), {"diem": "4", "y_kien": "Nhanh", "noi_dung": ""})
    assert answer.status_code == 302
    assert "Đã nhận đánh giá của bạn" in markup(stranger.get(answer["Location"]))
    rating = ServiceRating.objects.get()
    assert (rating.receipt, rating.score, rating.comment) == (receipt, 4, "Nhanh")
    assert not Complaint.objects.exists()


def test_a_later_rating_replaces_the_earlier(stranger: Client, receipt: Receipt):
    do_rate(receipt=receipt, score=5)
    text = markup(stranger.get(page_of(receipt)))
    assert "đã được đánh giá rồi" in text and 'name="diem"' in text
    assert stranger.post(page_of(receipt), {"diem": "1"}).status_code == 302
    assert [row.score for row in ServiceRating.objects.order_by("pk")] == [5, 1]


@pytest.mark.parametrize("ticked", [True, False])
def test_words_written_for_a_complaint_are_one_ticked_or_not(
    stranger: Client, receipt: Receipt, ticked: bool
):
    sent = {"diem": "1", "noi_dung": "Không đưa biên lai"} | ({"phan_anh": "on"} if ticked else {})
    answer = stranger.post(page_of(receipt), sent)
    complaint = Complaint.objects.get()
    assert complaint.content == "Không đưa biên lai" and complaint.received_on == today()
    assert f"{complaint.due_on:%d/%m/%Y}" in markup(stranger.get(answer["Location"]))


def test_whoever_knows_the_code_does_not_learn_that_a_complaint_was_sent_with_it(
    stranger: Client, browser: Any, receipt: Receipt
):
    """The agent's staff print the code: they must not find out by it whose receipt a complaint is
    about.
    """
    stranger.post(page_of(receipt), {"diem": "1", "noi_dung": "Không đưa biên lai"})
    told = f"{Complaint.objects.get().due_on:%d/%m/%Y}"
    for other in (Client(), browser("lead_a"), browser("staff_a")):
        for address in ("", "?da-gui=1", f"?da-gui={receipt.pk}", "?da-gui=%00"):
            text = markup(other.get(page_of(receipt) + address))
            assert "đã được đánh giá rồi" in text
            assert told not in text and "Phản ánh gửi kèm" not in text, address


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Hãy chọn một mức từ 1 đến 5."),
        ({"diem": "9"}, "Hãy chọn một mức từ 1 đến 5."),
        ({"diem": "5", "phan_anh": "on"}, "Hãy ghi nội dung phản ánh"),
        ({"diem": "5", "y_kien": "x" * 501}, "500"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(
    stranger: Client, receipt: Receipt, sent: dict[str, str], words: str
):
    answer = stranger.post(page_of(receipt), {"y_kien": "Lời đã viết", **sent})
    assert answer.status_code == 200 and words in markup(answer)
    assert sent.get("y_kien", "Lời đã viết") in markup(answer)
    assert not ServiceRating.objects.exists()


def test_a_voided_receipt_is_refused_kindly(stranger: Client, cast: Cast, receipt: Receipt):
    do_void_receipt(actor=cast.lead_a, receipt=receipt, on=today(), reason="Bà Tám trả lại tiền")
    for answer in (stranger.get(page_of(receipt)), stranger.post(page_of(receipt), {"diem": "5"})):
        assert "đã hủy nên không đánh giá được" in markup(answer) and "Tám" not in markup(answer)
    assert not ServiceRating.objects.exists()


def test_every_wrong_code_gets_the_same_answer(stranger: Client, receipt: Receipt):
    never = code_of(receipt.pk + 10**6)
    wrong = [never, code_of(receipt.pk)[:-1], "abc", "<script>", "0" * 500]
    answers = [stranger.get(reverse("rating:rate", args=[code])) for code in wrong]
    answers += [stranger.get(FIND, {"ma": code}) for code in wrong]
    answers.append(stranger.post(reverse("rating:rate", args=[never]), {"diem": "5"}))
    bodies = {markup(answer) for answer in answers}
    assert {answer.status_code for answer in answers} == {404} and len(bodies) == 1
    assert "Không có biên lai nào mang mã này" in bodies.pop()


def test_no_page_shows_anything_about_a_person(stranger: Client, receipt: Receipt):
    """Only the agent and the month of the receipt."""
    person, collector = receipt.participant, receipt.collector
    hidden = {
        person.full_name,
        str(person.citizen_id),
        receipt.number,
        collector.full_name,
        collector.code,
        receipt.commune.name,
        f"{receipt.received_on:%d/%m/%Y}",
        f"{receipt.participant_amount:,}".replace(",", "."),
    }
    before = markup(stranger.get(page_of(receipt)))
    sent = stranger.post(
        page_of(receipt), {"diem": "2", "y_kien": "Lời riêng", "noi_dung": "Chuyện riêng"}
    )
    after = markup(stranger.get(sent["Location"]))
    for text in (before, after):
        assert receipt.agent.name in text and receipt.received_month.vi in text
        assert [word for word in hidden if word in text] == []
    assert "riêng" not in after


def test_no_cookie_but_the_one_against_forged_forms(stranger: Client, receipt: Receipt):
    sent = stranger.post(page_of(receipt), {"diem": "5"})
    stranger.get(sent["Location"])
    stranger.get(FIND)
    assert set(stranger.cookies) <= {"csrftoken"}


def test_a_forged_form_is_refused(cast: Cast, receipt: Receipt):
    cache.clear()
    assert Client(enforce_csrf_checks=True).post(page_of(receipt), {"diem": "5"}).status_code == 403


def test_strangers_are_throttled(stranger: Client, receipt: Receipt, settings: Any):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "rating": "3/m/ip"}
    answers = [stranger.get(FIND, {"ma": f"guess{n}"}).status_code for n in range(2)]
    answers += [
        stranger.post(page_of(receipt), {}).status_code,
        stranger.get(page_of(receipt)).status_code,
    ]
    assert answers == [404, 404, 200, 429]


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "manager"])
def test_people_of_the_portal_do_not_rate(browser: Any, receipt: Receipt, who: str):
    answer = browser(who).post(page_of(receipt), {"diem": "5"})
    assert "dành cho người nộp tiền" in markup(answer) and not ServiceRating.objects.exists()


def slip(client: Client, receipt: Receipt) -> list[str]:
    """The line with the code on a printed slip."""
    text = markup(client.post(reverse("enrollment:receipt_print", args=[receipt.pk])))
    assert "data-print-now" in text
    return re.findall(r'<p class="rate-line print-only">.*?</p>', text)


def test_no_page_on_screen_shows_the_code(browser: Any, receipt: Receipt):
    for who in ("staff_a", "lead_a", "officer_a", "manager"):
        text = markup(browser(who).get(reverse("enrollment:receipt", args=[receipt.pk])))
        assert code_of(receipt.pk) not in text and "rate-line" not in text


def test_the_code_is_printed_once_and_each_print_is_on_record(browser: Any, receipt: Receipt):
    (line,) = slip(browser("staff_a"), receipt)
    assert f"http://testserver{page_of(receipt)}" in line and code_of(receipt.pk) in line
    assert slip(browser("staff_a"), receipt) == slip(browser("lead_a"), receipt) == []
    rows = AuditEntry.objects.filter(action="receipt.print").order_by("id")
    assert [(row.actor.username, row.changes["code"]) for row in rows if row.actor] == [
        ("nhanvien_a", True),
        ("nhanvien_a", False),
        ("phutrach_a", False),
    ]


def test_the_office_prints_a_spoiled_slip_again_until_the_receipt_is_rated(
    browser: Any, receipt: Receipt
):
    slip(browser("staff_a"), receipt)
    assert len(slip(browser("officer_a"), receipt)) == 1
    do_rate(receipt=receipt, score=4)
    assert slip(browser("officer_a"), receipt) == slip(browser("manager"), receipt) == []


def test_a_voided_receipts_page_invites_nobody(browser: Any, cast: Cast, receipt: Receipt):
    do_void_receipt(actor=cast.lead_a, receipt=receipt, on=today(), reason="thử")
    assert slip(browser("lead_a"), receipt) == []
    assert "rate-line" not in markup(
        browser("staff_a").get(reverse("enrollment:receipt", args=[receipt.pk]))
    )
