"""A payer who pays at another agent now: what the trail keeps of it for the former agent's lead and
officer.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from agents.access import scope_of
from agents.models import AuditEntry, User
from agents.roles import Can
from thaithuy_bhxh.clock import start_of, today

TAKEN_OVER = "receipt.take_over"
"""The action of a receipt's row in place of the usual one, when another agent followed its payer
before.
"""
VOIDED = "receipt.void"
NOTICE_DAYS = 30
"""Days for which it is shown, and after which a receipt that comes in late is not news."""


def notice_of(
    name: str, agent: str, received_on: date, *, from_agent: int, from_commune: int | None
) -> dict[str, Any]:
    """What the receipt's row says besides: nothing of amounts, for the former agent reads it."""
    notice = f"{name} đã đóng tại {agent} ngày {received_on:%d/%m/%Y}"
    return {"from_agent": from_agent, "from_commune": from_commune, "notice": notice}


def is_taken_over(former: int | None, agent: int, received_on: date) -> bool:
    """Whether a receipt takes its payer over from another agent, recently enough to be shown."""
    return former not in (None, agent) and received_on > today() - timedelta(days=NOTICE_DAYS)


def notice_of_void(receipt: Model, number: str) -> dict[str, Any]:
    """What the void's row says besides, when the receipt had taken its payer over."""
    taken = AuditEntry.objects.filter(
        object_type=receipt._meta.label_lower, object_id=receipt.pk, action=TAKEN_OVER
    ).first()
    if taken is None:
        return {}
    kept = {name: taken.changes[name] for name in ("from_agent", "from_commune")}
    return {**kept, "notice": f"{taken.changes['notice']}; biên lai {number} ấy nay đã hủy"}


def moved_lately(reader: User, day: date) -> QuerySet[AuditEntry]:
    """The rows that the former agent's lead, and the officer of the commune of then, read in the
    last days.
    """
    found = AuditEntry.objects.filter(
        action__in=(TAKEN_OVER, VOIDED), at__gte=start_of(day - timedelta(days=NOTICE_DAYS))
    )
    if not reader.may(Can.HEAR_WHO_MOVED):
        return found.none()
    scope = scope_of(reader)
    if scope.agent is not None:
        return found.filter(changes__from_agent=scope.agent)
    return found.filter(changes__from_commune__in=sorted(scope.communes))
