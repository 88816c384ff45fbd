"""Database triggers that hold what may not be rewritten, on SQLite and PostgreSQL alike.

They are the last line: whatever code or console tries to change or take away such a row is refused
by the database. Each app registers a :class:`Guard` for each of its tables that speaks of money,
people or rules; nothing is open by being forgotten, for a test goes through all tables. ``migrate``
brings the database in line with the guards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.models.signals import post_migrate

FUNCTION = "portal_append_only"
ALL = ("*",)


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be done to the rows of one table once they are there; without further words nothing.

    ``changing`` columns may change at any time (:data:`ALL` = every one but the key), ``once``
    columns only as long as they are empty, ``rising`` ones only to a greater number. Rows go away
    only where they are ``deletable``.
    """

    table: str
    changing: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    rising: tuple[str, ...] = ()
    deletable: bool = False
    why: str = ""
    """For whoever reads the list: which lawful act needs what is allowed."""

    @property
    def append_only(self) -> bool:
        """Whether rows are only ever added."""
        return not (self.changing or self.once or self.rising or self.deletable)


_guards: dict[str, Guard] = {}


def register(*guards: Guard) -> None:
    """Remember the guards of some tables."""
    for guard in guards:
        if _guards.setdefault(guard.table, guard) != guard:
            raise ValueError(f"The table {guard.table} is guarded twice.")


def guard(app: AppConfig, *tables: Guard) -> None:
    """Put an app's tables under guard: for its ``ready``. Migrating, and emptying, ends with the
    triggers in place.
    """
    register(*tables)
    names = [one.table for one in tables]

    def bring_in_line(using: str, **kwargs: Any) -> None:
        install(connections[using], names)

    post_migrate.connect(
        bring_in_line, sender=app, weak=False, dispatch_uid=f"portal.guard.{app.label}"
    )


class Further(Protocol):
    """Triggers of an app that are no guards, such as those of the audit chain: a module with these
    functions.
    """

    __name__: str

    def install(self, connection: Any) -> None:
        """Have them stand as they are written; harmless when they do."""

    def remove(self, connection: Any) -> None:
        """Drop them."""

    def is_installed(self, connection: Any) -> bool:
        """Whether they stand."""


_further: list[tuple[str, Further]] = []


def further(app: AppConfig, module: Further) -> None:
    """Put up and take down an app's own triggers together with the guards."""
    _further.append((app.label, module))
    post_migrate.connect(
        lambda using, **kwargs: module.install(connections[using]),
        sender=app,
        weak=False,
        dispatch_uid=f"portal.further.{app.label}",
    )


def guards() -> dict[str, Guard]:
    """Every guarded table with its guard."""
    return dict(_guards)


def install(connection: Any, tables: Iterable[str] | None = None) -> None:
    """Bring the triggers of the tables that exist in line with their guards; what is right already
    stays untouched.
    """
    dialect, wanted = _DIALECTS[connection.vendor](connection), _named(tables)
    with transaction.atomic(using=connection.alias):
        have = dialect.existing()
        for guard in (wanted[table] for table in sorted(wanted.keys() & dialect.tables())):
            statements = dict(dialect.statements(guard))
            for name in [name for name in have.get(guard.table, {}) if name not in statements]:
                dialect.drop(guard.table, name)
            for name, sql in statements.items():
                if have.get(guard.table, {}).get(name) != dialect.mark(sql):
                    dialect.drop(guard.table, name)
                    dialect.create(guard.table, name, sql)
        for _, module in _further if tables is None else ():
            module.install(connection)


def remove(connection: Any, tables: Iterable[str] | None = None) -> None:
    """Drop the triggers: only for emptying a demonstration or a test database, and for a migration
    of old rows.
    """
    dialect, wanted = _DIALECTS[connection.vendor](connection), _named(tables)
    with transaction.atomic(using=connection.alias):
        for table, names in dialect.existing().items():
            for name in names if table in wanted else ():
                dialect.drop(table, name)
        for _, module in _further if tables is None else ():
            module.remove(connection)


