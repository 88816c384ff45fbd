"""Whether the portal can serve: a list of checks, each with a named cause when it fails.

A check is ``Check(name, probe)``; the probe returns a short code of what is wrong, empty when
nothing is, and may raise what the database or a disk raises. To add one, call :func:`register`
(``needed=False`` for what people should know of but need not stop for, such as a drill that is
overdue). Codes go to anybody who asks: no path, no version, no name.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction

from thaithuy_bhxh.engines.sqlite3.base import file_of
from thaithuy_bhxh.engines.sqlite3.patience import waiting_at_most
from thaithuy_bhxh.engines.sqlite3.soundness import Soundness
from thaithuy_bhxh.migrated import undone_migrations
from thaithuy_bhxh.outages import FULL, MISSING, UNMIGRATED, outage_of

OK, UNKNOWN = "ok", "unknown"
PATIENCE_MS = 1000
"""How long the write waits for somebody else's."""


@dataclass(frozen=True, slots=True)
class Check:
    """``seconds``: how long an answer is kept in a process, so that asking often costs little."""

    name: str
    probe: Callable[[], str]
    needed: bool = True
    seconds: float = 0
    asks_database: bool = True


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the checks found: code by name."""

    ready: bool
    checks: dict[str, str]


_kept: dict[str, tuple[float, str]] = {}


def readiness() -> Readiness:
    """All checks; what the database has to answer is unknown while it does not answer at all."""
    found: dict[str, str] = {}
    for check in CHECKS:
        lost = check.asks_database and found.get("database", OK) != OK
        found[check.name] = UNKNOWN if lost else _answer(check)
    return Readiness(all(found[check.name] == OK for check in CHECKS if check.needed), found)


def register(check: Check) -> None:
    """Add a check, once."""
    if check.name not in {one.name for one in CHECKS}:
        CHECKS.append(check)


def forget() -> None:
    """Ask everything anew next time."""
    _kept.clear()


def _answer(check: Check) -> str:
    until, kept = _kept.get(check.name, (0.0, ""))
    if time.monotonic() < until:
        return kept
    answer = _asked(check)
    _kept[check.name] = (time.monotonic() + check.seconds, answer)
    return answer


def _asked(check: Check) -> str:
    try:
        return check.probe() or OK
    except Exception as error:
        outage = outage_of(error)
        if outage is None:
            raise
        return outage.code


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    return UNMIGRATED.code if undone_migrations() else ""


def _tables() -> str:
    """Every table of the running version is there, whatever the list of migrations says."""
    tables = connection.introspection
    lost = set(tables.django_table_names(include_views=False)) - set(tables.table_names())
    return MISSING.code if lost else ""


def _write() -> str:
    """A tiny row, really written: a full disk shows itself only then."""
    with _impatient():
        caches["default"].set("readyz", 1, 60)
    return ""


@contextmanager
def _impatient() -> Iterator[None]:
    """Statements that wait a second for another writer, not twenty."""
    if connection.vendor == "sqlite":
        with waiting_at_most(PATIENCE_MS):
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        yield


def database_file() -> Path | None:
    """The SQLite file, if the database is one."""
    return file_of(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


_soundness = Soundness()


def _damage() -> str:
    file = database_file()
    return _soundness.fault(file) if file else ""


def _space() -> str:
    """Room on the disks of the uploads and of a SQLite file."""
    file = database_file()
    folders = [_existing(Path(settings.MEDIA_ROOT)), *([file.parent] if file else [])]
    least = settings.READY_MIN_FREE_MB * 1024 * 1024
    return FULL.code if any(shutil.disk_usage(folder).free <= least for folder in folders) else ""


def _existing(folder: Path) -> Path:
    """The folder, or the one in which it will be made."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _uploads() -> str:
    """A tiny file, really written, in the folder of the uploads."""
    Path(settings.MEDIA_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".readyz-") as file:
        file.write(b"readyz")
        file.flush()
        os.fsync(file.fileno())
    return ""


CHECKS: list[Check] = [
    Check("database", _database),
    Check("migrations", _migrations),
    Check("tables", _tables, seconds=60),
    Check("write", _write, seconds=5),
    Check("damage", _damage, seconds=300),
    Check("space", _space, asks_database=False),
    Check("uploads", _uploads, seconds=5, asks_database=False),
]


def as_document(found: Readiness) -> dict[str, Any]:
    """The answer to a supervisor."""
    return {"ready": found.ready, "checks": found.checks}
