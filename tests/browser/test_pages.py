"""What holds for every page: it fits both screens, weighs little, and is worked by the keyboard
alone.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from enrollment.operations.drafts import do_start_draft
from tests import builders
from tests.browser.stage import DESK, PHONE, fits
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month

pytestmark = pytest.mark.browser

WEIGHT = 100_000
"""Bytes of a first load besides the style sheets that all pages share."""


@pytest.fixture
def pages(cast: Cast, server: Any) -> dict[str, list[str]]:
    """Addresses by role, with one receipt of each side on record and a receipt form begun."""
    day = this_month().first_day
    long_name = "Người Mẫu Nguyễn Thị Hoàng Phương Thảo Uyên"
    receipt = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, day, months=12, full_name=long_name
    )
    builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, day, full_name="Người Mẫu Lê Phương Thảo"
    )
    builders.paid(cast.manager, cast.commune_b, cast.collector_b, day)
    draft = do_start_draft(actor=cast.staff_a, title="Người mới", data={"who": {}})
    own = do_start_draft(actor=cast.staff_a, title=long_name, participant=receipt.participant)
    person = [
        reverse(f"enrollment:{name}", args=[receipt.participant_id])
        for name in ("participant", "move", "support", "household", "correct", "stop")
    ]
    slip = [
        reverse(f"enrollment:{name}", args=[receipt.pk]) for name in ("receipt", "receipt_void")
    ]
    lists = ("enrollment:participants", "enrollment:receipts", "reports:index", "reports:growth")
    reading = ["/", *map(reverse, lists)]
    office = (
        "enrollment:imports",
        "enrollment:parameters",
        "agents:agents",
        "agents:communes",
        "targets:grid",
        "agents:audit",
        "agents:agent_add",
    )
    desk = (
        "agents:accounts",
        "agents:account_add",
        "agents:office",
        "enrollment:parameters",
        "enrollment:parameter_add",
        "account_change_password",
    )
    steps = [
        reverse("enrollment:enroll_step", args=[one.pk, step])
        for one, step in ((draft, "ca-nhan"), (own, "muc-dong"))
    ]
    details = {
        "agent": cast.agent_a.pk,
        "collector": cast.collector_a.pk,
        "commune": cast.commune_a.pk,
    }
    inside = [reverse(f"agents:{name}", args=[key]) for name, key in details.items()]
    return {
        "collector": [*reading, reverse("enrollment:enroll"), *person, *slip, *steps],
        "manager": [*reading, *map(reverse, office), *inside],
        "administrator": [
            "/",
            *map(reverse, desk),
            reverse("agents:account_edit", args=[cast.manager.pk]),
        ],
    }


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_no_page_is_wider_than_the_screen(
    visit: Any, cast: Cast, pages: dict[str, list[str]], width: str
):
    for role, paths in pages.items():
        page = visit(cast.by_role(role), phone=width == "phone")
        for path in paths:
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            fits(page)
            assert page.viewport_size == (PHONE if width == "phone" else DESK)


@pytest.mark.parametrize("role", ["officer", "manager", "administrator"])
def test_the_office_on_a_phone_sees_its_place_and_progress_at_a_glance(
    visit: Any, cast: Cast, server: Any, role: str
):
    page = visit(cast.by_role(role), phone=True)
    last = reverse("reports:index" if role != "administrator" else "agents:audit")
    page.goto(last)
    bar = page.get_by_role("navigation", name="Việc chính")
    expect(bar.locator("[aria-current]")).to_be_in_viewport(ratio=0.95)
    page.goto("/")
    name = page.get_by_role("banner").locator("strong").bounding_box()
    assert name and name["height"] < 24, "the name stays on one line"
    for table in page.get_by_role("region", name="Các xã theo tiến độ").all():
        wide, seen = table.evaluate("it => [it.scrollWidth, it.clientWidth]")
        assert wide <= seen, "no column is out of sight"


def _weigh(page: Page, path: str) -> int:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="load")
    own = [one for one in answers if one.request.resource_type != "stylesheet"]
    return sum(one.request.sizes()["responseBodySize"] for one in own)


def test_a_first_load_is_light(visit: Any, cast: Cast, pages: dict[str, list[str]]):
    collector, names = pages["collector"], ("home", "register", "person", "receipt form", "report")
    paths = ("/", collector[1], collector[6], collector[-1], collector[4])
    for name, path in zip(names, paths, strict=True):
        weight = _weigh(visit(cast.staff_a), path)
        assert 0 < weight < WEIGHT, f"{name} weighs {weight} bytes"


def test_the_keyboard_alone_is_enough(visit: Any, cast: Cast, pages: dict[str, list[str]]):
    page = visit(cast.staff_a)
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    groups = page.get_by_role("navigation", name="Chính").get_by_role("link").all()
    for place in (
        page.get_by_role("banner").get_by_role("link").first,
        *groups,
        page.get_by_role("searchbox"),
    ):
        page.keyboard.press("Tab")
        expect(place).to_be_focused()
    page.keyboard.type("phuong thao")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Người tham gia")
    expect(page.get_by_role("main").get_by_role("link", name="Phương Thảo Uyên")).to_be_visible()
    assert "thao" not in page.url, "what is searched for never stands in an address"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    expect(page).to_have_url(f"{page.url.split('#')[0]}#noi-dung")
    page.keyboard.press("Tab")
    first = (
        page.get_by_role("main")
        .locator("a, button, input, select, summary")
        .locator("visible=true")
        .first
    )
    expect(first).to_be_focused()
