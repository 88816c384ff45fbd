"""What is on record stays: the database itself refuses to change it or take it away, whatever code
asks.
"""

# ruff: noqa: S608 - the tables' names come from the code
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from agents.guards import FREE as FREE_OF_AGENTS
from agents.models import AuditLink, BackupRun, CommuneBoundary, LabourForce, Marker, OfficeSetting
from agents.operations.backups import Run, do_note_run
from agents.operations.contacts import do_finish_contact
from agents.operations.contracts import do_end_contract
from agents.operations.territory import do_merge_communes
from enrollment.guards import FREE as FREE_OF_ENROLLMENT
from enrollment.models import LawReading, Participant, Receipt, ReceiptCounter, Stop, SupportStatus
from enrollment.operations.handover import do_end_collector
from enrollment.operations.participants import do_join_household, do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_answer_complaint, do_rate
from enrollment.operations.sources import do_set_source
from enrollment.operations.stops import do_withdraw_stop
from tests.security.scene import Scene
from thaithuy_bhxh import triggers
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.triggers import ALL, Guard

GUARDS = triggers.guards()
MODELS = {
    model._meta.db_table: model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed
}
OF_OTHERS = {
    "django_session",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
}
"""Tables of the framework and of allauth: how somebody is logged in, nothing of money or of
participants.
"""
FREE = {*FREE_OF_AGENTS, *FREE_OF_ENROLLMENT, *OF_OTHERS}
KEPT = sorted(table for table, guard in GUARDS.items() if not guard.deletable)
PURE = sorted(table for table, guard in GUARDS.items() if guard.append_only)


@pytest.fixture(scope="module")
def recorded(scene: Scene, django_db_blocker: Any) -> None:
    """A row of every kind, once for the module."""
    with django_db_blocker.unblock():
        _record(scene)


@pytest.fixture
def facts(recorded: None, db: None) -> None:
    """A row of every kind, and what the test does to them is undone."""


def _record(scene: Scene) -> None:
    actor, person = scene.cast.manager, scene.a.person
    do_rate(receipt=scene.a.receipt, score=5)
    do_void_receipt(actor=actor, receipt=scene.a.receipt, on=today(), reason="thử")
    do_withdraw_stop(
        actor=actor, stop=Stop.objects.get(participant=scene.a.stopped), on=today(), reason="thử"
    )
    do_move(
        actor=actor,
        participant=scene.b.person,
        commune=scene.cast.commune_a,
        hamlet="Thôn",
        since=date(2026, 1, 1),
    )
    do_set_source(actor=scene.cast.lead_a, participant=person, source="visit")
    do_join_household(
        actor=scene.cast.lead_a, participant=person, other=scene.a.stopped, relation="vợ"
    )
    common = {"recorded_by": actor, "recorded_at": "2026-01-01T00:00:00Z"}
    SupportStatus.objects.create(
        participant=person, group="poor", evidence="GCN", valid_from=date(2026, 1, 1), **common
    )
    LawReading.objects.create(
        name="off_step", choice="refuse", valid_from=today(), source="Công văn", **common
    )
    LabourForce.objects.create(
        commune=scene.cast.commune_a, counted_on=today(), persons=9, source="Xã"
    )
    Marker.objects.create(name="thu")
    ReceiptCounter.objects.create(series="THU-26", last=7)
    OfficeSetting.objects.create(
        key="thu",
        value=1,
        valid_from=today(),
        why="thử",
        set_by=actor,
        set_at=common["recorded_at"],
    )
    do_note_run(actor=None, run=Run(BackupRun.Kind.BACKUP, 1, 1, True, "thử", timezone.now()))
    do_end_collector(
        actor=actor,
        collector=scene.cast.collector_a,
        ended_on=today(),
        successor=scene.people.successor,
    )
    if connection.vendor == "postgresql":
        connection.check_constraints()  # What waits for the commit, such as the chain, is done now.


def test_every_table_is_guarded_or_free_for_a_reason():
    assert sorted(MODELS.keys() - GUARDS.keys() - FREE) == []
    assert sorted(GUARDS.keys() & FREE) == []
    assert sorted((GUARDS.keys() | {*FREE_OF_AGENTS, *FREE_OF_ENROLLMENT}) - MODELS.keys()) == []


