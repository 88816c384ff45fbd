"""The manager's report: page, list behind a figure, workbook, CSV and command say the same; and it
prints.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from enrollment.models import Receipt
from enrollment.operations.stops import do_stop
from reports.definitions.growth import columns
from tests import builders
from tests.browser.stage import field, follow, look, saved
from tests.cast import Cast
from thaithuy_bhxh.months import Month

pytestmark = pytest.mark.browser

FIRST, LAST = Month(2025, 8), Month(2026, 3)
WAYS = {
    "commune": "Xã, thị trấn",
    "agent": "Đại lý",
    "network": "Hệ thống đại lý",
    "officer": "Chuyên quản thu",
    "district": "Toàn huyện",
}


@pytest.fixture
def world(cast: Cast, server: Any) -> Cast:
    """People of both communes who came, stayed, moved on, lapsed and stopped between August 2025
    and March 2026.
    """
    lines = [
        builders.receipt_line(where, who, day, months=months)
        for where, who, dated in (
            (
                cast.commune_a,
                cast.collector_a,
                [(date(2025, 7, 3), 6), (date(2025, 8, 5), 1), (date(2025, 12, 9), 12)],
            ),
            (cast.commune_b, cast.collector_b, [(date(2025, 9, 9), 3), (date(2026, 2, 2), 6)]),
        )
        for day, months in dated
    ]
    builders.import_lines(cast.manager, *lines)
    stayed = Receipt.objects.get(number=lines[0].number).participant
    paid_again = builders.again(stayed, months=6, from_month=Month(2026, 1))
    builders.import_lines(
        cast.manager,
        builders.receipt_line(cast.commune_b, cast.collector_a, date(2026, 1, 8), **paid_again),
    )
    stopped = Receipt.objects.get(number=lines[4].number).participant
    do_stop(
        actor=cast.manager, participant=stopped, month=Month(2026, 3), reason="compulsory", note=""
    )
    return cast


def command(by: str) -> dict[str, Any]:
    """What ``report growth --format json`` answers."""
    out = StringIO()
    call_command(
        "report", "growth", first=str(FIRST), last=str(LAST), by=by, format="json", stdout=out
    )
    return json.loads(out.getvalue())


def flat(row: dict[str, Any]) -> dict[str, Any]:
    reasons = row.get("decreased_by_reason", {})
    return {
        **row,
        **{f"decreased_by_reason.{reason}": number for reason, number in reasons.items()},
    }


def number(text: Any) -> Decimal | None:
    """A figure as a person reads it from page, CSV or cell; a dash is 0, nothing is unknown."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        return Decimal(str(text))
    if text.strip() == "–":
        return Decimal(0)
    return Decimal(
        text.replace("−", "-").replace("+", "").replace("%", "").replace(".", "").replace(",", ".")
    )


