"""From an invitation to a receipt in a real browser: a course, its results, a new collector, the
card that opens.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agents.models import Collector, Role, TrainingCourse
from enrollment.models import Receipt
from tests import builders
from tests.browser.stage import field, follow, look, press
from tests.cast import Cast
from tests.enrollment.conftest import LONG_AGO
from tests.security.people_scene import course
from thaithuy_bhxh.clock import today

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
NAME, CODE, PAPER = "Người Dự Tuyển", "BD001-07", "12/CN"


def invite(page: Page, to: TrainingCourse) -> None:
    """The lead proposes somebody who is not yet a collector."""
    page.goto(reverse("agents:course", args=[to.pk]))
    look(page)
    page.get_by_role("main").get_by_role("link", name="Mời người học").first.click()
    field(page, "Họ và tên người dự tuyển").fill(NAME)
    look(page)
    press(page, "Mời")
    expect(page.get_by_role("main")).to_contain_text("người dự tuyển")


def certify(page: Page, of: TrainingCourse) -> None:
    """The office records how it went and the number of the paper."""
    page.goto(reverse("agents:course_results", args=[of.pk]))
    field(page, NAME).select_option(label="Đạt")
    look(page)
    page.get_by_role("main").locator("form button.btn-primary").click()
    page.goto(reverse("agents:course_certificates", args=[of.pk]))
    field(page, NAME).fill(PAPER)
    look(page)
    page.get_by_role("main").locator("form button.btn-primary").click()
    expect(page.get_by_role("main")).to_contain_text(PAPER)
    look(page)


def hire(page: Page, of: TrainingCourse) -> Collector:
    """The lead takes the candidate on: no card yet, so no money yet."""
    page.goto(reverse("agents:alarms"))
    look(page)
    page.goto(reverse("agents:course", args=[of.pk]))
    follow(page, "Nhận vào làm")
    field(page, "Mã nhân viên thu").fill(CODE)
    field(page, "Điểm thu").select_option(index=1)
    look(page)
    page.get_by_role("main").locator("form button.btn-primary").click()
    expect(page.get_by_role("main")).to_contain_text(
        "Không ghi được biên lai cho đến khi có thẻ mới."
    )
    look(page)
    return Collector.objects.get(code=CODE)


def give_card(page: Page, who: Collector) -> None:
    page.goto(reverse("agents:collector", args=[who.pk]))
    page.get_by_role("main").get_by_role("link", name="Cấp thẻ").first.click()
    field(page, "Số thẻ").fill("TNV-07")
    field(page, "Có giá trị từ ngày").fill(f"{today():%d/%m/%Y}")
    field(page, "Giấy chứng nhận tập huấn").select_option(index=1)
    look(page)
    page.get_by_role("main").locator("form button.btn-primary").click()
    expect(page.get_by_role("main")).to_contain_text("TNV-07")
    look(page)


def test_a_lead_hires_after_a_course_and_the_card_opens_the_first_receipt(visit: Visit, cast: Cast):
    known = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, LONG_AGO, months=1
    ).participant
    held = course(cast, "TH-09", today())
    lead, office = visit(cast.lead_a, phone=True), visit(cast.manager)
    invite(lead, held)
    certify(office, held)
    who = hire(lead, held)
    assert (who.full_name, who.point.agent) == (NAME, cast.agent_a)
    page = visit(
        builders.user("nguoi_moi", Role.COLLECTOR, agent=cast.agent_a, collector=who), phone=True
    )
    page.goto("/")
    look(page)
    give_card(office, who)
    page.goto(reverse("enrollment:participant", args=[known.pk]))
    press(page, "Thu tiền đóng lại")
    field(page, "6 tháng").check()
    press(page, "Tiếp tục: kiểm tra lại")
    press(page, "Ghi biên lai")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi biên lai")
    assert Receipt.objects.latest("pk").collector == who
