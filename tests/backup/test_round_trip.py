"""What is backed up comes back on either engine: every row, every upload, numbering and
triggers.
"""

from __future__ import annotations

import stat
from copy import deepcopy
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pyrage
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from agents import audit
from agents.models import Collector, Commune, Marker, User
from agents.verifying import verify
from enrollment.models import Draft, ImportBatch, Receipt
from enrollment.operations.check import differences
from tests import builders
from tests.backup.conftest import Config, Office, standing
from thaithuy_bhxh import triggers
from thaithuy_bhxh.backup import tables
from thaithuy_bhxh.backup.databases import standing_on
from thaithuy_bhxh.backup.keys import Key, make_key, read_key
from thaithuy_bhxh.backup.restoring import read_backup, restore_backup
from thaithuy_bhxh.backup.sealing import GZIP_HEAD
from thaithuy_bhxh.backup.taking import take_backup
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import MonthField

KINDS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DateField,
    models.JSONField,
    models.UUIDField,
    models.FileField,
    models.ForeignKey,
    models.AutoField,
    models.DecimalField,
    MonthField,
)


def content() -> dict[str, Any]:
    """Rows and digest of every table."""
    return {
        model._meta.db_table: tables.tally_of(model).as_dict() for model in tables.kept_models()
    }


def restored(place: Config, uploads: Path, path: Path, key: Key | None = None) -> dict[str, Any]:
    """The content of a place after restoring into it."""
    with standing(place, uploads):
        restore_backup(str(path), key, read_backup(str(path), key), uploads)
        assert list(differences()) == []
        return content()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def taken(office: Office, tmp_path: Path) -> Path:
    """A backup of the office, not encrypted."""
    with standing(office.filled, office.uploads):
        return take_backup(str(tmp_path / "office.backup"), None, dict).path


def test_everything_comes_back_in_an_empty_database(office: Office, tmp_path: Path, taken: Path):
    with standing_on(office.filled):
        before = content()
    assert sum(table["rows"] for table in before.values()) > 100
    assert restored(office.empty_place(), tmp_path / "u", taken) == before
    assert files_of(tmp_path / "u") == files_of(office.uploads)
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600


def refuses_changes(place: Config) -> None:
    """Facts are as protected as they were, by every trigger of the portal, and the audit trail goes
    on.
    """
    with standing_on(place):
        assert triggers.missing(connection) == [] and verify().first_wrong is None
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Receipt.objects.update(note="khác")
        with transaction.atomic():
            audit.record(
                actor=None,
                action="thu",
                on=User.objects.get(username="lanhdao"),
                summary="Sau khôi phục",
            )
        assert verify().first_wrong is None


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="a missing file is such a database, see below"
)
def test_a_database_without_any_table_gets_them_with_their_triggers(
    office: Office, tmp_path: Path, taken: Path
):
    bare = office.databases.new()
    restored(bare, tmp_path / "u", taken)
    refuses_changes(bare)


def in_a_missing_file(path: Path) -> Config:
    """A SQLite database that is not there yet."""
    options = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON",
    }
    config = {
        **deepcopy(connection.settings_dict),
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
    }
    return {**config, "OPTIONS": options, "CONN_HEALTH_CHECKS": False}


def test_through_a_new_sqlite_file_and_back(office: Office, tmp_path: Path, taken: Path):
    """On PostgreSQL this is the way from one engine to the other and back."""
    new, second = in_a_missing_file(tmp_path / "new.sqlite3"), tmp_path / "second.backup"
    there = restored(new, tmp_path / "u", taken)
    assert sorted(path.name for path in tmp_path.glob("*.sqlite3*")) == ["new.sqlite3"]
    with standing(new, tmp_path / "u"):
        take_backup(str(second), None, dict)
    target = office.empty_place()
    assert restored(target, tmp_path / "v", second) == there
    with standing_on(office.filled):
        assert content() == there
    for place in (new, target):
        refuses_changes(place)


def key_of(kind: str, folder: Path) -> Key:
    path = folder / "key"
    if kind == "age":
        make_key(str(path))
    else:
        path.write_bytes(bytes(range(128, 192)))
    return read_key(str(path))