def on_page(page: Page) -> list[list[str]]:
    """Rows of the report's table, the total last."""
    rows = page.get_by_role("main").get_by_role("region").locator("tbody tr, tfoot tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def value_of(sheet: Worksheet, cell: Any) -> Decimal | None:
    """A cell's number; totals are worked out from their formulas, as Excel would."""
    text = cell.value
    if not (isinstance(text, str) and text.startswith("=")):
        return number(text)
    if found := re.fullmatch(r"=SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)", text):
        column = column_index_from_string(found[1])
        cells = (
            sheet.cell(row=row, column=column) for row in range(int(found[2]), int(found[3]) + 1)
        )
        return sum((value_of(sheet, one) or Decimal(0) for one in cells), Decimal(0))
    ratio = re.fullmatch(r'=IF\(([A-Z]+\d+)=0,"",ROUND\(([A-Z]+\d+)/\1\*100,2\)\)', text)
    assert ratio, text
    whole, part = value_of(sheet, sheet[ratio[1]]), value_of(sheet, sheet[ratio[2]])
    return round(part * 100 / whole, 2) if whole and part is not None else None


def in_workbook(path: Path, count: int) -> list[list[Any]]:
    """The rows under the numbered header line, the total last: texts as they are, figures as
    decimals.
    """
    sheet = load_workbook(path).worksheets[0]
    top = next(
        row[0].row for row in sheet.iter_rows() if row[0].value == "(1)" and row[1].value == "(2)"
    )
    rows = list(sheet.iter_rows(min_row=top + 1, max_row=top + count))
    return [
        [value_of(sheet, cell) if at > 1 else cell.value for at, cell in enumerate(row)]
        for row in rows
    ]


def same_figures(
    found: list[Any], columns_: list[Any], answer: dict[str, Any], *, rounded: bool = False
) -> None:
    """Every figure of a row against the command's answer."""
    for column, cell in zip(columns_, found, strict=False):
        if column.is_number and column.key in answer:
            wanted = number(None if answer[column.key] is None else Decimal(answer[column.key]))
            if rounded and column.kind == "percent" and wanted is not None:
                wanted = Decimal(round(wanted, 1))
            assert cell == wanted, f"{answer['unit_name']}: {column.key} is {cell}, not {wanted}"


@pytest.mark.parametrize("by", ["commune", "network"])
def test_page_workbook_csv_and_command_say_the_same(
    visit: Any, world: Cast, tmp_path: Path, by: str
):
    page = visit(world.manager)
    page.goto(reverse("reports:growth"))
    field(page, "Từ tháng").fill(FIRST.vi)
    field(page, "Đến tháng").fill(LAST.vi)
    page.get_by_role("combobox", name=re.compile("^Theo")).select_option(WAYS[by])
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WAYS[by].lower())
    answer = command(by)
    answers = [flat(row) for row in [*answer["rows"], answer["total"]]]
    assert answer["total"]["new"] == 4 and answer["total"]["decreased"] == 3, (
        "the world is what its makers meant"
    )
    shown = on_page(page)
    assert len(shown) == len(answers)
    page_columns = [column for column in columns(by) if column.on_page]
    for row, wanted in zip(shown, answers, strict=True):
        assert wanted["unit_name"] in row[0] or wanted["unit_code"] is None
        same_figures([None, *map(number, row[1:])], page_columns, wanted, rounded=True)
    with page.expect_download() as download:
        follow(page, "Tải Excel")
    sheet_columns = [column for column in columns(by) if column.in_sheet]
    for row, wanted in zip(
        in_workbook(saved(download.value, tmp_path), len(answers)), answers, strict=True
    ):
        assert wanted["unit_name"] == row[1]
        same_figures(row, sheet_columns, wanted)
    with page.expect_download() as download:
        follow(page, "CSV")
    lines = list(csv.reader(saved(download.value, tmp_path).read_text("utf-8-sig").splitlines()))
    assert lines[0] == [column.heading for column in sheet_columns]
    for line, wanted in zip(lines[1:], answers, strict=True):
        same_figures(
            [Decimal(cell) if re.fullmatch(r"-?[\d.]+", cell) else None for cell in line],
            sheet_columns,
            wanted,
        )


def test_every_grouping_opens_and_a_figure_leads_to_as_many_people(visit: Any, world: Cast):
    page = visit(world.manager)
    page.goto("/")
    look(page)
    for by, word in WAYS.items():
        page.goto(f"{reverse('reports:growth')}?tu={FIRST}&den={LAST}&theo={by}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(word.lower())
        look(page)
    page.goto(f"{reverse('reports:growth')}?tu={FIRST}&den={LAST}")
    links = {
        link.get_attribute("href") or "": link.inner_text()
        for link in page.get_by_role("main").get_by_role("region").get_by_role("link").all()
    }
    assert len(links) > 10
    for url, figure in links.items():
        page.goto(url)
        people = page.get_by_role("main").get_by_role("region").locator("tbody tr")
        if parse_qs(urlparse(url).query)["cot"] == ["collected"]:
            expect(page.get_by_role("main")).to_contain_text(f"tổng {figure} đ")
        else:
            expect(people).to_have_count(int(figure))
    look(page)


def test_the_report_and_the_receipt_print_as_papers(visit: Any, world: Cast):
    page = visit(world.manager)
    receipt = Receipt.objects.latest("id")
    for path in (
        f"{reverse('reports:growth')}?tu={FIRST}&den={LAST}",
        reverse("enrollment:receipt", args=[receipt.pk]),
    ):
        page.goto(path)
        motto = page.get_by_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        expect(motto).to_be_hidden()
        page.emulate_media(media="print")
        expect(motto).to_be_visible()
        expect(page.get_by_text("Độc lập - Tự do - Hạnh phúc")).to_be_visible()
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("banner")).to_have_count(0)
        expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
        page.emulate_media(media="screen")
    expect(page.get_by_role("img", name="Mã QR mở trang kiểm tra biên lai")).to_be_visible()
    look(page)
