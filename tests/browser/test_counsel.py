"""Counselling in a real browser: a stranger on a phone and at a desk, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from tests import builders
from tests.browser.stage import field, fits, follow, look, press
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month

pytestmark = pytest.mark.browser
PAGE = reverse("counsel:page")
ANSWERED = "?sinh=1984&gioi=female&doi_tuong=near_poor&muc=2.000.000&phuong_thuc=12"
WEIGHT = 60_000
"""Bytes of a first load besides the style sheets that all pages share."""
Visit = Callable[..., Page]


@pytest.fixture(autouse=True)
def fresh(reference: None, server: Any) -> None:
    """A stranger whom the throttle has not met."""
    cache.clear()


def answer(page: Page) -> None:
    field(page, "Năm sinh").fill("1984")
    field(page, "Nữ", exact=True).check()
    field(page, "Hộ cận nghèo", exact=True).check()
    field(page, "Mức thu nhập chọn đóng (đ/tháng)").fill("2000000")
    page.get_by_role("group", name="Phương thức đóng", exact=True).get_by_label(
        "12 tháng một lần"
    ).check()


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_the_answer_comes_while_one_types(visit: Visit, phone: bool):
    page = visit(phone=phone)
    page.goto(PAGE)
    look(page)
    answer(page)
    expect(page.locator("#ket-qua")).to_contain_text("3.696.000 đ")
    expect(page.locator("#ket-qua")).to_contain_text("Lương hưu mỗi tháng")
    look(page)
    field(page, "Kéo để chọn mức thu nhập").fill("1500000")
    expect(field(page, "Mức thu nhập chọn đóng (đ/tháng)")).to_have_value("1.500.000")
    expect(page.locator("#ket-qua")).to_contain_text("2.376.000 đ")


def test_two_choices_and_a_later_start(visit: Visit):
    page = visit(phone=True)
    page.goto(PAGE)
    answer(page)
    page.get_by_text("Đã đóng trước đây, so sánh hai cách, bắt đầu muộn hơn").click()
    field(page, "So với mức thu nhập (đ/tháng)").fill("1500000")
    field(page, "Nếu bắt đầu từ năm").fill("2035")
    press(page, "Xem kết quả")
    expect(page.locator("#ket-qua")).to_contain_text("So sánh hai lựa chọn")
    expect(page.locator("#ket-qua")).to_contain_text("Nếu bắt đầu từ 01/2035")
    look(page)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_it_works_without_scripts(visit: Visit, phone: bool):
    page = visit(phone=phone, script=False)
    page.goto(PAGE)
    answer(page)
    press(page, "Xem kết quả")
    expect(page.locator("#ket-qua")).to_contain_text("3.696.000 đ")
    fits(page)
    follow(page, "Tờ in A5")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "BHXH tự nguyện: tôi đóng bao nhiêu, được gì?"
    )
    fits(page)


def test_a_wrong_answer_is_named(visit: Visit):
    page = visit(phone=True)
    page.goto(PAGE)
    answer(page)
    field(page, "Năm sinh").fill("2024")
    press(page, "Xem kết quả")
    expect(page.locator("#ket-qua")).to_contain_text("chưa đủ 15 tuổi")
    look(page)


def test_the_sheet_prints_on_one_page_without_navigation(visit: Visit):
    page = visit()
    page.goto(
        reverse("counsel:sheet")
        + "?sinh=1984&gioi=female&doi_tuong=near_poor&muc=2.000.000&phuong_thuc=12&kho=a5"
    )
    look(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="In tờ A5")).to_be_hidden()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 1


@pytest.mark.parametrize("paper", ["a5", "a4"])
def test_the_sheet_fits_a_phone_and_prints_by_script_only(visit: Visit, paper: str):
    """Without scripts a button that prints would do nothing."""
    sheet = reverse("counsel:sheet") + ANSWERED + f"&kho={paper}"
    for script in (True, False):
        page = visit(phone=True, script=script)
        page.goto(sheet)
        fits(page)
        table = page.get_by_role("table")
        wide = table.evaluate("one => one.scrollWidth - one.parentElement.clientWidth")
        assert wide <= 0
        expect(page.get_by_text(f"In tờ {paper.upper()}")).to_be_visible(visible=script)


def test_the_first_load_is_light(visit: Visit):
    page = visit(phone=True)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(PAGE + ANSWERED, wait_until="load")
    weights = [
        answer.request.sizes()["responseBodySize"]
        for answer in answers
        if not answer.url.endswith(".css")
    ]
    assert 0 < sum(weights) < WEIGHT, weights


def test_a_collector_opens_it_from_a_person(visit: Visit, cast: Cast):
    receipt = builders.paid(
        cast.manager,
        cast.commune_a,
        cast.collector_a,
        this_month().first_day,
        months=12,
        citizen_id=builders.citizen_id("female", 1984),
    )
    page = visit(cast.staff_a, phone=True)
    page.goto(reverse("enrollment:counsel_participant", args=[receipt.participant_id]))
    expect(field(page, "Năm sinh")).to_have_value("1984")
    expect(page.locator("#ket-qua")).to_contain_text("Tôi đóng")
    look(page)
