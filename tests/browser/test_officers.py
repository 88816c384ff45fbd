"""Officers in a real browser: a hand-over from the board to the record, and letters of exactly one
page each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agents.models import AgentContract, CollectorCard, OfficeProfile, Target
from enrollment.models import Participant
from tests import builders
from tests.browser.stage import field, follow, look, press
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month, today

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
LONG = "Nguyễn Thị Phương Thảo Hoàng Quyên Trang Anh Dũng"
"""Longer than any name that the letter has room for."""


def pages(page: Page) -> int:
    """How many sheets the page prints on."""
    page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def crowded(cast: Cast) -> Cast:
    """More people due and lost, longer names, more cards and targets than a sheet could hold."""
    OfficeProfile.objects.update(name="BHXH cơ sở Thái Thụy " * 3)
    first, before = (this_month() - 1).first_day, (this_month() - 2).first_day
    for number in range(2):
        for _ in range(12):
            day, months = ((first, 6), (before, 1))[number]
            group = "near_poor" if number else "poor"
            builders.paid(
                cast.manager,
                cast.commune_a,
                cast.collector_a,
                day,
                months=months,
                full_name=LONG,
                group=group,
            )
    Participant.objects.update(hamlet="Thôn Đông Thượng Xóm Mới Khu Dân Cư Số 12")
    Participant.objects.filter(active_to__gte=this_month()).update(
        due_on=today() + timedelta(days=3)
    )
    for one in Participant.objects.filter(active_to__lt=this_month()):
        one.hamlet = f"Thôn Đông Thượng Xóm Mới Khu {one.pk}"
        one.save()
    for number in range(2, 8):
        builders.collector(cast.agent_a, number)
    CollectorCard.objects.update(valid_to=today() + timedelta(days=3))
    for metric, value in (("new", 400), ("active", 900), ("collected", 9_661_000_000)):
        for kind, owner in (("commune", cast.commune_a), ("agent", cast.agent_a)):
            Target.objects.create(
                year=first.year,
                metric=metric,
                owner_kind=kind,
                value=value,
                decision_no="1",
                **{kind: owner},
            )
    AgentContract.objects.create(
        agent=cast.agent_a,
        number="118/2026/HĐ-BHXH-BĐ-TT-UQT",
        signed_on=first,
        valid_from=first,
        valid_to=today() + timedelta(days=9),
    )
    return cast


@pytest.mark.parametrize("name", ["commune", "agent"])
def test_a_letter_is_one_sheet_however_much_there_is_to_say(crowded: Cast, visit: Visit, name: str):
    page = visit(crowded.manager)
    page.goto(reverse(f"letters:{name}", args=[getattr(crowded, f"{name}_a").pk]))
    look(page)
    assert pages(page) == 1


def test_all_letters_are_as_many_sheets_as_letters(crowded: Cast, visit: Visit):
    builders.paid(
        crowded.manager, crowded.commune_b, crowded.collector_b, (this_month() - 1).first_day
    )
    page = visit(crowded.manager)
    page.goto(reverse("letters:communes"))
    # Every commune of the district gets one, also where nobody takes part yet: 11 since 01/07/2025
    # (docs/rules.md 3.1).
    assert page.locator("article.letter").count() == pages(page) == 11


def test_the_own_agents_letter_reads_on_a_phone(crowded: Cast, visit: Visit):
    page = visit(crowded.staff_a, phone=True)
    page.goto(reverse("letters:letters"))
    look(page)
    follow(page, crowded.agent_a.name)
    look(page)


def test_an_officer_hands_over_from_the_board_to_the_record(cast: Cast, visit: Visit):
    page = visit(cast.officer_a)
    page.goto(reverse("officers:board"))
    look(page)
    page.get_by_text("Việc khác").click()
    follow(page, "Bàn giao địa bàn")
    field(page, "Người nhận", exact=True).select_option(label=str(cast.officer_b))
    look(page)
    press(page, "Xem lại trước khi bàn giao")
    look(page)
    press(page, "Bàn giao")
    expect(page.get_by_role("heading", name="BIÊN BẢN BÀN GIAO ĐỊA BÀN")).to_be_visible()
    look(page)
    assert pages(page) == 1
    page.emulate_media(media="screen")
    page.goto(reverse("officers:board"))
    expect(page.get_by_role("main")).to_contain_text("chưa được giao xã nào")


EMPTY_CELLS = """() => [...document.querySelectorAll("table.stack td")]
  .filter((cell) => !cell.textContent.trim()).map((cell) => cell.getBoundingClientRect().height)"""


def test_a_cell_with_nothing_to_show_takes_no_room_on_a_phone(cast: Cast, visit: Visit):
    """Twelve of them would make a commune a screen long."""
    page = visit(cast.manager, phone=True)
    page.goto(reverse("officers:board"))
    heights = page.evaluate(EMPTY_CELLS)
    assert heights and set(heights) == {0}


def test_a_contact_is_noted_on_a_phone_without_script(cast: Cast, visit: Visit):
    page = visit(cast.officer_a, phone=True, script=False)
    page.goto(reverse("officers:board"))
    follow(page, "Ghi lần làm việc")
    field(page, "Làm việc với").fill("Chủ tịch xã")
    field(page, "Nội dung").fill("Thống nhất mời họp thôn")
    press(page, "Ghi lại")
    expect(page.get_by_role("main")).to_contain_text("Thống nhất mời họp thôn")
