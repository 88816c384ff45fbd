"""The contract of ``report targets`` and ``import_targets``, key by key, by commands alone."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, load_command_class

from agents.models import AuditEntry, Target
from tests.builders import paid
from tests.cast import Cast

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
GROUPINGS = ("commune", "agent", "network", "officer", "collector", "district")
PERCENT = re.compile(r"\d+\.\d\d")
LIST = """year,metric,owner_kind,owner_code,value,decision_no,decision_date
2025,new,district,,100,15/QD-BHXH,2025-01-10
2025,new,agent,BD001,60,15/QD-BHXH,2025-01-10
2025,new,agent,XA12865,40,15/QD-BHXH,2025-01-10
2025,collected,collector,BD001-01,12000000,15/QD-BHXH,2025-01-10
2025,active,commune,12922,30,15/QD-BHXH,2025-07-08
2025,new,district,,130,80/QD-BHXH,2025-07-08
2025,new,agent,BD001,90,80/QD-BHXH,2025-07-08
"""


@pytest.fixture
def over(cast: Cast, tmp_path: Path) -> Cast:
    """A year that is over: two new people in August with A, one in October with B; January's
    decision and July's.
    """
    paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 5))
    paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 6))
    paid(cast.manager, cast.commune_b, cast.collector_b, date(2025, 10, 6))
    taken_over(tmp_path, LIST)
    return cast


def taken_over(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "chi-tieu.csv"
    path.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command(
        "import_targets", str(path), "--as", "lanhdao", "--json", stdout=out, stderr=io.StringIO()
    )
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def report(*words: str, first: str = "2025-01", last: str = "2025-12") -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "report", "targets", "--from", first, "--to", last, *words, "--format", "json", stdout=out
    )
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def figures(rows: list[dict[str, Any]], metric: str) -> dict[str, list[Any]]:
    return {
        row["unit_code"]: [row[key] for key in KEYS[3:]] for row in rows if row["metric"] == metric
    }


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_row_has_exactly_the_named_keys_with_null_for_what_is_not_known(
    over: Cast, by: str
) -> None:
    for last in ("2025-06", "2025-12", "2026-03"):
        answer = report("--by", by, first=f"{last[:4]}-01", last=last)
        assert (answer["report"], answer["from"], answer["to"], answer["by"]) == (
            "targets",
            f"{last[:4]}-01",
            last,
            by,
        )
        assert answer["rows"] and [row["metric"] for row in answer["rows"][:3]] == [
            "active",
            "new",
            "collected",
        ]
        codes = [row["unit_code"] for row in answer["rows"]]
        assert codes == sorted(codes)
        for row in answer["rows"]:
            _assert_row(row)


def _assert_row(row: dict[str, Any]) -> None:
    assert tuple(row) == KEYS
    if row["target_now"] is None:
        asked = ("percent", "expected_today", "needed_per_working_day", "decision_no")
        assert [row[key] for key in asked] == [None] * 4, row
    for key in ("target_first", "target_now", "revision_no", "expected_today", "forecast", "done"):
        assert row[key] is None or isinstance(row[key], int), (key, row)
    assert isinstance(row["done"], int) and isinstance(row["same_period_last_year"], int)
    if row["percent"] is not None:
        assert PERCENT.fullmatch(row["percent"]), row
    needed = row["needed_per_working_day"]
    assert needed is None or (
        isinstance(needed, int) if row["metric"] == "collected" else PERCENT.fullmatch(needed)
    )
    if row["forecast_low"] is not None:
        assert row["forecast_low"] <= row["forecast"] <= row["forecast_high"]


def test_a_closed_year_by_hand(over: Cast) -> None:
    """Two and one of 130, 90 and 40; nothing is left to need, and the forecast is what was done."""
    district = figures(report("--by", "district")["rows"], "new")["district"]
    assert district == [100, 130, 1, "80/QD-BHXH", 3, "2.31", 130, None, 3, None, None, 0]
    agents = figures(report("--by", "agent")["rows"], "new")
    assert agents["BD001"] == [60, 90, 1, "80/QD-BHXH", 2, "2.22", 90, None, 2, None, None, 0]
    assert agents["XA12865"] == [40, 40, 0, "15/QD-BHXH", 1, "2.50", 40, None, 1, None, None, 0]
    networks = figures(report("--by", "network")["rows"], "new")
    assert networks == {"commune_committee": agents["XA12865"], "post_office": agents["BD001"]}
    # Two receipts of half a year at 1.500.000 đ less ten per cent of the poverty line of 1.500.000
    # đ: 1.782.000 each at 22 %, 1.980.000 less 396.000 (20 % since July 2025) = 1.584.000.
    money = figures(report("--by", "collector")["rows"], "collected")
    assert money["BD001-01"][:6] == [12_000_000, 12_000_000, 0, "15/QD-BHXH", 3_168_000, "26.40"]
    assert money["XA12865-01"][:6] == [None, None, None, None, 1_584_000, None]
    officers = figures(report("--by", "officer")["rows"], "active")
    assert officers["chuyenquan_a"][:6] == [30, 30, 0, "15/QD-BHXH", 2, "6.67"]
    assert officers["none"][:6] == [None, None, None, None, 0, None]


def test_june_is_told_as_june_was(over: Cast) -> None:
    """July's decision speaks for July on. A hundred over twelve months: 50 by June."""
    row = figures(report("--by", "district", last="2025-06")["rows"], "new")["district"]
    assert row[:4] == [100, 100, 0, "15/QD-BHXH"] and row[6] == 50
    august = figures(report("--by", "district", last="2025-08")["rows"], "new")["district"]
    # 80 remain for six months, two of which bring 26.67.
    assert august[:3] == [100, 130, 1] and august[6] == 77


