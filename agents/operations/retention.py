"""Keeping to the terms: what is no fact and has had its time goes, and how much went is on
record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents import audit
from agents.log_in_limits import KNOWN_FOR
from agents.models import AuditEntry, LogInMark, PortalSession, User
from agents.office_settings import office_setting
from agents.retention import Kind, kinds, register, term

MARKS = term("keep_log_in_marks", "dấu vết các lần đăng nhập sai", 90)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was done about one kind; ``days`` 0 = whatever had expired."""

    kind: str
    label: str
    act: str
    days: int
    number: int


def do_keep_to_terms(*, actor: User | None, dry_run: bool = False) -> list[Swept]:
    """Take away what is past its term, kind by kind; ``dry_run`` only counts. One audit row when
    anything went.
    """
    now = timezone.now()
    done = [_swept(kind, now, dry_run) for kind in kinds()]
    if not dry_run and (gone := {one.kind: one.number for one in done if one.number}):
        removed = ", ".join(f"{one.label.lower()} {one.number}" for one in done if one.number)
        with transaction.atomic():
            audit.record(
                actor=actor,
                action="retention.run",
                on=AuditEntry,
                changes=gone,
                summary=f"Dọn dữ liệu hết hạn: {removed}",
            )
    return done


def _swept(kind: Kind, now: datetime, dry_run: bool) -> Swept:
    days = office_setting(kind.term) if kind.term else 0
    with transaction.atomic():
        number = kind.sweep(now - timedelta(days=days), dry_run)
    return Swept(kind.name, kind.label, kind.act, days, number)


def _sessions(before: datetime, dry_run: bool) -> int:
    """What Django's clearsessions does."""
    ended = PortalSession.objects.filter(expire_date__lt=before)
    return ended.count() if dry_run else ended.delete()[0]


def _marks(before: datetime, dry_run: bool) -> int:
    """Failures and openings at the office's term; where an account is at home only when it counts
    no longer.
    """
    at_home = Q(kind=LogInMark.Kind.ENTERED)
    old = LogInMark.objects.filter(
        (at_home & Q(at__lt=timezone.now() - KNOWN_FOR)) | (~at_home & Q(at__lt=before))
    )
    return old.count() if dry_run else old.delete()[0]


def _counters(before: datetime, dry_run: bool) -> int:
    """The cache throws out what has expired only when it is full."""
    cache: Any = caches["default"]
    return int(cache.expired(before, remove=not dry_run))


register(Kind("sessions", "Phiên làm việc đã hết hạn", "xóa", "", _sessions))
register(Kind("log_in_marks", "Dấu vết đăng nhập", "xóa", MARKS, _marks))
register(Kind("counters", "Bộ đếm giới hạn đã hết hạn", "xóa", "", _counters))
