"""How every operation of this app stores a row: what changes, the rules of its fields, and whose
name is taken.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from thaithuy_bhxh.errors import EditConflict, Refused
from thaithuy_bhxh.text import clean

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends; :class:`Refused` when it is gone by
    now.
    """
    manager: models.Manager[Row] = type(row)._default_manager
    found = manager.select_for_update().filter(pk=row.pk).order_by().first()
    if found is None:
        raise Refused("Người khác vừa bỏ mục này; hãy tải lại trang.")
    return found


def one_at_a_time(what: str) -> None:
    """Pass here alone until the transaction ends: for a number that is unique beyond the rows that
    are locked.

    SQLite lets one writer in at a time as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])


def twin_of(row: Row, *ignored: str) -> Row | None:
    """The same thing as ``row`` stored already, by all fields but the key and those ``ignored``.

    For what may not count twice when a form is sent twice and has no number of its own. Inside the
    transaction.
    """
    one_at_a_time(row._meta.db_table)
    fields = [
        field
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in ignored
    ]
    manager: models.Manager[Row] = type(row)._default_manager
    return manager.filter(
        **{field.attname: field.value_from_object(row) for field in fields}
    ).first()


def assign(row: models.Model, **values: Any) -> dict[str, list[Any]]:
    """Set the values that differ; gives them as field → [before, after] for the audit row."""
    changes: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = [before, value]
            setattr(row, name, value)
    return changes


def store(row: models.Model, *, taken: str = "", field: str = "") -> None:
    """Check and save. A broken rule or a taken key (the sentence ``taken`` on ``field``) becomes
    :class:`Refused`.
    """
    # Related rows come as objects: asking the database whether each exists would only double the
    # queries.
    related = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.full_clean(exclude=related, validate_unique=False, validate_constraints=False)
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], name) from error
    except IntegrityError as error:
        raise Refused(
            taken or "Người khác vừa ghi cùng mục này; hãy tải lại trang.", field
        ) from error


def required(text: str, field: str, sentence: str) -> str:
    """The cleaned text; refused with the sentence when nothing is left of it."""
    value = clean(text)
    if not value:
        raise Refused(sentence, field)
    return value


def code_of(text: str) -> str:
    """A code as it is stored: without blanks, in capitals, so that “bd 001” is BD001."""
    return clean(text).replace(" ", "").upper()


def stamp(row: models.Model) -> str:
    """A short mark of the row's values: a form that was opened earlier carries it, so that a later
    save is noticed.
    """
    values = "\0".join(str(field.value_from_object(row)) for field in row._meta.concrete_fields)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


class Stale(EditConflict):
    """The record changed since the form was opened; ``now`` is its mark today, for the form to be
    sent again.
    """

    def __init__(self, message: str, now: str) -> None:
        super().__init__(message)
        self.now = now


def refuse_stale(row: models.Model, *, seen: str, now: str, changes: dict[str, list[Any]]) -> None:
    """:class:`Stale` with the values on record when the form saw (``seen``) other ones than there
    are now.
    """
    if not seen or seen == now or not changes:
        return
    differences = "; ".join(
        f"{changed_labels(row, {name: pair})} nay là {_value_in_words(pair[0])}"
        for name, pair in changes.items()
    )
    raise Stale(
        f"Người khác vừa sửa mục này: {differences}. Hãy xem lại; lưu lần nữa là ghi bản của bạn.",
        now,
    )


def _value_in_words(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f"“{value}”" if value not in (None, "") else "(trống)"


def changed_labels(row: models.Model, changes: dict[str, list[Any]]) -> str:
    """“tên đại lý, hoạt động từ ngày”: the changed fields in words."""
    return ", ".join(
        str(getattr(row._meta.get_field(name), "verbose_name", name)) for name in changes
    )
