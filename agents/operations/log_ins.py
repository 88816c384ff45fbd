"""Logging in and out: what the limits count and what the audit trail says of it.

What is counted is written in small transactions of its own, before and after the password is looked
at. A database that fails raises: it never counts as a wrong password, and never as too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.log_in_limits import (
    ADDRESS,
    NAME,
    PAIR,
    Attempt,
    Kind,
    LogInRefusal,
    name_key,
    refusal_of,
)
from agents.models import LogInMark, User
from agents.origin import Origin
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import one_at_a_time


class TooMany(Refused):
    """An attempt that was not made, because there were too many before it."""

    def __init__(self, verdict: LogInRefusal, now: datetime) -> None:
        super().__init__(verdict.sentence(now))
        self.verdict = verdict


@contextmanager
def attempted(attempt: Attempt) -> Iterator[LogInMark]:
    """An attempt at a password or code, counted while it lasts; :class:`TooMany` when it may not be
    made.

    Whatever goes wrong inside, the attempt does not count: only :func:`do_note_wrong` makes it a
    failure.
    """
    mark = _begin(attempt)
    try:
        yield mark
    except BaseException:
        _forget(mark)
        raise
    LogInMark.objects.filter(pk=mark.pk, kind=Kind.TRYING).delete()


def _begin(attempt: Attempt) -> LogInMark:
    now = timezone.now()
    with transaction.atomic():
        one_at_a_time(f"log-in {attempt.name_key}")
        if verdict := refusal_of(attempt, now):
            raise TooMany(verdict, now)
        return LogInMark.objects.create(
            at=now,
            kind=Kind.TRYING,
            name_key=attempt.name_key,
            place=attempt.place,
            address=attempt.address,
        )


def _forget(mark: LogInMark) -> None:
    """As well as a database in trouble can; what stays counts for some seconds only."""
    try:
        LogInMark.objects.filter(pk=mark.pk, kind=Kind.TRYING).delete()
    except Error:
        return


def do_note_wrong(
    *, actor: User | None, mark: LogInMark, name: str, origin: Origin, what: str = "mật khẩu"
) -> None:
    """A wrong password or code: it counts, it is on record, and so is the limit that it reaches.

    ``actor`` is who was logged in already (asked for the password again), else ``None``. Of a name
    that is nobody's the record keeps two letters and a digest: people type passwords into that
    field.
    """
    account = User.objects.filter(username__iexact=name).first() if name else None
    with transaction.atomic():
        LogInMark.objects.filter(pk=mark.pk).update(kind=Kind.WRONG, account=account)
        who = (
            account.username
            if account
            else f"không có tài khoản ({name[:2]}…, {mark.name_key[:8]})"
        )
        audit.record(
            actor=actor,
            action="login.wrong",
            on=account or User,
            origin=origin,
            summary=f"Đăng nhập sai {what}: {who}",
        )
        for why in _reached(mark):
            audit.record(
                actor=actor,
                action="login.locked",
                on=account or User,
                origin=origin,
                summary=f"Tạm khóa {who}: {why}",
            )


def do_note_expired(*, actor: User | None, user: User, origin: Origin) -> None:
    """A one-time password that was right and has ended: nobody is in."""
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="login.expired",
            on=user,
            origin=origin,
            summary=f"Mật khẩu dùng một lần đã hết hạn: {user.username}",
        )


def _reached(mark: LogInMark) -> list[str]:
    """The limits that this failure reaches, in words; later ones say nothing new."""
    now, wrong = mark.at, LogInMark.objects.filter(kind=Kind.WRONG).order_by()
    of_name = wrong.filter(name_key=mark.name_key)
    found = []
    if of_name.filter(place=mark.place, at__gt=now - PAIR.window).count() == PAIR.most:
        found.append(f"sai {PAIR.most} lần tại {mark.place}")
    if of_name.filter(at__gt=now - NAME.window).count() == NAME.most:
        found.append(f"sai {NAME.most} lần từ nhiều nơi")
    here = wrong.filter(address=mark.address, at__gt=now - ADDRESS.window)
    others = here.exclude(name_key=mark.name_key).values("name_key").distinct().count()
    if others + 1 == ADDRESS.most and here.filter(name_key=mark.name_key).count() == 1:
        found.append(f"{ADDRESS.most} tên bị thử sai tại {mark.address}")
    return found


def do_enter(*, actor: User, attempt: Attempt, how: str) -> None:
    """Somebody is in: the address is one of the account's from now on. ``how`` names what was shown
    besides.
    """
    now = timezone.now()
    with transaction.atomic():
        # A button pressed twice enters twice at once; two rows for one address would break every
        # later log-in there.
        one_at_a_time(f"log-in {attempt.name_key}")
        LogInMark.objects.update_or_create(
            kind=Kind.ENTERED,
            name_key=attempt.name_key,
            address=attempt.address,
            defaults={"at": now, "account": actor, "place": ""},
        )
        audit.record(actor=actor, action="login.enter", on=actor, summary=f"Đăng nhập{how}")


def do_enter_again(*, actor: User, origin: Origin, how: str) -> None:
    """Somebody who is in showed it again. The session goes on under a new key: ``origin`` has its
    mark.
    """
    shown = "mật khẩu" if how == "password" else "lớp thứ hai"
    before = getattr(actor, "origin", origin).session
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="login.again",
            on=actor,
            origin=origin,
            summary=f"Xác nhận lại bằng {shown}",
            changes={"session": [before, origin.session]},
        )


def do_leave(*, actor: User) -> None:
    """Somebody logs out."""
    with transaction.atomic():
        audit.record(actor=actor, action="login.leave", on=actor, summary="Đăng xuất")


def do_open_account(*, actor: User, user: User) -> None:
    """Let an account be tried again at once: what failed before counts no longer, nor do other
    places for a while.
    """
    require(actor, Can.KEEP_ACCOUNTS)
    key = name_key(user.username)
    with transaction.atomic():
        LogInMark.objects.filter(Q(name_key=key) | Q(account=user), kind=Kind.WRONG).delete()
        LogInMark.objects.create(at=timezone.now(), kind=Kind.OPENED, name_key=key, account=user)
        audit.record(
            actor=actor, action="login.open", on=user, summary=f"Mở khóa đăng nhập {user.username}"
        )


def do_open_address(*, actor: User, address: str) -> None:
    """Let new names log in from an address for a while although many failed there."""
    require(actor, Can.KEEP_ACCOUNTS)
    with transaction.atomic():
        if not LogInMark.objects.filter(address=address, kind=Kind.WRONG).delete()[0]:
            raise Refused("Không có lần đăng nhập sai nào từ địa chỉ này; hãy tải lại trang.")
        LogInMark.objects.create(at=timezone.now(), kind=Kind.OPENED, address=address)
        audit.record(
            actor=actor, action="login.open", on=User, summary=f"Mở khóa đăng nhập tại {address}"
        )
