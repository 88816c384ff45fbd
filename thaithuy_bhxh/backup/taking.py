"""Taking a backup while the portal is at work."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from thaithuy_bhxh.backup import tables
from thaithuy_bhxh.backup.archive import ABOUT, FORMAT, TABLES, UPLOADS, ArchiveWriter
from thaithuy_bhxh.backup.databases import snapshot
from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.backup.places import dated_name, finished, remove_left_over
from thaithuy_bhxh.backup.sealing import HEAD, is_backup, packing
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import reason_of

Facts = Callable[[], dict[str, Any]]
"""What the database says in sums and figures, kept once in the backup and once more of the restored
copy.
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished backup."""

    path: Path
    size: int
    seconds: float
    rows: int
    uploads: int
    missing: list[str]
    """Uploads that rows name and the disk does not have."""
    encrypted: bool
    taken_at: datetime


def take_backup(path: str, key: Key | None, facts: Facts) -> Taken:
    """Write one file with everything that was committed at one moment; a folder gets a file with a
    dated name.
    """
    started = time.monotonic()
    target = _target(Path(path))
    try:
        remove_left_over(target.parent)
        with finished(target) as file, snapshot(), packing(file, key) as stream:
            writer = ArchiveWriter(stream)
            taken_at = timezone.now()
            missing, rows = _write(writer, {**about(taken_at), "facts": facts()})
        size = target.stat().st_size
    except OSError as error:
        raise Refused(f"Không ghi được bản sao lưu “{target}”: {reason_of(error)}.") from error
    uploads = sum(name.startswith(UPLOADS) for name, _, _ in writer.sums)
    return Taken(
        target, size, time.monotonic() - started, rows, uploads, missing, key is not None, taken_at
    )


def _target(path: Path) -> Path:
    """Where the backup goes. An older backup of the same name gives way to the new one, any other
    file does not.
    """
    if path.is_dir():
        path = path / dated_name(timezone.localtime())
    if not path.parent.is_dir():
        raise Refused(f"Không có thư mục “{path.parent}” để ghi bản sao lưu.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        return path
    except OSError as error:
        raise Refused(f"Không ghi được vào “{path}”: {reason_of(error)}.") from error
    if head and not is_backup(head):
        raise Refused(f"“{path}” là một tệp khác, không phải bản sao lưu; hãy chọn tên khác.")
    return path


def _write(writer: ArchiveWriter, told_first: dict[str, Any]) -> tuple[list[str], int]:
    writer.add_json(ABOUT, told_first)
    listed: dict[str, Any] = {}
    for model in tables.kept_models():
        tally, name = tables.TableSum(), model._meta.db_table
        for number, part in enumerate(tables.parts_of(model, tally)):
            writer.add(f"{TABLES}{name}/{number:06}.jsonl", part)
        listed[name] = {
            "columns": tables.columns_of(model),
            "last_key": tables.last_key(model),
            **tally.as_dict(),
        }
    missing = [name for name in sorted(set(named_uploads())) if not _add_upload(writer, name)]
    writer.finish({"tables": listed, "missing": missing})
    return missing, sum(table["rows"] for table in listed.values())


def about(taken_at: datetime) -> dict[str, Any]:
    """What a backup is and which portal it fits; :class:`Refused` when this is not the portal of
    the database.
    """
    applied = applied_migrations()
    if applied != known_migrations():
        raise Refused(
            "Cơ sở dữ liệu không cùng các bước migrate với phiên bản cổng này; hãy sao lưu "
            "bằng phiên bản đang dùng "
            "trước khi nâng cấp, hoặc chạy migrate."
        )
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return {
        "what": "Bản sao lưu cổng BHXH tự nguyện",
        "format": FORMAT,
        "taken_at": taken_at.isoformat(),
        "portal": project["version"],
        "engine": connection.vendor,
        "migrations": applied,
    }


def applied_migrations() -> list[str]:
    """Names of the migrations that the database has, as ``app.name``."""
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def known_migrations() -> list[str]:
    """Names of the migrations that this portal comes with."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def named_uploads() -> Iterator[str]:
    """The files that rows name. What no row names cannot be reached from the portal and stays
    behind.
    """
    for model in tables.kept_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.FileField):
                rows = model._base_manager.exclude(**{field.attname: ""})
                yield from rows.values_list(field.attname, flat=True).iterator(
                    chunk_size=tables.PART
                )


def _add_upload(writer: ArchiveWriter, name: str) -> bool:
    """Whether the file was there to be added; one is at most as long as a request may be."""
    try:
        writer.add(UPLOADS + name, Path(default_storage.path(name)).read_bytes())
    except FileNotFoundError:
        return False
    return True
