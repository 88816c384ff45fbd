"""The registers of courses and cards: all rows and no more, and the same as data, CSV and
workbook.
"""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from agents.access import Scope, scope_of
from agents.models import CollectorCard
from agents.operations.training import (
    CourseOutcome,
    do_cancel_course,
    do_certify,
    do_invite,
    do_record_results,
)
from reports.letterhead import letterhead
from reports.question import Asked
from reports.registry import report_named
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import Letterhead, render
from reports.tables import Column, Row, Table
from tests import builders
from tests.cast import Cast
from tests.security.people_scene import course
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

WHOLE = Scope(everything=True)


def table(code: str, scope: Scope = WHOLE, first: str = "2026-01", last: str = "2026-03") -> Table:
    asked = Asked(Month.parse(first), Month.parse(last), "commune", "as_of", "grace")
    return report_named(code).build(scope, asked)


@pytest.fixture
def trained(cast: Cast) -> Cast:
    """In February one collector passed, one candidate was absent, one was not recorded; another
    course was off.
    """
    day = date(2026, 2, 10)
    one, off = course(cast, "TH-01", day), course(cast, "TH-02", day)
    course(cast, "TH-03", date(2026, 4, 1))

    def guest(agent: Any, **more: Any) -> Any:
        return do_invite(
            actor=cast.manager, course=one, agent=agent, invited_on=date(2026, 2, 1), **more
        )

    a = guest(cast.agent_a, collector=cast.collector_a)
    b = guest(cast.agent_a, full_name="Ứng Viên Một")
    guest(cast.agent_b, full_name="Ứng Viên Hai")
    do_invite(
        actor=cast.manager, course=off, agent=cast.agent_a, full_name="Người Khác", invited_on=day
    )
    do_cancel_course(actor=cast.manager, course=off, cancelled_on=day, reason="thử")
    do_record_results(
        actor=cast.manager,
        course=one,
        results=[CourseOutcome(a, True, "passed"), CourseOutcome(b, False)],
    )
    a.refresh_from_db()
    do_certify(
        actor=cast.manager, attendance=a, certificate_no="01/CN", certified_on=date(2026, 3, 31)
    )
    return cast


def cells(found: Table, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row.cells[key] for key in keys) for row in found.rows]


def test_the_training_register_has_everybody_who_was_invited(trained: Cast):
    found = table("training")
    assert cells(
        found, "course_code", "person", "collector_code", "attended", "passed", "result"
    ) == [
        ("TH-01", "Ứng Viên Một", None, 0, None, "Vắng"),
        ("TH-01", trained.collector_a.full_name, trained.collector_a.code, 1, 1, "Đạt"),
        ("TH-01", "Ứng Viên Hai", None, None, None, None),
    ]
    assert cells(found, "certificate_no", "certified_on", "starts_on")[1] == (
        "01/CN",
        "31/03/2026",
        "10/02/2026",
    )
    assert found.total and [
        found.total.cells[key] for key in ("invited", "attended", "passed")
    ] == [3, 1, 1]
    assert found.sentence == (
        "Từ 01/2026 đến 03/2026 có 1 lớp, mời 3 lượt người, 1 có mặt, 1 đạt, 1 có giấy chứng nhận."
    )


@pytest.mark.parametrize(
    ("role", "number"), [("lead", 2), ("officer", 2), ("auditor", 3), ("administrator", 0)]
)
def test_registers_keep_to_the_reader_s_scope(trained: Cast, role: str, number: int):
    assert len(table("training", scope_of(trained.by_role(role))).rows) == number


def test_the_card_register_tells_how_each_stands_at_the_end_of_the_months(trained: Cast):
    a, b = trained.collector_a, trained.collector_b
    CollectorCard.objects.filter(collector=a).update(valid_to=date(2026, 1, 15))
    CollectorCard.objects.create(
        collector=a, number="T-2", valid_from=date(2026, 1, 16), valid_to=date(2026, 4, 30)
    )
    CollectorCard.objects.create(
        collector=builders.collector(trained.agent_b, 2), number="T-9", valid_from=date(2026, 4, 1)
    )
    CollectorCard.objects.filter(collector__code="XA12865-02", number="T-XA12865-02").update(
        valid_to="2025-12-31"
    )
    found = table("cards")
    assert cells(
        found, "collector_code", "card_no", "valid_from", "valid_to", "state", "days_left"
    ) == [
        (a.code, f"T-{a.code}", "01/01/2016", "15/01/2026", "Hết hạn", None),
        (a.code, "T-2", "16/01/2026", "30/04/2026", "Sắp hết hạn", 30),
        (b.code, f"T-{b.code}", "01/01/2016", "không thời hạn", "Còn giá trị", None),
    ]
    assert cells(found, "certificate_no") == [("01/CN",), ("01/CN",), (None,)]
    assert cells(table("cards", last="2026-02"), "certificate_no") == [(None,), (None,), (None,)]
    assert found.sentence == (
        "3 thẻ của 2 nhân viên thu có giá trị trong kỳ; đến 31/03/2026 1 thẻ đã hết hạn, "
        "1 thẻ hết hạn trong 30 ngày tới."
    )


