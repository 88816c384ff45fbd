"""import_d05: what a list does to the register, and what the command answers (contract.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from agents.models import AuditEntry
from enrollment.models import Participant, Receipt, Stop
from enrollment.operations.check import differences
from tests.cast import Cast
from tests.enrollment.importing import sheets
from tests.enrollment.importing.sheets import FIRST, person, stop

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(cast: Cast, tmp_path: Path) -> Run:
    """Import workbooks; gives one file's answer with ``exit``, the exit code."""

    def go(*books: Workbook, file: int = 0, **options: Any) -> dict[str, Any]:
        names = []
        for number, book in enumerate(books):
            book.save(tmp_path / f"{number}.xlsx")
            names.append(str(tmp_path / f"{number}.xlsx"))
        out, code = StringIO(), 0
        try:
            call_command(
                "import_d05",
                *names,
                json=True,
                stdout=out,
                stderr=StringIO(),
                **{"username": "lanhdao", **options},
            )
        except CommandError as error:
            code = error.returncode
        return {**json.loads(out.getvalue())["files"][file], "exit": code}

    return go


def columns(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(error["row"], error["column"]) for error in answer["errors"]]


LATER = {"_4": "BD25-0000002", "_3": "10/02/2026", "_7": "02/2026"}


def test_receipts_and_stops_are_recorded_with_their_audit_rows(run: Run):
    answer = run(sheets.listed(person(), stops=[stop()]))
    assert answer.pop("file").endswith("0.xlsx")
    assert answer == {
        "rows": 2,
        "created_participants": 1,
        "receipts": 1,
        "stops": 1,
        "unchanged": 0,
        "errors": [],
        "remarks": [],
        "exit": 0,
    }
    assert Receipt.objects.get().number == "BD25-0000001" and Stop.objects.get().reason == "death"
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"participant.create", "receipt.import", "participant.stop"} <= acts


def test_a_file_imported_twice_changes_nothing(run: Run):
    book = sheets.listed(person(), person(**LATER), stops=[stop(_7="05/2026")])
    run(book)
    before = [list(model.objects.values()) for model in (Participant, Receipt, Stop, AuditEntry)]
    assert run(book)["unchanged"] == 3
    assert [
        list(model.objects.values()) for model in (Participant, Receipt, Stop, AuditEntry)
    ] == before


def test_one_bad_row_means_none_is_taken_unless_bad_rows_are_skipped(run: Run):
    book = sheets.listed(person(), person(_4="BD25-0000002", _1="034180000002", _C=None, _8=1))
    refused = run(book)
    assert (refused["exit"], refused["receipts"], refused["created_participants"]) == (1, 0, 0)
    assert columns(refused) == [(FIRST + 1, "8")]
    assert "1.980.000" in refused["errors"][0]["reason"] and not Participant.objects.exists()
    taken = run(book, skip_bad=True)
    assert (taken["exit"], taken["receipts"]) == (0, 1) and columns(taken) == [(FIRST + 1, "8")]
    assert Receipt.objects.get().number == "BD25-0000001"


def test_with_one_bad_file_no_file_is_taken(run: Run):
    good, bad = sheets.listed(person()), sheets.listed(person(_4="BD25-0000002", _16="KHONG-CO"))
    assert run(good, bad)["exit"] == 1
    assert not Receipt.objects.exists()


def test_a_dry_run_says_what_would_happen_and_writes_nothing(run: Run):
    answer = run(sheets.listed(person(), stops=[stop()]), dry_run=True)
    assert (answer["receipts"], answer["stops"], answer["exit"]) == (1, 1, 0)
    assert not Participant.objects.exists()


def test_a_dry_run_of_several_files_foretells_what_the_files_together_do(run: Run):
    first, second = (
        sheets.listed(person()),
        sheets.listed(person(**LATER), stops=[stop(_7="05/2026")]),
    )
    foretold = [run(first, second, dry_run=dry, file=1) for dry in (True, False)]
    assert foretold[0] == foretold[1]
    assert (foretold[0]["created_participants"], foretold[0]["receipts"], foretold[0]["stops"]) == (
        0,
        1,
        1,
    )


