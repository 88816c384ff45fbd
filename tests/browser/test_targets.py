"""A manager at a desk: next year's targets by three ways of splitting, a revision in July, a merger
of communes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agents.models import Commune, Target
from agents.operations.labour import LabourRow, do_set_labour_forces
from agents.operations.targets import Figure, do_set_targets
from tests import builders
from tests.browser.stage import field, follow, look, press
from tests.cast import Cast
from thaithuy_bhxh.clock import today

pytestmark = pytest.mark.browser

EVEN, SEASON, POTENTIAL = (
    "Chia đều",
    "Theo kết quả và mùa vụ năm trước",
    "Theo tiềm năng (lao động chưa tham gia)",
)


@pytest.fixture
def last_year(cast: Cast, server: Any) -> Cast:
    """2025: three new people with A, one with B; 103 and 51 people of working age."""
    for _ in range(3):
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 4))
    builders.paid(cast.manager, cast.commune_b, cast.collector_b, date(2025, 10, 6))
    rows = [
        LabourRow(unit, date(2025, 12, 1), n, "UBND")
        for unit, n in ((cast.commune_a, 103), (cast.commune_b, 51))
    ]
    do_set_labour_forces(actor=cast.manager, rows=rows)
    return cast


def ask(page: Page, way: str, whole: str, number: str, day: str) -> None:
    page.get_by_label(way, exact=True).check(force=True)
    field(page, "Chỉ tiêu cần chia").fill(whole)
    field(page, "Số quyết định").fill(number)
    field(page, "Ngày quyết định").fill(day)
    press(page, "Xem đề nghị")


def cell(page: Page, owner: str) -> Any:
    return page.get_by_label(f"Tăng mới trong năm, {owner}", exact=True)


def test_a_manager_splits_three_ways_types_saves_and_revises_in_july(visit: Any, last_year: Cast):
    page = visit(last_year.manager)
    page.goto(reverse("targets:grid") + "?nam=2026&cap=dai-ly")
    look(page)
    follow(page, "Chia chỉ tiêu")
    a, b = str(last_year.agent_a), str(last_year.agent_b)
    for way, parts in ((EVEN, ("45", "45")), (SEASON, ("68", "22")), (POTENTIAL, ("60", "30"))):
        ask(page, way, "90", "15/QĐ-BHXH", "12/01/2026")
        expect(cell(page, a)).to_have_value(parts[0])
        expect(cell(page, b)).to_have_value(parts[1])
    assert not Target.objects.exists(), "looking writes nothing"
    cell(page, b).fill("24")
    expect(page.get_by_text("Đã giao 84 / 90 · còn 6 chưa giao")).to_be_visible()
    drag = page.get_by_label(f"Kéo để đổi: Tăng mới trong năm, {b}", exact=True)
    expect(drag).to_have_value("24")
    drag.press("ArrowRight")
    expect(cell(page, b)).to_have_value("25")
    expect(page.get_by_text("Đã giao 85 / 90 · còn 5 chưa giao")).to_be_visible()
    drag.press("ArrowLeft")
    cell(page, "toàn huyện").fill("84")
    expect(page.get_by_text("Đã giao 84 / 84 · đã giao đủ")).to_be_visible()
    look(page)
    press(page, "Lưu")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu chỉ tiêu: 3 mới.")
    follow(page, "Chia chỉ tiêu")
    ask(page, EVEN, "120", "77/QĐ-BHXH", "06/07/2026")
    expect(cell(page, a)).to_have_value("69")
    press(page, "Lưu")
    expect(page.get_by_role("status")).to_contain_text("3 thay đổi")
    page.goto(reverse("targets:decisions") + "?nam=2026")
    look(page)
    page.get_by_role("main").get_by_role("link", name="Xem, in quyết định").last.click()
    expect(page.get_by_text("Về việc điều chỉnh chỉ tiêu")).to_be_visible()
    look(page)
    page.goto(reverse("targets:history", args=["agent", last_year.agent_a.pk]) + "?nam=2026")
    expect(page.get_by_text("điều chỉnh lần 1, từ tháng 7")).to_be_visible()
    look(page)


def test_a_manager_merges_two_communes_on_a_phone_without_scripts(visit: Any, last_year: Cast):
    page = visit(last_year.manager, phone=True, script=False)
    page.goto(reverse("agents:merge"))
    for name in ("Xã Thái Ninh", "Xã Thụy Anh"):
        page.get_by_label(name, exact=True).check(force=True)
    for label, text in (
        ("Tên xã mới", "Mẫu Mới"),
        ("Mã xã mới", "12999"),
        ("Nghị quyết, văn bản", "NQ mẫu"),
    ):
        field(page, label).fill(text)
    field(page, "Ngày nhập").fill(f"{today():%d/%m/%Y}")
    press(page, "Xem trước")
    expect(page.get_by_text("Chưa ghi gì; xem lại rồi xác nhận.")).to_be_visible()
    assert not Commune.objects.filter(code="12999").exists()
    press(page, "Xác nhận sáp nhập")
    expect(page.get_by_role("heading", name="Xã Mẫu Mới")).to_be_visible()
    assert Commune.objects.get(code="12999").origins.count() == 2


def test_the_pages_hold_on_a_phone(visit: Any, cast: Cast):
    page = visit(cast.manager, phone=True)
    for name in (
        "targets:grid",
        "targets:split",
        "targets:labour",
        "targets:upload",
        "agents:merge",
    ):
        page.goto(reverse(name))
        look(page)


@pytest.mark.parametrize("phone", [False, True])
def test_what_is_typed_stays_as_typed_and_the_sums_follow_in_sight(
    visit: Any, cast: Cast, phone: bool
):
    given = ((None, 100), (cast.agent_a, 60), (cast.agent_b, 24))
    do_set_targets(
        actor=cast.manager, figures=[Figure(2026, "new", owner, value) for owner, value in given]
    )
    page = visit(cast.manager, phone=phone)
    page.goto(reverse("targets:grid") + "?nam=2026&cap=dai-ly")
    typed = cell(page, str(cast.agent_b))
    for text, shown in (
        ("-5", "-5"),
        ("12,5", "12,5"),
        ("1.5", "1.5"),
        ("1e5", "1e5"),
        ("abc", "abc"),
        ("1500", "1.500"),
        ("1234567", "1.234.567"),
    ):
        typed.fill("")
        typed.press_sequentially(text)
        expect(typed).to_have_value(shown)
    typed.press("Backspace")
    expect(typed).to_have_value("123.456")
    typed.fill("50")
    foot = page.locator('tfoot [data-sum="new"]')
    expect(foot).to_contain_text("110")
    expect(foot).to_contain_text("vượt 10")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_text("Đã giao 110 / 100 · giao vượt 10")).to_be_in_viewport()
    look(page)
    typed.fill("abc")
    press(page, "Lưu chỉ tiêu")
    expect(page.get_by_text("Hãy nhập số nguyên không âm, như 1.200.").first).to_be_visible()
    expect(typed).to_have_value("abc")
    assert Target.objects.get(agent=cast.agent_b).value == 24
