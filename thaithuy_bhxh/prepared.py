"""Questions that every receipt and every page asks: their SQL is put together once.

Django builds a statement anew each time it is asked, which takes several times as long as the
database takes to answer by key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable

_Model = TypeVar("_Model", bound=models.Model)
_LARGEST = models.BigIntegerField.MAX_BIGINT


class Given(Expression):
    """A place in a prepared question for the value that a call gives under this name.

    ``field`` says how the value is written for the database; whole numbers and text need none.
    """

    def __init__(self, name: str, field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=field or models.BigIntegerField())
        self.name = name
        self._plain = field is None

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def written(self, values: dict[str, Any]) -> Any:
        """The value of this place, as the driver takes it."""
        value = values[self.name]
        return value if self._plain else self.output_field.get_db_prep_value(value, connection)


class Prepared:
    """A question whose answer are plain rows: ``build`` makes a ``values_list`` with
    :class:`Given` places.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: dict[str, _Statement] = {}

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows for these values, with what each field makes of its column."""
        return self._statement().rows(given)

    def _statement(self) -> _Statement:
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = _Statement(self._build())
        return made


class PreparedRecords(Prepared, Generic[_Model]):
    """A question for whole records of one model; what ``select_related`` names and annotations
    come along.
    """

    def records(self, **given: Any) -> list[_Model]:
        """The records for these values."""
        statement = self._statement()
        return [statement.record(row) for row in statement.rows(given)]

    def get(self, **given: Any) -> _Model:
        """The one record there is; the model's ``DoesNotExist`` otherwise."""
        found = self.records(**given)
        if len(found) != 1:
            raise self._build().model.DoesNotExist
        return found[0]


class _Statement:
    """The SQL of one question on one engine, and how its columns are read."""

    def __init__(self, question: models.QuerySet[Any, Any]) -> None:
        compiler = question.query.get_compiler(connection=connection)
        self._sql, params = compiler.as_sql()
        self._params = [_place(param) for param in params]
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        self._readers = [
            (at, readers, column)
            for at, (readers, column) in compiler.get_converters(columns).items()
        ]
        entire = compiler.klass_info and question._iterable_class is ModelIterable  # type: ignore[attr-defined]
        self._built = _Built(compiler.klass_info, compiler.select) if entire else None
        self._named = tuple(compiler.annotation_col_map.items())

    def rows(self, given: dict[str, Any]) -> list[tuple[Any, ...]]:
        params = [param(given) for param in self._params]
        if any(isinstance(one, int) and abs(one) > _LARGEST for one in params):
            return []  # No key is that large: neither driver could even ask.
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return [self._read(row) for row in found] if self._readers else found

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for at, readers, column in self._readers:
            for read in readers:
                values[at] = read(values[at], column, connection)
        return tuple(values)

    def record(self, row: tuple[Any, ...]) -> Any:
        assert self._built is not None
        found = self._built.record(row)
        for name, at in self._named:
            setattr(found, name, row[at])
        return found


class _Built:
    """How one row becomes a record with its related ones."""

    def __init__(self, info: dict[str, Any], select: list[Any]) -> None:
        at = info["select_fields"]
        self.model: type[models.Model] = info["model"]
        self._first, self._end = at[0], at[-1] + 1
        self._names = [select[index][0].target.attname for index in at]
        self._key = self._first + self._names.index(self.model._meta.pk.attname)
        self._related = [
            (_Built(one, select), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", ())
        ]

    def record(self, row: tuple[Any, ...]) -> Any:
        """The record, ``None`` for a related one that there is not."""
        if row[self._key] is None:
            return None
        found = self.model.from_db(
            connection.alias, self._names, list(row[self._first : self._end])
        )
        for built, set_here, set_there in self._related:
            other = built.record(row)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found


def _place(param: Any) -> Callable[[dict[str, Any]], Any]:
    return param.written if isinstance(param, Given) else lambda _: param
