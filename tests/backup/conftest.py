"""Databases beside the tests' own: an empty one, and a small office's, as many copies of each as a
test asks for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from enrollment.importing.upload import do_check_upload
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_stop
from tests import builders, cast
from tests.enrollment.importing import d05_workbook as d05
from tests.shipped import load_shipped
from thaithuy_bhxh.backup import tables
from thaithuy_bhxh.backup.databases import standing_on
from thaithuy_bhxh.clock import this_month, today

Config = dict[str, Any]


@dataclass
class Databases:
    """Makes databases on the engine under test; all are gone when the tests are over."""

    folder: Path
    made: list[str] = field(default_factory=list)

    def new(self, template: Config | None = None, name: str = "") -> Config:
        """A database of its own, like the template or without any table."""
        name = (
            name
            or f"{connection.settings_dict['NAME'] or 'portal'}_b{os.getpid()}_{len(self.made)}"
        )
        if connection.vendor == "postgresql":
            self.made.append(name)
            origin = template["NAME"] if template else "template0"
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin}"')
            return {**deepcopy(connection.settings_dict), "NAME": name}
        path = self.folder / f"{len(self.made)}.sqlite3"
        self.made.append(str(path))
        path.touch(0o600)
        if template:
            shutil.copy(template["NAME"], path)
        return {**deepcopy(connection.settings_dict), "NAME": str(path)}

    def drop(self) -> None:
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                for name in self.made:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Office:
    """Where tests stand: templates, the uploads of the office, and a maker of further databases."""

    databases: Databases
    empty: Config
    """Migrated, nothing in it. A template: copies of it are written to, never itself."""
    filled: Config
    """A small office; a template as well, to be read from."""
    uploads: Path
    _lent: list[Config] = field(default_factory=list)
    _free: list[Config] = field(default_factory=list)

    def empty_place(self) -> Config:
        """A migrated database for this test; it is emptied for the next one, because dropping one
        takes a second.
        """
        place = self._free.pop() if self._free else self.databases.new(self.empty)
        self._lent.append(place)
        return place

    def busy_place(self) -> Config:
        """The small office, to be written to."""
        return self.databases.new(self.filled)

    def take_back(self) -> None:
        for place in self._lent if connection.vendor == "postgresql" else ():
            with standing_on(place), connection.cursor() as cursor:
                names = ", ".join(model._meta.db_table for model in tables.kept_models())
                cursor.execute("SET session_replication_role = replica")
                cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            self._free.append(place)
        self._lent.clear()


@contextmanager
def standing(config: Config, uploads: Path) -> Iterator[None]:
    """The portal with this database and these uploads."""
    with standing_on(config), override_settings(MEDIA_ROOT=uploads):
        yield


@pytest.fixture(scope="session")
def _office(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("databases")
    with django_db_blocker.unblock():
        databases = Databases(folder)
        empty = databases.new()
        with standing_on(empty):
            call_command("migrate", verbosity=0, interactive=False)
        filled = databases.new(empty)
        with standing(filled, folder / "uploads"):
            _fill()
        yield Office(databases, empty, filled, folder / "uploads")
        databases.drop()


@pytest.fixture
def office(_office: Office, django_db_blocker: Any) -> Iterator[Office]:
    """See :class:`Office`; the tests' own database is not touched."""
    with django_db_blocker.unblock():
        yield _office
        _office.take_back()


def _fill() -> None:
    """Receipts of more than a year, a void, a stop and an uploaded list that waits."""
    load_shipped()
    people = cast.gather()
    for number in range(16):
        side = (
            (people.commune_a, people.collector_a)
            if number % 2
            else (people.commune_b, people.collector_b)
        )
        builders.paid(people.manager, *side, (this_month() - number).first_day)
    wrong = builders.paid(people.manager, people.commune_a, people.collector_a, today())
    do_void_receipt(
        actor=people.manager, receipt=wrong, on=today(), reason="thu nhầm “Đỗ”\nhai dòng"
    )
    gone = builders.paid(
        people.manager, people.commune_b, people.collector_b, this_month().first_day
    )
    do_stop(
        actor=people.manager,
        participant=gone.participant,
        month=this_month() + 1,
        reason="compulsory",
    )
    row = d05.row(
        "Người Mẫu Chờ", builders.citizen_id("female"), today(), "CHO-1", people.collector_a.code
    )
    do_check_upload(actor=people.manager, upload=d05.upload([row]))
