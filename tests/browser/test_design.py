"""All components in every state, in both widths and both colour schemes: axe finds nothing, nothing
is wider than the screen, and the pictures are kept with the test's files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.stage import look
from tests.cast import Cast
from tests.test_design_page import WITH_THE_PAGE

pytestmark = pytest.mark.browser
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAPER = {"light": "rgb(243, 245, 248)", "dark": "rgb(14, 21, 28)"}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_every_component_is_clean_in_both_colour_schemes(
    cast: Cast, visit: Callable[..., Page], settings: Any, tmp_path: Path, phone: bool
):
    settings.ROOT_URLCONF = WITH_THE_PAGE
    page = visit(cast.manager, phone=phone)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto("/thiet-ke/")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == PAPER[scheme]
        look(page)
        picture = tmp_path / f"{scheme}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 20_000
