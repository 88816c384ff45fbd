"""Which tables a backup holds, their rows as plain JSON, and the digest that two engines
agree on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models

from thaithuy_bhxh.bulk import chunks, insert_plain_rows

Model = type[models.Model]
LEFT_OUT = {
    "contenttypes.ContentType": "made by migrations",
    "auth.Permission": "made by migrations",
    "auth.Group": "unused: roles stand in the code",
    "auth.Group_permissions": "unused",
}
"""Models whose rows stay behind, and why; so do those of sessions (people log in again). The cache
has no model.
"""
PART = 1000
"""Rows of a part: what is held in memory at a time."""
_RING = 1 << 256


def kept_models() -> list[Model]:
    """Every model of a backup by the name of its table."""
    found = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not _is_left_out(model)
    )
    return sorted(found, key=lambda model: model._meta.db_table)


def _is_left_out(model: Model) -> bool:
    return model._meta.label in LEFT_OUT or issubclass(model, AbstractBaseSession)


def columns_of(model: Model) -> list[str]:
    """The columns of a table in the order of its rows in a backup."""
    return [str(field.column) for field in model._meta.local_concrete_fields]


@dataclass(slots=True)
class TableSum:
    """Rows of a table so far, and the sum of their digests: the same in whatever order they
    come.
    """

    rows: int = 0
    digest: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(sha256(line).digest(), "big")) % _RING

    def as_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "digest": f"{self.digest:064x}"}


def parts_of(model: Model, tally: TableSum) -> Iterator[bytes]:
    """The rows of a table as JSON lines, some at a time; the tally is complete after the last."""
    for part in chunks(lines_of(model), PART):
        for line in part:
            tally.add(line)
        yield b"\n".join(part) + b"\n"


def tally_of(model: Model) -> TableSum:
    """What the table holds now."""
    tally = TableSum()
    for line in lines_of(model):
        tally.add(line)
    return tally


def lines_of(model: Model, keys: list[Any] | None = None) -> Iterator[bytes]:
    """The rows of a table, or those of some keys, as they stand in a backup."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*names)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    encode = json.JSONEncoder(
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=_plain,
        check_circular=False,
    ).encode
    return (encode(row).encode() for row in rows.iterator(chunk_size=PART))


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"A backup does not know how to write {type(value).__name__}.")


def write_part(model: Model, part: bytes) -> int:
    """Insert the rows of a part, inside the caller's transaction; returns how many."""
    rows: list[Sequence[Any]] = [json.loads(line) for line in part.splitlines()]
    insert_plain_rows(model, rows)
    return len(rows)


def last_key(model: Model) -> int | None:
    """The last number that the table gave to a row, also when that row is gone; ``None`` for other
    keys.
    """
    field = model._meta.pk
    if not isinstance(field, models.AutoField | models.BigAutoField):
        return None
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s))",
                [table, field.column],
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0


def set_last_key(model: Model, last: int) -> None:
    """The table goes on numbering after this one, so that no history of a row that is gone meets a
    new one.
    """
    field, table = model._meta.pk, model._meta.db_table
    assert field
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT setval(pg_get_serial_sequence(%s, %s), greatest(%s, 1), %s)"
            cursor.execute(sql, [table, field.column, last, last > 0])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
