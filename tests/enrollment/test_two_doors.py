"""One payment through the form's operation and through a list leaves the same rows behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction

from agents.models import AuditEntry
from enrollment.importing import columns
from enrollment.importing.batch import do_import_lists
from enrollment.importing.cells import Cell
from enrollment.importing.columns import ListColumn, Use, column_of
from enrollment.importing.reader import read_d05
from enrollment.models import ActivitySpan, Movement, Participant, Receipt, SupportStatus
from enrollment.operations.receipts import Payment, do_record_receipt
from enrollment.receipt_columns import Amounts, receipt_columns
from tests import builders
from tests.cast import Cast
from tests.enrollment.importing import sheets
from thaithuy_bhxh.clock import this_month, today

MAY_DIFFER = {
    (Receipt, "recorded_at"): "the moment of recording",
    (AuditEntry, "at"): "the moment of recording",
    (AuditEntry, "fingerprint"): "a digest of the whole row, its moment and action included",
    (AuditEntry, "action"): "receipt.record and receipt.import: the trail says through which door",
}
"""Columns that need not be equal, with the reason. What belongs to a form or a file alone
(``submission_key``, ``draft_no``, ``batch``) stays empty here: neither door was given one.
"""
STEPS = "steps"
"""Only the form's audit row keeps the steps as shown to the payer; a list of thousands keeps what
they can be computed from again.
"""

HALF_YEAR = {"method": "6", "months": 6}
PAYMENTS: dict[str, dict[str, Any]] = {
    "a month": {"method": "1", "months": 1},
    "half a year": HALF_YEAR,
    "half a year of somebody poor": {**HALF_YEAR, "group": "poor"},
    "half a year, partly paid by others": {**HALF_YEAR, "other_support": 50_000},
    "three years ahead": {"method": "ADV", "months": 36},
    "half a year after a gap": {**HALF_YEAR, "later": 2},
    "half a year with a note": {**HALF_YEAR, "note": "Con trai nộp thay"},
    "half a year with another agent": {**HALF_YEAR, "follower": "b"},
}


@pytest.mark.parametrize("what", PAYMENTS)
def test_both_doors_write_the_same_rows(cast: Cast, what: str):
    wanted = {"group": "other", "other_support": 0, "later": 1, "note": "", **PAYMENTS[what]}
    former = cast.collector_b if wanted.get("follower") else cast.collector_a
    person = builders.paid(
        cast.manager,
        cast.commune_a,
        former,
        this_month().first_day,
        months=1,
        group=wanted["group"],
    ).participant
    form = _rows_of(lambda: _through_the_form(cast, person, wanted), person)
    listed = _rows_of(lambda: _through_a_list(cast, person, wanted), person)
    assert len(form[Receipt]) == 2 and len(form[AuditEntry]) == len(listed[AuditEntry])
    assert _without_steps(form) and form == listed


def _through_the_form(cast: Cast, person: Participant, wanted: dict[str, Any]) -> None:
    payment = Payment(
        collector=cast.collector_a,
        received_on=today(),
        method=wanted["method"],
        from_month=this_month() + wanted["later"],
        chosen_income=1_500_000,
        commune=cast.commune_a,
        hamlet="Thôn Bắc",
        months=wanted["months"],
        other_support=wanted["other_support"],
        number="HAI-CUA-1",
        note=wanted["note"],
    )
    do_record_receipt(actor=cast.lead_a, participant=person, payment=payment)


def _through_a_list(cast: Cast, person: Participant, wanted: dict[str, Any]) -> None:
    builders.import_lines(
        cast.lead_a,
        builders.receipt_line(
            cast.commune_a,
            cast.collector_a,
            today(),
            **builders.again(person),
            number="HAI-CUA-1",
            from_month=this_month() + wanted["later"],
            method=wanted["method"],
            months=wanted["months"],
            group=wanted["group"],
            other_support=wanted["other_support"],
            note=wanted["note"],
        ),
    )


Rows = dict[type[models.Model], list[dict[str, Any]]]


def _rows_of(act: Callable[[], None], person: Participant) -> Rows:
    """Every row about the person after the act, which is taken back."""
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    with transaction.atomic():
        act()
        found: Rows = {
            Participant: _plain(Participant, Participant.objects.filter(pk=person.pk)),
            AuditEntry: _plain(AuditEntry, AuditEntry.objects.exclude(pk__in=before)),
        }
        for model in (Receipt, SupportStatus, ActivitySpan, Movement):
            found[model] = _plain(model, model.objects.filter(participant=person))
        transaction.set_rollback(True)
    return found


def _plain(model: type[models.Model], rows: Any) -> list[dict[str, Any]]:
    """The rows without their ids and what may differ, in an order of their own."""
    left_out = {"id", *(name for kind, name in MAY_DIFFER if kind is model)}
    if model is AuditEntry:
        left_out.add("object_id")
    kept = [
        {name: value for name, value in row.items() if name not in left_out}
        for row in rows.values()
    ]
    return sorted(kept, key=lambda row: str(sorted(row.items(), key=str)))


def _without_steps(rows: Rows) -> bool:
    """Take the steps out of the audit rows; whether there were any."""
    return bool([row["changes"].pop(STEPS) for row in rows[AuditEntry] if STEPS in row["changes"]])


def test_the_doors_fill_every_column_of_a_receipt():
    given = receipt_columns.__kwdefaults__ or {}
    amounts = Amounts(0, 0, 0, 0, 0, "other", 1, 0, today(), 0)
    names = set(receipt_columns.__annotations__) - {"amounts", "return"} - set(given)
    values: dict[str, Any] = dict.fromkeys(names)
    row = receipt_columns(amounts, **{**values, "received_on": today(), "from_month": this_month()})
    assert row.keys() == {field.attname for field in Receipt._meta.concrete_fields} - {"id"}


@pytest.fixture
def new_column(monkeypatch: pytest.MonkeyPatch) -> ListColumn:
    """A column that the form of the list does not have yet."""

    def phone(cell: Cell) -> str:
        if str(cell).isdigit():
            return str(cell)
        raise ValueError("Số điện thoại chỉ gồm chữ số.")

    made = ListColumn("18", "Điện thoại", ("dienthoai",), phone, Use.OPTIONAL, fields=("phone",))
    monkeypatch.setitem(columns.COLUMNS, made.code, made)  # type: ignore[arg-type]
    return made


def test_a_line_error_in_a_new_column_is_reported(cast: Cast, new_column: ListColumn):
    """After the other errors of its row and not as a fault of the program."""
    names = [*sheets.NAMES, new_column.label]
    head = (names, sheets.HALVES, [*sheets.CODES, new_column.code])
    people = [
        [*sheets.person(_3="hôm qua"), "không có"],
        [*sheets.person(_1="034180000002", _C="3400000002", _4="BD25-0000002"), "0912345678"],
    ]
    read = read_d05(sheets.packed(sheets.listed(*people, head=head)))
    (outcome,) = do_import_lists(actor=cast.manager, lists=[read], dry_run=True)
    assert [(one.row, one.column) for one in outcome.errors] == [
        (sheets.FIRST, "3"),
        (sheets.FIRST, "18"),
    ]
    assert outcome.errors[1].reason == "Số điện thoại chỉ gồm chữ số."
    assert outcome.receipts == 1


def test_a_rule_that_refuses_a_new_field_names_its_column(new_column: ListColumn):
    assert column_of("phone") == new_column.code
