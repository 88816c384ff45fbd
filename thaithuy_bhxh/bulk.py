"""Many new rows at once by plain SQL: several times faster than building a statement of ten
thousand parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models, transaction

T = TypeVar("T")
CHUNK = 2000
FEW = 20
"""Up to so many rows plain statements are as fast as a COPY."""
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)
"""Fields whose Python value is what the drivers take."""


def chunks(items: Iterable[T], size: int = 1000) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def insert_rows(model: type[models.Model], rows: Iterable[Any], *, keyed: bool = False) -> None:
    """Insert rows of one model, inside the caller's transaction; they learn no id and no signal is
    sent.

    A row is anything that has the model's column attributes (``agent_id``, not ``agent``);
    ``keyed`` rows bring the id that :func:`reserve_keys` gave them.
    """
    insert_values(model, *_columns_and_values(model, rows, keyed))


def _columns_and_values(
    model: type[models.Model], rows: Iterable[Any], keyed: bool
) -> tuple[list[str], Iterable[tuple[Any, ...]]]:
    fields = [
        field for field in model._meta.local_concrete_fields if keyed or not field.primary_key
    ]
    take = attrgetter(*(field.attname for field in fields))
    prepared = [
        (at, prepare) for at, field in enumerate(fields) if (prepare := _preparation(field))
    ]
    return [str(field.column) for field in fields], (_values(take(row), prepared) for row in rows)


def insert_plain_rows(model: type[models.Model], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as the plain values of all columns (days as ISO text, months as their
    number), with their ids.

    Inside the caller's transaction; a field reads its own text as it reads that of a form.
    """
    fields = model._meta.local_concrete_fields
    prepared = [
        (at, prepare) for at, field in enumerate(fields) if (prepare := _preparation(field))
    ]
    insert_values(
        model,
        [str(field.column) for field in fields],
        (_values(tuple(row), prepared) for row in rows),
    )


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """So many ids that no other row of the model will get, in rising order.

    Whoever knows the ids beforehand need not ask for them afterwards, nor write a row twice. Ids
    that are not used in the end leave a gap and nothing else.
    """
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sql, [table, count])
            return sorted(key for (key,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name=%s", [table])
        last = next(iter(cursor.fetchone() or ()), 0)
        cursor.execute("DELETE FROM sqlite_sequence WHERE name=%s", [table])
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count]
        )
    return list(range(last + 1, last + 1 + count))


def insert_values(
    model: type[models.Model], columns: Iterable[str], values: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows of one model given as values in the order of ``columns``, inside the caller's
    transaction.

    PostgreSQL takes them in while ``values`` are still being made, so making them must not ask the
    database anything.
    """
    names = [connection.ops.quote_name(column) for column in columns]
    into, rest = (
        f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})",
        iter(values),
    )
    sql = f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(names))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            first = list(islice(rest, FEW + 1))
            if len(first) > FEW:
                return _copy(cursor, into, chain(first, rest))
            rest = iter(first)
        for chunk in chunks(rest, CHUNK):
            cursor.executemany(sql, chunk)


def update_values(
    model: type[models.Model], columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set columns of many rows, inside the caller's transaction. ``columns`` are name →
    PostgreSQL's type; the last one is the key by which a row is found, and so the last value of
    each of ``rows``.
    """
    quote = connection.ops.quote_name
    table, (*names, key) = quote(model._meta.db_table), map(quote, columns)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            sets = ", ".join(f"{name}=%s" for name in names)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key}=%s", rows)
        elif rows:
            # One statement for all of them: a statement each takes PostgreSQL several times as
            # long.
            sets = ", ".join(f"{name}=v.{name}" for name in names)
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            values = f"unnest({arrays}) AS v({', '.join([*names, key])})"
            listed = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(
                f"UPDATE {table} p SET {sets} FROM {values} WHERE p.{key}=v.{key}", listed
            )


def rewrite(
    model: type[models.Model],
    columns: Mapping[str, str],
    stored: Sequence[tuple[int, tuple[Any, ...]]],
    wanted: Iterable[tuple[Any, ...]],
) -> None:
    """Have a few rows say what is ``wanted``, writing only what differs from ``stored`` (id, row),
    inside the caller's transaction. ``columns`` as :func:`update_values` takes them, without a key.
    """
    fresh = dict.fromkeys(wanted)
    old = []
    for key, row in stored:
        if row in fresh:
            del fresh[row]
        else:
            old.append(key)
    changed = [(*row, key) for row, key in zip(fresh, old, strict=False)]
    if changed:
        update_values(model, {**columns, "id": "bigint"}, changed)
    if more := list(fresh)[len(old) :]:
        insert_values(model, columns, more)
    if gone := old[len(fresh) :]:
        model._default_manager.filter(pk__in=gone)._raw_delete(connection.alias)  # type: ignore[attr-defined]


