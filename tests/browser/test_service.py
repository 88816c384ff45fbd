"""Rating the service in a real browser: a payer on a phone, with scripts and without; the office
answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from enrollment.models import Complaint
from enrollment.rating_code import code_of
from tests import builders
from tests.browser.stage import field, follow, look, press
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture(autouse=True)
def fresh(server: Any) -> None:
    """A stranger whom the throttle has not met."""
    cache.clear()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_payer_rates_and_complains_and_an_officer_answers(visit: Visit, cast: Cast, script: bool):
    slip = builders.paid(cast.manager, cast.commune_a, cast.collector_a, this_month().first_day)
    page = visit(phone=True, script=script)
    page.goto(reverse("rating:find"))
    if script:
        look(page)
    field(page, "Mã đánh giá").fill(code_of(slip.pk).lower())
    press(page, "Tiếp tục")
    if script:
        look(page)
    press(page, "Gửi đánh giá")
    expect(page.get_by_role("alert")).to_contain_text("Hãy chọn một mức từ 1 đến 5.")
    if script:
        look(page)
    field(page, "2 – Chưa tốt").check()
    field(page, "Tôi muốn phản ánh").check()
    field(page, "Nội dung phản ánh").fill("Thu tiền nhưng hẹn hôm sau mới đưa biên lai")
    press(page, "Gửi đánh giá")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn bạn")
    if script:
        look(page)
        _answered(visit(cast.officer_a))


def _answered(page: Page) -> None:
    page.goto(reverse("enrollment:complaints"))
    look(page)
    follow(page, "Thu tiền nhưng hẹn hôm sau mới đưa biên lai")
    look(page)
    follow(page, "Trả lời")
    field(page, "Trả lời", exact=True).fill("Đã nhắc nhở và đưa biên lai tận nhà")
    field(page, "Đúng", exact=True).check()
    look(page)
    press(page, "Ghi trả lời")
    expect(page.get_by_role("main")).to_contain_text("phản ánh đúng")
    look(page)
    assert Complaint.objects.get().upheld is True
