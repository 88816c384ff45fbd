"""How long a connection to SQLite waits for another writer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def waiting_at_most(milliseconds: int) -> Iterator[None]:
    """Statements inside wait so long for another writer, not as long as the settings say.

    For who only looks and leaves a note of it. On PostgreSQL nothing changes: there a writer waits
    only for whoever changes the same row.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000
    _wait(milliseconds)
    try:
        yield
    finally:
        _wait(int(usual))


def _wait(milliseconds: int) -> None:
    """Past Django's cursor: it is no question to the database, and whoever counts those does not
    mean it.
    """
    connection.ensure_connection()
    connection.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
