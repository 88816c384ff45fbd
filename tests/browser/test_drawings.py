"""Charts are drawn for the place they have: as wide as their panel, with text that can be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests import builders
from tests.browser.stage import fits
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month

pytestmark = pytest.mark.browser

LEAST = 12
"""Pixels of the smallest text on the screen."""
MEASURE = """async image => {
  image.scrollIntoView();
  await image.decode();
  const drawn = await (await fetch(image.currentSrc)).text();
  const at = new DOMParser().parseFromString(drawn, 'image/svg+xml').documentElement;
  const scale = image.getBoundingClientRect().width / parseFloat(at.getAttribute('width'));
  const texts = [...at.querySelectorAll('text')].map(
    text => [text.textContent, scale * parseFloat(text.getAttribute('font-size'))]);
  const panel = image.closest('.panel-body, .card, details');
  const room = getComputedStyle(panel);
  const inside = panel.clientWidth - parseFloat(room.paddingLeft) - parseFloat(room.paddingRight);
  return [texts, image.getBoundingClientRect().width / inside];
}"""


@pytest.fixture
def world(cast: Cast, server: Any, reference: None) -> Cast:
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, this_month().first_day, months=12)
    return cast


COUNSEL = "?sinh=1984&gioi=female&doi_tuong=near_poor&muc=2.000.000&phuong_thuc=12"


def _pages() -> list[tuple[str, str]]:
    return [
        ("manager", "/"),
        ("manager", reverse("reports:targets")),
        ("manager", reverse("reports:growth")),
        ("manager", reverse("counsel:page") + COUNSEL),
        ("administrator", reverse("enrollment:parameters")),
    ]


def _drawings(page: Page) -> list[tuple[list[tuple[str, float]], float]]:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = page.locator("img.chart:visible, img.timeline:visible").all()
    return [tuple(image.evaluate(MEASURE)) for image in found[:3]]


@pytest.mark.parametrize("width", [390, 1280])
def test_text_in_a_chart_can_be_read_and_the_chart_fills_its_panel(
    visit: Any, world: Cast, width: int
):
    for role, path in _pages():
        page = visit(world.by_role(role), phone=width == 390)
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        found = _drawings(page)
        if width == 1280 or path != "/":
            assert found, f"{path} shows a chart"
        for texts, share in found:
            assert texts and min(size for _, size in texts) >= LEAST, (path, texts)
            assert "tham-so" in path or 0.7 < share <= 1.001, (path, share)
        fits(page)
