"""Other databases than the one that serves: a still picture of it, an empty one to restore into, a
throw-away one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import Error, connection, connections, transaction
from django.db.utils import load_backend

from thaithuy_bhxh.backup.places import (
    fsync_folder,
    remove_left_over,
    temporary_name,
    throw_away_folder,
)

_READING = "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;"


@contextmanager
def standing_on(config: dict[str, Any]) -> Iterator[None]:
    """Everything in this thread speaks to another database for a while, as if it were the portal's
    own.
    """
    before = connections["default"]
    connections["default"] = load_backend(config["ENGINE"]).DatabaseWrapper(config, "default")
    connections[
        "default"
    ].execute_wrappers = before.execute_wrappers  # Whoever watches the one watches the other.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before
        ContentType.objects.clear_cache()


@contextmanager
def snapshot() -> Iterator[None]:
    """Every reading within sees the database at one moment, and nobody who writes waits for it."""
    config = deepcopy(connection.settings_dict)
    if connection.vendor == "postgresql":
        import psycopg

        config["OPTIONS"] |= {"isolation_level": psycopg.IsolationLevel.REPEATABLE_READ}
    else:
        config["OPTIONS"] |= {"transaction_mode": "DEFERRED", "init_command": _READING}
    with standing_on(config), transaction.atomic():
        with connection.cursor() as cursor:
            # Both engines take their picture with the first reading.
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute("SELECT 1")
            else:
                cursor.execute("SELECT count(*) FROM sqlite_master")
        yield


@contextmanager
def without_triggers(tables: Sequence[str]) -> Iterator[None]:
    """Rows come in as they are, nothing is refused or added to them; within a transaction, and all
    is back after it.
    """
    if connection.vendor == "postgresql":
        _run(
            *(
                f"ALTER TABLE {connection.ops.quote_name(table)} DISABLE TRIGGER USER"
                for table in tables
            )
        )
        yield
        # With keys still to be checked the tables could not be altered.
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        _run(
            *(
                f"ALTER TABLE {connection.ops.quote_name(table)} ENABLE TRIGGER USER"
                for table in tables
            )
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = list(cursor.fetchall())
    _run(*(f"DROP TRIGGER {connection.ops.quote_name(name)}" for name, _ in found))
    yield
    _run(*(sql for _, sql in found))


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def is_missing() -> bool:
    """Whether the database is a file that does not exist."""
    return connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists()


@contextmanager
def new_file() -> Iterator[None]:
    """Stand on a new SQLite file that gets the name of the missing one when all has gone well."""
    path = Path(connection.settings_dict["NAME"])
    remove_left_over(path.parent)
    config = deepcopy(connection.settings_dict)
    with temporary_name(path) as beside:
        config["NAME"] = str(beside)
        with standing_on(config):
            yield
            _to_one_file()
        os.link(beside, path)
        fsync_folder(path.parent)


def _to_one_file() -> None:
    """All that was written is in the file itself and on the disk."""
    _run("PRAGMA synchronous=FULL", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode=DELETE")


@contextmanager
def throw_away() -> Iterator[str]:
    """Stand on an empty database that is gone afterwards; yields the kind of it, in words.

    On PostgreSQL a database of its own where the role may create one, else SQLite.
    """
    if connection.vendor == "postgresql" and (name := _created()):
        try:
            with standing_on({**deepcopy(connection.settings_dict), "NAME": name}):
                yield f"PostgreSQL ({name})"
        finally:
            with _own_connection():
                _drop(name)
        return
    with throw_away_folder("portal-drill-") as folder, standing_on(_file_in(folder)):
        yield "SQLite"


def _own_connection() -> AbstractContextManager[None]:
    """The same database outside of any transaction of the caller."""
    return standing_on(deepcopy(connection.settings_dict))


def _file_in(folder: str) -> dict[str, Any]:
    Path(folder, "drill.sqlite3").touch(0o600)
    config = deepcopy(connection.settings_dict)
    options = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
    }
    return {
        **config,
        "ENGINE": "thaithuy_bhxh.engines.sqlite3",
        "NAME": f"{folder}/drill.sqlite3",
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": False,
    }


def _created() -> str:
    """A new database beside the portal's; empty when the role may not create one. Those left by
    killed runs go.
    """
    own = str(connection.settings_dict["NAME"] or "portal")[:30]
    name = f"{own}_drill_{secrets.token_hex(4)}"
    with _own_connection():
        for old in _left_over(f"{own}_drill_"):
            _drop(old)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE template0"
                )
        except Error:
            return ""
    return name


def _left_over(prefix: str) -> list[str]:
    """Databases of earlier drills that nobody is connected to."""
    sql = (
        "SELECT datname FROM pg_database d WHERE datname ~ %s"
        " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = d.datname)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"^{prefix}[0-9a-f]{{8}}$"])
        return [name for (name,) in cursor.fetchall()]


def _drop(name: str) -> None:
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")
