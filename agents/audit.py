"""The audit trail's one door: ``record`` inside the transaction of the act, ``entry`` for acts done
in bulk.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from agents.models import AuditEntry, User
from agents.origin import Origin, origin_of_act
from thaithuy_bhxh.bulk import Staging, insert_rows
from thaithuy_bhxh.fingerprints import fingerprint, moment
from thaithuy_bhxh.sealed import is_seal, seal, without_numbers

_log = logging.getLogger("portal.audit")
Changes = Mapping[str, Any]
NO_RECORD = 0
"""The id in a row about no record."""


class NewAuditRow(NamedTuple):
    """An audit row that is not written yet, by the names of its columns."""

    at: datetime
    actor_id: int | None
    action: str
    object_type: str
    object_id: int
    summary: str
    changes: dict[str, Any]
    address: str | None
    session: str
    fingerprint: str


def entry(
    *,
    actor: User | None,
    action: str,
    kind: type[models.Model] | models.Model,
    pk: int,
    summary: str,
    changes: Changes | None = None,
    at: datetime | None = None,
    origin: Origin | None = None,
) -> NewAuditRow:
    """An audit row about the record ``pk`` of a model; ``changes`` maps field → [before, after] or
    → value.

    Where the act came from is what the actor's request or the running command says, unless
    ``origin`` is given.
    """
    origin = origin or origin_of_act(actor)
    content = (
        at or timezone.now(),
        actor.pk if actor else None,
        action,
        kind._meta.label_lower,
        pk,
        without_numbers(summary)[:400],
        _plain_items(changes or {}),
        origin.address,
        origin.session,
    )
    return NewAuditRow(*content, fingerprint_of(content))


def fingerprint_of(content: Sequence[Any]) -> str:
    """The digest of a row: its columns in the order of :class:`NewAuditRow`, without the digest."""
    return fingerprint((moment(content[0]), *content[1:]))


def record(
    *,
    actor: User | None,
    action: str,
    on: models.Model | type[models.Model],
    summary: str,
    changes: Changes | None = None,
    origin: Origin | None = None,
) -> AuditEntry:
    """Write one audit row; must run inside the transaction that makes the change.

    An act about no record, such as a log-in under an unknown name, is on the model itself. Without
    an account the request says where the act came from: ``origin=origin_of(request)``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit row belongs into the transaction of its act.")
    pk = on.pk if isinstance(on, models.Model) else NO_RECORD
    written = entry(
        actor=actor, action=action, kind=on, pk=pk, summary=summary, changes=changes, origin=origin
    )
    _ship(written)
    return AuditEntry.objects.create(**written._asdict())


def record_all(rows: Iterable[NewAuditRow], *, among: Staging | None = None) -> None:
    """Write the audit rows of a bulk act, inside its transaction; or lay them ready ``among`` its
    other rows.
    """
    rows = _shipped(rows)
    if among:
        among.take_rows(AuditEntry, rows)
    else:
        insert_rows(AuditEntry, rows)


def _ship(row: NewAuditRow, rows: int = 1) -> None:
    """To the server's log once the act is committed: who, when, where and the row's digest, without
    what it says.
    """
    if not _log.isEnabledFor(logging.INFO):
        return
    facts = {
        "act_at": row.at.astimezone(UTC).isoformat(),
        "actor": row.actor_id,
        "rows": rows,
        "on": f"{row.object_type} {row.object_id}",
        "address": row.address,
        "session": row.session,
        "fingerprint": row.fingerprint,
    }
    transaction.on_commit(lambda: _log.info(row.action, extra={"facts": facts}))


def _shipped(rows: Iterable[NewAuditRow]) -> Iterator[NewAuditRow]:
    """The rows of a bulk act, as they pass: of many like ones the log has the last, with their
    number.
    """
    last, many = None, 0
    for last in rows:
        many += 1
        yield last
    if last:
        _ship(last, many)


def history_of(*objects: models.Model) -> models.QuerySet[AuditEntry]:
    """All acts on these records, latest first; what was refused has changed nothing and is left to
    the trail's page.
    """
    query = models.Q(pk__in=[])
    for one in objects:
        query |= models.Q(object_type=one._meta.label_lower, object_id=one.pk)
    return (
        AuditEntry.objects.filter(query)
        .exclude(action__startswith="refusal.")
        .select_related("actor")
    )


NUMBERS = frozenset({"citizen_id", "bhxh_no", "phone"})
"""Fields whose values never stand in the trail in full, whosever they are."""
_PLAIN = frozenset((type(None), bool, int))


def _plain_items(changes: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(key): value
        if type(value) in _PLAIN
        else _sealed(value)
        if key in NUMBERS
        else _plain(value)
        for key, value in changes.items()
    }


def _sealed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_sealed(item) for item in value]
    return seal(value) if isinstance(value, str) and value else _plain(value)


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return without_numbers(value)
    if isinstance(value, Mapping):
        return dict(value) if is_seal(value) else _plain_items(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, models.Model):
        return value.pk
    return str(value)
