"""The collector's day on a phone: log in, new participant, renewal, void; and the same form without
JavaScript.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from enrollment.models import Draft, Participant, Receipt
from tests import builders
from tests.browser.stage import field, fits, follow, look, press
from tests.cast import Cast
from tests.enrollment.conftest import LONG_AGO
from thaithuy_bhxh.clock import this_month, today

pytestmark = pytest.mark.browser

NAME = "Người Mẫu Phạm Thị Hoa"
# 12 months at 2.000.000 đ: 5.280.000 gross, of which the state gives the poor 12 times 50 % of 22 %
# of 1.500.000.
POOR_PAYS = "3.300.000 đ"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def who(page: Page, citizen_id: str) -> None:
    """“Là ai?” by the number on the card."""
    page.goto(reverse("enrollment:enroll"))
    field(page, "Số CCCD").fill(citizen_id)
    press(page, "Tiếp tục")


def tell_person(page: Page, cast: Cast) -> None:
    heading(page, "Thông tin cá nhân")
    field(page, "Họ và tên").fill(NAME)
    field(page, "Nữ", exact=True).check()
    field(page, "Ngày sinh").fill("05/06/1984")
    field(page, "Xã, thị trấn").select_option(str(cast.commune_a.pk))
    field(page, "Thôn, tổ dân phố").fill("Thôn Bắc")


def tell_group(page: Page) -> None:
    heading(page, "Đối tượng hỗ trợ")
    field(page, "Hộ nghèo", exact=True).check()
    field(page, "Giấy tờ chứng minh").fill("Giấy chứng nhận mẫu 01")
    field(page, "Có hiệu lực từ ngày").fill("01/01/2026")


def test_a_new_participant_from_log_in_to_receipt(visit: Any, cast: Cast):
    page = visit(phone=True)
    page.goto("/")
    look(page)
    expect(page.get_by_placeholder("Username")).to_have_count(0)
    field(page, "Tên đăng nhập").fill("nhanvien_a")
    field(page, "Mật khẩu").fill("khong-phai-mat-khau")
    press(page, "Đăng nhập")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    expect(field(page, "Tên đăng nhập")).to_have_value("nhanvien_a")
    field(page, "Mật khẩu").fill(builders.PASSWORD)
    press(page, "Đăng nhập")
    thumbs = page.get_by_role("navigation", name="Việc chính").get_by_role("link")
    expect(thumbs).to_have_text(["Hôm nay", "Người", "Thu tiền", "Biên lai"])
    expect(page.get_by_text("signed in")).to_have_count(0)
    look(page)
    thumbs.get_by_text("Thu tiền").click()
    heading(page, "Là ai?")
    look(page)
    citizen_id = builders.citizen_id("female", 1984)
    field(page, "Số CCCD").fill(citizen_id)
    press(page, "Tiếp tục")
    tell_person(page, cast)
    look(page)
    press(page, "Tiếp tục")
    tell_group(page)
    look(page)
    press(page, "Tiếp tục")
    heading(page, "Mức đóng")
    income = field(page, "Mức thu nhập chọn đóng")
    income.clear()
    income.press_sequentially("1000000")
    expect(page.get_by_text("thấp hơn chuẩn nghèo nông thôn")).to_be_visible()
    income.clear()
    income.press_sequentially("2000000")
    expect(income).to_have_value("2.000.000")
    expect(page.get_by_text(POOR_PAYS, exact=True)).to_be_visible()
    look(page)
    press(page, "Tiếp tục: kiểm tra lại")
    heading(page, "Kiểm tra lại")
    for answer in (NAME, "05/06/1984", "Thôn Bắc", "Giấy chứng nhận mẫu 01", POOR_PAYS):
        expect(page.get_by_role("main")).to_contain_text(answer)
    look(page)
    assert not Receipt.objects.exists(), "nothing is recorded before the last button"
    other_tab = page.context.new_page()
    other_tab.goto(page.url)
    page.get_by_role("button", name="Ghi biên lai", exact=True).dblclick()
    heading(page, "Biên lai")
    number = Receipt.objects.get().number
    heading(page, number)
    expect(page.get_by_role("status")).to_contain_text(f"Đã ghi biên lai {number}")
    look(page)
    press(other_tab, "Ghi biên lai")
    heading(other_tab, number)
    assert Receipt.objects.count() == Participant.objects.count() == 1, (
        "sent again, it is the same receipt"
    )
    page.go_back()
    heading(page, "đã ghi rồi")
    expect(page.get_by_role("button", name="Ghi biên lai", exact=True)).to_have_count(0)
    look(page)
    follow(page, f"Xem biên lai {number}")
    heading(page, number)
    who(page, citizen_id)
    until = f"{(this_month() + 11).last_day:%d/%m/%Y}"
    expect(page.get_by_role("main")).to_contain_text(NAME)
    expect(page.get_by_role("main")).to_contain_text(until)
    look(page)
    thumbs.get_by_text("Hôm nay").click()
    expect(page.get_by_role("main")).to_contain_text("1 biên lai")
    expect(page.get_by_role("main")).to_contain_text(POOR_PAYS)
    look(page)


def test_a_lapsed_person_pays_again_and_the_receipt_is_voided(visit: Any, cast: Cast):
    line = builders.paid(
        cast.manager,
        cast.commune_a,
        cast.collector_a,
        LONG_AGO,
        months=1,
        full_name="Người Mẫu Trần Văn Bình",
    )
    page = visit(cast.staff_a, phone=True)
    page.goto(reverse("enrollment:participant", args=[line.participant_id]))
    expect(page.get_by_role("main")).to_contain_text("Gián đoạn")
    look(page)
    press(page, "Thu tiền đóng lại")
    field(page, "6 tháng").check()
    # 6 months at 1.500.000 đ: 1.980.000 less 20 % of it from the state.
    expect(page.get_by_text("1.584.000 đ", exact=True)).to_be_visible()
    press(page, "Lưu nháp")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu nháp")
    look(page)
    follow(page, "Người Mẫu Trần Văn Bình")
    expect(field(page, "6 tháng")).to_be_checked()
    press(page, "Tiếp tục: kiểm tra lại")
    press(page, "Ghi biên lai")
    heading(page, "Biên lai")
    assert not Draft.objects.exists()
    expect(page.get_by_role("link", name="Hủy biên lai")).to_be_hidden()
    page.get_by_text("Việc khác", exact=True).click()
    follow(page, "Hủy biên lai")
    look(page)
    press(page, "Hủy biên lai")
    expect(page.get_by_role("alert")).to_contain_text("lý do")
    look(page)
    field(page, "Lý do hủy").fill("Ghi nhầm người")
    press(page, "Hủy biên lai")
    expect(page.get_by_role("main")).to_contain_text("Biên lai đã hủy")
    expect(page.get_by_role("main")).to_contain_text("Ghi nhầm người")
    look(page)
    follow(page, "Người Mẫu Trần Văn Bình")
    expect(page.get_by_role("main")).to_contain_text("Gián đoạn")
    look(page)


def paste(box: Locator, text: str) -> None:
    """Put text in as pasting and autofill do: one input event, no key and no change."""
    box.evaluate(
        "(it, text) => { it.value = text; it.dispatchEvent(new Event('input', {bubbles: true})) }",
        text,
    )


def test_the_amount_follows_what_is_pasted_and_an_old_error_goes(
    visit: Any, cast: Cast, server: Any
):
    day = this_month().first_day
    line = builders.paid(cast.manager, cast.commune_a, cast.collector_a, LONG_AGO, months=1)
    page = visit(cast.staff_a)
    page.goto(reverse("enrollment:participant", args=[line.participant_id]))
    press(page, "Thu tiền đóng lại")
    field(page, "12 tháng").check()
    income = field(page, "Mức thu nhập chọn đóng")
    income.fill("1000000")
    field(page, "Đóng từ tháng").fill(f"{day:%m/%Y}")
    press(page, "Tiếp tục: kiểm tra lại")
    expect(page.get_by_role("alert")).to_contain_text("thấp hơn chuẩn nghèo nông thôn")
    expect(income).to_have_attribute("aria-invalid", "true")
    paste(income, "2000000")
    # 12 months at 2.000.000 đ, less 20 % of 22 % of 1.500.000 for each of them.
    expect(page.get_by_text("4.488.000 đ", exact=True)).to_be_visible()
    expect(page.get_by_text("thấp hơn chuẩn nghèo nông thôn")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(income).not_to_have_attribute("aria-invalid", "true")
    look(page)


def test_full_numbers_are_shown_for_a_reason_without_javascript(
    visit: Any, cast: Cast, server: Any
):
    day = this_month().first_day
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, day, months=12
    ).participant
    page = visit(cast.staff_a, phone=True, script=False)
    page.goto(reverse("enrollment:participant", args=[person.pk]))
    expect(page.get_by_role("main")).not_to_contain_text(person.citizen_id)
    page.get_by_text("Hiện đủ số giấy tờ").click()
    fits(page)
    press(page, "Hiện đủ số")
    expect(page.get_by_role("status")).to_contain_text("Hãy ghi rõ lý do")
    page.get_by_text("Hiện đủ số giấy tờ").click()
    field(page, "Trả lời người tham gia").check()
    press(page, "Hiện đủ số")
    expect(page.get_by_role("main")).to_contain_text(person.citizen_id)


def test_a_new_participant_without_javascript(visit: Any, cast: Cast):
    page = visit(cast.staff_a, script=False)
    who(page, builders.citizen_id("female", 1984))
    tell_person(page, cast)
    press(page, "Tiếp tục")
    tell_group(page)
    press(page, "Tiếp tục")
    field(page, "Mức thu nhập chọn đóng").fill("2000000")
    press(page, "Tính lại")
    expect(page.get_by_text(POOR_PAYS, exact=True)).to_be_visible()
    press(page, "Tiếp tục: kiểm tra lại")
    press(page, "Ghi biên lai")
    heading(page, "Biên lai")
    heading(page, Receipt.objects.get(received_on=today()).number)
