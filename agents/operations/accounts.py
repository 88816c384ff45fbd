"""Accounts: made by an administrator (or by whoever runs the server), with a one-time password
shown once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import (
    AccountRequest,
    CollectionAgent,
    Collector,
    Commune,
    CommuneAssignment,
    Role,
    User,
)
from agents.office_settings import Definition, define, office_setting
from agents.operations.account_requests import ask, gives_office_role
from agents.operations.assignments import assign_commune, open_terms_of
from agents.operations.sessions import end_sessions
from agents.roles import Can, may
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, changed_labels, locked, required, store
from thaithuy_bhxh.text import clean, person_name

ONE_TIME_DAYS = define(
    Definition(
        "one_time_days",
        "Hạn của mật khẩu dùng một lần",
        "Mật khẩu cấp lần đầu hoặc cấp lại phải được dùng trong chừng ấy ngày, sau đó quản trị "
        "phải cấp lại.",
        "ngày",
        3,
        least=1,
        most=30,
    )
)
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,59}")
# Without letters and digits that are mistaken for each other on paper (i l 1, o 0).
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Post:
    """What an account may do and for whom: agent staff name their agent, a collector's account the
    collector.
    """

    role: str
    agent: CollectionAgent | None = None
    collector: Collector | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account and the one-time password to hand over; ``None`` when the person chose one."""

    user: User
    one_time_password: str | None


def do_create_account(
    *,
    actor: User | None,
    username: str,
    full_name: str,
    post: Post,
    communes: Iterable[Commune] = (),
    password: str | None = None,
) -> NewAccount:
    """A new account. ``actor`` is ``None`` only on the server's command line, where no one is
    logged in.

    Without a password it gets a one-time one that must be changed at the first log-in; ``communes``
    puts an officer in charge of them from today. One that an administrator makes waits, unused and
    without a password that anybody knows, for a second person: whoever reads the first password of
    an agent's account reads the agent's people. Raises :class:`Refused` naming the field.
    """
    _require_administrator(actor)
    waits = actor is not None
    user = User(
        username=_username(username),
        full_name=person_name(full_name) or clean(username),
        **_post(post),
    )
    user.must_change_password = password is None
    issued = one_time_password() if password is None else None
    user.one_time_until = _one_time_end() if issued else None
    _set_password(user, password or issued or "")
    with transaction.atomic():
        if taken := User.objects.filter(username__iexact=user.username).first():
            raise Refused(f"Tên đăng nhập {user.username} đã thuộc về {taken}.", "username")
        user.is_active = not waits
        store(user, taken="Tên đăng nhập hoặc nhân viên thu này đã có tài khoản.", field="username")
        audit.record(
            actor=actor,
            action="account.add",
            on=user,
            changes=_audited(user),
            summary=f"Tạo tài khoản {user.username} ({user.get_role_display()})",
        )
        for commune in communes:
            assign_commune(actor, CommuneAssignment.Kind.OFFICER, commune, user, today())
        if waits and actor:
            ask(actor, user, AccountRequest.Kind.JOIN, role=user.role)
    return NewAccount(user, None if waits else issued)


def do_edit_account(*, actor: User, user: User, full_name: str, post: Post) -> User:
    """Change name, role or agent. Whoever is in charge of communes hands them over before changing
    the role.

    Another role of the office is only asked for: it waits for a second person.
    """
    _require_administrator(actor)
    with transaction.atomic():
        administrators = _administrators_locked()
        row = locked(user)
        values = _post(post, row)
        _refuse_waiting(row, values)
        if row.pk == actor.pk and values["role"] != row.role:
            raise Refused("Không thể tự đổi vai trò của mình; hãy nhờ một quản trị khác.", "role")
        if values["role"] != row.role:
            _refuse_leaving(row, administrators)
        name = person_name(required(full_name, "full_name", "Hãy nhập họ và tên."))
        if gives_office_role(str(values["role"]), row.role):
            ask(actor, row, AccountRequest.Kind.ROLE, role=str(values["role"]))
            values = {}
        changes = assign(row, full_name=name, **values)
        if changes:
            store(row, taken="Nhân viên thu này đã có tài khoản khác.", field="collector")
            audit.record(
                actor=actor,
                action="account.edit",
                on=row,
                summary=f"Sửa {changed_labels(row, changes)}",
                changes=changes,
            )
        if {"role", "agent", "collector"} & set(changes):
            end_sessions(actor, row, "đổi vai trò hoặc đại lý")
    return row


def issue_password(actor: User | None, row: User) -> str:
    """A new one-time password for a locked account, inside the transaction of who may; ends its
    sessions.
    """
    issued = one_time_password()
    row.set_password(issued)
    row.must_change_password, row.one_time_until = True, _one_time_end()
    row.save(update_fields=["password", "must_change_password", "one_time_until"])
    audit.record(
        actor=actor, action="account.reset", on=row, summary="Cấp lại mật khẩu dùng một lần"
    )
    end_sessions(actor, row, "cấp lại mật khẩu")
    return issued


def take_role(actor: User, row: User, role: str) -> None:
    """Give a locked account the role that was confirmed, and let it be used; agent staff stay where
    they are.
    """
    if row.collector and row.collector.ended_on:
        raise Refused(f"{row.collector} đã nghỉ sau {row.collector.ended_on:%d/%m/%Y}.")
    administrators = _administrators_locked()
    if role != row.role:
        _refuse_leaving(row, administrators)
    nowhere = {} if may(role, Can.WORK_FOR_AN_AGENT) else {"agent": None, "collector": None}
    changes = assign(row, role=role, is_active=True, **nowhere)
    store(row)
    audit.record(
        actor=actor,
        action="account.edit",
        on=row,
        changes=changes,
        summary=f"Giao vai trò {row.get_role_display()}",
    )
    end_sessions(actor, row, "đổi vai trò")