class Staging:
    """Many rows made ready before the transaction that writes them, so that it holds up others as
    briefly as can be.

    SQLite has one lock for all writers. Its rows are laid beside the database first, in temporary
    tables which nobody waits for, and :meth:`pour` moves them over inside the transaction: a fifth
    of the time that making and binding them there would take. PostgreSQL lets others write
    meanwhile: rows go straight into their tables, inside the transaction, and only those that have
    to come last are kept until :meth:`pour`.

    ``beside`` says which of the two it is: whether rows are taken before the transaction begins or
    within it.
    """

    def __init__(self) -> None:
        self.beside = connection.vendor == "sqlite"
        self._laid: dict[tuple[type[models.Model], tuple[str, ...]], str] = {}
        self._kept: list[tuple[type[models.Model], Sequence[str], list[tuple[Any, ...]]]] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        if connection.needs_rollback:
            return  # The tables were made in the transaction that is about to be undone.
        with connection.cursor() as cursor:
            for name in self._laid.values():
                cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def take_rows(
        self, model: type[models.Model], rows: Iterable[Any], *, keyed: bool = False
    ) -> None:
        """Rows as :func:`insert_rows` takes them."""
        self.take(model, *_columns_and_values(model, rows, keyed))

    def take(
        self, model: type[models.Model], columns: Sequence[str], values: Iterable[tuple[Any, ...]]
    ) -> None:
        """Rows as :func:`insert_values` takes them; tables are filled in the order in which they
        are first named.
        """
        if self.beside:
            self._lay(model, columns, values)
        else:
            insert_values(model, columns, values)

    def keep(
        self, model: type[models.Model], columns: Sequence[str], values: Iterable[tuple[Any, ...]]
    ) -> None:
        """Like :meth:`take` for rows that may not be written before :meth:`pour`, because others
        make room for them.
        """
        if self.beside:
            self._lay(model, columns, values)
        else:
            self._kept.append((model, columns, list(values)))

    def pour(self) -> None:
        """Write what is not written yet, inside the caller's transaction."""
        for model, columns, values in self._kept:
            insert_values(model, columns, values)
        self._kept.clear()
        with connection.cursor() as cursor:
            for (model, columns), name in self._laid.items():
                names = ", ".join(connection.ops.quote_name(column) for column in columns)
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(
                    f"INSERT INTO main.{table} ({names}) SELECT * FROM temp.{name} ORDER BY rowid"
                )

    def _lay(
        self, model: type[models.Model], columns: Sequence[str], values: Iterable[tuple[Any, ...]]
    ) -> None:
        key = (model, tuple(columns))
        with connection.cursor() as cursor:
            if key not in self._laid:
                self._laid[key] = f"staged_{len(self._laid)}_{model._meta.db_table}"
                names = ", ".join(connection.ops.quote_name(column) for column in columns)
                cursor.execute(f"CREATE TEMP TABLE {self._laid[key]} ({names})")
            sql = f"INSERT INTO temp.{self._laid[key]} VALUES ({', '.join(['%s'] * len(columns))})"
            for chunk in chunks(values, CHUNK):
                cursor.executemany(sql, chunk)


def _copy(cursor: Any, into: str, values: Iterable[tuple[Any, ...]]) -> None:
    """PostgreSQL takes rows by COPY several times faster than one INSERT each; triggers and
    constraints hold alike.
    """
    with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _values(
    values: tuple[Any, ...], prepared: list[tuple[int, Callable[[Any], Any]]]
) -> tuple[Any, ...]:
    row = list(values)
    for at, prepare in prepared:
        row[at] = prepare(row[at])
    return tuple(row)


def _preparation(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What makes a value fit for the database; a list repeats its days and moments thousands of
    times.
    """
    if isinstance(field, _PLAIN):
        return None
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)().encode
        return lambda value: None if value is None else encode(value)
    return lru_cache(maxsize=4096)(lambda value: field.get_db_prep_save(value, connection))
