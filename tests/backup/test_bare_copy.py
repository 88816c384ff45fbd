"""Why nobody may copy the SQLite file of a portal at work: what was acknowledged stands in the log
beside it.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from agents.models import Collector, Commune, User
from enrollment.models import Receipt
from tests import builders
from tests.backup.conftest import Office, standing
from tests.backup.test_round_trip import restored
from thaithuy_bhxh.backup.databases import standing_on
from thaithuy_bhxh.backup.taking import take_backup
from thaithuy_bhxh.clock import this_month

RECEIPTS = 6
"""So few that the engine does not move them into the file by itself meanwhile."""


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_copy_of_the_file_misses_what_a_backup_has(office: Office, tmp_path: Path):
    place, copy = office.busy_place(), tmp_path / "copy.sqlite3"
    with standing(place, office.uploads):
        by, who = User.objects.get(username="lanhdao"), Collector.objects.first()
        where = Commune.objects.filter(valid_to=None).first()
        assert who and where
        numbers = {
            builders.paid(by, where, who, this_month().first_day).number for _ in range(RECEIPTS)
        }
        shutil.copy(connection.settings_dict["NAME"], copy)
        take_backup(str(tmp_path / "sound.backup"), None, dict)
    with sqlite3.connect(copy) as bare:
        assert bare.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert (
            numbers
            - {number for (number,) in bare.execute("SELECT number FROM enrollment_receipt")}
            == numbers
        )
    bare.close()
    target = office.empty_place()
    restored(target, tmp_path / "u", tmp_path / "sound.backup")
    with standing_on(target):
        assert numbers <= set(Receipt.objects.values_list("number", flat=True))
