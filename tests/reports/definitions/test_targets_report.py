"""The report of targets against a table worked out by hand, the same on page, in workbook and as
data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from agents.access import scope_of
from agents.models import AuditEntry, User
from agents.operations.targets import Figure, do_set_targets
from enrollment.operations.receipts import do_void_receipt
from reports.definitions.targets import BY
from reports.progress.year_so_far import METRICS
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from tests import builders
from tests.builders import again, paid
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.months import Month

KEYS = (
    "unit_code",
    "unit_name",
    "metric",
    "target_first",
    "target_now",
    "revision_no",
    "decision_no",
    "done",
    "percent",
    "expected_today",
    "needed_per_working_day",
    "forecast",
    "forecast_low",
    "forecast_high",
    "same_period_last_year",
)
FIGURES = KEYS[3:]
JANUARY, JULY = ("15/QĐ-BHXH", date(2026, 1, 12)), ("77/QĐ-BHXH", date(2026, 7, 6))
SEPTEMBER = Month(2026, 9)
SIX, THREE = 1_584_000, 792_000
"""What half a year and a quarter at 1.500.000 đ cost somebody of no group."""


@pytest.fixture
def year(cast: Cast) -> Cast:
    """Two people of 2025 and four of 2026; targets of January, one revised in July."""
    a, b, by = cast.commune_a, cast.commune_b, cast.manager
    paid(by, a, cast.collector_a, date(2025, 8, 5))
    paid(by, a, cast.collector_a, date(2025, 11, 5), months=12)
    paid(by, a, cast.collector_a, date(2026, 2, 4))
    paid(by, a, cast.collector_a, date(2026, 3, 4))
    paid(by, b, cast.collector_b, date(2026, 5, 6))
    paid(by, a, cast.collector_b, date(2026, 6, 3), months=3)
    assign(
        cast,
        JANUARY,
        ("new", a, 24),
        ("active", a, 12),
        ("new", None, 60),
        ("new", cast.agent_a, 36),
    )
    assign(cast, JANUARY, ("collected", cast.agent_a, 12_000_000), ("new", cast.collector_b, 4))
    assign(cast, JULY, ("new", a, 44))
    return cast


def assign(cast: Cast, decision: tuple[str, date], *told: tuple[str, Any, int]) -> None:
    figures = [Figure(2026, metric, owner, value, *decision) for metric, owner, value in told]
    do_set_targets(actor=cast.manager, figures=figures)


def report(user: User, by: str, metric: str = "", last: Month = SEPTEMBER) -> dict[str, Any]:
    asked = Asked(Month(last.year, 1), last, by, "as_of", "grace", metric)
    return to_json(REPORTS["targets"].build(scope_of(user), asked))


def told(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(row["unit_code"], row["metric"]): tuple(row[key] for key in FIGURES) for row in rows}


# Active goes from two to 12: nine of twelve months are 9.5, which rounds up to 10. Commune A: 24
# over the year are 12 by June; July's 44 leave 32 for six months, 16 of them by September: 28.
NOTHING = (None, None, None, None, 0, None, None, None, 0, 0, 0, 0)
# 183 of the 248 working days of 2026 are over on 30/09 and 65 are left. Of 2025 the report knows
# one new person by September and two in the year, 1.584.000 đ and then 4.752.000 đ, one and then
# two active people.
HAND_A = {
    ("12922", "active"): (12, 12, 0, JANUARY[0], 4, "33.33", 10, "0.12", 5, 5, 7, 1),
    ("12922", "new"): (24, 44, 1, JULY[0], 3, "6.82", 28, "0.63", 5, 5, 6, 1),
    ("12922", "collected"): (
        None,
        None,
        None,
        None,
        2 * SIX + THREE,
        None,
        None,
        None,
        8_623_279,
        8_623_279,
        11_880_000,
        SIX,
    ),
}
HAND_B = {
    ("12865", "active"): (None, None, None, None, 1, None, None, None, 1, 1, 2, 0),
    ("12865", "new"): (None, None, None, None, 1, None, None, None, 2, 2, 2, 0),
    ("12865", "collected"): (
        None,
        None,
        None,
        None,
        SIX,
        None,
        None,
        None,
        3_449_311,
        3_449_311,
        4_752_000,
        0,
    ),
}


def test_every_row_by_commune_is_the_one_worked_out_by_hand(year: Cast) -> None:
    answer = report(year.manager, "commune")
    rows = told(answer["rows"])
    assert all(tuple(row) == KEYS for row in answer["rows"])
    assert {key: row for key, row in rows.items() if key[0] in ("12922", "12865")} == {
        **HAND_A,
        **HAND_B,
    }
    others = {key: row for key, row in rows.items() if key[0] not in ("12922", "12865")}
    assert len(others) == 9 * 3 and set(others.values()) == {NOTHING}
    assert (answer["total"], answer["counted_from"], answer["as_of"]) == (
        None,
        "2026-01",
        "2026-09-30",
    )


def test_other_owners_are_asked_for_their_own_targets(year: Cast) -> None:
    agents = told(report(year.manager, "agent")["rows"])
    assert agents["BD001", "new"][:7] == (36, 36, 0, JANUARY[0], 2, "5.56", 27)
    # 8.832.000 đ are missing, over 65 working days: 135.876,9 a day.
    money = (12_000_000, 12_000_000, 0, JANUARY[0], 2 * SIX, "26.40", 9_000_000, 135_877)
    assert agents["BD001", "collected"][:8] == money
    assert agents["XA12865", "new"][:6] == (None, None, None, None, 2, None)
    district = told(report(year.manager, "district")["rows"])
    assert district["district", "new"][:8] == (60, 60, 0, JANUARY[0], 4, "6.67", 45, "0.86")
    officers = told(report(year.manager, "officer")["rows"])
    assert officers["chuyenquan_a", "new"] == HAND_A["12922", "new"]
    assert officers["none", "new"] == NOTHING
    networks = told(report(year.manager, "network")["rows"])
    assert networks["post_office", "collected"] == agents["BD001", "collected"]
    collectors = told(report(year.manager, "collector")["rows"])
    assert set(collectors) == {
        (code, metric) for code in ("BD001-01", "XA12865-01") for metric in METRICS
    }
    # Four over twelve months alike: three by September.
    assert collectors["XA12865-01", "new"][:8] == (4, 4, 0, JANUARY[0], 2, "50.00", 3, "0.03")
    assert collectors["BD001-01", "active"][4] == 3


def test_one_metric_has_a_total_of_its_units(year: Cast) -> None:
    answer = report(year.manager, "commune", "new")
    assert {row["metric"] for row in answer["rows"]} == {"new"} and len(answer["rows"]) == 11
    total = answer["total"]
    assert (total["unit_code"], total["target_first"], total["target_now"], total["done"]) == (
        None,
        24,
        44,
        4,
    )
    assert (total["expected_today"], total["needed_per_working_day"]) == (28, "0.62")


def test_the_sheet_of_three_targets_ends_with_the_whole_of_each(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    """4 of 44 new people as above; what was collected is the sum of the rows above it."""
    address = "/bao-cao/chi-tieu/?tu=2026-01&den=2026-09&theo=commune&dinh_dang=xlsx"
    content = logged_in(year.manager).get(address).content
    rows = [[cell.value for cell in line] for line in load_workbook(BytesIO(content)).active]
    wholes = [row for row in rows if row[1] == "Tổng cộng"]
    assert [row[2] for row in wholes] == ["Đang tham gia", "Tăng mới", "Tiền thu (đồng)"]
    new = wholes[1]
    assert 44 in new and 4 in new
    money = [row for row in rows if row[2] == "Tiền thu (đồng)" and row[0]]
    done = next(at for row in rows for at, value in enumerate(row) if value == "Đã thực hiện")
    assert wholes[2][done] == sum(row[done] or 0 for row in money) > 0


def test_a_year_that_is_over_needs_nothing_more_and_foretells_itself(year: Cast) -> None:
    do_set_targets(
        actor=year.manager,
        figures=[Figure(2025, "new", year.commune_a, 5), Figure(2025, "new", year.commune_b, 0)],
    )
    rows = told(report(year.manager, "commune", "new", Month(2025, 12))["rows"])
    assert rows["12922", "new"] == (5, 5, 0, None, 2, "40.00", 5, None, 2, None, None, 0)
    assert rows["12865", "new"][4:8] == (0, None, 0, "0.00")


MONTHS = [
    Month(2025, 9),
    Month(2025, 12),
    Month(2026, 3),
    Month(2026, 6),
    Month(2026, 8),
    Month(2026, 9),
]


def test_every_grouping_adds_up_to_the_district_after_renewals_elsewhere_and_voids(
    year: Cast,
) -> None:
    moved = paid(year.manager, year.commune_a, year.collector_a, date(2026, 3, 5), months=1)
    months = {"months": 3, "from_month": Month(2026, 4)}
    elsewhere = paid(
        year.manager,
        year.commune_b,
        year.collector_b,
        date(2026, 4, 6),
        **again(moved.participant, **months),
    )
    before = report(year.manager, "collector", "new", Month(2026, 3))["rows"]
    do_void_receipt(actor=year.manager, receipt=elsewhere, on=date(2026, 6, 8), reason="Ghi nhầm")
    assert report(year.manager, "collector", "new", Month(2026, 3))["rows"] == before
    assert told(before)["BD001-01", "new"][4] == 3
    for month in MONTHS:
        sums = {by: _sums(report(year.manager, by, last=month)["rows"]) for by in BY}
        assert all(found == sums["district"] for found in sums.values()), (month, sums)
    april = told(report(year.manager, "collector", last=Month(2026, 4))["rows"])
    assert (april["XA12865-01", "active"][4], april["XA12865-01", "new"][4]) == (1, 0)


def _sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        f"{metric} {key}": sum(row[key] for row in rows if row["metric"] == metric)
        for metric in METRICS
        for key in ("done", "same_period_last_year")
    }


def test_readers_see_their_own_scope_only(year: Cast) -> None:
    own = told(report(year.lead_a, "agent")["rows"])
    assert {code for code, _ in own} == {"BD001"} and own["BD001", "new"][1] == 36
    assert {row["unit_code"] for row in report(year.staff_a, "collector")["rows"]} == {"BD001-01"}
    of_b = told(report(year.lead_b, "collector")["rows"])
    assert {code for code, _ in of_b} == {"XA12865-01"} and of_b["XA12865-01", "new"][1] == 4
    officer = told(report(year.officer_a, "commune")["rows"])
    assert {code for code, _ in officer} == {"12922"} and officer["12922", "new"] == HAND_A[
        "12922", "new"
    ]
    # What a collector is asked for beyond the officer's communes is not the officer's to see.
    seen = told(report(year.officer_a, "collector")["rows"])
    assert seen["XA12865-01", "new"][:5] == (None, None, None, None, 1)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("role", ["manager", "officer", "lead"])
def test_a_grouping_asks_at_most_twelve_questions(year: Cast, by: str, role: str) -> None:
    user = year.by_role(role)
    scope = scope_of(user)
    asked = Asked(Month(2026, 1), Month(2026, 9), by, "as_of", "grace")
    with CaptureQueriesContext(connection) as questions:
        REPORTS["targets"].build(scope, asked)
    assert len(questions) <= 8


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "2025-11", "--to", "2026-02"),
        ("--from", "2026-03", "--to", "2026-01"),
        ("--from", "2026-01", "--to", "2026-02", "--metric", "lapsed"),
        ("--from", "2026-01", "--to", "2026-02", "--rule", "strict"),
        ("--from", "2026-01", "--to", "2026-02", "--territory", "2020-03-31"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(
    reference: None, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("report", "targets", *arguments)
    assert refusal.value.returncode == 1 and str(refusal.value)


def test_growth_is_told_of_no_collector(reference: None) -> None:
    with pytest.raises(CommandError):
        call_command(
            "report", "growth", "--from", "2026-01", "--to", "2026-02", "--by", "collector"
        )


@pytest.mark.parametrize(
    "query", ["theo=commune&chi_tieu=new", "theo=agent", "theo=collector&chi_tieu=collected"]
)
def test_page_workbook_and_command_have_the_same_figures(
    year: Cast, logged_in: Callable[[Any], Client], query: str
) -> None:
    browser, address = logged_in(year.manager), f"/bao-cao/chi-tieu/?tu=2026-01&den=2026-09&{query}"
    data = browser.get(f"{address}&dinh_dang=json").json()
    out = StringIO()
    metric = ("--metric", data["metric"]) if data["metric"] else ()
    call_command(
        "report",
        "targets",
        "--from",
        "2026-01",
        "--to",
        "2026-09",
        "--by",
        data["by"],
        *metric,
        stdout=out,
    )
    assert json.loads(out.getvalue()) == data
    book = load_workbook(BytesIO(browser.get(f"{address}&dinh_dang=xlsx").content))
    texts = {
        str(cell.value)
        for line in book.active.iter_rows()
        for cell in line
        if cell.value is not None
    }
    page = browser.get(address)
    shown = markup(page)
    for row in data["rows"]:
        assert row["unit_name"] in shown
        for key in (
            "done",
            "target_now",
            "expected_today",
            "forecast",
            "forecast_low",
            "forecast_high",
        ):
            if row[key]:
                assert str(row[key]) in texts
                assert f"{row[key]:,}".replace(",", ".") in shown
    assert AuditEntry.objects.filter(action="export.download").count() == 2


def test_the_page_warns_of_who_is_behind_and_says_why(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    page = logged_in(year.manager).get(
        "/bao-cao/chi-tieu/?tu=2026-01&den=2026-09&theo=commune&chi_tieu=new"
    )
    assert [(one.line.code, url != "") for one, url in page.context["warnings"]] == [
        ("12922", True)
    ]
    (warning, url) = page.context["warnings"][0]
    # 41 people in 65 working days, thirteen weeks: 3,2 a week.
    assert warning.reason == (
        "chậm 25 người so với mức cần đến nay; thiếu 41 người đến 31/12, khoảng 4 người mỗi tuần "
        "(còn 65 ngày làm việc); cuối năm dự báo cao nhất 6 người, dưới chỉ tiêu"
    )
    behind = logged_in(year.manager).get(url)
    assert behind.context["page"].paginator.count == 3


def test_a_report_that_is_not_there_has_no_page(
    cast: Cast, logged_in: Callable[[Any], Client]
) -> None:
    assert logged_in(cast.manager).get("/bao-cao/khong-co/").status_code == 404


def test_the_index_leads_to_every_report(cast: Cast, logged_in: Callable[[Any], Client]) -> None:
    shown = markup(logged_in(cast.manager).get("/bao-cao/"))
    for one in REPORTS.values():
        assert f'href="/bao-cao/{one.place}/' in shown and one.title in shown


def test_who_opens_in_july_is_not_asked_for_anything_in_june(cast: Cast) -> None:
    cast.agent_b.opened_on = date(2026, 7, 1)
    cast.agent_b.save()
    assign(cast, JULY, ("new", cast.agent_b, 12))
    asked = {
        last: told(report(cast.manager, "agent", "new", last)["rows"])
        for last in (Month(2026, 6), SEPTEMBER)
    }
    key = (cast.agent_b.code, "new")
    assert [asked[last].get(key, (None, None))[1] for last in asked] == [None, 12]


def test_the_sentence_tells_shares_as_the_table_and_what_is_foretold_in_millions(
    year: Cast,
) -> None:
    asked = Asked(Month(2026, 1), SEPTEMBER, "agent", "as_of", "grace", "")
    sentence = REPORTS["targets"].build(scope_of(year.manager), asked).sentence
    assert re.search(r"trên chỉ tiêu 36 người \(\d+,\d%, ", sentence)
    assert re.search(r"cuối năm dự báo \d+ triệu đ", sentence)
    over = Asked(Month(2025, 1), Month(2025, 12), "agent", "as_of", "grace", "")
    assert "dự báo" not in REPORTS["targets"].build(scope_of(year.manager), over).sentence


def test_an_agent_of_other_years_has_no_rows_unless_there_is_something_to_tell(year: Cast) -> None:
    builders.agent("BD900", closed_on=date(2025, 12, 31))
    builders.agent("BD901", opened_on=date(2027, 1, 1))
    known = {cast_agent.code for cast_agent in (year.agent_a, year.agent_b)}
    for code in ("targets", "service", "assignment", "progress"):
        asked = Asked(
            Month(2026, 1),
            SEPTEMBER,
            "agent",
            "as_of",
            "grace",
            "new" if code == "progress" else "",
        )
        assert {
            row.cells["unit_code"]
            for row in REPORTS[code].build(scope_of(year.manager), asked).rows
        } == known, code
    year.agent_b.closed_on = date(2025, 12, 31)
    year.agent_b.save()
    assert told(report(year.manager, "agent")["rows"])[year.agent_b.code, "new"][4] == 2
