"""Targets on paper and in Excel: the decision with its appendices, the workbook out and back, the
report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from agents.access import Scope, scope_of
from agents.models import Target, User
from agents.operations.targets import Figure, do_set_targets
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]
JANUARY, JULY = ("15/QĐ-BHXH", date(2026, 1, 12)), ("77/QĐ-BHXH", date(2026, 7, 6))
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


@pytest.fixture
def decided(cast: Cast) -> Cast:
    """January for the district, two communes and an agent; in July one commune is raised."""
    given = ((None, 100), (cast.commune_a, 60), (cast.commune_b, 40), (cast.agent_a, 90))
    do_set_targets(
        actor=cast.manager,
        figures=[Figure(2026, "new", owner, value, *JANUARY) for owner, value in given],
    )
    do_set_targets(actor=cast.manager, figures=[Figure(2026, "new", cast.commune_a, 75, *JULY)])
    return cast


def paper(number: str, day: str, more: str = "") -> str:
    return reverse("targets:decision") + f"?nam=2026&so={number}&ngay={day}{more}"


def test_the_decisions_of_a_year_are_listed_with_what_they_did(decided: Cast, logged_in: Login):
    text = markup(logged_in(decided.auditor).get(reverse("targets:decisions") + "?nam=2026"))
    assert text.index("15/QĐ-BHXH") < text.index("77/QĐ-BHXH")
    assert "4 chỉ tiêu giao lần đầu" in text and "1 chỉ tiêu điều chỉnh" in text and "+15" in text
    other = markup(logged_in(decided.officer_a).get(reverse("targets:decisions") + "?nam=2024"))
    assert "chưa có quyết định nào" in other


def test_the_decision_is_printed_with_its_articles_and_appendices(decided: Cast, logged_in: Login):
    text = markup(logged_in(decided.manager).get(paper("15/QĐ-BHXH", "12/01/2026")))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 15/QĐ-BHXH",
        "ngày 12 tháng 01 năm 2026",
        "Về việc giao chỉ tiêu",
        "Luật Bảo hiểm xã hội ngày 29 tháng 6 năm 2024",
        "tăng mới trong năm: 100",
        "Điều 4.",
        "Phụ lục I",
        "Phụ lục II",
        "Nơi nhận",
        "GIÁM ĐỐC",
    ):
        assert words in text, words
    revision = markup(logged_in(decided.manager).get(paper("77/QĐ-BHXH", "06/07/2026")))
    assert (
        "Về việc điều chỉnh chỉ tiêu" in revision
        and "kế hoạch của các tháng đã qua giữ nguyên" in revision
    )
    assert "Phụ lục II" not in revision


@pytest.mark.parametrize(
    "address", [paper("15/QĐ-BHXH", ""), paper("9/QĐ", "12/01/2026"), paper("15/QĐ-BHXH", "xx")]
)
def test_a_decision_that_there_is_not_is_not_found(decided: Cast, logged_in: Login, address: str):
    assert logged_in(decided.manager).get(address).status_code == 404


def test_the_appendix_is_a_workbook_with_number_and_sums(decided: Cast, logged_in: Login):
    answer = logged_in(decided.manager).get(
        paper("77/QĐ-BHXH", "06/07/2026", "&dinh_dang=xlsx&theo=commune")
    )
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert (
        "Số: 77/QĐ-BHXH" in cells and "Kèm theo Quyết định số 77/QĐ-BHXH ngày 06/07/2026" in cells
    )
    at = cells.index("Xã Thái Ninh")
    assert cells[at + 1 : at + 4] == [60, 75, 15]


def ask(scope: Scope, by: str) -> dict[str, Any]:
    asked = Asked(Month(2026, 1), Month(2026, 12), by, "as_of", "grace")
    return to_json(REPORTS["assignment"].build(scope, asked))


def test_the_report_tells_first_now_and_difference_in_the_readers_scope(decided: Cast):
    rows = {row["unit_code"]: row for row in ask(Scope(everything=True), "commune")["rows"]}
    told = [rows["12922"][f"new_{what}"] for what in ("first", "now", "difference")]
    assert (
        told == [60, 75, 15]
        and rows["12865"]["new_difference"] == 0
        and rows["12826"]["new_now"] is None
    )
    total = ask(Scope(everything=True), "commune")["total"]
    assert (total["new_first"], total["new_now"], total["active_now"]) == (100, 115, None)
    assert [row["unit_code"] for row in ask(scope_of(decided.officer_a), "commune")["rows"]] == [
        "12922"
    ]
    assert [row["new_now"] for row in ask(scope_of(decided.lead_a), "agent")["rows"]] == [90]
    with pytest.raises(Refused):
        ask(Scope(everything=True), "officer")


FILE = reverse("targets:upload") + "?nam=2026"


def downloaded(browser: Client) -> Workbook:
    return load_workbook(BytesIO(browser.get(reverse("targets:download") + "?nam=2026").content))


def uploaded(browser: Client, book: Workbook | bytes) -> Any:
    content = BytesIO()
    if isinstance(book, Workbook):
        book.save(content)
    body = content.getvalue() if isinstance(book, Workbook) else book
    return browser.post(FILE, {"file": SimpleUploadedFile("chi-tieu.xlsx", body)})


def row_of(book: Workbook, sheet: str, code: str) -> int:
    return next(row for row in range(1, 100) if book[sheet].cell(row, 1).value == code)


def test_the_workbook_has_a_sheet_per_tab_and_only_figures_can_be_typed(
    decided: Cast, logged_in: Login
):
    book = downloaded(logged_in(decided.officer_a))
    assert book.sheetnames == ["Xã, thị trấn", "Đại lý", "Nhân viên thu"]
    sheet = book["Xã, thị trấn"]
    row = row_of(book, "Xã, thị trấn", "12922")
    assert sheet.protection.sheet and [
        sheet.cell(row, n).protection.locked for n in (1, 3, 4, 5, 6)
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert sheet.cell(row, 5).value == 75
    assert sheet.cell(row_of(book, "Xã, thị trấn", "HUYEN"), 5).value == 100


def test_changed_figures_come_back_are_looked_at_and_then_saved(decided: Cast, logged_in: Login):
    browser = logged_in(decided.manager)
    book = downloaded(browser)
    communes, staff = book["Xã, thị trấn"], book["Nhân viên thu"]
    communes.cell(row_of(book, "Xã, thị trấn", "12865"), 5).value = 55
    communes.cell(row_of(book, "Xã, thị trấn", "12826"), 6).value = "1.250.000"
    staff.cell(row_of(book, "Nhân viên thu", decided.collector_a.code), 4).value = 33
    before = Target.objects.count()
    text = markup(uploaded(browser, book))
    assert "Sẽ thay đổi (3)" in text and Target.objects.count() == before
    assert (
        "Các xã, thị trấn: Tăng mới trong năm" in text
        and "Đã giao 130 / 100 · giao vượt 30" in text
    )
    assert f"Nhân viên thu của {decided.agent_a.name}: Đang tham gia" in text
    assert "Đã giao 33 · cấp trên chưa có chỉ tiêu" in text and "Các đại lý: " not in text
    undecided = browser.post(FILE, dict(HIDDEN.findall(text)) | {"decision_no": "80/QĐ-BHXH"})
    assert "Đã giao 130 / 100 · giao vượt 30" in markup(undecided)
    body = dict(HIDDEN.findall(text)) | {"decision_no": "80/QĐ-BHXH", "decision_date": "03/08/2026"}
    assert browser.post(FILE, body).status_code == 302
    now = Target.objects.current().filter(decision_no="80/QĐ-BHXH")
    assert {(row.owner_kind, row.metric, row.value) for row in now} == {
        ("commune", "new", 55),
        ("commune", "collected", 1_250_000),
        ("collector", "active", 33),
    }
    assert Target.objects.current().get(commune=decided.commune_a).value == 75


def test_an_unchanged_workbook_changes_nothing_and_others_changes_are_told(
    decided: Cast, logged_in: Login
):
    browser = logged_in(decided.manager)
    book = downloaded(browser)
    assert "Không có gì thay đổi" in markup(uploaded(browser, book))
    raised = Figure(2026, "new", decided.commune_b, 44, "78/QĐ-BHXH", date(2026, 7, 9))
    do_set_targets(actor=decided.manager, figures=[raised])
    assert "Không có gì thay đổi" in markup(uploaded(browser, book))
    book["Xã, thị trấn"].cell(row_of(book, "Xã, thị trấn", "12865"), 5).value = 50
    assert "Người khác đã đổi số này" in markup(uploaded(browser, book))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (5, "nhiều", "không phải là số nguyên không âm"),
        (5, -3, "không phải là số nguyên không âm"),
        (5, 2.5, "không phải là số nguyên không âm"),
        (4, "=1+1", "công thức"),
        (1, "99999", "Không có “99999”"),
        (1, "12865", "đã có ở một dòng trước"),
        (2, "01/01/2020", "Không có “12922”"),
    ],
)
def test_a_cell_that_cannot_be_is_named_and_nothing_is_saved(
    decided: Cast, logged_in: Login, column: int, value: Any, reason: str
):
    browser = logged_in(decided.manager)
    book = downloaded(browser)
    book["Xã, thị trấn"].cell(row_of(book, "Xã, thị trấn", "12922"), column).value = value
    text = markup(uploaded(browser, book))
    assert "Có 1 ô lỗi" in text and reason in text and 'name="luu"' not in text


def test_files_that_are_no_such_workbook_are_refused(decided: Cast, logged_in: Login):
    browser = logged_in(decided.manager)
    assert "không phải là tệp Excel" in markup(uploaded(browser, b"ma,so\n1,2\n"))
    assert "hỏng" in markup(uploaded(browser, b"PK\x03\x04 not really"))
    assert "không có trang nào tên" in markup(uploaded(browser, Workbook()))
    book = downloaded(browser)
    book["Đại lý"]["A1"] = "Chỉ tiêu năm 2025 – Đại lý"
    assert "không phải của năm 2026" in markup(uploaded(browser, book))
    book = downloaded(browser)
    book["Đại lý"]["E3"] = "Khác"
    assert "thiếu cột Tăng mới trong năm" in markup(uploaded(browser, book))
    assert "Hãy chọn tệp" in markup(browser.post(FILE, {}))
    assert logged_in(decided.officer_a).get(FILE).status_code == 403


def test_figures_sent_back_by_hand_follow_the_same_rules(decided: Cast, logged_in: Login):
    name = f"new-{decided.commune_b.pk}"
    body = {"luu": "1", name: "55", f"seen-{name}": "40", f"new-{decided.commune_a.pk}": "1"}
    answer = logged_in(decided.manager).post(FILE, body)
    assert "hãy ghi số và ngày quyết định điều chỉnh" in markup(answer)
    late = {**body, "decision_no": "90/QĐ", "decision_date": "05/10/2026"}
    assert logged_in(decided.manager).post(FILE, late).status_code == 302
    assert Target.objects.current().get(commune=decided.commune_b).value == 55
    assert Target.objects.current().get(commune=decided.commune_a).value == 75


def test_the_appendix_of_a_first_decision_is_numbered_under_one_header_row(
    decided: Cast, logged_in: Login
):
    """The metric's name alone heads its column; a revision tells before, now and the difference
    under it.
    """
    client = logged_in(decided.manager)
    first, revised = (
        markup(client.get(address)).partition("paper-appendix")[2]
        for address in (paper("15/QĐ-BHXH", "12/01/2026"), paper("77/QĐ-BHXH", "06/07/2026"))
    )
    head = first.partition("</thead>")[0]
    assert head.count("<tr>") == 1
    assert '<th scope="col">STT</th>' in head and ">Giao</th>" not in head
    assert (
        '<td class="num">1</td><th scope="row">' in first
        and '<th scope="row" colspan="2">Tổng cộng</th>' in first
    )
    assert revised.partition("</thead>")[0].count("<tr>") == 2 and ">Đang giao</th>" in revised
