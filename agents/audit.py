"""The audit trail's one door: ``record`` inside the transaction of the act, ``entry`` for acts done in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from agents.models import AuditEntry, User
from thaithuy_bhxh.bulk import insert_rows

Changes = Mapping[str, Any]


def entry(
    *, actor: User | None, action: str, on: models.Model, summary: str, changes: Changes | None = None, at: Any = None
) -> AuditEntry:
    """An unsaved audit row about ``on``; ``changes`` maps field → [before, after] or → value."""
    return AuditEntry(
        at=at or timezone.now(),
        actor=actor,
        action=action,
        object_type=on._meta.label_lower,
        object_id=on.pk,
        summary=summary[:400],
        changes={key: _plain(value) for key, value in (changes or {}).items()},
    )


def record(
    *, actor: User | None, action: str, on: models.Model, summary: str, changes: Changes | None = None
) -> AuditEntry:
    """Write one audit row; must run inside the transaction that makes the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit row belongs into the transaction of its act.")
    row = entry(actor=actor, action=action, on=on, summary=summary, changes=changes)
    row.save(force_insert=True)
    return row


def record_all(rows: Iterable[AuditEntry]) -> None:
    """Write the audit rows of a bulk act, inside its transaction."""
    insert_rows(AuditEntry, rows)


def history_of(*objects: models.Model) -> models.QuerySet[AuditEntry]:
    """All acts on these records, latest first."""
    query = models.Q(pk__in=[])
    for one in objects:
        query |= models.Q(object_type=one._meta.label_lower, object_id=one.pk)
    return AuditEntry.objects.filter(query).select_related("actor")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) in (int, float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, models.Model):
        return value.pk
    return str(value)
