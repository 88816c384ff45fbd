"""``/readyz`` knows what is wrong, by name, and tells strangers nothing else; real files and real
full disks.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from tests.security.scene import Scene
from tests.security.test_outages import WRITES, failing, of_postgresql, of_sqlite, only_read
from thaithuy_bhxh import readiness
from thaithuy_bhxh.engines.sqlite3.soundness import Soundness

ROOT = Path(__file__).resolve().parents[2]
WELL = dict.fromkeys(
    ("database", "migrations", "tables", "write", "damage", "space", "uploads"), "ok"
)
"""The checks without which nobody is served; what other parts add is theirs to test."""


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    readiness.forget()
    yield
    readiness.forget()


def asked(browser: Client | None = None) -> tuple[int, dict[str, str]]:
    answer = (browser or Client()).get("/readyz")
    document = answer.json()
    assert document["ready"] is (answer.status_code == 200)
    return answer.status_code, needed(document["checks"])


def needed(checks: dict[str, str]) -> dict[str, str]:
    return {name: checks[name] for name in WELL}


def test_all_is_well(db: None):
    assert asked() == (200, WELL)


def test_not_ready_while_a_migration_is_missing(db: None):
    latest = MigrationLoader(connection).graph.leaf_nodes("enrollment")[0]
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*latest)
    try:
        assert asked() == (503, {**WELL, "migrations": "migrations"})
    finally:
        recorder.record_applied(*latest)


def test_a_table_that_is_gone_is_missed(db: None):
    """As after a restore by hand that left something out: the list of migrations is whole."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enrollment_draft RENAME TO di_mat")
    assert asked() == (503, {**WELL, "tables": "missing"})


def test_not_ready_but_alive_while_the_database_is_away(
    scene: Scene, db: None, monkeypatch: pytest.MonkeyPatch
):
    browser = scene.browsers["manager"]

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection to 10.0.0.5 refused")

    with monkeypatch.context() as outage:
        outage.setattr(connections["default"], "cursor", away)
        alive, answer = browser.get(reverse("healthz")), browser.get(reverse("readyz"))
    assert alive.status_code == 200, "even with somebody's session cookie"
    unknown = dict.fromkeys(("migrations", "tables", "write", "damage"), "unknown")
    assert (answer.status_code, needed(answer.json()["checks"])) == (
        503,
        {**WELL, "database": "away", **unknown},
    )
    assert "10.0.0.5" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (of_sqlite(only_read), "read_only"),
        (of_postgresql("25006"), "read_only"),
        (of_postgresql("55P03"), "busy"),
    ],
    ids=["SQLite", "PostgreSQL", "busy"],
)
def test_a_database_that_writes_nothing_is_found_by_writing(db: None, error: Exception, code: str):
    with failing(error, *WRITES) as failed:
        assert asked() == (503, {**WELL, "write": code})
    assert failed