@pytest.mark.parametrize("kind", ["age", "words", "bytes"])
def test_the_same_key_file_locks_and_opens(office: Office, tmp_path: Path, kind: str):
    key, path = key_of(kind, tmp_path), tmp_path / "locked.backup"
    with standing(office.filled, office.uploads):
        before = content()
        taken = take_backup(str(path), key, dict)
    assert taken.encrypted and GZIP_HEAD not in path.read_bytes()
    assert restored(office.empty_place(), tmp_path / "u", path, key) == before


def test_the_public_half_locks_and_the_whole_key_opens(office: Office, tmp_path: Path):
    identity, path = pyrage.x25519.Identity.generate(), tmp_path / "locked.backup"
    (tmp_path / "half").write_text(f"{identity.to_public()}\n")
    (tmp_path / "whole").write_text(f"{identity}\n")
    with standing(office.filled, office.uploads):
        take_backup(str(path), read_key(str(tmp_path / "half")), dict)
    assert restored(office.empty_place(), tmp_path / "u", path, read_key(str(tmp_path / "whole")))


def test_a_backup_is_of_one_moment_while_others_go_on_writing(office: Office, tmp_path: Path):
    """Receipts are recorded while the backup is at work: none of them waits, and none is in it
    half.
    """
    place, path = office.busy_place(), tmp_path / "busy.backup"
    recorded, stop = [], Event()
    more = Event()

    def record() -> None:
        with standing_on(place):
            by, where = (
                User.objects.get(username="lanhdao"),
                Commune.objects.filter(valid_to=None).first(),
            )
            who = Collector.objects.first()
            assert where and who
            while not stop.is_set():
                recorded.append(builders.paid(by, where, who, this_month().first_day).number)
                more.set()

    def facts() -> dict[str, Any]:
        """Told within the backup's picture: from here on, other people's receipts come in that it
        must not know.
        """
        before = Receipt.objects.count()
        for _ in range(2):
            more.clear()
            assert more.wait(30)
        return {"receipts": before}

    writer = Thread(target=record)
    writer.start()
    try:
        assert more.wait(30)
        with standing(place, office.uploads):
            take_backup(str(path), None, facts)
    finally:
        stop.set()
        writer.join()
    with standing_on(place):
        at_last = Receipt.objects.count()
    target = office.empty_place()
    restored(target, tmp_path / "u", path)
    with standing_on(target):
        here = Receipt.objects.count()
    assert here == read_backup(str(path), None).about["facts"]["receipts"] <= at_last - 2


def test_an_upload_that_is_gone_is_told_and_the_rest_is_saved(office: Office, tmp_path: Path):
    path = tmp_path / "without.backup"
    with standing(office.filled, tmp_path / "nothing"):
        name = ImportBatch.objects.get().file.name
        assert take_backup(str(path), None, dict).missing == [name]
        before = content()
    assert read_backup(str(path), None).missing == [name]
    assert restored(office.empty_place(), tmp_path / "u", path) == before


def test_numbers_that_were_given_are_never_given_again(office: Office, tmp_path: Path):
    place, path = office.busy_place(), tmp_path / "n.backup"
    with standing(place, office.uploads):
        owner = User.objects.get(username="lanhdao")
        last = Draft.objects.create(owner=owner, title="bị xóa")
        gone = last.pk
        last.delete()
        take_backup(str(path), None, dict)
    target = office.empty_place()
    restored(target, tmp_path / "u", path)
    with standing_on(target):
        assert Draft.objects.create(owner_id=owner.pk, title="mới").pk == gone + 1


def test_every_model_is_kept_or_left_out_by_name():
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    kept = {model._meta.label for model in tables.kept_models()}
    sessions = {"sessions.Session", "agents.PortalSession"}
    assert labels - kept == (labels & set(tables.LEFT_OUT)) | sessions
    assert {User._meta.label, Receipt._meta.label, Marker._meta.label} <= kept


def test_every_kind_of_value_is_known():
    fields = [field for model in tables.kept_models() for field in model._meta.concrete_fields]
    assert [field for field in fields if not isinstance(field, KINDS)] == []
