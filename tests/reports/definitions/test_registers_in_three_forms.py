"""Training, cards and service: one case by hand each, and JSON, workbook and CSV of the command say
it alike.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.cell import Cell

from agents.operations.collectors import do_add_card, do_end_card
from agents.operations.training import (
    CourseOutcome,
    do_certify,
    do_invite,
    do_plan_course,
    do_record_results,
)
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_rate, do_record_complaint
from tests import builders
from tests.cast import Cast

COURSE = ["TH-26", "Nghiệp vụ thu", "10/02/2026", "11/02/2026", "Hội trường"]
# By given name: An stands before Yên whatever the family names; the collector's “1” is no letter
# and comes last.
TRAINING = [
    [*COURSE, "BD001", "Đại lý thử BD001", "Đỗ Thị An", None, 1, 1, 0, "Không đạt", None, None],
    [*COURSE, "BD001", "Đại lý thử BD001", "Bùi Văn Yên", None, 1, None, None, None, None, None],
    [
        *COURSE,
        "BD001",
        "Đại lý thử BD001",
        "Người Thu BD001 1",
        "BD001-01",
        1,
        1,
        1,
        "Đạt",
        "07/CN",
        "12/02/2026",
    ],
    [
        *COURSE,
        "XA12865",
        "Đại lý thử XA12865",
        "Người Thu XA12865 1",
        "XA12865-01",
        1,
        0,
        None,
        "Vắng",
        None,
        None,
    ],
]
CARDS = [
    [
        "BD001",
        "Đại lý thử BD001",
        "Điểm thu BD001-1",
        "BD001-01",
        "Người Thu BD001 1",
        "T-BD001-01",
        "01/01/2016",
        "20/02/2026",
        "Hết hạn",
        None,
        "07/CN",
        None,
    ],
    [
        "BD001",
        "Đại lý thử BD001",
        "Điểm thu BD001-1",
        "BD001-01",
        "Người Thu BD001 1",
        "T-77",
        "21/02/2026",
        "15/03/2026",
        "Sắp hết hạn",
        15,
        "07/CN",
        None,
    ],
    [
        "XA12865",
        "Đại lý thử XA12865",
        "Điểm thu XA12865-1",
        "XA12865-01",
        "Người Thu XA12865 1",
        "T-XA12865-01",
        "01/01/2016",
        "không thời hạn",
        "Còn giá trị",
        None,
        None,
        None,
    ],
]
# Two receipts of January, one of them voided in February; scores 5 and 2; a complaint of January,
# never answered.
SERVICE = [
    [
        "BD001",
        "Đại lý thử BD001",
        2,
        "3.50",
        1,
        "50.00",
        "90.00",
        "chưa đạt",
        1,
        1,
        1,
        0,
        0,
        None,
        0,
        2,
        1,
        "50.00",
        1,
        1,
        "100.00",
        2,
        1,
        1,
    ],
    [
        "XA12865",
        "Đại lý thử XA12865",
        0,
        None,
        0,
        None,
        None,
        None,
        0,
        0,
        0,
        0,
        0,
        None,
        0,
        0,
        0,
        None,
        0,
        0,
        None,
        0,
        0,
        0,
    ],
]
CASES: Mapping[str, tuple[list[list[Any]], tuple[str, ...]]] = {
    "training": (TRAINING, ()),
    "cards": (CARDS, ()),
    "service": (SERVICE, ("--by", "agent")),
}


@pytest.fixture
def office(cast: Cast) -> Cast:
    """A course with a pass, a failure and an absence; two cards in a row; receipts, ratings and a
    complaint.
    """
    by = cast.manager
    course = do_plan_course(
        actor=by,
        code="TH-26",
        title="Nghiệp vụ thu",
        starts_on=date(2026, 2, 10),
        ends_on=date(2026, 2, 11),
        place="Hội trường",
    )
    invited = [
        do_invite(actor=by, course=course, agent=agent, invited_on=date(2026, 2, 1), **who)
        for agent, who in (
            (cast.agent_a, {"collector": cast.collector_a}),
            (cast.agent_a, {"full_name": "Bùi Văn Yên"}),
            (cast.agent_a, {"full_name": "Đỗ Thị An"}),
            (cast.agent_b, {"collector": cast.collector_b}),
        )
    ]
    told = zip(invited, (True, None, True, False), ("passed", "", "failed", ""), strict=True)
    do_record_results(actor=by, course=course, results=[CourseOutcome(*one) for one in told])
    invited[0].refresh_from_db()
    do_certify(
        actor=by, attendance=invited[0], certificate_no="07/CN", certified_on=date(2026, 2, 12)
    )
    do_end_card(actor=by, card=cast.collector_a.cards.get(), valid_to=date(2026, 2, 20))
    do_add_card(
        actor=by,
        collector=cast.collector_a,
        number="T-77",
        valid_from=date(2026, 2, 21),
        valid_to=date(2026, 3, 15),
    )
    _serve(cast)
    return cast


def _serve(cast: Cast) -> None:
    slips = [
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, day))
        for day in (5, 6)
    ]
    for slip, score in zip(slips, (5, 2), strict=True):
        do_rate(receipt=slip, score=score, rated_at=timezone.make_aware(datetime(2026, 1, 20, 9)))
    do_void_receipt(actor=cast.manager, receipt=slips[1], on=date(2026, 2, 3), reason="Ghi nhầm")
    do_record_complaint(
        actor=cast.manager,
        agent=cast.agent_a,
        received_on=date(2026, 1, 5),
        channel="phone",
        content="Chậm",
    )


@pytest.mark.parametrize("code", CASES)
def test_all_forms_are_the_case_by_hand(office: Cast, tmp_path: Path, code: str) -> None:
    expected, words = CASES[code]
    files = {form: _made(tmp_path, code, form, *words) for form in ("json", "csv", "xlsx")}
    data = json.loads(files["json"].read_text(encoding="utf-8"))
    assert [list(row.values()) for row in data["rows"]] == [
        [_for_data(cell) for cell in row] for row in expected
    ]
    lines = list(csv.reader(io.StringIO(files["csv"].read_bytes().decode("utf-8-sig"))))[1:]
    assert lines[: len(expected)] == [[_text(cell) for cell in row] for row in expected]
    assert _of_workbook(files["xlsx"], len(expected)) == [
        [_text(cell) for cell in row] for row in expected
    ]


def _made(folder: Path, code: str, form: str, *words: str) -> Path:
    path = folder / f"{code}.{form}"
    call_command(
        "report",
        code,
        "--from",
        "2026-01",
        "--to",
        "2026-02",
        *words,
        "--format",
        form,
        "--output",
        str(path),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
    )
    return path


def _for_data(cell: Any) -> Any:
    """Dates are ISO for programs, and a card without end has none."""
    if cell == "không thời hạn":
        return None
    parts = str(cell).split("/")
    return "-".join(reversed(parts)) if len(parts) == 3 else cell


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _of_workbook(path: Path, number: int) -> list[list[str]]:
    """The rows below the line of column numbers, as text with two decimals where the format has
    them.
    """
    sheet = load_workbook(path).worksheets[0]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "(1)") + 1
    return [
        [_shown(cell) for cell in row]
        for row in sheet.iter_rows(min_row=top, max_row=top + number - 1)
    ]


def _shown(cell: Cell) -> str:
    if isinstance(cell.value, float) or (
        isinstance(cell.value, int) and "0.00" in cell.number_format
    ):
        return f"{cell.value * (100 if '%' in cell.number_format else 1):.2f}"
    return _text(cell.value)