def missing(connection: Any) -> list[str]:
    """Triggers that should stand in the database and do not, or read otherwise: “table.trigger”."""
    dialect = _DIALECTS[connection.vendor](connection)
    have, tables = dialect.existing(), dialect.tables()
    others = [
        f"{label}.{module.__name__}"
        for label, module in _further
        if not module.is_installed(connection)
    ]
    return others + [
        f"{guard.table}.{name}"
        for guard in _guards.values()
        if guard.table in tables
        for name, sql in dialect.statements(guard)
        if have.get(guard.table, {}).get(name) != dialect.mark(sql)
    ]


def _named(tables: Iterable[str] | None) -> dict[str, Guard]:
    return (
        dict(_guards)
        if tables is None
        else {name: _guards[name] for name in tables if name in _guards}
    )


_KINDS = ("update", "delete", "truncate", "insert_over", "update_over")
_OURS = re.compile(rf"_no_({'|'.join(_KINDS)})$")


class _Dialect:
    """What both engines share: which change of which columns is refused."""

    differs: str

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def tables(self) -> set[str]:
        return set(self._connection.introspection.table_names())

    def columns(self, table: str) -> list[str]:
        with self._connection.cursor() as cursor:
            return [
                one.name
                for one in self._connection.introspection.get_table_description(cursor, table)
            ]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    def run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def drop(self, table: str, name: str) -> None:
        raise NotImplementedError

    def create(self, table: str, name: str, sql: str) -> None:
        self.run(sql)

    def mark(self, sql: str) -> str:
        """What the database says of a trigger that was made by this statement."""
        raise NotImplementedError

    def forbidden(self, guard: Guard) -> str | None:
        """The condition under which an UPDATE is refused; ``None`` = always."""
        if not (guard.changing or guard.once or guard.rising):
            return None
        columns = self.columns(guard.table)
        for name in {*guard.changing, *guard.once, *guard.rising} - {*columns, *ALL}:
            raise ValueError(f"{guard.table} has no column {name}.")
        if guard.changing == ALL:
            fixed = [columns[0]]
        else:
            fixed = [
                one for one in columns if one not in (*guard.changing, *guard.once, *guard.rising)
            ]
        parts = [f'OLD."{one}" {self.differs} NEW."{one}"' for one in fixed]
        parts += [
            f'({self.filled(one)} AND OLD."{one}" {self.differs} NEW."{one}")' for one in guard.once
        ]
        parts += [f'NEW."{one}" < OLD."{one}"' for one in guard.rising]
        return " OR ".join(parts)

    def filled(self, column: str) -> str:
        raise NotImplementedError

    def statements(self, guard: Guard) -> Iterator[tuple[str, str]]:
        raise NotImplementedError

    def existing(self) -> dict[str, dict[str, str]]:
        """Table → name of a trigger of ours → what it was made by."""
        raise NotImplementedError


