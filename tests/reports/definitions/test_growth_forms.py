"""The growth report says the same as data, CSV and workbook, and every figure has its people behind
it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from itertools import product
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from agents.access import scope_of
from enrollment.importing.lines import StopLine
from reports.counting.measures import PeriodTally
from reports.counting.units import BY, units_for
from reports.definitions import growth
from reports.drill_down import list_behind
from reports.letterhead import letterhead
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render
from reports.tables import Table
from tests.builders import again, import_lines, paid
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

FIRST, LAST = Month(2025, 9), Month(2026, 3)


@pytest.fixture
def ledger(cast: Cast) -> Cast:
    """New, renewed, lapsed, stopped and moved people in two communes and two agents."""
    a, b, by = cast.commune_a, cast.commune_b, cast.manager
    paid(by, a, cast.collector_a, date(2025, 8, 5), months=12)
    lapsed = paid(by, a, cast.collector_a, date(2025, 8, 6), months=1)
    paid(by, b, cast.collector_b, date(2025, 10, 6), months=3)
    stopped = paid(by, b, cast.collector_b, date(2025, 10, 7), months=6)
    moved = paid(by, a, cast.collector_a, date(2025, 9, 8), months=3)
    months: dict[str, Any] = {"months": 3, "from_month": Month(2025, 12)}
    paid(by, b, cast.collector_b, date(2025, 12, 8), **again(moved.participant, **months))
    paid(by, a, cast.collector_a, date(2026, 1, 9), **again(lapsed.participant, months=6))
    person = stopped.participant
    import_lines(
        by,
        StopLine(
            row=1,
            full_name=person.full_name,
            bhxh_no=None,
            citizen_id=person.citizen_id,
            month=Month(2026, 1),
            reason="compulsory",
            collector_code=cast.collector_b.code,
        ),
    )
    return cast


def asked(by: str, rule: str = "grace") -> Asked:
    return Asked(FIRST, LAST, by, "as_of", rule)


def table_for(cast: Cast, by: str, rule: str = "grace", role: str = "manager") -> Table:
    return REPORTS["growth"].build(scope_of(cast.by_role(role)), asked(by, rule))


@pytest.mark.parametrize("by", BY)
def test_csv_has_the_cells_of_the_table(ledger: Cast, by: str) -> None:
    table = table_for(ledger, by)
    lines = list(csv.reader(StringIO(to_csv(table).decode("utf-8-sig"))))
    assert table.total is not None
    for line, row in zip(lines[1:], [*table.rows, table.total], strict=True):
        expected = [row.cells.get(column.key) for column in table.sheet_columns]
        assert line == ["" if value is None else str(value) for value in expected]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM", "＝1+1", "＋1", "－1", "＠SUM", "\t=1", "\r=1", " ﹦1"]
)
def test_csv_quotes_what_a_spreadsheet_would_take_for_a_formula(ledger: Cast, name: str) -> None:
    table = table_for(ledger, "commune")
    named = next(column for column in table.sheet_columns if not column.is_number)
    table.rows[0].cells[named.key] = name  # type: ignore[index]
    cell = list(csv.reader(StringIO(to_csv(table).decode("utf-8-sig"))))[1][
        table.sheet_columns.index(named)
    ]
    assert cell == "'" + name.strip()


@pytest.mark.parametrize("by", BY)
def test_the_workbook_has_the_cells_of_the_table_and_its_sums_come_to_the_total(
    ledger: Cast, by: str
) -> None:
    table = table_for(ledger, by)
    sheet = load_workbook(BytesIO(render(table, letterhead(date(2026, 4, 1))))).worksheets[0]
    first = int("".join(char for char in str(sheet.freeze_panes) if char.isdigit()))
    assert table.total is not None
    for position, column in enumerate(table.sheet_columns, start=1):
        stored = [sheet.cell(first + offset, position).value for offset in range(len(table.rows))]
        expected = [row.cells.get(column.key) for row in table.rows]
        assert [None if v is None else str(v) for v in stored] == [
            _shown(v, column.kind) for v in expected
        ]
        formula = sheet.cell(first + len(table.rows), position).value
        if isinstance(formula, str) and formula.startswith("=SUM("):
            assert sum(value or 0 for value in expected) == table.total.cells[column.key]


def _shown(value: Any, kind: str) -> str | None:
    if value is None or value == "":
        return None
    number = f"{float(value):g}" if kind == "percent" else str(value)
    return number


def test_the_workbook_is_ready_to_print(ledger: Cast) -> None:
    sheet = load_workbook(
        BytesIO(render(table_for(ledger, "commune"), letterhead(date(2026, 4, 1))))
    ).worksheets[0]
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Người lập biểu"} <= texts
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows
    assert sheet.freeze_panes


@pytest.mark.parametrize("by", BY)
def test_the_list_behind_a_figure_has_as_many_people_as_the_figure(ledger: Cast, by: str) -> None:
    for role, rule in product(("manager", "officer", "lead"), ("grace", "strict")):
        has_as_many(ledger, by, role, rule)


def has_as_many(ledger: Cast, by: str, role: str, rule: str) -> None:
    scope, table = scope_of(ledger.by_role(role)), table_for(ledger, by, rule, role)
    names = [
        "opening",
        "new",
        "returned",
        "moved_in",
        "moved_out",
        "decreased",
        "renewed",
        "closing",
        "covered",
        "in_grace",
        "same_period_last_year",
        "new_ytd",
    ]
    for row in table.rows:
        for name in names:
            behind = list_behind(scope, asked(by, rule), name, row.cells["unit_code"])
            assert behind.rows.count() == row.cells[name], (row.cells["unit_code"], name)
        money = list_behind(scope, asked(by, rule), "collected", row.cells["unit_code"])
        assert money.amount == row.cells["collected"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("growth", "--from", "2026-03", "--to", "2026-01"),
        ("growth", "--from", "2026-13", "--to", "2026-13"),
        ("growth", "--from", "1900-01", "--to", "2026-01"),
        ("growth", "--from", "2026-01", "--to", "2026-02", "--territory", "2020-03-31"),
        ("growth", "--from", "2026-01", "--to", "2026-02", "--territory", "hôm qua"),
        ("unknown", "--from", "2026-01", "--to", "2026-02"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused_in_words(
    reference: None, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("report", *arguments)
    assert refusal.value.returncode == 1
    assert str(refusal.value)


def test_a_unit_out_of_scope_has_no_list(ledger: Cast, logged_in: Callable[[Any], Client]) -> None:
    address = (
        f"/bao-cao/tang-truong/danh-sach/?tu={FIRST}&den={LAST}"
        "&theo=commune&cot=closing&don_vi=khong-co"
    )
    assert logged_in(ledger.officer_a).get(address).status_code == 404


def test_the_sheet_folds_away_what_would_print_too_small(ledger: Cast) -> None:
    """Opening, rises, falls and closing can be read off what prints; every other column is one
    click away.
    """
    table = table_for(ledger, "commune")
    sheet = load_workbook(BytesIO(render(table, letterhead(date(2026, 4, 1))))).worksheets[0]
    hidden = {
        position
        for one in sheet.column_dimensions.values()
        if one.hidden
        for position in range(one.min, one.max + 1)
    }
    shown = [
        column.key
        for position, column in enumerate(table.sheet_columns, start=1)
        if position not in hidden
    ]
    for key in (
        "unit_code",
        "unit_name",
        "opening",
        "new",
        "returned",
        "moved_in",
        "moved_out",
        "decreased",
        "closing",
    ):
        assert key in shown
    assert len(shown) < len(table.sheet_columns) - 10


def test_the_totals_rate_counts_only_units_that_have_a_target(ledger: Cast) -> None:
    scope = scope_of(ledger.manager)
    parameters = growth.checked(FIRST, LAST, "commune", "as_of", "grace")
    units = units_for(scope, "commune", LAST, None)
    figures = PeriodTally.of(parameters.period).by(units)
    code = next(unit.code for unit in units.rows if figures[unit.code].closing)
    done = figures[code]
    assert sum(one.closing for one in figures.values()) > done.closing
    table = growth.table_of(units, parameters, figures, {code: {"active": 4}})
    assert table.total is not None
    cells = table.total.cells
    assert (cells["target_active"], cells["target_new"]) == (4, None)
    assert cells["target_active_percent"] == f"{done.closing * 25}.00"
    assert cells["target_new_percent"] is None


def test_months_to_come_are_named_as_such(ledger: Cast) -> None:
    scope, this = scope_of(ledger.manager), this_month()
    for last, says in ((this, False), (this + 1, True)):
        notes = (
            REPORTS["growth"].build(scope, Asked(FIRST, last, "commune", "as_of", "grace")).notes
        )
        assert any("chưa tới" in note for note in notes) is says
