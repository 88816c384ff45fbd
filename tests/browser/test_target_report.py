"""Progress with targets in a real browser: the page and its workbook say the same, at both
widths.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from agents.operations.targets import Figure, do_set_targets
from reports.definitions.targets import columns
from tests import builders
from tests.browser.stage import follow, look, press, saved
from tests.browser.test_reports import number, value_of
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month

pytestmark = pytest.mark.browser


@pytest.fixture
def behind(cast: Cast, server: Any) -> Cast:
    """This year: A asked for 40 new people and behind, B for 1 and there."""
    day = this_month().first_day
    for where, who in ((cast.commune_a, cast.collector_a), (cast.commune_b, cast.collector_b)):
        builders.paid(cast.manager, where, who, day, months=12)
    asked = ((None, 41), (cast.commune_a, 40), (cast.commune_b, 1))
    decided = ("15/QĐ-BHXH", date(day.year, 1, 2))
    figures = [Figure(day.year, "new", owner, value, *decided) for owner, value in asked]
    do_set_targets(actor=cast.manager, figures=figures)
    return cast


def shown(page: Page) -> dict[str, list[Decimal | None]]:
    """Figures of the page's table by unit, without the bar and its word."""
    rows = page.get_by_role("main").get_by_role("region").locator("tbody tr")
    wanted = [at for at, one in enumerate(_on_page()) if one.is_number]
    told = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    return {row[0]: [number(row[at]) for at in wanted] for row in told}


def _on_page() -> list[Any]:
    return [one for one in columns("commune", "new") if one.on_page]


def in_sheet(path: Path, count: int) -> dict[str, list[Decimal | None]]:
    """The same figures from the workbook, whose columns are more."""
    sheet = load_workbook(path).worksheets[0]
    there = [one for one in columns("commune", "new") if one.in_sheet]
    top = next(
        row[0].row for row in sheet.iter_rows() if row[0].value == "(1)" and row[1].value == "(2)"
    )
    rows = sheet.iter_rows(min_row=top + 1, max_row=top + count)
    wanted = [(at, one.kind) for at, one in enumerate(there) if one.is_number and one.on_page]
    return {
        str(row[1].value): [_rounded(value_of(sheet, row[at]), kind) for at, kind in wanted]
        for row in rows
    }


def _rounded(value: Decimal | None, kind: str) -> Decimal | None:
    return value if value is None or kind != "percent" else round(value, 1)


def test_page_and_workbook_say_the_same_of_every_commune(visit: Any, behind: Cast, tmp_path: Path):
    page = visit(behind.manager)
    page.goto(f"{reverse('reports:targets')}?chi_tieu=new")
    look(page)
    expect(page.get_by_role("main")).to_contain_text("Cần chú ý sớm")
    figures = shown(page)
    ours = figures[behind.commune_a.name]
    assert ours[:3] == [40, 40, 1], "given first, given now, done"
    with page.expect_download() as download:
        follow(page, "Tải Excel")
    path = saved(download.value, tmp_path)
    assert in_sheet(path, len(figures)) == figures
    sheet = load_workbook(path).worksheets[0]
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows


@pytest.mark.parametrize("role", ["manager", "officer", "lead"])
def test_progress_reads_on_a_phone_without_script(visit: Any, behind: Cast, role: str):
    page = visit(behind.by_role(role), phone=True, script=False)
    page.goto(reverse("reports:targets"))
    press(page, "Xem")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tiến độ chỉ tiêu")
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window