class _PostgreSQL(_Dialect):
    differs = "IS DISTINCT FROM"

    def existing(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for table, name, made_by in self.ask(
            "SELECT c.relname, t.tgname, coalesce(obj_description(t.oid, 'pg_trigger'), '') "
            "FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            " AND c.relnamespace = current_schema()::regnamespace"
        ):
            if _OURS.search(name):
                found.setdefault(table, {})[name] = made_by
        return found

    def mark(self, sql: str) -> str:
        return sha256(sql.encode()).hexdigest()[:16]

    def drop(self, table: str, name: str) -> None:
        self.run(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')

    def create(self, table: str, name: str, sql: str) -> None:
        self.run(
            f'{_REFUSE}; {sql}; COMMENT ON TRIGGER "{name}" ON "{table}" IS \'{self.mark(sql)}\''
        )

    def filled(self, column: str) -> str:
        return f"coalesce(OLD.\"{column}\"::text, '') <> ''"

    def statements(self, guard: Guard) -> Iterator[tuple[str, str]]:
        condition = self.forbidden(guard)
        when = f"WHEN ({condition}) " if condition else ""
        yield self._trigger(guard, "update", f"FOR EACH ROW {when}")
        if not guard.deletable:
            yield self._trigger(guard, "delete", "FOR EACH ROW ")
        yield self._trigger(guard, "truncate", "FOR EACH STATEMENT ")

    @staticmethod
    def _trigger(guard: Guard, act: str, how: str) -> tuple[str, str]:
        name = f"{guard.table}_no_{act}"
        return name, (
            f'CREATE TRIGGER "{name}" BEFORE {act.upper()} ON "{guard.table}" {how}EXECUTE '
            f"FUNCTION {FUNCTION}()"
        )


_REFUSE = (
    f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger AS $$ BEGIN "
    f"RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME "
    f"USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
)


class _SQLite(_Dialect):
    """SQLite has no TRUNCATE, but INSERT OR REPLACE and UPDATE OR REPLACE, which take rows away
    without a DELETE.
    """

    differs = "IS NOT"

    def existing(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for table, name, sql in self.ask(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
        ):
            if _OURS.search(name):
                found.setdefault(table, {})[name] = sql
        return found

    def mark(self, sql: str) -> str:
        return sql

    def drop(self, table: str, name: str) -> None:
        self.run(f'DROP TRIGGER IF EXISTS "{name}"')

    def filled(self, column: str) -> str:
        return f"coalesce(OLD.\"{column}\", '') <> ''"

    def statements(self, guard: Guard) -> Iterator[tuple[str, str]]:
        table, refused = guard.table, self.forbidden(guard)
        yield self._trigger(guard, "update", "UPDATE", refused)
        if guard.deletable:
            return
        yield self._trigger(guard, "delete", "DELETE", None)
        keys = list(self._keys(table))
        taken = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" WHERE {one.same})' for one in keys)
        yield self._trigger(guard, "insert_over", "INSERT", taken)
        open_columns = {*guard.changing, *guard.once, *guard.rising}
        reachable = [
            one for one in keys[1:] if guard.changing == ALL or open_columns & set(one.columns)
        ]
        if reachable:
            own = keys[0].columns[0]
            others = " OR ".join(
                f'EXISTS (SELECT 1 FROM "{table}" WHERE {one.same} AND "{own}" <> OLD."{own}")'
                for one in reachable
            )
            touched = ", ".join(sorted({f'"{name}"' for one in reachable for name in one.columns}))
            yield self._trigger(guard, "update_over", f"UPDATE OF {touched}", others)

    @staticmethod
    def _trigger(guard: Guard, kind: str, act: str, condition: str | None) -> tuple[str, str]:
        name, when = f"{guard.table}_no_{kind}", f"WHEN {condition} " if condition else ""
        return name, (
            f'CREATE TRIGGER "{name}" BEFORE {act} ON "{guard.table}" FOR EACH ROW {when}'
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {act.split()[0]} on {guard.table} is "
            "refused'); END"
        )

    def _keys(self, table: str) -> Iterator[_UniqueKey]:
        """The primary key, then every unique index, each as the condition that a row has the key of
        NEW.
        """
        primary = [row[1] for row in self.ask(f'PRAGMA table_info("{table}")') if row[5]]
        yield _UniqueKey(tuple(primary))
        for _, index, unique, origin, partial in self.ask(f'PRAGMA index_list("{table}")'):
            if unique and origin != "pk":
                columns = tuple(str(row[2]) for row in self.ask(f'PRAGMA index_info("{index}")'))
                yield _UniqueKey(columns, self._condition(index) if partial else "")

    def _condition(self, index: str) -> str:
        ((sql,),) = self.ask("SELECT sql FROM sqlite_master WHERE name = %s", index)
        return str(sql).partition(" WHERE ")[2]


@dataclass(frozen=True, slots=True)
class _UniqueKey:
    """A unique key of SQLite; ``where`` = the rows that a partial one is about."""

    columns: tuple[str, ...]
    where: str = ""

    @property
    def same(self) -> str:
        parts = [f'"{name}" = NEW."{name}"' for name in self.columns]
        if self.where:
            parts += [f"({self.where})", "(" + re.sub(r'"(\w+)"', r'NEW."\1"', self.where) + ")"]
        return " AND ".join(parts)


_DIALECTS: dict[str, type[_Dialect]] = {"postgresql": _PostgreSQL, "sqlite": _SQLite}