def do_deactivate_account(*, actor: User, user: User) -> User:
    """Nobody logs in with this account from now on; what it did stays on record."""
    _require_administrator(actor)
    if user.pk == actor.pk:
        raise Refused("Không thể tự ngừng tài khoản của mình.")
    return set_active(actor, user, active=False)


def do_activate_account(*, actor: User, user: User) -> User:
    """Let the account be used again; one of a collector who has left stays as it is."""
    _require_administrator(actor)
    if user.collector and user.collector.ended_on:
        raise Refused(f"{user.collector} đã nghỉ sau {user.collector.ended_on:%d/%m/%Y}.")
    joining = AccountRequest.objects.filter(account=user, kind=AccountRequest.Kind.JOIN)
    if joining.exists() and not joining.filter(outcome=AccountRequest.Outcome.DONE).exists():
        raise Refused("Tài khoản này chưa được người thứ hai xác nhận nên chưa dùng được.")
    return set_active(actor, user, active=True)


def _one_time_end() -> datetime:
    return timezone.now() + timedelta(days=office_setting(ONE_TIME_DAYS))


def one_time_password() -> str:
    """Twelve random letters and digits in three groups: about 59 bits, easy to read out."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def set_active(actor: User, user: User, *, active: bool) -> User:
    """The same for acts that carry it along and have checked who may."""
    with transaction.atomic():
        administrators = _administrators_locked()
        row = locked(user)
        if not active:
            _refuse_last(row, administrators)
        changes = assign(row, is_active=active)
        if changes:
            row.save(update_fields=["is_active"])
            audit.record(
                actor=actor,
                action="account.activate" if active else "account.deactivate",
                on=row,
                changes=changes,
                summary="Dùng lại tài khoản" if active else "Ngừng tài khoản",
            )
            end_sessions(actor, row, "ngừng tài khoản")
    return row


def _administrators_locked() -> set[int]:
    """The administrators in use; two who stop each other at the same moment wait for each other
    here.
    """
    found = (
        User.objects.select_for_update()
        .filter(role__in=Can.KEEP_ACCOUNTS.roles, is_active=True)
        .order_by("pk")
    )
    return {one.pk for one in found}


def _refuse_last(user: User, administrators: set[int], field: str = "") -> None:
    """Somebody must be left who can make accounts and issue passwords."""
    if administrators == {user.pk}:
        raise Refused(
            "Đây là quản trị cuối cùng đang dùng; hãy tạo một quản trị khác trước.", field
        )


def _refuse_waiting(row: User, values: dict[str, object]) -> None:
    """What a second person is about to confirm stays as it was asked for."""
    joining = AccountRequest.objects.filter(account=row, kind=AccountRequest.Kind.JOIN, outcome="")
    if any(getattr(row, name) != value for name, value in values.items()) and joining.exists():
        raise Refused(
            "Tài khoản này đang chờ người thứ hai xác nhận; hãy rút yêu cầu rồi tạo lại cho đúng.",
            "role",
        )


def _refuse_leaving(row: User, administrators: set[int]) -> None:
    """What must be settled before somebody leaves the present role."""
    _refuse_last(row, administrators, "role")
    if held := open_terms_of(row, today()):
        raise Refused(
            f"{row} đang phụ trách {held} xã, thị trấn; hãy bàn giao trước khi đổi vai trò.", "role"
        )


def _require_administrator(actor: User | None) -> None:
    if actor is not None:
        require(actor, Can.KEEP_ACCOUNTS)


def _username(text: str) -> str:
    value = clean(text)
    if not _USERNAME.fullmatch(value):
        raise Refused(
            "Tên đăng nhập gồm 2–60 chữ cái không dấu, chữ số, dấu chấm, gạch; bắt đầu bằng "
            "chữ hoặc số.",
            "username",
        )
    return value


def _post(post: Post, user: User | None = None) -> dict[str, object]:
    """Role, agent and collector as stored, made to fit each other."""
    if post.role not in Role.values:
        raise Refused("Hãy chọn vai trò.", "role")
    if not may(post.role, Can.WORK_FOR_AN_AGENT):
        if post.agent or post.collector:
            raise Refused("Vai trò này thuộc cơ quan BHXH, không gắn với đại lý.", "role")
        return {"role": post.role, "agent": None, "collector": None}
    agent = post.agent or (post.collector.point.agent if post.collector else None)
    if agent is None:
        raise Refused("Nhân viên thu và phụ trách đại lý phải thuộc một đại lý.", "agent")
    if post.collector:
        _refuse_collector(post.collector, agent, user)
    return {"role": post.role, "agent": agent, "collector": post.collector}


def _refuse_collector(collector: Collector, agent: CollectionAgent, user: User | None) -> None:
    if collector.point.agent_id != agent.pk:
        raise Refused(f"{collector} không thuộc {agent}.", "collector")
    if collector.ended_on and (user is None or user.collector_id != collector.pk):
        raise Refused(f"{collector} đã nghỉ sau {collector.ended_on:%d/%m/%Y}.", "collector")
    other = User.objects.filter(collector=collector).first()
    if other and other != user:
        raise Refused(f"{collector} đã có tài khoản {other.username}.", "collector")


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "password") from error
    user.set_password(password)


def _audited(user: User) -> dict[str, object]:
    return {"role": user.role, "agent": user.agent_id, "collector": user.collector_id}
