"""Progress by month: a table by hand, the same in every form, and never another figure than targets
and growth tell.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook

from agents.access import Scope, scope_of
from agents.models import User
from agents.operations.targets import Figure, do_set_targets
from enrollment.operations.receipts import do_void_receipt
from reports.counting.units import BY as PLACES
from reports.definitions.targets import BY
from reports.progress.year_so_far import METRICS
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from tests.builders import again, paid
from tests.cast import Cast
from tests.counting.ledgers import FIRST, Deed, Ledger, Stage, set_the_stage
from tests.counting.test_reports_against_slow_counter import lists_of_deeds, some_ledgers
from tests.pages import markup
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month, months_between

Login = Callable[[User], Client]
SIX, THREE = 1_584_000, 792_000
"""What half a year and a quarter at 1.500.000 đ cost somebody of no group."""
MAY = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
GROWTH = {"active": "closing", "new": "new", "collected": "collected"}
PAGE = "/bao-cao/tien-do-thang/"


@pytest.fixture
def year(cast: Cast) -> Cast:
    """A: one of 2025, two new of February, one of them void in April, one new of March who pays
    again in May with B.
    """
    by, a, b = cast.manager, cast.commune_a, cast.commune_b
    paid(by, a, cast.collector_a, date(2025, 11, 5), months=12)
    paid(by, a, cast.collector_a, date(2026, 2, 4))
    gone = paid(by, a, cast.collector_a, date(2026, 2, 5))
    do_void_receipt(actor=by, receipt=gone, on=date(2026, 4, 10), reason="Ghi nhầm")
    moved = paid(by, a, cast.collector_a, date(2026, 3, 4), months=3)
    paid(
        by,
        a,
        cast.collector_b,
        date(2026, 5, 6),
        **again(moved.participant, months=3, from_month=Month(2026, 6)),
    )
    paid(by, b, cast.collector_b, date(2026, 5, 7))
    told = (
        ("new", a, 24),
        ("active", a, 12),
        ("collected", cast.agent_a, 12_000_000),
        ("new", cast.collector_b, 4),
    )
    figures = [
        Figure(2026, metric, owner, value, "15/QĐ", date(2026, 1, 12))
        for metric, owner, value in told
    ]
    do_set_targets(actor=by, figures=figures)
    return cast


def asked(by: str, metric: str = "", first: str = "2026-01", last: str = "2026-05") -> Asked:
    return Asked(Month.parse(first), Month.parse(last), by, "as_of", "grace", metric)


def told(scope: Scope, question: Asked) -> dict[str, Any]:
    return to_json(REPORTS["progress"].build(scope, question))


def by_hand(user: User, question: Asked) -> dict[Any, tuple[Any, ...]]:
    """Unit → target, the months, done, per cent; units with nothing at all are left out."""
    answer = told(scope_of(user), question)
    rows = [*answer["rows"], answer["total"]]
    found = {
        row["unit_code"]: (
            row["target_now"],
            *row["by_month"].values(),
            row["done"],
            row["percent"],
        )
        for row in rows
    }
    return {code: row for code, row in found.items() if any(row)}


def test_new_people_by_commune_are_the_table_by_hand(year: Cast) -> None:
    # The void of April takes a participant of February away, not the newcomer of February back.
    assert by_hand(year.manager, asked("commune")) == {
        "12922": (24, 0, 2, 1, 0, 0, 3, "12.50"),
        "12865": (None, 0, 0, 0, 0, 1, 1, None),
        None: (24, 0, 2, 1, 0, 1, 4, "16.67"),
    }


def test_the_active_are_told_as_they_stand_at_each_months_end(year: Cast) -> None:
    assert by_hand(year.manager, asked("commune", "active")) == {
        "12922": (12, 1, 3, 4, 3, 3, 3, "25.00"),
        "12865": (None, 0, 0, 0, 0, 1, 1, None),
        None: (12, 1, 3, 4, 3, 4, 4, "33.33"),
    }


def test_money_by_agent_counts_a_void_in_its_own_month(year: Cast) -> None:
    mine = (12_000_000, 0, 2 * SIX, THREE, -SIX, 0, SIX + THREE, "19.80")
    assert by_hand(year.manager, asked("agent", "collected")) == {
        "BD001": mine,
        "XA12865": (None, 0, 0, 0, 0, SIX + THREE, SIX + THREE, None),
        None: (12_000_000, 0, 2 * SIX, THREE, -SIX, SIX + THREE, 2 * (SIX + THREE), "39.60"),
    }


def test_collectors_have_their_own_months(year: Cast) -> None:
    assert by_hand(year.manager, asked("collector")) == {
        "BD001-01": (None, 0, 2, 1, 0, 0, 3, None),
        "XA12865-01": (4, 0, 0, 0, 0, 1, 1, "25.00"),
        None: (4, 0, 2, 1, 0, 1, 4, "100.00"),
    }


def test_a_later_first_month_leaves_months_out_but_not_their_figures(year: Cast) -> None:
    answer = told(scope_of(year.manager), asked("commune", first="2026-03", last="2026-04"))
    assert list(answer["total"]["by_month"]) == ["2026-03", "2026-04"]
    assert (answer["total"]["done"], answer["counted_from"], answer["metric"]) == (
        3,
        "2026-01",
        "new",
    )


def test_months_that_have_not_begun_are_unknown_and_the_sheet_leaves_them_empty(year: Cast) -> None:
    now = this_month()
    table = REPORTS["progress"].build(
        scope_of(year.manager), asked("agent", last=f"{now.year}-12", first=f"{now}")
    )
    cells = table.rows[0].cells
    assert cells[f"by_month.{now}"] is not None
    assert all(
        cells[f"by_month.{month}"] is None for month in months_between(now + 1, Month(now.year, 12))
    )
    assert told(Scope(everything=True), asked("agent", first=f"{now + 12}", last=f"{now + 12}"))[
        "total"
    ]["by_month"] == {f"{now + 12}": None}


@pytest.mark.parametrize("who", ["manager", "officer_a", "lead_a", "lead_b"])
def test_every_reader_is_told_what_targets_and_growth_tell(year: Cast, who: str) -> None:
    scope = scope_of(getattr(year, who))
    for by in BY:
        agrees(scope, by, Month(2026, 5))


def agrees(scope: Scope, by: str, last: Month) -> None:
    """Done, target and per cent of the targets; of the same units, each month's figure of growth;
    the sums of rows.
    """
    grown: dict[str, list[dict[str, Any]]] = {}
    # Growth tells a month of communes and officers by the territory and officers of that month.
    if by in ("agent", "network", "district"):
        for month in months_between(Month(last.year, 1), last):
            asked_of = asked(by, first=f"{month}", last=f"{month}")
            grown[f"{month}"] = to_json(REPORTS["growth"].build(scope, asked_of))["rows"]
    for metric in METRICS:
        _agrees_in(scope, by, metric, last, grown)


def _agrees_in(
    scope: Scope, by: str, metric: str, last: Month, grown: dict[str, list[dict[str, Any]]]
) -> None:
    mine = told(scope, asked(by, metric, f"{last.year}-01", f"{last}"))
    theirs = to_json(
        REPORTS["targets"].build(scope, asked(by, metric, f"{last.year}-01", f"{last}"))
    )
    keys = ("unit_code", "unit_name", "target_now", "done", "percent")
    for row, same in zip(
        [*mine["rows"], mine["total"]], [*theirs["rows"], theirs["total"]], strict=True
    ):
        assert [row[key] for key in keys] == [same[key] for key in keys]
        months = list(row["by_month"].values())
        assert row["done"] == (months[-1] if metric == "active" else sum(months)), (by, metric, row)
    for month in mine["total"]["by_month"]:
        assert (
            sum(row["by_month"][month] for row in mine["rows"]) == mine["total"]["by_month"][month]
        )
    told_of = {row["unit_code"] for row in mine["rows"]}
    for month, rows in grown.items():
        # An agent of other years without anything in this one stands in growth only.
        assert all(row[GROWTH[metric]] == 0 for row in rows if row["unit_code"] not in told_of)
        assert [(row["unit_code"], row["by_month"][month]) for row in mine["rows"]] == [
            (row["unit_code"], row[GROWTH[metric]]) for row in rows if row["unit_code"] in told_of
        ]


class TestRandomLedgers(TestCase):
    """Each example starts from the stage and leaves nothing behind."""

    stage: ClassVar[Stage]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()

    @settings(some_ledgers, max_examples=2)
    @given(lists_of_deeds, st.integers(0, 100))
    def test_the_months_of_any_ledger_are_those_of_targets_and_growth(
        self, deeds: list[Deed], at: int
    ) -> None:
        Ledger(self.stage).play(deeds)
        for by in BY:
            agrees(Scope(everything=True), by, Month.from_index(FIRST + at))


def test_page_workbook_csv_and_json_say_the_same(year: Cast, logged_in: Login) -> None:
    client = logged_in(year.manager)
    query = {"tu": "2026-01", "den": "2026-05", "theo": "agent", "chi_tieu": "collected"}
    shown = markup(client.get(PAGE, query))
    rows = json.loads(client.get(PAGE, {**query, "dinh_dang": "json"}).content)["rows"]
    lines = list(
        csv.reader(
            StringIO(client.get(PAGE, {**query, "dinh_dang": "csv"}).content.decode("utf-8-sig"))
        )
    )
    sheet = load_workbook(BytesIO(client.get(PAGE, {**query, "dinh_dang": "xlsx"}).content)).active
    months = [f"{int(month[5:]):02d}/2026" for month in MAY]
    assert lines[0][3:8] == [f"Trong tháng – {month}" for month in months]
    places = [shown.index(f">{month}<") for month in months]
    assert places == sorted(places)
    texts = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    for row, line in zip(rows, lines[1:], strict=False):
        figures = [row["target_now"], *row["by_month"].values(), row["done"]]
        assert line[2:9] == ["" if number is None else str(number) for number in figures]
        assert any(cells[0] == row["unit_code"] and list(cells[2:9]) == figures for cells in texts)
        assert all(f"{abs(number):,}".replace(",", ".") in shown for number in figures if number)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    # As wide as the page, and these few rows on one (1 is the form's default).
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)


def test_the_sheet_of_a_whole_year_of_money_is_narrow_enough_to_read(year: Cast) -> None:
    """12 months beside target and total: no wider than twice the 120 letters that A4 landscape
    holds in full size.
    """
    columns = (
        REPORTS["progress"]
        .build(scope_of(year.manager), asked("agent", "collected", last="2026-12"))
        .columns
    )
    assert sum(column.breadth for column in columns) <= 245


def test_a_month_leads_to_the_people_behind_it(year: Cast, logged_in: Login) -> None:
    client = logged_in(year.manager)
    for by, unit in (("commune", "12922"), ("agent", "BD001")):
        table = REPORTS["progress"].build(scope_of(year.manager), asked(by))
        row = next(one for one in table.rows if one.cells["unit_code"] == unit)
        assert set(row.links) == {"by_month.2026-02", "by_month.2026-03", "done"}
        assert client.get(row.links["by_month.2026-02"]).context["page"].paginator.count == 2
    collectors = REPORTS["progress"].build(scope_of(year.manager), asked("collector"))
    assert not any("".join(row.links.values()) for row in collectors.rows)


def test_a_merged_communes_months_before_the_merger_have_no_list_of_their_own(cast: Cast) -> None:
    older = cast.commune_a.origins.first().predecessor
    paid(cast.manager, older, cast.collector_a, date(2025, 3, 4))
    table = REPORTS["progress"].build(
        Scope(everything=True), asked("commune", first="2025-01", last="2025-12")
    )
    row = next(one for one in table.rows if one.cells["unit_code"] == cast.commune_a.code)
    assert (
        row.cells["by_month.2025-03"] == 1
        and "by_month.2025-03" not in row.links
        and "done" in row.links
    )


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (asked("commune", first="2025-12"), "last"),
        (asked("commune", first="2026-06"), "last"),
        (asked("thon"), "by"),
        (asked("commune", "so-ho"), "metric"),
    ],
)
def test_what_cannot_be_told_is_refused(cast: Cast, question: Asked, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        REPORTS["progress"].build(Scope(everything=True), question)
    assert refusal.value.field == field


def test_the_page_asks_few_questions_and_begins_with_new_people(
    year: Cast, logged_in: Login
) -> None:
    client = logged_in(year.manager)
    for by in BY:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(PAGE, {"theo": by})
        assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 12, by
        assert page.status_code == 200 and page.context["table"].parameters["metric"] == "new"
        assert page.context["table"].parameters["from"] == f"{this_month().year}-01"
    assert "Tất cả" not in markup(page)
    wrong = client.get(PAGE, {"tu": "2025-12", "den": "2026-02"})
    assert wrong.status_code == 200 and "trong cùng một năm" in markup(wrong)


def test_the_command_names_it_and_tells_it(year: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()
    call_command("report", "--list", "--json", stdout=out)
    listed = {one["report"]: one["parameters"] for one in json.loads(out.getvalue())}
    months = {"from": ["YYYY-MM"], "to": ["YYYY-MM"]}
    assert listed["progress"] == {
        **months,
        "by": [*PLACES, "collector"],
        "metric": ["new", "active", "collected"],
    }
    assert all(months.items() <= parameters.items() for parameters in listed.values())
    out = StringIO()
    call_command("report", "progress", "--from=2026-01", "--to=2026-05", "--by=officer", stdout=out)
    answer = json.loads(out.getvalue())
    assert {row["unit_code"]: row["done"] for row in answer["rows"]} == {
        "chuyenquan_a": 3,
        "chuyenquan_b": 1,
        "none": 0,
    }
