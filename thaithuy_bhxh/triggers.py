"""Database triggers that keep money facts and the audit trail append-only, on SQLite and PostgreSQL alike.

They are the last line: whatever code or console tries to UPDATE or DELETE such a row is refused by the database.
"""

from __future__ import annotations

from typing import Any

APPEND_ONLY_TABLES = (
    "agents_auditentry",
    "enrollment_receipt",
    "enrollment_receiptvoid",
    "enrollment_stop",
    "enrollment_stopwithdrawal",
    "enrollment_residence",
    "enrollment_servicerating",
)
_FUNCTION = "portal_append_only"


def _name(table: str, action: str) -> str:
    return f"{table}_no_{action.lower()}"


def install(connection: Any, tables: tuple[str, ...] = APPEND_ONLY_TABLES) -> None:
    """Create the triggers on the tables that exist; harmless when they are there already."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME "
                f"USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
            )
        for table in (table for table in tables if table in existing):
            for action in ("UPDATE", "DELETE"):
                cursor.execute(_drop(connection.vendor, table, action))
                cursor.execute(_create(connection.vendor, table, action))


def remove(connection: Any, tables: tuple[str, ...] = APPEND_ONLY_TABLES) -> None:
    """Drop the triggers: only for emptying a demonstration or a test database."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (table for table in tables if table in existing):
            for action in ("UPDATE", "DELETE"):
                cursor.execute(_drop(connection.vendor, table, action))


def _drop(vendor: str, table: str, action: str) -> str:
    suffix = f" ON {table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {_name(table, action)}{suffix}"


def _create(vendor: str, table: str, action: str) -> str:
    head = f"CREATE TRIGGER {_name(table, action)} BEFORE {action} ON {table} FOR EACH ROW "
    if vendor == "postgresql":
        return head + f"EXECUTE FUNCTION {_FUNCTION}()"
    return head + f"BEGIN SELECT RAISE(ABORT, 'append-only: {action} on {table} is refused'); END"
