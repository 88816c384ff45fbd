"""Money facts and the audit trail: the database itself refuses to change or delete them, whatever code asks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from enrollment.models import Stop
from enrollment.operations.participants import do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_rate
from enrollment.operations.stops import do_withdraw_stop
from tests.security.scene import Scene
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.triggers import APPEND_ONLY_TABLES

COLUMN = {
    "agents_auditentry": "summary",
    "enrollment_receipt": "gross",
    "enrollment_receiptvoid": "reason",
    "enrollment_stop": "note",
    "enrollment_stopwithdrawal": "reason",
    "enrollment_residence": "hamlet",
    "enrollment_servicerating": "comment",
}


@pytest.fixture
def facts(scene: Scene, db: None) -> None:
    """A row of every kind."""
    actor = scene.cast.manager
    do_rate(receipt=scene.a.receipt, score=5)
    do_void_receipt(actor=actor, receipt=scene.a.receipt, on=today(), reason="thử")
    stop = Stop.objects.get(participant=scene.a.stopped)
    do_withdraw_stop(actor=actor, stop=stop, on=today(), reason="thử")
    do_move(
        actor=actor, participant=scene.b.person, commune=scene.cast.commune_a, hamlet="Thôn", since=date(2026, 1, 1)
    )


def test_the_facts_of_the_brief_are_all_guarded():
    assert set(APPEND_ONLY_TABLES) == set(COLUMN)


@pytest.mark.parametrize("table", COLUMN)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_the_database_refuses(facts: None, table: str, act: str):
    column = COLUMN[table]
    statement = f"UPDATE {table} SET {column} = {column}" if act == "UPDATE" else f"DELETE FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        before = cursor.fetchone()
        assert before[0] > 0
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        assert cursor.fetchone() == before