def test_a_number_in_small_letters_is_the_same_receipt(run: Run, cast: Cast):
    run(sheets.listed(person()))
    assert run(sheets.listed(person(_4="bd25-0000001")))["unchanged"] == 1
    other = run(sheets.listed(person(_4="bd25-0000001", _1="034180000002", _C=None)))
    assert (other["exit"], columns(other)) == (1, [(FIRST, "4")])
    call_command(
        "void_receipt", "bd25-0000001", on=date(2026, 1, 31), reason="thử", username="lanhdao"
    )
    assert Receipt.objects.get().void.voided_on == date(2026, 1, 31)


def test_each_bad_file_gets_its_own_workbook_of_reasons(run: Run, tmp_path: Path):
    bad = [sheets.listed(person(_16=code)) for code in ("KHONG-CO", "CUNG-KHONG")]
    run(*bad, errors=str(tmp_path / "loi.xlsx"))
    for name, code in (("loi.xlsx", "KHONG-CO"), ("loi-2.xlsx", "CUNG-KHONG")):
        sheet = load_workbook(tmp_path / name).active
        assert code in str(sheet.cell(row=FIRST, column=sheet.max_column).value)


def test_the_errors_come_back_in_the_same_workbook(run: Run, tmp_path: Path):
    target = tmp_path / "loi.xlsx"
    run(sheets.listed(person(_16="KHONG-CO")), errors=str(target))
    sheet = load_workbook(target).active
    assert "KHONG-CO" in str(sheet.cell(row=FIRST, column=sheet.max_column).value)


def test_amounts_are_the_laws_unless_the_office_vouches_for_them(run: Run):
    book = sheets.listed(person(_8=2_000_000, _9=1_604_000))
    assert {column for _, column in columns(run(book))} == {"8"}
    assert run(book, trust_amounts=True)["receipts"] == 1
    assert Receipt.objects.get().gross == 2_000_000


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"_3": "10/12/2025"}, "7"),
        ({"_2": "Thôn Bắc, xã Không Có"}, "2"),
        ({"_2": "Thôn Bắc, xã Thái Nguyên"}, "2"),
        ({"_16": "KHONG-CO"}, "16"),
        ({"_5": 1_000_000}, "5"),
        ({"_3": "05/08/2099", "_7": "08/2099"}, "3"),
        ({"_11": 0}, "11"),
    ],
)
def test_what_the_rules_refuse_is_an_error_of_its_column(
    run: Run, values: dict[str, Any], column: str
):
    assert columns(run(sheets.listed(person(**values)))) == [(FIRST, column)]


@pytest.mark.parametrize("trusted", [False, True])
def test_a_first_month_far_off_is_an_error_of_column_seven(run: Run, trusted: bool):
    answer = run(sheets.listed(person(_7="01/2062")), trust_amounts=trusted)
    assert columns(answer) == [(FIRST, "7")] and "quá xa ngày nộp" in answer["errors"][0]["reason"]
    assert not Receipt.objects.exists()


def test_months_that_are_paid_already_are_an_error_of_column_seven(run: Run):
    run(sheets.listed(person()))
    assert columns(run(sheets.listed(person(_4="BD25-0000002", _3="06/08/2025")))) == [(FIRST, "7")]


def test_a_stop_frees_the_months_after_it_for_a_later_receipt_of_the_same_list(run: Run):
    back = person(_4="BD25-0000002", _3="05/11/2025", _7="11/2025")
    answer = run(sheets.listed(person(), back, stops=[stop(_7="10/2025")]))
    assert (answer["errors"], answer["receipts"], answer["stops"]) == ([], 2, 1)


