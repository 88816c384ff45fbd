"""The drill: a backup is restored into a database that is thrown away, and compared with what it
was taken of.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError

from agents.models import AuditEntry
from agents.verifying import verify
from enrollment.models import Receipt, ReceiptVoid
from enrollment.operations.check import differences
from reports.backups import facts, trail, unlike
from thaithuy_bhxh.backup import tables
from thaithuy_bhxh.backup.archive import TABLES, Contents, replay
from thaithuy_bhxh.backup.databases import throw_away
from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.backup.places import throw_away_folder
from thaithuy_bhxh.backup.restoring import read_backup, restore_backup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

SHOWN = 50
"""Differences that are printed one by one."""


@dataclass(slots=True)
class Drill:
    """What a drill found."""

    size: int
    seconds: float = 0
    engine: str = ""
    contents: Contents | None = None
    compared_with_live: bool = False
    differences: list[str] = field(default_factory=list)

    @property
    def taken_at(self) -> datetime | None:
        return self.contents.taken_at if self.contents else None


def hold_drill(path: str, key: Key | None) -> Drill:
    """Restore and compare; a file that cannot be restored at all is a difference too."""
    started = time.monotonic()
    drill = Drill(Path(path).stat().st_size if Path(path).is_file() else 0)
    try:
        drill.contents = read_backup(path, key)
        with throw_away() as drill.engine, throw_away_folder("portal-drill-") as uploads:
            restore_backup(path, key, drill.contents, Path(uploads))
            drill.differences += _of_the_copy(drill.contents)
        if _is_of_here(drill.contents):
            drill.compared_with_live = True
            drill.differences += _of_the_live(path, key, drill.contents)
    except Refused as refusal:
        drill.differences.append(refusal.message)
    drill.seconds = time.monotonic() - started
    return drill


def _of_the_copy(contents: Contents) -> Iterator[str]:
    """Where the restored database says something else than the portal said when the backup was
    taken.
    """
    noted = contents.about["facts"]
    yield from unlike(noted, facts(Month.from_index(noted["month"])))
    drifted = sum(1 for _ in differences())
    if drifted:
        yield f"{drifted} chỗ số liệu đã lưu không khớp với biên lai (xem check_figures)"
    yield from _of_the_chain("bản khôi phục", "")


def _of_the_chain(where: str, noted: str) -> Iterator[str]:
    """What is wrong with the audit trail of this database, and whether it still holds a head that
    was noted.
    """
    wrong = verify(noted).first_wrong
    if wrong:
        yield f"chuỗi nhật ký của {where}, dòng {wrong.entry or 'cuối'}: {wrong.why}"


def _is_of_here(contents: Contents) -> bool:
    """Whether the database that serves is the one that was backed up."""
    try:
        return (
            AuditEntry.objects.exists()
            and trail()["first"] == contents.about["facts"]["trail"]["first"]
        )
    except DatabaseError:
        return False


def _of_the_live(path: str, key: Key | None, contents: Contents) -> list[str]:
    """Money facts never change: each one in the backup must read the same in the database that
    serves.
    """
    wrong: list[str] = []
    models = {model._meta.db_table: model for model in (Receipt, ReceiptVoid)}

    def compare(name: str, content: bytes) -> None:
        if name.startswith(TABLES) and (model := models.get(name.split("/")[1])):
            kept = {json.loads(line)[0]: line for line in content.splitlines()}
            live = {json.loads(line)[0]: line for line in tables.lines_of(model, list(kept))}
            wrong.extend(
                f"{model._meta.db_table} số {pk}: cơ sở dữ liệu đang chạy "
                + ("không còn dòng này" if pk not in live else "ghi khác bản sao")
                for pk, line in kept.items()
                if live.get(pk) != line
            )

    replay(Path(path), key, contents, compare)
    return [
        *wrong,
        *_of_the_chain("cơ sở dữ liệu đang chạy", contents.about["facts"]["trail"]["head"]),
    ]
