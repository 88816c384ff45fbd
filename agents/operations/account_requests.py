"""Asking for what no administrator may do alone: another password or factor for somebody, a role in
the office.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import AccountRequest, User
from agents.roles import Can, may
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import store
from thaithuy_bhxh.text import clean

_TWICE = "Đã có yêu cầu như vậy đang chờ xác nhận."


def do_request_reset(*, actor: User, user: User, reason: str = "") -> AccountRequest:
    """Ask for a new one-time password for somebody; nothing changes before another person
    confirms.
    """
    return _ask_as_administrator(actor, user, AccountRequest.Kind.RESET, reason)


def do_request_factor_reset(*, actor: User, user: User, reason: str = "") -> AccountRequest:
    """Ask that somebody who lost the phone and the printed codes may set up a second factor
    anew.
    """
    return _ask_as_administrator(actor, user, AccountRequest.Kind.FACTOR, reason)


def _ask_as_administrator(
    actor: User, user: User, kind: AccountRequest.Kind, reason: str
) -> AccountRequest:
    require(actor, Can.KEEP_ACCOUNTS)
    if user.pk == actor.pk:
        raise Refused("Đây là tài khoản của bạn: hãy tự đổi ở trang Tài khoản của tôi.")
    with transaction.atomic():
        return ask(actor, user, kind, reason=reason)


def ask(actor: User, user: User, kind: str, *, role: str = "", reason: str = "") -> AccountRequest:
    """The request with its audit row, inside the transaction of the act that leads to it."""
    asked = AccountRequest(
        kind=kind,
        account=user,
        role=role,
        reason=clean(reason)[:200],
        asked_by=actor,
        asked_at=timezone.now(),
    )
    if AccountRequest.objects.filter(account=user, kind=kind, outcome="").exists():
        raise Refused(_TWICE)
    store(asked, taken=_TWICE)
    audit.record(
        actor=actor,
        action="account.request",
        on=user,
        changes={"why": asked.reason, "role": role},
        summary=f"Yêu cầu: {asked}",
    )
    return asked


def gives_office_role(role: str, before: str = "") -> bool:
    """Whether this role is one of the office that the account has not got yet."""
    return not may(role, Can.WORK_FOR_AN_AGENT) and role != before
