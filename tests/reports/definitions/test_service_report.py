"""The service report against figures worked out by hand, in every form, for every reader."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from agents.access import scope_of
from enrollment.law.keys import ATTITUDE_GOAL
from enrollment.models import PolicyParameter, Receipt
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_answer_complaint, do_rate, do_record_complaint
from reports.letterhead import letterhead
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from reports.renderers.xlsx import render
from reports.tables import Table
from tests.builders import paid
from tests.cast import Cast
from tests.shipped import unguarded
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.templatetags.portal import o_bang

FIRST, LAST = Month(2026, 1), Month(2026, 2)
GROWTH = ("new", "net", "closing")
A = {
    "ratings": 3,
    "mean_score": "3.67",
    "good": 2,
    "good_percent": "66.67",
    "attitude_goal_percent": "90.00",
    "attitude": "chưa đạt",
    "complaints": 3,
    "complaints_open": 2,
    "complaints_overdue": 1,
    "answered": 2,
    "answered_in_time": 1,
    "in_time_percent": "50.00",
    "upheld": 1,
    "receipts": 4,
    "receipts_voided": 2,
    "void_percent": "50.00",
    "voids": 3,
    "late_voids": 2,
    "late_void_percent": "66.67",
}
B = {
    "ratings": 0,
    "mean_score": None,
    "good": 0,
    "good_percent": None,
    "attitude_goal_percent": None,
    "attitude": None,
    "complaints": 0,
    "complaints_open": 0,
    "complaints_overdue": 0,
    "answered": 0,
    "answered_in_time": 0,
    "in_time_percent": None,
    "upheld": 0,
    "receipts": 1,
    "receipts_voided": 0,
    "void_percent": "0.00",
    "voids": 0,
    "late_voids": 0,
    "late_void_percent": None,
}
BOTH = {
    **A,
    "attitude_goal_percent": None,
    "attitude": None,
    "receipts": 5,
    "void_percent": "40.00",
}


@pytest.fixture
def year(cast: Cast) -> Cast:
    """Five receipts of A (one of December) and one of B, with their voids, ratings and
    complaints.
    """
    slips = [_paid(cast, "a", date(2026, *day)) for day in ((1, 5), (1, 6), (1, 7), (2, 3))]
    december, other = _paid(cast, "a", date(2025, 12, 10)), _paid(cast, "b", date(2026, 1, 8))
    _rate(slips[0], 5, datetime(2026, 1, 10, 9))
    _rate(slips[3], 4, datetime(2026, 2, 28, 23, 30))
    _rate(december, 2, datetime(2026, 1, 15, 9))
    _rate(other, 1, datetime(2026, 3, 1, 0, 30))  # February still, in Greenwich
    for slip, day in (
        (slips[1], date(2026, 1, 20)),
        (slips[2], date(2026, 2, 10)),
        (december, date(2026, 2, 11)),
        (slips[3], date(2026, 3, 2)),
    ):
        do_void_receipt(actor=cast.manager, receipt=slip, on=day, reason="Ghi nhầm")
    _complain(cast, "a", date(2026, 1, 5), date(2026, 1, 12), upheld=True)
    _complain(cast, "a", date(2026, 1, 5), date(2026, 2, 20))
    _complain(cast, "a", date(2025, 12, 1))
    _complain(cast, "a", date(2026, 2, 27), date(2026, 3, 3), upheld=True)
    _complain(cast, "b", date(2026, 3, 2))
    return cast


def _paid(cast: Cast, side: str, day: date) -> Receipt:
    return paid(
        cast.manager, getattr(cast, f"commune_{side}"), getattr(cast, f"collector_{side}"), day
    )


def _rate(receipt: Receipt, score: int, moment: datetime) -> None:
    do_rate(receipt=receipt, score=score, rated_at=timezone.make_aware(moment))


def _complain(
    cast: Cast, side: str, received: date, answered: date | None = None, *, upheld: bool = False
) -> None:
    complaint = do_record_complaint(
        actor=cast.manager,
        agent=getattr(cast, f"agent_{side}"),
        received_on=received,
        channel="phone",
        content="Chậm",
    )
    if answered:
        do_answer_complaint(
            actor=cast.manager, complaint=complaint, answer="x", answered_on=answered, upheld=upheld
        )


def table_for(
    cast: Cast, by: str = "agent", who: str = "manager", first: Month = FIRST, last: Month = LAST
) -> Table:
    return REPORTS["service"].build(
        scope_of(getattr(cast, who)), Asked(first, last, by, "as_of", "grace")
    )


def figures(table: Table) -> dict[str, dict[str, Any]]:
    """By unit, without names and growth; the total as ``None``."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    left_out = {"unit_code", "unit_name", *GROWTH}
    return {
        row.cells["unit_code"]: {k: v for k, v in row.cells.items() if k not in left_out}
        for row in rows
    }


def test_the_agents_stand_as_reckoned_by_hand(year: Cast):
    assert figures(table_for(year)) == {"BD001": A, "XA12865": B, None: BOTH}


