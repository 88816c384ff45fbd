"""Showing the full numbers of a person: allowed to every reader in scope, with a reason, and always on record."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agents import audit
from agents.access import READERS, require_role
from agents.models import AuditEntry, User
from enrollment.models import Participant
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

ACTION = "participant.unmask"
MINUTES = 10


def do_unmask(*, actor: User, participant: Participant, reason: str) -> AuditEntry:
    """Record that ``actor`` looks at the full numbers, and why (Law 91/2025 on personal data)."""
    require_role(actor, *READERS)
    reason = clean(reason)[:200]
    if not reason:
        raise Refused("Hãy ghi lý do xem đầy đủ số giấy tờ.", "ly_do")
    with transaction.atomic():
        return audit.record(actor=actor, action=ACTION, on=participant, summary=f"Xem đầy đủ số giấy tờ: {reason}")


def unmasked_by(actor: User) -> Exists:
    """The condition that ``actor`` asked for the full numbers of a participant in the last minutes."""
    return Exists(
        AuditEntry.objects.filter(
            actor=actor, action=ACTION, object_type=Participant._meta.label_lower, object_id=OuterRef("pk"),
            at__gte=timezone.now() - timedelta(minutes=MINUTES),
        )
    )  # fmt: skip