def test_an_upload_folder_that_cannot_be_made_is_named(db: None, settings: Any, tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = str(tmp_path / "file" / "uploads")
    status, checks = asked()
    assert (status, checks["uploads"]) == (503, "store")


def test_a_disk_with_little_room_is_named_before_it_is_full(db: None, settings: Any):
    settings.READY_MIN_FREE_MB = 10**9
    assert asked() == (503, {**WELL, "space": "full"})


def test_what_is_only_worth_knowing_does_not_stop_the_portal(
    db: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(readiness, "CHECKS", list(readiness.CHECKS))
    for _ in range(2):
        readiness.register(readiness.Check("a check", lambda: "overdue", needed=False))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["a check"]) == (200, "overdue")
    assert [check.name for check in readiness.CHECKS].count("a check") == 1
    readiness.register(readiness.Check("other", lambda: "broken"))
    assert Client().get("/readyz").status_code == 503


def test_asking_often_writes_seldom(db: None):
    asked()
    with failing(of_sqlite(only_read), *WRITES) as failed:
        assert asked() == (200, WELL)
    assert not failed


def made(file: Path, rows: int = 2000) -> Path:
    """A sound SQLite file of two tables."""
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript(
            "CREATE TABLE mot (x, y); CREATE TABLE hai (x, y); CREATE INDEX theo_x ON hai (x)"
        )
        for table in ("mot", "hai"):
            raw.executemany(
                f"INSERT INTO {table} VALUES (?, ?)", ((n, "chữ" * 40) for n in range(rows))
            )
        raw.commit()
    return file


def spoil(file: Path) -> None:
    """Nonsense in the last third, as a failing disk leaves it."""
    content = bytearray(file.read_bytes())
    start = len(content) * 2 // 3
    content[start:] = b"\xa5" * (len(content) - start)
    file.write_bytes(content)


def test_damage_is_found_and_a_sound_file_is_not_suspected(tmp_path: Path):
    file = made(tmp_path / "a.sqlite3")
    assert Soundness().fault(file) == ""
    spoil(file)
    assert Soundness().fault(file) == "damaged"
    file.write_bytes(b"no database at all" * 300)
    assert Soundness().fault(file) == "damaged"


def test_looking_for_damage_has_a_bound_and_goes_on_where_it_ended(tmp_path: Path):
    file = made(tmp_path / "a.sqlite3")
    spoil(file)
    hurried = Soundness(seconds=-1)
    assert "damaged" in {hurried.fault(file) for _ in range(4)} | {Soundness().fault(file)}
    assert hurried._next == 4, "one table at each call, although the time was over at once"


SERVER = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "thaithuy_bhxh.settings"
import django
django.setup()
import logging; logging.disable(logging.CRITICAL)
from django.db import connection
from django.test import Client
from thaithuy_bhxh import readiness
for line in sys.stdin:
    readiness.forget()
    browser = Client(raise_request_exception=False, headers={"host": "localhost"})
    answer, page = browser.get("/readyz"), browser.get("/tu-van/")
    connection.close()
    print(json.dumps([answer.status_code, answer.json()["checks"], page.status_code]), flush=True)
"""


@contextmanager
def server(file: Path, **environment: str) -> Iterator[Any]:
    """Another process on this SQLite file; calling it asks its ``/readyz`` and a page."""
    bare = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "STATIC_ROOT")
    }
    given = {
        "DATABASE_URL": f"sqlite:///{file}",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "localhost",
        "HTTPS": "0",
        "MEDIA_ROOT": str(file.parent / "uploads"),
        "READY_MIN_FREE_MB": "0",
        **environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        env={**bare, **given},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout

    def ask() -> tuple[int, dict[str, str], int]:
        stdin.write("\n")
        stdin.flush()
        status, checks, page = json.loads(stdout.readline())
        return status, needed(checks), page

    try:
        yield ask
    finally:
        stdin.close()
        process.wait(timeout=20)


def migrated(file: Path) -> Path:
    """A file that says of itself that it is migrated, with the table that the write goes to."""
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, "
            "applied text);"
            "CREATE TABLE portal_cache (cache_key text PRIMARY KEY, value text, expires text);"
        )
        for name in connection.introspection.django_table_names(include_views=False):
            raw.execute(f'CREATE TABLE IF NOT EXISTS "{name}" (x)')
        rows = ((app, name) for app, name in MigrationLoader(None).disk_migrations)
        raw.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-01-01')", rows
        )
        raw.commit()
    return file


def test_a_file_that_is_missing_damaged_or_older_is_refused_and_never_replaced(tmp_path: Path):
    file = migrated(tmp_path / "portal.sqlite3")
    aside = tmp_path / "aside.sqlite3"
    with server(file) as ask:
        assert ask()[:2] == (200, WELL)
        file.rename(aside)
        status, checks, page = ask()
        assert (status, checks["database"], page) == (503, "missing", 503)
        assert not file.exists(), "an empty one would look like a portal without anybody in it"
        file.write_bytes(b"SQLite format 3\0" + b"\xa5" * 8192)
        status, checks, page = ask()
        assert (status, checks["database"], page) == (503, "damaged", 503)
        file.unlink()
        with closing(sqlite3.connect(aside)) as raw:
            raw.execute("DELETE FROM django_migrations WHERE app = 'enrollment'")
            raw.commit()
        aside.rename(file)
        assert ask()[:2] == (503, {**WELL, "migrations": "migrations"})
    with server(file) as ask:
        assert ask()[2] == 503, "no page of a process that began with migrations undone"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of two megabytes; skipped, and said, where mounting is not allowed."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(
            "a small disk cannot be mounted here: the full and the read-only disk were NOT tried"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_and_one_that_can_only_be_read_are_named(tmp_path: Path):
    with small_disk(tmp_path / "disk") as disk:
        file = migrated(disk / "portal.sqlite3")
        (disk / "uploads").mkdir()
        with server(file) as ask:
            assert ask()[:2] == (200, WELL)
            with (
                (disk / "filler").open("wb") as filler,
                pytest.raises(OSError, match="No space left"),
            ):
                while True:
                    os.write(filler.fileno(), b"x" * 512)
            status, checks, page = ask()
            assert (status, checks["space"], checks["uploads"], page) == (503, "full", "full", 503)
            assert checks["database"] in ("full", "disk"), "SQLite cannot even open its journal"
            (disk / "filler").unlink()
            assert ask()[:2] == (200, WELL)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with server(file) as ask:
            status, checks, _ = ask()
            assert status == 503 and "read_only" in checks.values() and checks["uploads"] == "store"