def test_a_year_without_targets_has_figures_and_no_target(over: Cast) -> None:
    for by in GROUPINGS:
        rows = report("--by", by, first="2024-01", last="2024-12")["rows"]
        assert rows and all(row[key] is None for row in rows for key in KEYS[3:7])
        assert {row["done"] for row in rows} == {0}


def test_a_figure_of_nought_is_a_target_and_has_no_percentage(cast: Cast, tmp_path: Path) -> None:
    taken_over(
        tmp_path, LIST.splitlines()[0] + "\n2025,new,commune,12922,0,15/QD-BHXH,2025-07-08\n"
    )
    rows = figures(report("--by", "commune")["rows"], "new")
    assert rows["12922"][:7] == [0, 0, 0, "15/QD-BHXH", 0, None, 0]
    assert rows["12865"][:7] == [None, None, None, None, 0, None, None]


def test_one_metric_has_a_total_with_the_same_keys(over: Cast) -> None:
    answer = report("--by", "agent", "--metric", "new")
    assert tuple(answer["total"]) == KEYS and answer["total"]["unit_code"] is None
    told = [answer["total"][key] for key in ("target_first", "target_now", "done", "percent")]
    assert told == [100, 130, 3, "2.31"]
    assert report("--by", "agent", "--metric", "active")["total"]["target_now"] is None


def test_a_list_with_two_decisions_sets_all_kinds_and_twice_changes_nothing(
    over: Cast, tmp_path: Path
) -> None:
    rows = Target.objects.order_by("pk")
    before, acts = list(rows.values()), AuditEntry.objects.count()
    assert {row["owner_kind"] for row in before} == {"district", "commune", "agent", "collector"}
    assert sorted(row["revision_no"] for row in before) == [0, 0, 0, 0, 0, 1, 1]
    again = taken_over(tmp_path, LIST)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 7)
    upside_down = "\n".join([LIST.splitlines()[0], *reversed(LIST.splitlines()[1:])]) + "\n"
    assert taken_over(tmp_path, upside_down)["unchanged"] == 7
    assert list(rows.values()) == before and AuditEntry.objects.count() == acts


def test_the_order_of_the_rows_does_not_matter_at_first_either(cast: Cast, tmp_path: Path) -> None:
    taken_over(tmp_path, "\n".join([LIST.splitlines()[0], *reversed(LIST.splitlines()[1:])]) + "\n")
    found = (
        Target.objects.filter(owner_kind="district")
        .order_by("revision_no")
        .values_list("value", "decision_no")
    )
    assert list(found) == [(100, "15/QD-BHXH"), (130, "80/QD-BHXH")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "2025-11", "--to", "2026-02"), 1),
        (("--from", "2025-03", "--to", "2025-02"), 1),
        (("--from", "2025-13", "--to", "2025-13"), 1),
        (("--from", "2025-01"), 2),
    ],
)
def test_what_is_refused_has_one_sentence_and_its_exit_code(
    db: None, words: tuple[str, ...], code: int
) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("report", "targets", *words, stdout=out)
    assert refusal.value.returncode == code and out.getvalue() == ""
    assert len(str(refusal.value)) > 10 and "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "words", [("--by", "hamlet"), ("--format", "pdf"), ("--month", "2025-01")], ids=" ".join
)
def test_wrong_usage_is_exit_code_two(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["manage.py", "report", "targets", "--from", "2025-01", "--to", "2025-02", *words]
    with pytest.raises(SystemExit) as ended:
        load_command_class("reports", "report").run_from_argv(asked)
    assert ended.value.code == 2 and capsys.readouterr().out == ""
