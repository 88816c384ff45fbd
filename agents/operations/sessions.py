"""Ending sessions: by their owner, by the administrator, and by whatever changes what an account
may do.
"""

from __future__ import annotations

from typing import Any

from django.db import Error, transaction

from agents import audit
from agents.access import require
from agents.models import PortalSession, User
from agents.roles import Can
from thaithuy_bhxh.engines.sqlite3.patience import waiting_at_most
from thaithuy_bhxh.errors import Refused


def do_end_session(*, actor: User, session: PortalSession) -> None:
    """End one session of the own account, or of anybody's as administrator."""
    account = session.account
    if account is None:
        raise Refused("Phiên này đã kết thúc; hãy tải lại trang.")
    if account.pk != actor.pk:
        require(actor, Can.KEEP_ACCOUNTS)
    with transaction.atomic():
        if not PortalSession.objects.filter(pk=session.pk).delete()[0]:
            raise Refused("Phiên này đã kết thúc; hãy tải lại trang.")
        _record(actor, account, 1, f"{session.device}, {session.address}", [session.mark])


def do_end_other_sessions(*, actor: User, keep: str) -> int:
    """End every session of the own account but the one with this key. Gives how many ended."""
    with transaction.atomic():
        return end_sessions(actor, actor, "chủ tài khoản kết thúc các phiên khác", keep=keep)


def do_end_sessions(*, actor: User, user: User) -> int:
    """End every session of an account, as administrator. Gives how many ended."""
    require(actor, Can.KEEP_ACCOUNTS)
    with transaction.atomic():
        return end_sessions(actor, user, "quản trị kết thúc mọi phiên")


def end_sessions(actor: User | None, user: User, why: str, *, keep: str = "") -> int:
    """The same for acts that carry it along: another password, post or state of the account."""
    open_ones = PortalSession.objects.filter(account=user).exclude(session_key=keep)
    marks = list(open_ones.values_list("mark", flat=True))
    ended: int = open_ones.delete()[0]
    if ended:
        _record(actor, user, ended, why, marks)
    return ended


def _record(actor: User | None, user: User, ended: int, why: str, marks: list[str]) -> None:
    audit.record(
        actor=actor,
        action="session.end",
        on=user,
        changes={"why": why, "sessions": marks},
        summary=f"Kết thúc {ended} phiên của {user.username}: {why}",
    )


def note_on(session: PortalSession, **values: Any) -> None:
    """Write these columns of a session, its last use or what it holds, unless the database is busy:
    who only looks does not queue behind an import.
    """
    try:
        with waiting_at_most(0):
            PortalSession.objects.filter(pk=session.pk).update(**values)
    except Error:
        return
