"""PostgreSQL with two roles, made by the statements of the documents: the application works and can
undo nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from agents import audit
from agents.models import AuditEntry, AuditLink, User
from agents.verifying import verify
from tests.security.scene import Scene
from tests.shipped import unguarded
from thaithuy_bhxh.role_checks import check_database_guards

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "database-roles.md"


@pytest.fixture
def application(scene: Scene, db: None) -> Iterator[None]:
    """The statements of the document, and from then on the application's role."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    connection.check_constraints()
    with connection.cursor() as cursor:
        for block in re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S):
            cursor.execute(re.sub(r"\b(portal_owner|portal_app)\b", r"test_\1", block))
        cursor.execute("SET LOCAL ROLE test_portal_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_application_records_and_the_chain_goes_on(application: None, scene: Scene):
    with transaction.atomic():
        row = audit.record(actor=scene.cast.manager, action="x.y", on=User, summary="x")
    connection.check_constraints()
    assert AuditLink.objects.get(entry=row).digest == verify().head


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE enrollment_receipt CASCADE",
        "TRUNCATE agents_auditentry CASCADE",
        "SELECT setval(pg_get_serial_sequence('agents_auditentry', 'id'), 1)",
        "ALTER TABLE agents_auditentry DISABLE TRIGGER ALL",
        "ALTER TABLE enrollment_receipt DISABLE TRIGGER enrollment_receipt_no_update",
        "DROP TRIGGER agents_auditentry_queued ON agents_auditentry",
        "ALTER TABLE enrollment_receipt ALTER COLUMN gross DROP NOT NULL",
        "DROP TABLE agents_auditlink",
        "CREATE OR REPLACE FUNCTION portal_append_only() RETURNS trigger AS 'BEGIN RETURN NEW; "
        "END' LANGUAGE plpgsql",
        "INSERT INTO agents_auditlink (position, entry_id, digest) VALUES (0, 0, 'x')",
        "DELETE FROM agents_auditlink",
        "DELETE FROM agents_auditqueue",
        "SET session_replication_role = replica",
    ],
)
def test_it_cannot_get_round_the_guards(application: None, statement: str):
    refused = "permission denied|must be owner"
    with pytest.raises(DatabaseError, match=refused), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_check_is_silent_for_the_application_and_warns_the_owner(application: None):
    assert check_database_guards(None, ["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert [one.id for one in check_database_guards(None, ["default"])] == [
        "portal.W020",
        "portal.W021",
    ]


def test_the_check_misses_a_trigger(db: None):
    with unguarded(AuditEntry):
        found = [one.id for one in check_database_guards(None, ["default"])]
    assert "portal.E020" in found
    assert "portal.E020" not in [one.id for one in check_database_guards(None, ["default"])]
