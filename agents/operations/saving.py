"""How every operation of this app stores a row: what changes, the rules of its fields, and whose name is taken."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from agents.models import Role
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

KEEPERS = (Role.MANAGER, Role.ADMINISTRATOR)
"""Who keeps agents, points, collectors and cards."""

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """The row as it is now, locked until the transaction ends."""
    manager: models.Manager[Row] = type(row)._default_manager
    return manager.select_for_update().get(pk=row.pk)


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
    """Check and save. A broken rule or a taken key (told by ``taken`` on ``field``) becomes :class:`Refused`."""
    # Related rows come as objects: asking the database whether each exists would only double the queries.
    related = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.full_clean(exclude=related, validate_unique=False, validate_constraints=False)
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], name) from error
    except IntegrityError as error:
        raise Refused(taken or "Người khác vừa ghi cùng mục này; hãy tải lại trang.", field) from error


def required(text: str, field: str, sentence: str) -> str:
    """The cleaned text; refused with the sentence when nothing is left of it."""
    value = clean(text)
    if not value:
        raise Refused(sentence, field)
    return value


def changed_labels(row: models.Model, changes: dict[str, list[Any]]) -> str:
    """“tên đại lý, hoạt động từ ngày”: the changed fields in words."""
    return ", ".join(str(getattr(row._meta.get_field(name), "verbose_name", name)) for name in changes)