def test_whatever_may_change_says_why():
    assert [
        guard.table for guard in GUARDS.values() if not guard.append_only and not guard.why
    ] == []


def test_the_triggers_stand_in_the_database(db: None):
    assert triggers.missing(connection) == []


def test_migrating_again_finds_nothing_to_do(db: None):
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        triggers.install(connection)
    assert [sql for sql in statements if sql.startswith(("CREATE", "DROP", "COMMENT"))] == []


def _refused(sql: str, act: str, table: str) -> None:
    with pytest.raises(DatabaseError, match=f"append-only: {act} on {table}"), transaction.atomic():
        connection.cursor().execute(sql)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", PURE)
def test_a_fact_is_not_even_written_anew_as_it_is(facts: None, table: str):
    column = MODELS[table]._meta.concrete_fields[-1].column
    assert _count(table)
    _refused(f'UPDATE "{table}" SET "{column}" = "{column}"', "UPDATE", table)


@pytest.mark.parametrize("table", KEPT)
def test_no_row_is_taken_away(facts: None, table: str):
    before = _count(table)
    assert before
    _refused(f'DELETE FROM "{table}"', "DELETE", table)
    assert _count(table) == before


@pytest.mark.parametrize("table", GUARDS)
def test_no_table_is_emptied_at_once(facts: None, table: str):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    before = _count(table)
    _refused(f'TRUNCATE "{table}" CASCADE', "TRUNCATE", table)
    assert _count(table) == before


def _other(field: models.Field[Any, Any], value: Any) -> Any:
    """A value that the column does not hold now."""
    kind = field.get_internal_type()
    if field.is_relation or "Integer" in kind or "AutoField" in kind or kind == "MonthField":
        return (value or 0) + 1_000_000 if field.is_relation or "Auto" in kind else (value or 0) + 1
    if kind == "BooleanField":
        return not value
    if kind == "DateField":
        return (value or date(2026, 1, 1)) + timedelta(days=400)
    if kind == "DateTimeField":
        return (value or today()) + timedelta(days=400)
    return (
        ["x"]
        if kind == "JSONField"
        else (f"{value}x" if value and len(str(value)) < 4 else "khac")[:9]
    )


def _row(table: str) -> models.Model:
    """The row of the table with the most in it."""
    manager: models.Manager[Any] = MODELS[table]._base_manager
    rows = list(manager.all()[:50])
    return max(
        rows,
        key=lambda row: sum(bool(getattr(row, one.attname)) for one in row._meta.concrete_fields),
    )


def _set(row: models.Model, field: models.Field[Any, Any], value: Any) -> None:
    name = "pk" if field.primary_key and "Auto" not in field.get_internal_type() else field.attname
    type(row)._base_manager.filter(pk=row.pk).update(
        **{name if name != "pk" else field.attname: value}
    )


def _free_columns(guard: Guard, row: models.Model) -> set[str]:
    if guard.changing == ALL:
        return {one.column for one in row._meta.concrete_fields if not one.primary_key}
    empty = {name for name in guard.once if not getattr(row, row._meta.get_field(name).attname)}  # type: ignore[union-attr]
    return {*guard.changing, *guard.rising, *empty}


@pytest.mark.parametrize("table", sorted(GUARDS.keys() - set(PURE)))
def test_only_the_columns_of_the_list_change(facts: None, table: str):
    row = _row(table)
    open_columns = _free_columns(GUARDS[table], row)
    fixed = [one for one in row._meta.concrete_fields if one.column not in open_columns]
    assert fixed
    for field in fixed:
        with (
            pytest.raises(DatabaseError, match=f"append-only: UPDATE on {table}"),
            transaction.atomic(),
        ):
            _set(row, field, _other(field, getattr(row, field.attname)))


