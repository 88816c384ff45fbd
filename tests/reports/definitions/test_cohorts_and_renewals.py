"""The reports of cohorts and renewals: contract, every reader's scope, one table in all forms."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from agents.access import scope_of
from reports.definitions import cohorts, renewals
from reports.letterhead import letterhead
from reports.question import Asked
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render
from reports.tables import Table
from tests.builders import again, paid
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

FIRST, LAST, THIS = Month(2025, 8), Month(2025, 9), Month(2026, 3)
BUILD = {"cohorts": cohorts.table_of, "renewals": renewals.table_of}
HEAD = ["report", "from", "to", "by", "territory", "rule", "closed", "rows", "total"]


@pytest.fixture
def world(cast: Cast) -> Cast:
    """A: a month and the next one paid, a month only, a year. B: a quarter from September."""
    a, b, by = cast.commune_a, cast.commune_b, cast.manager
    faithful = paid(by, a, cast.collector_a, date(2025, 8, 5), months=1)
    months: dict[str, Any] = {"months": 1, "from_month": Month(2025, 9)}
    paid(by, a, cast.collector_a, date(2025, 9, 5), **again(faithful.participant, **months))
    paid(by, a, cast.collector_a, date(2025, 8, 6), months=1)
    paid(by, a, cast.collector_a, date(2025, 8, 7), months=12)
    paid(by, b, cast.collector_b, date(2025, 9, 8), months=3)
    return cast


def table(cast: Cast, code: str, by: str = "agent", who: str = "manager") -> Table:
    asked = Asked(FIRST, LAST, by, "as_of", "grace")
    return BUILD[code](scope_of(getattr(cast, who)), asked, THIS)


def test_cohorts_as_data(world: Cast):
    data = to_json(table(world, "cohorts"))
    assert list(data) == HEAD
    known = {"active_12": None, "active_24": None}
    a, b = (
        {"unit_code": one.code, "unit_name": one.name} for one in (world.agent_a, world.agent_b)
    )
    assert data["rows"] == [
        {**a, "cohort": "2025-08", "joined": 3, "active_3": 1, "active_6": 1, **known},
        {**a, "cohort": "2025-09", "joined": 0, "active_3": 0, "active_6": None, **known},
        {**b, "cohort": "2025-08", "joined": 0, "active_3": 0, "active_6": 0, **known},
        {**b, "cohort": "2025-09", "joined": 1, "active_3": 1, "active_6": None, **known},
    ]
    whole = {"unit_code": None, "unit_name": "Tổng cộng", "cohort": None}
    assert data["total"] == {**whole, "joined": 4, "active_3": 2, "active_6": 1, **known}


def test_renewals_as_data(world: Cast):
    data = to_json(table(world, "renewals"))
    assert list(data) == HEAD
    numbers = {
        row["unit_code"]: (
            row["ended"],
            row["renewed_in_window"],
            row["renewed_late"],
            row["lapsed"],
            row["open"],
            row["renewed_percent"],
        )
        for row in [*data["rows"], data["total"]]
    }
    mine = (3, 1, 0, 2, 0, "33.33")
    assert numbers == {"BD001": mine, "XA12865": (0, 0, 0, 0, 0, None), None: mine}


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("manager", {"BD001", "XA12865"}),
        ("auditor", {"BD001", "XA12865"}),
        ("lead_a", {"BD001"}),
        ("staff_b", {"XA12865"}),
    ],
)
@pytest.mark.parametrize("code", BUILD)
def test_readers_see_the_own_agents(world: Cast, code: str, who: str, codes: set[str]):
    assert {row.cells["unit_code"] for row in table(world, code, who=who).rows} == codes


@pytest.mark.parametrize(("who", "joined", "ended"), [("officer_a", 3, 3), ("officer_b", 1, 0)])
def test_officers_see_the_own_communes(world: Cast, who: str, joined: int, ended: int):
    for code, key, number in (("cohorts", "joined", joined), ("renewals", "ended", ended)):
        found = table(world, code, "commune", who)
        assert found.total is not None and found.total.cells[key] == number


@pytest.mark.parametrize("code", BUILD)
def test_every_grouping_has_the_same_total(world: Cast, code: str):
    totals = [
        {key: cell for key, cell in found.total.cells.items() if key != "unit_name"}
        for by in ("commune", "agent", "network", "district")
        if (found := table(world, code, by)).total
    ]
    assert len(totals) == 4 and all(one == totals[0] for one in totals)


@pytest.mark.parametrize("code", BUILD)
def test_csv_and_workbook_have_the_cells_of_the_table(world: Cast, code: str):
    found = table(world, code)
    assert found.total is not None
    columns = found.sheet_columns
    expected = [
        [row.cells.get(column.key) for column in columns] for row in [*found.rows, found.total]
    ]
    lines = list(csv.reader(StringIO(to_csv(found).decode("utf-8-sig"))))[1:]
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in expected]
    paper = render(found, letterhead(date(2026, 3, 2)))
    sheet = load_workbook(BytesIO(paper), data_only=True).worksheets[0]
    first = int("".join(char for char in str(sheet.freeze_panes) if char.isdigit()))
    for number, row in enumerate(expected):
        for position, column in enumerate(columns, start=1):
            cell, value = sheet.cell(first + number, position).value, row[position - 1]
            if column.is_number and value is not None:
                assert cell == pytest.approx(float(value)), (number, column.key)
            else:
                assert (cell or "") == (value or ""), (number, column.key)


def test_the_triangle_is_that_of_all_units(world: Cast):
    august, september = cohorts.triangle(table(world, "cohorts"))
    shares = [(one.after, one.active, one.percent, one.shade) for one in august.shares]
    assert (august.month, august.joined) == ("08/2025", 3)
    assert shares == [(3, 1, 33, 3), (6, 1, 33, 3), (12, None, None, 0), (24, None, None, 0)]
    assert [one.percent for one in september.shares] == [100, None, None, None]
    assert september.shares[0].shade == 10


def test_the_sentences_say_what_to_see(world: Cast):
    said = table(world, "cohorts").sentence
    assert said == "Trong 3 người vào tháng 8/2025, 1 người (33 %) còn đóng sau 6 tháng."
    assert "3 lượt người hết tháng đã đóng: 1 đóng tiếp trong hạn" in (
        table(world, "renewals").sentence
    )


def test_a_grouping_that_there_is_not_is_refused_in_words(world: Cast):
    with pytest.raises(Refused, match="officer"):
        table(world, "cohorts", "officer")


def test_the_pages_show_table_and_picture(world: Cast, logged_in: Callable[[Any], Client]):
    client = logged_in(world.manager)
    period = f"?tu={FIRST}&den={LAST}&theo=agent"
    found = markup(client.get(f"/bao-cao/vao-cung-thang/{period}"))
    assert "shade-10" in found and world.agent_b.name in found
    found = markup(client.get(f"/bao-cao/dong-tiep/{period}&cach_tinh=strict"))
    assert "33,3" in found and "Chỉ các tháng đã đóng" in found
    refused = client.get("/bao-cao/dong-tiep/?tu=2026-01&den=2026-02&dia_gioi=2020-03-31")
    assert "Địa giới" in markup(refused)