def test_networks_and_the_district_are_sums_of_the_agents(year: Cast):
    assert figures(table_for(year, "network")) == {
        "post_office": A,
        "commune_committee": B,
        None: BOTH,
    }
    assert figures(table_for(year, "district")) == {"district": BOTH, None: BOTH}


@pytest.mark.parametrize("by", ["agent", "network", "district"])
def test_growth_beside_is_the_growth_reports(year: Cast, by: str):
    growth = REPORTS["growth"].build(
        scope_of(year.manager), Asked(FIRST, LAST, by, "as_of", "grace")
    )
    service = table_for(year, by)
    for mine, theirs in zip(
        [*service.rows, service.total], [*growth.rows, growth.total], strict=True
    ):
        assert mine and theirs
        assert {name: mine.cells[name] for name in GROWTH} == {
            name: theirs.cells[name] for name in GROWTH
        }


def test_each_month_is_counted_once(year: Cast):
    """What is counted by flow adds up over the months; what is open is judged at each end."""
    months = [figures(table_for(year, first=month, last=month))["BD001"] for month in (FIRST, LAST)]
    for name in (
        "ratings",
        "good",
        "complaints",
        "answered",
        "upheld",
        "receipts",
        "voids",
        "late_voids",
    ):
        assert sum(month[name] for month in months) == A[name], name
    assert [month["complaints_open"] for month in months] == [2, 2]


def test_what_comes_later_moves_no_earlier_figure(year: Cast):
    before = figures(table_for(year))
    slip = Receipt.objects.get(agent=year.agent_b)
    do_void_receipt(actor=year.manager, receipt=slip, on=date(2026, 4, 1), reason="thử")
    _complain(year, "a", date(2026, 4, 1))
    assert figures(table_for(year)) == before


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("auditor", {"BD001": A, "XA12865": B, None: BOTH}),
        ("lead_a", {"BD001": A, None: {**A, "attitude_goal_percent": None, "attitude": None}}),
        ("lead_b", {"XA12865": B, None: B}),
    ],
)
def test_each_reader_sees_the_own_scope(year: Cast, who: str, expected: Any):
    assert figures(table_for(year, who=who)) == expected


def test_an_officer_sees_what_concerns_the_own_communes(year: Cast):
    mine, others = (
        figures(table_for(year, who="officer_a")),
        figures(table_for(year, who="officer_b")),
    )
    assert mine["BD001"] == A and mine["XA12865"]["receipts"] == 0
    assert (
        others["XA12865"] == B and others["BD001"]["complaints"] == others["BD001"]["ratings"] == 0
    )


def test_the_goal_is_the_offices_setting_and_is_met_at_exactly_it(year: Cast):
    PolicyParameter.objects.filter(key=ATTITUDE_GOAL).update(value="66.67")
    assert figures(table_for(year))["BD001"]["attitude"] == "đạt"
    with unguarded(PolicyParameter):
        PolicyParameter.objects.filter(key=ATTITUDE_GOAL).delete()
    row = figures(table_for(year))["BD001"]
    assert (row["attitude_goal_percent"], row["attitude"]) == (None, None)


def test_other_groupings_are_refused_in_words(year: Cast):
    for by in ("commune", "officer"):
        with pytest.raises(Refused, match="agent, network, district"):
            table_for(year, by)
    with pytest.raises(CommandError, match="agent, network, district"):
        call_command("report", "service", "--from", "2026-01", "--to", "2026-02", "--by", "commune")


def test_without_a_grouping_the_command_takes_the_reports_own(
    year: Cast, capsys: pytest.CaptureFixture[str]
):
    call_command("report", "service", "--from", "2026-01", "--to", "2026-02")
    assert json.loads(capsys.readouterr().out)["by"] == "agent"


def test_page_workbook_and_data_say_the_same(year: Cast):
    table = table_for(year)
    data = to_json(table)
    assert {row["unit_code"]: row["mean_score"] for row in data["rows"]} == {
        "BD001": "3.67",
        "XA12865": None,
    }
    mean = next(column for column in table.columns if column.key == "mean_score")
    assert [o_bang(row, mean) for row in table.rows] == ["3,67", ""]
    sheet = load_workbook(BytesIO(render(table, letterhead(date(2026, 3, 1))))).worksheets[0]
    position = [column.key for column in table.sheet_columns].index("mean_score") + 1
    cells = [sheet.cell(row=number, column=position) for number in range(1, sheet.max_row + 1)]
    assert [cell.value for cell in cells if isinstance(cell.value, float)] == [3.67, 3.67]
    assert all(cell.number_format == "#,##0.00" for cell in cells if isinstance(cell.value, float))


def test_every_figure_is_defined_in_words(year: Cast):
    table = table_for(year)
    undefined = [column.key for column in table.columns if not column.definition]
    assert undefined == ["unit_code", "unit_name"]
    assert (
        "trung bình 3,67 điểm" in table.sentence
        and "còn 2 chưa trả lời, 1 quá hạn" in table.sentence
    )


def test_a_number_of_agents_costs_no_more_questions(year: Cast, django_assert_max_num_queries: Any):
    with django_assert_max_num_queries(10):
        table_for(year)
