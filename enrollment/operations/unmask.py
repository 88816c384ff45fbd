"""Showing what is masked of a person: to who sees the person, for a reason, some times a day,
always on record.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.daily_limits import DailyLimit, may_once_more
from agents.models import AuditEntry, User
from agents.operations.noticing import GROUPED
from agents.roles import Can
from enrollment.looking import CALL, CALLING, UNMASK, UNMASKING, says_why
from enrollment.models import Participant
from enrollment.write_scope import require_settled
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

MINUTES = 10
READ = "participant.read"


def do_unmask(*, actor: User, participant: Participant, reason: str) -> AuditEntry:
    """Record that ``actor`` looks at the full numbers, and why (Law 91/2025 on personal data)."""
    require(actor, Can.SEE_PEOPLE)
    reason = clean(reason)[:200]
    if not says_why(reason):
        raise Refused(
            "Hãy ghi rõ lý do xem đầy đủ số giấy tờ, bằng vài từ, hoặc chọn một lý do có sẵn.",
            "ly_do",
        )
    summary = f"Xem đầy đủ số giấy tờ: {reason}"
    return _looked(actor, participant, UNMASKING, UNMASK, summary, {"why": reason})


def do_take_number_to_call(*, actor: User, participant: Participant) -> str:
    """The person's telephone number, for a call that is on record from here on."""
    require(actor, Can.CORRECT_RECORDS)
    if not participant.phone:
        raise Refused("Người này chưa có số điện thoại trong sổ.")
    _looked(actor, participant, CALLING, CALL, "Xem số điện thoại để gọi", {"why": "gọi điện"})
    return participant.phone


def _looked(
    actor: User,
    participant: Participant,
    limit: DailyLimit,
    action: str,
    summary: str,
    changes: dict[str, str],
) -> AuditEntry:
    require_seeing(actor, participant)
    require_settled(actor, participant)
    with transaction.atomic():
        if may_once_more(actor, limit):
            return audit.record(
                actor=actor, action=action, on=participant, summary=summary, changes=changes
            )
    raise Refused(limit.refusal)


def require_seeing(actor: User, participant: Participant) -> None:
    """Only of people whom one sees."""
    if not Participant.objects.visible_to(actor).filter(pk=participant.pk).exists():
        raise PermissionDenied


def unmasked_by(actor: User) -> Exists:
    """The condition that ``actor`` asked for the full numbers of a participant in the last
    minutes.
    """
    return _lately(actor, UNMASK, timedelta(minutes=MINUTES))


def read_by(actor: User) -> Exists:
    """The condition that ``actor`` is on record with reading the participant's page of late."""
    return _lately(actor, READ, GROUPED)


def _lately(actor: User, action: str, while_ago: timedelta) -> Exists:
    return Exists(
        AuditEntry.objects.filter(
            actor=actor,
            action=action,
            object_type=Participant._meta.label_lower,
            object_id=OuterRef("pk"),
            at__gte=timezone.now() - while_ago,
        )
    )