def test_an_answer_is_given_once(scene: Scene, facts: None):
    do_answer_complaint(
        actor=scene.cast.officer_a,
        complaint=scene.a.complaint,
        answer="Đã nhắc nhở",
        answered_on=today(),
        upheld=True,
    )
    for values in ({"answer": "Khác"}, {"answer": ""}, {"answered_on": None}, {"upheld": None}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            type(scene.a.complaint).objects.filter(pk=scene.a.complaint.pk).update(**values)


def test_what_was_finished_or_ended_stays_so(scene: Scene, facts: None):
    contact, contract = scene.a.contact, scene.people.a.contract
    do_finish_contact(actor=scene.cast.officer_a, contact=contact, done_on=today())
    do_end_contract(actor=scene.cast.manager, contract=contract, ended_on=today(), reason="thử")
    for row, values in (
        (contact, {"done_on": None}),
        (contract, {"ended_on": None}),
        (contract, {"end_reason": ""}),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**values)


def test_a_commune_that_ended_does_not_come_back(scene: Scene, facts: None):
    former = [scene.cast.commune_a, scene.cast.commune_b]
    do_merge_communes(
        actor=scene.cast.manager,
        predecessors=former,
        code="12922",
        name="Xã mẫu mới",
        kind="xã",
        on=this_month().first_day,
        source="Nghị quyết mẫu",
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(former[0]).objects.filter(pk=former[0].pk).update(valid_to=None)


def test_the_numbers_of_receipts_never_go_back(facts: None):
    ReceiptCounter.objects.filter(series="THU-26").update(last=8)
    _refused(
        "UPDATE enrollment_receiptcounter SET last = 7 WHERE series = 'THU-26'",
        "UPDATE",
        "enrollment_rec",
    )


class TestReplacing:
    """SQLite takes a row away without a DELETE when another one is put over it."""

    pytestmark = pytest.mark.skipif(
        connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's own"
    )

    @pytest.fixture(params=["portal", "any client"])
    def either_client(self, request: pytest.FixtureRequest, facts: None) -> Any:
        """The portal's own connection, and one that never heard of its settings."""
        connection.connection.execute(
            f"PRAGMA recursive_triggers = {'ON' if request.param == 'portal' else 'OFF'}"
        )
        yield
        connection.connection.execute("PRAGMA recursive_triggers = ON")

    @pytest.mark.parametrize("table", KEPT)
    def test_a_row_is_not_replaced_by_its_key(self, either_client: None, table: str):
        _refused(
            f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}" LIMIT 1', "INSERT", table
        )

    @pytest.mark.parametrize(
        ("table", "unique"),
        [
            ("enrollment_receipt", "number"),
            ("enrollment_receiptvoid", "receipt_id"),
            ("enrollment_participant", "citizen_id"),
            ("agents_user", "username"),
        ],
    )
    def test_a_row_is_not_replaced_by_another_unique_column(
        self, either_client: None, table: str, unique: str
    ):
        names = [one.column for one in MODELS[table]._meta.concrete_fields if not one.primary_key]
        others = ", ".join(f'"{name}"' for name in names)
        sql = (
            f'INSERT OR REPLACE INTO "{table}" ({others}) SELECT {others} FROM "{table}" '
            f"WHERE \"{unique}\" <> ''"
        )
        _refused(f"{sql} LIMIT 1", "INSERT", table)

    def test_a_change_takes_nobody_elses_place(self, either_client: None):
        one, other = Participant.objects.exclude(citizen_id=None)[:2]
        sql = (
            "UPDATE OR REPLACE enrollment_participant SET citizen_id = "
            f"'{other.citizen_id}' WHERE id = {one.pk}"
        )
        _refused(sql, "UPDATE", "enrollment_participant")


def test_an_upsert_changes_nothing(facts: None):
    names = ", ".join(f'"{one.column}"' for one in Receipt._meta.concrete_fields)
    _refused(
        f"INSERT INTO enrollment_receipt ({names}) SELECT {names} FROM enrollment_receipt LIMIT 1"
        if connection.vendor == "sqlite"
        else f"INSERT INTO enrollment_receipt ({names}) SELECT {names} FROM enrollment_receipt "
        "LIMIT 1"
        " ON CONFLICT (id) DO UPDATE SET gross = 0",
        "INSERT" if connection.vendor == "sqlite" else "UPDATE",
        "enrollment_receipt",
    )


def test_the_console_adds_no_audit_row_without_its_fingerprint(facts: None):
    sql = (
        "INSERT INTO agents_auditentry (at, action, object_type, object_id, summary, changes, "
        "session)"
        " VALUES ('2026-01-01', 'x.y', 'agents.user', 1, 'x', '{}', '')"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(sql)


def test_lawful_acts_go_on(scene: Scene, facts: None):
    assert AuditLink.objects.exists()
    CommuneBoundary.objects.filter(commune=scene.cast.commune_a).update(source="Bản đồ mới")
