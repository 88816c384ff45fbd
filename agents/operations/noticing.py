"""What changes nothing and is on record all the same: who read a person's page, and what was
refused to whom.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import OperationalError, models, transaction
from django.utils import timezone

from agents import audit
from agents.models import AuditEntry, User
from thaithuy_bhxh.engines.sqlite3.patience import waiting_at_most

GROUPED = timedelta(minutes=10)
"""The same again within so long is one row."""
PATIENCE_MS = 1000
"""How long somebody who only looks waits for a database that is being written to."""
REFUSALS = {
    "role": "Không có quyền",
    "method": "Sai cách gửi",
    "scope": "Mục ngoài phạm vi",
}
_log = logging.getLogger(__name__)


def do_note_reading(*, actor: User, record: models.Model) -> None:
    """That somebody opened the page of a person; for callers who know that there is no such row of
    late.
    """
    _note(actor, f"{record._meta.model_name}.read", record, "Xem trang")


def do_note_refusal(
    *, actor: User, kind: str, address: str, record: models.Model | None = None
) -> None:
    """That something was refused: ``kind`` of :data:`REFUSALS`, the address with its method, the
    record if known.
    """
    action, on, summary = f"refusal.{kind}", record or actor, f"{REFUSALS[kind]}: {address}"[:200]
    if (
        not recent(actor, action)
        .filter(object_type=on._meta.label_lower, object_id=on.pk, summary=summary)
        .exists()
    ):
        _note(actor, action, on, summary)


def recent(actor: User, action: str) -> models.QuerySet[AuditEntry]:
    """Rows of this person's doing the same within the time that counts as one."""
    return AuditEntry.objects.filter(actor=actor, action=action, at__gte=timezone.now() - GROUPED)


def _note(actor: User, action: str, on: models.Model, summary: str) -> None:
    """One row, in a transaction of its own. While the database is busy for long, the server's log
    has it instead.

    Nothing is shown or changed by what is noted here: numbers are shown only after
    :func:`do_unmask`, whose row must be written first. So nobody's reading waits for an import of
    somebody else.
    """
    try:
        with waiting_at_most(PATIENCE_MS), transaction.atomic(savepoint=False):
            audit.record(actor=actor, action=action, on=on, summary=summary)
    except OperationalError as error:
        _log.warning(
            "not in the trail, %s: %s %s %s by %s",
            error,
            action,
            on._meta.label_lower,
            on.pk,
            actor.pk,
        )
