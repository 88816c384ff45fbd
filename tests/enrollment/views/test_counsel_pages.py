"""The counselling pages: open to strangers, filled in from the register, storing nothing, naming
nobody.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import vl_convert
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import AuditEntry
from enrollment.models import Draft, Participant
from tests.pages import markup
from tests.security.scene import fingerprint
from thaithuy_bhxh.clock import today

PAGE = reverse("counsel:page")
ANSWERS = {
    "sinh": "1984",
    "gioi": "female",
    "doi_tuong": "near_poor",
    "muc": "2.000.000",
    "phuong_thuc": "12",
}
EVERY = [PAGE, reverse("counsel:sheet"), reverse("counsel:chart"), reverse("counsel:picture")]


@pytest.fixture
def stranger(reference: None) -> Client:
    cache.clear()
    return Client()


def test_an_empty_page_invites(stranger: Client):
    text = markup(stranger.get(PAGE))
    assert "Bạn sẽ biết" in text and "Tìm người" not in text


def test_the_example_is_answered(stranger: Client):
    """The least income, 1.500.000 đ, for 12 months: 3.960.000 less 792.000 of the state."""
    example = re.search(r'href="([^"]*muc=[^"]*)"', markup(stranger.get(PAGE)))
    assert example
    text = markup(stranger.get(unescape(example[1])))
    assert "3.168.000 đ" in text and f'value="{today().year - 35}"' in text


def test_an_answer_says_what_is_paid_added_and_gained(stranger: Client):
    text = markup(stranger.get(PAGE, ANSWERS))
    for words in (
        "3.696.000 đ",
        "1.584.000 đ",
        "Lương hưu mỗi tháng",
        "ước tính",
        "Vì sao số tiền này?",
        "Thẻ BHYT",
    ):
        assert words in text
    assert "theo tham số của ngày nộp cho cả kỳ" in text and "Chỉ biết năm sinh" in text


def test_two_choices_and_a_later_start_are_compared(stranger: Client):
    more = {"muc_2": "1.500.000", "phuong_thuc_2": "1", "nam_bat_dau": "2035", "da_dong": "24"}
    text = markup(stranger.get(PAGE, {**ANSWERS, **more}))
    assert "So sánh hai lựa chọn" in text and "198.000" in text and "Nếu bắt đầu từ 01/2035" in text


EARLY = {**ANSWERS, "sinh": "20/05/1990", "da_dong": "100", "tham_gia_tu": "2015"}


def test_who_joined_before_2021_sees_the_earlier_pension_too(stranger: Client):
    """20 years are full long before she is 55, in 05/2045: from 06/2045 instead of 06/2050."""
    for page in (PAGE, reverse("counsel:sheet")):
        text = markup(stranger.get(page, EARLY))
        assert "06/2045" in text and "06/2050" in text and "sớm" in text
    later = markup(stranger.get(PAGE, {**EARLY, "tham_gia_tu": "2021"}))
    assert "06/2045" not in later and "06/2050" in later


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sinh", "2024", "chưa đủ 15 tuổi"),
        ("sinh", "abc", "không đúng"),
        ("muc", "hai triệu", "không phải là số tiền"),
        ("nam_bat_dau", "1999", "Năm bắt đầu phải từ"),
        ("da_dong", "-1", "da_dong_error"),
        ("tham_gia_tu", "1990", "Năm bắt đầu đóng phải từ"),
    ],
)
def test_wrong_answers_are_named_and_kept(stranger: Client, field: str, value: str, words: str):
    text = markup(stranger.get(PAGE, {**ANSWERS, field: value}))
    assert words in text and f'value="{value}"' in text and 'id="toi-dong"' not in text


@pytest.mark.parametrize(
    ("income", "told"),
    [("100", "thấp hơn chuẩn nghèo"), ("100.000", "thấp hơn"), ("900.000.000", "cao hơn")],
)
def test_an_unlawful_income_is_refused_and_leads_to_no_pension(
    stranger: Client, income: str, told: str
):
    asked = {**ANSWERS, "muc": income, "da_dong": "24", "nam_bat_dau": str(today().year + 5)}
    answer = stranger.get(PAGE, asked)
    text = markup(answer)
    after = text[text.index('id="ve-sau"') :]
    assert told in after and "Lương hưu mỗi tháng</dt>" not in after and "<img" not in after
    assert "nhận một lần ước tính" not in after
    assert {amount for _, amount in answer.context["delays"]} == {0}
    for name in ("counsel:sheet", "counsel:chart", "counsel:picture"):
        assert stranger.get(reverse(name), asked).status_code == 200


def test_who_was_of_age_before_the_first_row_of_ages_gets_an_answer(stranger: Client):
    text = markup(stranger.get(PAGE, {**ANSWERS, "sinh": "1940", "gioi": "male", "da_dong": "100"}))
    assert (
        "Chưa có tuổi nghỉ hưu" not in text
        and "tháng 01/2000" in text
        and "sau 80 tháng đóng nữa" in text
    )


def test_htmx_gets_the_answer_alone(stranger: Client):
    text = markup(
        stranger.get(PAGE, ANSWERS, headers={"HX-Request": "true", "HX-Target": "ket-qua"})
    )
    assert "3.696.000 đ" in text and "<html" not in text


@pytest.mark.parametrize("size", ["a4", "a5"])
def test_the_sheet_says_what_it_is_based_on(stranger: Client, size: str):
    text = markup(stranger.get(reverse("counsel:sheet"), {**ANSWERS, "kho": size}))
    assert f"sheet-{size}" in text and "Luật BHXH 41/2024/QH15" in text and "3.696.000" in text


def test_chart_and_picture_are_pictures(stranger: Client):
    chart = stranger.get(reverse("counsel:chart"), ANSWERS)
    assert (
        chart["Content-Type"] == "image/svg+xml"
        and b"<svg" in chart.content
        and b"style=" not in chart.content
    )
    assert stranger.get(reverse("counsel:picture"), ANSWERS).content.startswith(b"\x89PNG")


@pytest.mark.parametrize("address", EVERY[1:])
def test_what_is_incomplete_has_no_sheet_chart_or_picture(stranger: Client, address: str):
    assert stranger.get(address, {"sinh": "1984"}).status_code == 404


def test_nothing_is_stored(stranger: Client):
    before = fingerprint()
    for address in EVERY:
        assert stranger.get(address, ANSWERS).status_code == 200
    assert fingerprint() == before and not stranger.cookies.get("sessionid")


def test_strangers_are_throttled_and_colleagues_are_not(stranger: Client, browser: Any):
    answers = [stranger.get(PAGE).status_code for _ in range(61)]
    assert answers[:60] == [200] * 60 and answers[60] == 429
    assert [browser("staff_a").get(PAGE).status_code for _ in range(3)] == [200] * 3


def test_pictures_have_a_limit_of_their_own(stranger: Client, settings: Any):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "picture": "2/m/ip"}
    address = reverse("counsel:picture")
    assert [stranger.get(address, ANSWERS).status_code for _ in range(3)] == [200, 200, 429]
    assert stranger.get(PAGE).status_code == 200, (
        "and whoever asks for too many still reads the page"
    )


def test_the_same_picture_is_painted_once_and_another_anew(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
):
    caches["pictures"].clear()
    painted: list[str] = []
    paint = vl_convert.svg_to_png
    monkeypatch.setattr(
        vl_convert, "svg_to_png", lambda svg, **more: painted.append(svg) or paint(svg, **more)
    )
    address = reverse("counsel:picture")
    first, again = (stranger.get(address, ANSWERS).content for _ in range(2))
    assert first == again and len(painted) == 1
    assert (
        stranger.get(address, {**ANSWERS, "muc": "3000000"}).content != first and len(painted) == 2
    )


def test_from_the_register_the_form_is_filled_in_and_names_nobody(
    browser: Any, active: Participant
):
    Participant.objects.filter(pk=active.pk).update(birth_year=1984, sex="female")
    text = markup(
        browser("staff_a").get(reverse("enrollment:counsel_participant", args=[active.pk]))
    )
    content = text[text.index("<main") :]
    assert 'value="1984"' in content and "Tôi đóng" in content
    assert active.full_name not in content and str(active.citizen_id) not in content
    assert not re.search(r"nguoi-tham-gia/\d+", content)
    assert (
        not Draft.objects.exists()
        and not AuditEntry.objects.filter(action__startswith="counsel").exists()
    )


def test_somebody_elses_person_is_absent(browser: Any, foreign: Participant):
    assert (
        browser("staff_a")
        .get(reverse("enrollment:counsel_participant", args=[foreign.pk]))
        .status_code
        == 404
    )


def test_the_page_is_cheap(stranger: Client, browser: Any, django_assert_max_num_queries: Any):
    """The throttle keeps its count of strangers in the shared cache, which is not the
    page's doing.
    """
    colleague = browser("staff_a")
    with django_assert_max_num_queries(12):
        colleague.get(PAGE, ANSWERS)
    with CaptureQueriesContext(connection) as asked:
        stranger.get(PAGE, ANSWERS)
    own = [
        one["sql"]
        for one in asked
        if "portal_cache" not in one["sql"] and "SAVEPOINT" not in one["sql"]
    ]
    assert len(own) <= 4
