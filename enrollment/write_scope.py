"""What a person may change, which is less than what they may read: every operation asks here, and
so do screens.

Wrong role, or a record that is only to be read: :class:`PermissionDenied` (403). A term that is
over:
:class:`Refused` with a sentence that names who may do it still.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.db.models.lookups import Exact
from django.utils import timezone

from agents.access import require, scope_of
from agents.models import CollectionAgent, User
from agents.office_settings import Definition, define, office_setting
from agents.roles import Can
from enrollment.complaints import agents_to_complain_of, complaints_visible_to
from enrollment.looking import SETTLING_DAYS
from enrollment.models import Complaint, ImportBatch, Participant, Receipt
from enrollment.querysets import just_came
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

VOID_DAYS = define(
    Definition(
        "void_days",
        "Số ngày đại lý còn được tự hủy biên lai",
        "Tính từ lúc ghi biên lai. Quá số ngày này, chỉ chuyên quản thu của xã trên biên lai "
        "hoặc lãnh đạo hủy được.",
        "ngày",
        default=7,
        least=0,
        most=60,
    )
)
_NOT_YOURS = (
    "Biên lai này của đại lý hoặc xã khác nên bạn chỉ xem được. "
    "Người hủy, in được: đại lý đã thu, chuyên quản thu của xã trên biên lai, lãnh đạo."
)
_NOT_FOLLOWED = (
    "Người này hiện không thuộc đại lý hoặc xã của bạn nên bạn không sửa được. "
    "Người làm được: đại lý đang theo dõi, chuyên quản thu của xã nơi ở, lãnh đạo."
)


def require_voiding(actor: User, receipt: Receipt) -> None:
    """May void: the receipt's own agent for the office's days, the officer of its commune, a
    manager.
    """
    require(actor, Can.CORRECT_RECORDS)
    _require_open_agent(actor)
    if not scope_of(actor).holds(agent=receipt.agent_id, commune=receipt.commune_id):
        raise PermissionDenied(_NOT_YOURS)
    if actor.may(Can.ACT_FOR_THE_OFFICE):
        return
    days = office_setting(VOID_DAYS)
    if timezone.now() - receipt.recorded_at > timedelta(days=days):
        raise Refused(
            f"Biên lai {receipt.number} ghi đã quá {days} ngày nên đại lý không tự hủy được nữa; "
            "hãy đề nghị chuyên quản thu của xã hoặc lãnh đạo hủy."
        )


def require_printing(actor: User, receipt: Receipt) -> None:
    """May hand the slip out: the receipt's own agent, the officer of its commune, a manager."""
    require(actor, Can.CORRECT_RECORDS)
    if not scope_of(actor).holds(agent=receipt.agent_id, commune=receipt.commune_id):
        raise PermissionDenied(_NOT_YOURS)


def require_following(
    actor: User, participant: Participant, capability: Can = Can.CORRECT_RECORDS
) -> None:
    """May change what is on record about a person: who follows the person now and may do so at all.

    ``participant`` as it is now (locked). The agent of the latest contribution, the officer of the
    present commune, a manager; or the agent that took the people of a closed one over.
    """
    require(actor, capability)
    _require_open_agent(actor)
    if not follows(actor, participant):
        raise PermissionDenied(_NOT_FOLLOWED)


def follows(actor: User, participant: Participant) -> bool:
    """Whether the person is one of the actor's own; asks the database only where people were handed
    over.
    """
    scope = scope_of(actor)
    if scope.holds(agent=participant.agent_id, commune=participant.commune_id):
        return True
    return (
        bool(scope.taken_over)
        and Participant.objects.visible_to(actor).filter(pk=participant.pk).exists()
    )


def require_settled(actor: User, participant: Participant) -> None:
    """Of a payer who just came over from another agent, numbers, household and corrections wait for
    a while.
    """
    if scope_of(actor).agent is None:
        return
    if Participant.objects.filter(
        Exact(just_came(scope_of(actor)), Value(True)), pk=participant.pk
    ).exists():
        raise Refused(
            f"{participant.full_name} mới chuyển từ đại lý khác đến; việc này đại lý làm được sau "
            f"{office_setting(SETTLING_DAYS)} ngày, trước đó do chuyên quản thu hoặc lãnh đạo làm."
        )


def _require_open_agent(actor: User) -> None:
    """The staff of an agent that has closed read what they did; changing it is for the office and
    the successors.
    """
    closed = actor.agent.closed_on if actor.agent else None
    if closed and closed < today():
        raise PermissionDenied(
            f"{actor.agent} đã ngừng hoạt động sau {closed:%d/%m/%Y} nên không sửa được nữa; "
            "hãy đề nghị chuyên quản thu của xã hoặc lãnh đạo."
        )


def require_list(actor: User, batch: ImportBatch) -> None:
    """May decide about an uploaded list: who brought it, and a manager."""
    require(actor, Can.IMPORT_LISTS)
    if batch.created_by_id != actor.pk and not actor.may(Can.KEEP_EVERY_LIST):
        raise PermissionDenied(
            "Bảng kê này do người khác tải lên; chỉ người đó hoặc lãnh đạo quyết định được."
        )


def require_agent_to_complain_of(
    actor: User, agent: CollectionAgent, receipt: Receipt | None
) -> None:
    """May write a complaint down: a manager about any agent, an officer about the own communes'."""
    require(actor, Can.ANSWER_COMPLAINTS)
    if receipt and Receipt.objects.visible_to(actor).filter(pk=receipt.pk).exists():
        return
    if not agents_to_complain_of(actor).filter(pk=agent.pk).exists():
        raise PermissionDenied(
            f"{agent.name} không phục vụ xã nào của bạn; phản ánh này do chuyên quản khác ghi."
        )


def require_answering(actor: User, complaint: Complaint) -> None:
    """May answer a complaint: a manager, and the officer to whose communes it belongs."""
    require(actor, Can.ANSWER_COMPLAINTS)
    if not complaints_visible_to(actor).filter(pk=complaint.pk).exists():
        raise PermissionDenied(
            "Phản ánh này thuộc xã khác; chuyên quản thu của xã đó hoặc lãnh đạo trả lời."
        )


def may(require: Callable[..., None], actor: User, record: Any, *more: Any) -> bool:
    """Whether a right holds, for a screen that shows its button only to who may press it."""
    try:
        require(actor, record, *more)
    except (PermissionDenied, Refused):
        return False
    return True
