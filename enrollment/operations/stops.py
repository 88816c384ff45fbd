"""Ending participation with a reason, and taking that back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.admission import admit_stop
from enrollment.models import Participant, Stop, StopReason, StopWithdrawal
from enrollment.operations.derive import derive
from enrollment.operations.on_record import on_record
from enrollment.operations.paid_so_far import account_of
from enrollment.write_scope import require_following
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import clean

AHEAD = 12
"""A stop may be recorded up to a year ahead, such as a known retirement."""


def do_stop(
    *, actor: User, participant: Participant, month: Month, reason: str, note: str = ""
) -> Stop:
    """Record that the person no longer participates from ``month`` on. Raises :class:`Refused`."""
    require(actor, Can.CORRECT_RECORDS)
    if reason not in StopReason.values:
        raise Refused("Hãy chọn lý do dừng đóng.", "reason")
    with transaction.atomic():
        locked = Participant.objects.select_for_update().get(pk=participant.pk)
        require_following(actor, locked)
        admit_stop(account_of(on_record(locked)), month, latest=this_month() + AHEAD)
        stop = Stop(
            participant=locked,
            month=month,
            reason=reason,
            note=clean(note),
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        stop.full_clean()
        stop.save(force_insert=True)
        audit.record(
            actor=actor,
            action="participant.stop",
            on=locked,
            summary=stop_summary(stop),
            changes={"month": str(month), "reason": reason},
        )
        derive([locked.pk])
    return stop


def stop_summary(stop: Stop) -> str:
    """“Dừng đóng từ 08/2020: Hưởng lương hưu”."""
    return f"Dừng đóng từ {stop.month.vi}: {StopReason(stop.reason).label}"


def do_withdraw_stop(*, actor: User, stop: Stop, on: date, reason: str) -> StopWithdrawal:
    """Take a stop back from a day on; the months in which it held stay as they were."""
    require(actor, Can.CORRECT_RECORDS)
    reason = clean(reason)
    if not reason:
        raise Refused("Hãy ghi lý do rút lại việc dừng đóng.", "reason")
    if on > today():
        raise Refused("Ngày rút lại không được ở tương lai.", "on")
    with transaction.atomic():
        locked = Participant.objects.select_for_update().get(pk=stop.participant_id)
        require_following(actor, locked)
        if StopWithdrawal.objects.filter(stop=stop).exists():
            raise Refused("Việc dừng đóng này đã được rút lại.", "reason")
        withdrawal = StopWithdrawal(
            stop=stop,
            withdrawn_on=on,
            withdrawn_month=Month.of(on),
            reason=reason,
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        withdrawal.full_clean()
        withdrawal.save(force_insert=True)
        audit.record(
            actor=actor,
            action="participant.withdraw_stop",
            on=locked,
            summary=f"Rút lại việc dừng đóng từ {stop.month.vi}: {reason}",
            changes={"withdrawn_on": on},
        )
        derive([locked.pk])
    return withdrawal