@pytest.mark.parametrize("code", ["training", "cards"])
def test_workbook_csv_and_data_say_the_same(trained: Cast, code: str):
    found = table(code)
    sheet = load_workbook(BytesIO(render(found, letterhead(date(2026, 4, 1))))).active
    keys = [column.key for column in found.sheet_columns]
    top = next(row for row in range(1, 30) if sheet.cell(row, 1).value == "(1)") + 1
    rows = [
        [sheet.cell(top + n, 1 + at).value for at in range(len(keys))]
        for n in range(len(found.rows))
    ]
    assert rows == [[row.cells.get(key) for key in keys] for row in found.rows]
    data = [[_for_data(found, key, row.cells.get(key)) for key in keys] for row in found.rows]
    assert [[row[key] for key in keys] for row in to_json(found)["rows"]] == data
    lines = list(csv.reader(StringIO(to_csv(found).decode("utf-8-sig"))))
    assert lines[1 : 1 + len(rows)] == [
        ["" if cell is None else str(cell) for cell in row] for row in rows
    ]
    assert sheet.page_setup.orientation == "landscape"


def _for_data(found: Table, key: str, cell: Any) -> Any:
    """Programs read ISO dates (contract.md), and nothing where a card has no last day."""
    is_day = next(column for column in found.columns if column.key == key).kind == "date"
    if not is_day or cell is None:
        return cell
    day, _, rest = cell.partition("/")
    month, _, year = rest.partition("/")
    return f"{year}-{month}-{day}" if year else None


@pytest.mark.parametrize("code", ["training", "cards"])
def test_months_in_the_wrong_order_are_refused(reference: None, code: str):
    with pytest.raises(Refused, match="đứng trước tháng đầu"):
        table(code, first="2026-03", last="2026-01")


def test_the_command_prints_a_register_as_json(trained: Cast, tmp_path: Any):
    target = tmp_path / "so.json"
    call_command(
        "report", "training", "--from", "2026-02", "--to", "2026-02", "--output", str(target)
    )
    data = json.loads(target.read_text())
    assert (data["report"], data["from"], data["to"], len(data["rows"])) == (
        "training",
        "2026-02",
        "2026-02",
        3,
    )


def test_a_sheet_makes_room_for_long_texts_and_keeps_notes_on_the_paper() -> None:
    columns = [Column("name", "Tên", kind="text", width=26), Column("n", "Số")]
    rows = [
        Row({"name": "Điểm phục vụ bưu điện Diêm Điền 2", "n": 1}),
        Row({"name": "x" * 60, "n": 2}),
        Row({"name": "Bưu điện Thái Thụy", "n": 3}),
    ]
    drawn = Table(
        code="x",
        title="T",
        subtitle_lines=[],
        sentence="Câu " * 40,
        columns=columns,
        rows=rows,
    )
    head = Letterhead("BHXH tỉnh", "BHXH cơ sở", "Thái Thụy", date(2026, 1, 5), "Giám đốc")
    sheet = load_workbook(BytesIO(render(drawn, head))).active
    first = next(row for row in range(1, 30) if sheet.cell(row, 1).value == rows[0].cells["name"])
    # 26 digits hold some 26 letters, less the indent: two lines of words, three of one long word.
    assert [sheet.row_dimensions[first + at].height for at in range(3)] == [30, 45, None]
    assert sheet.cell(first, 1).alignment.indent == 1
    note = next(row for row in range(first, 30) if str(sheet.cell(row, 1).value).startswith("Câu"))
    assert f"A{note}:B{note}" in sheet.merged_cells and sheet.row_dimensions[note].height == 15 * 4