def test_a_stop_before_the_first_receipt_of_the_same_list_is_told_so(run: Run):
    answer = run(sheets.listed(person(), stops=[stop(_7="06/2025")]))
    ((row, column),) = columns(answer)
    assert (
        column == "7" and row > FIRST and "trước biên lai đầu tiên" in answer["errors"][0]["reason"]
    )


def test_a_receipt_number_is_unique_as_a_whole_string(run: Run):
    other = {"_B": "Người Mẫu Khác", "_C": None, "_1": "034180000002"}
    assert run(sheets.listed(person(_4="1"), person(_4="01", **other)))["receipts"] == 2
    twice = run(
        sheets.listed(
            person(_4="X9", _1="034180000003", _C=None), person(_4="X9", _1="034180000004", _C=None)
        )
    )
    assert columns(twice) == [(FIRST + 1, "4")] and f"dòng {FIRST}" in twice["errors"][0]["reason"]


@pytest.mark.parametrize(
    "values", [{"_3": "06/08/2025"}, {"_5": 1_550_000}, {"_16": "XA12865-01"}, {"_7": "09/2025"}]
)
def test_a_known_number_with_another_content_is_refused(run: Run, values: dict[str, Any]):
    run(sheets.listed(person()))
    assert columns(run(sheets.listed(person(**values)))) == [(FIRST, "4")]


def test_a_person_is_found_by_citizen_id_or_else_by_insurance_number(run: Run):
    run(sheets.listed(person()))
    answer = run(sheets.listed(person(_1=None, **LATER)))
    assert (answer["created_participants"], answer["receipts"]) == (0, 1)


def test_a_known_insurance_number_with_another_citizen_id_names_both(run: Run):
    run(sheets.listed(person()))
    answer = run(sheets.listed(person(_1="034180000099", **LATER)))
    assert columns(answer) == [(FIRST, "1")]
    assert (
        "034180000001" in answer["errors"][0]["reason"]
        and "034180000099" in answer["errors"][0]["reason"]
    )


def test_a_stop_of_somebody_unknown_is_an_error(run: Run):
    assert columns(run(sheets.listed(stops=[stop()]))) == [(FIRST + 3, "1")]


def test_lists_in_several_sheets_name_their_sheet_in_each_reason(run: Run):
    book = sheets.listed(person())
    second = book.create_sheet("Thêm")
    for row in (*sheets.HEAD, ["I. Tăng"], person(_4="BD25-0000001")):
        second.append(list(row))
    (error,) = run(book)["errors"]
    assert (
        error["row"] == FIRST
        and error["reason"].startswith("Trang “Thêm”: ")
        and "D05" in error["reason"]
    )


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_one(cast: Cast, tmp_path: Path):
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"khong phai excel")
    for name in (str(broken), str(tmp_path / "khong-co.xlsx")):
        with pytest.raises(CommandError, match="tệp") as refusal:
            call_command(
                "import_d05", name, username="lanhdao", stdout=StringIO(), stderr=StringIO()
            )
        assert refusal.value.returncode == 1


def test_wrong_usage_is_exit_code_two(cast: Cast):
    from enrollment.management.commands.import_d05 import Command

    with pytest.raises(SystemExit) as refusal:
        Command().run_from_argv(["manage.py", "import_d05", "x.xlsx"])
    assert refusal.value.code == 2


def test_those_who_may_not_import_are_refused(run: Run, cast: Cast, tmp_path: Path):
    sheets.listed(person()).save(tmp_path / "x.xlsx")
    for who in (cast.staff_a, cast.auditor, cast.administrator):
        with pytest.raises(CommandError, match="quyền"):
            call_command(
                "import_d05", str(tmp_path / "x.xlsx"), username=who.username, stdout=StringIO()
            )


def test_what_is_derived_agrees_with_the_facts_afterwards(run: Run):
    run(sheets.listed(person(), person(**LATER), stops=[stop(_7="05/2026")]))
    assert Receipt.objects.latest("received_on").received_on == date(2026, 2, 10)
    assert list(differences()) == []
