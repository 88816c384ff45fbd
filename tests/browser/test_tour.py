"""The README's tour, walked as it stands there: bold is pressed, quotation marks appear, code is an
account, a number, a month or a file; where a phone is named, on a phone. With PICTURES set to a
folder it takes the README's pictures, of the whole demonstration.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from agents.models import User
from enrollment.demonstration import SEED, Campaign, MonthBatch, side_records_of, simulate
from enrollment.demonstration.loader import Loader
from enrollment.demonstration.sample_lists import ROLES, write_sample_lists
from tests.browser.stage import field, press
from thaithuy_bhxh.clock import this_month, today

pytestmark = pytest.mark.browser

README = Path(__file__).resolve().parents[2] / "README.md"
TOUR = re.compile(r"## First steps.*?\n(1\. .*?)\n\n## ", re.DOTALL)
TOKEN = re.compile(r"\*\*(?P<press>.+?)\*\*|“(?P<seen>.+?)”|`(?P<code>.+?)`")
MONTH, NUMBER = re.compile(r"\d\d/\d{4}"), re.compile(r"\d{12}")
PICTURES = os.environ.get("PICTURES", "")
PAGES = {
    "collector": ("nhanvien", "/", True),
    "manager": ("lanhdao", "/", False),
    "growth": ("lanhdao", "/bao-cao/tang-truong/?tu=2021-01&den=2021-02", False),
}
"""Name of a picture → the account, the page, and whether on a phone."""
LATELY = 18
"""Months before today whose newcomers are all in the small campaign."""


def steps() -> list[str]:
    """The numbered steps of the README's tour."""
    tour = TOUR.search(README.read_text(encoding="utf-8"))
    assert tour is not None, "README has lost its tour"
    return [" ".join(one.split()) for one in re.split(r"\n(?=\d\. )", tour[1])]


def small(campaign: Campaign) -> Campaign:
    """The latest newcomers and one in thirty of the others, with all that happened to them."""
    begin = (this_month() - LATELY).first_day
    people = [one for one in campaign.people if one.joined_on >= begin or one.id % 30 == 0]
    ids, keys = {one.id for one in people}, {(one.citizen_id, one.bhxh_no) for one in people}

    def part(batch: MonthBatch) -> MonthBatch:
        right = tuple(x for x in batch.corrections if (x.citizen_id, x.bhxh_no) in keys)
        lines = tuple(x for x in batch.lines if (x.citizen_id, x.bhxh_no) in keys)
        return replace(
            batch,
            lines=lines,
            corrections=right,
            moves=tuple(one for one in batch.moves if one.person in ids),
            newcomers=tuple(pk for pk in batch.newcomers if pk in ids),
        )

    months = [part(batch) for batch in campaign.months]
    numbers = {line.number for batch in months for line in batch.receipts()}
    return replace(
        campaign,
        months=tuple(
            replace(one, voids=tuple(void for void in one.voids if void.number in numbers))
            for one in months
        ),
        targets=tuple(one for one in campaign.targets if one.year in (2021, today().year)),
    )


@pytest.fixture
def passwords(server: Any, settings: Any, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The demonstration with its lists; the password of each account."""
    settings.MFA_REQUIRED = False
    campaign = simulate(this_month() - 1, until=today() - timedelta(days=1))
    if not PICTURES:
        campaign = small(campaign)
    records = side_records_of(campaign, today(), SEED)
    issued = Loader(campaign, records, lambda _: None).load()
    named = [one.username for one in issued]
    write_sample_lists(User.objects.filter(role__in=ROLES, username__in=named), tmp_path, today())
    yield {one.username: one.password for one in issued}


class Walker:
    """Somebody who does what a step says, word by word."""

    def __init__(self, page: Page, passwords: dict[str, str], folder: Path) -> None:
        self._page, self._passwords, self._folder = page, passwords, folder
        self._months = iter(("Từ tháng", "Đến tháng"))

    def walk(self, step: str) -> None:
        for token in TOKEN.finditer(step):
            if token["press"]:
                self._press(token["press"])
            elif token["seen"]:
                expect(self._page.get_by_role("main")).to_contain_text(token["seen"])
            else:
                self._take(token["code"])

    def _take(self, word: str) -> None:
        if word in self._passwords:
            log_in(self._page, word, self._passwords[word])
        elif MONTH.fullmatch(word):
            field(self._page, next(self._months)).fill(word)
        elif NUMBER.fullmatch(word):
            field(self._page, "Số CCCD").fill(word)
        elif word.endswith(".xlsx"):
            field(self._page, "Bảng kê D05-TS").set_input_files(self._folder / word)

    def _press(self, name: str) -> None:
        """The first button or link of that name; a folded menu is opened for it."""
        page = self._page
        exact = page.get_by_role("link", name=name, exact=True).filter(visible=True)
        if exact.count():
            with page.expect_navigation():
                exact.first.click()
            return
        named = re.compile(rf"^{re.escape(name)}( của .*| ?\d+ việc đang chờ)?$")
        found: Locator = page.get_by_role("button", name=named, include_hidden=True).or_(
            page.get_by_role("link", name=named, include_hidden=True)
        )
        if not found.filter(visible=True).count():
            found.first.evaluate(
                "one => { for (let at = one.closest('details'); at;"
                " at = at.parentElement.closest('details')) at.open = true }"
            )
        with page.expect_navigation():
            found.filter(visible=True).first.click()


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/tai-khoan/login/")
    field(page, "Tên đăng nhập").fill(username)
    field(page, "Mật khẩu", exact=True).fill(password)
    press(page, "Đăng nhập")
    page.wait_for_url(lambda url: "/login/" not in url)


def test_the_tour_works_word_by_word(visit: Any, passwords: dict[str, str], tmp_path: Path) -> None:
    told = steps()
    assert len(told) >= 5
    for step in told:
        Walker(visit(phone="phone" in step), passwords, tmp_path).walk(step)
    for name, (username, address, phone) in PAGES.items() if PICTURES else ():
        page = visit(phone=phone)
        log_in(page, username, passwords[username])
        page.goto(address)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
