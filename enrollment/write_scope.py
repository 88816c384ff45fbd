"""What a person may change, which is less than what they may read: every operation asks here, and so do screens.

Wrong role, or a record that is only to be read: :class:`PermissionDenied` (403). A term that is over:
:class:`Refused` with a sentence that names who may do it still.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents.access import AGENT_STAFF, require_role, scope_of
from agents.models import Role, User
from agents.office_settings import Definition, define, office_setting
from enrollment.access import CORRECTORS
from enrollment.models import Participant, Receipt
from thaithuy_bhxh.errors import Refused

VOID_DAYS = define(
    Definition(
        "void_days",
        "Số ngày đại lý còn được tự hủy biên lai",
        "Tính từ lúc ghi biên lai. Quá số ngày này, chỉ chuyên quản thu của xã trên biên lai hoặc lãnh đạo hủy được.",
        "ngày",
        default=7,
        least=0,
        most=60,
    )
)
_NOT_YOURS = (
    "Biên lai này của đại lý hoặc xã khác nên bạn chỉ xem được. "
    "Người hủy được: đại lý đã thu, chuyên quản thu của xã trên biên lai, lãnh đạo."
)
_NOT_FOLLOWED = (
    "Người này hiện không thuộc đại lý hoặc xã của bạn nên bạn không sửa được. "
    "Người làm được: đại lý đang theo dõi, chuyên quản thu của xã nơi ở, lãnh đạo."
)


def require_voiding(actor: User, receipt: Receipt) -> None:
    """May void: the receipt's own agent for the office's days, the officer of its commune, a manager."""
    require_role(actor, *CORRECTORS)
    if not scope_of(actor).holds(agent=receipt.agent_id, commune=receipt.commune_id):
        raise PermissionDenied(_NOT_YOURS)
    if not actor.has_role(*AGENT_STAFF):
        return
    days = office_setting(VOID_DAYS)
    if timezone.now() - receipt.recorded_at > timedelta(days=days):
        raise Refused(
            f"Biên lai {receipt.number} ghi đã quá {days} ngày nên đại lý không tự hủy được nữa; "
            "hãy đề nghị chuyên quản thu của xã hoặc lãnh đạo hủy."
        )


def require_following(actor: User, participant: Participant, *roles: Role) -> None:
    """May change what is on record about a person: who follows the person now, within the given roles.

    ``participant`` as it is now (locked). The agent of the latest contribution, the officer of the present commune,
    a manager; or the agent that took the people of a closed one over.
    """
    require_role(actor, *roles)
    if scope_of(actor).holds(agent=participant.agent_id, commune=participant.commune_id):
        return
    if not scope_of(actor).taken_over or not Participant.objects.visible_to(actor).filter(pk=participant.pk).exists():
        raise PermissionDenied(_NOT_FOLLOWED)


def may(require: Callable[..., None], actor: User, record: Any, *more: Any) -> bool:
    """Whether a right holds, for a screen that shows its button only to who may press it."""
    try:
        require(actor, record, *more)
    except (PermissionDenied, Refused):
        return False
    return True
