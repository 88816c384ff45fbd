"""Many new rows at once by plain SQL: several times faster than building a statement of ten thousand parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 2000
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)
"""Fields whose Python value is what the drivers take."""


def insert_rows(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Insert unsaved objects of one model, inside the caller's transaction; they learn no id and no signal is sent."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    readers = [_reader(field) for field in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"
    rest = iter(rows)
    with connection.cursor() as cursor:
        while chunk := [tuple(read(row) for read in readers) for row in islice(rest, CHUNK)]:
            cursor.executemany(sql, chunk)


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What to hand to the database for a field of a row."""
    name = field.attname
    if isinstance(field, _PLAIN):
        return lambda row: getattr(row, name)
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)
