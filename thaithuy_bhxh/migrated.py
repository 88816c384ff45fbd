"""Whether the database is as the running version expects it."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """The migrations of this version, which do not change while a process runs."""
    loader = MigrationLoader(None)
    replaced = {name for one in loader.disk_migrations.values() for name in one.replaces}
    return frozenset(loader.disk_migrations) - replaced


def undone_migrations() -> frozenset[tuple[str, str]]:
    """Migrations of this version that the database has not had yet."""
    return _shipped() - frozenset(MigrationRecorder(connection).applied_migrations())
