"""How many backups an office keeps, and when the last one and the last drill were."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from agents.models import BackupRun
from agents.office_settings import Definition, define, office_setting
from thaithuy_bhxh.backup.places import Keep
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.readiness import Check
from thaithuy_bhxh.text import lower_first

_MEANING = (
    "Mỗi lần sao lưu giữ lại {} của bấy nhiêu {} gần nhất và xóa các bản khác do chính cổng tạo ra."
)
KEEP_DAILY = define(
    Definition(
        "backup_days",
        "Số ngày giữ bản sao lưu",
        _MEANING.format("bản cuối ngày", "ngày"),
        "ngày",
        14,
        1,
        400,
    )
)
KEEP_WEEKLY = define(
    Definition(
        "backup_weeks",
        "Số tuần giữ bản sao lưu",
        _MEANING.format("bản cuối tuần", "tuần"),
        "tuần",
        8,
        0,
        200,
    )
)
KEEP_MONTHLY = define(
    Definition(
        "backup_months",
        "Số tháng giữ bản sao lưu",
        _MEANING.format("bản cuối tháng", "tháng"),
        "tháng",
        12,
        0,
        200,
    )
)
BACKUP_DAYS, DRILL_DAYS = 2, 30
"""After so many days without a backup, or without a drill that went well, the pages warn."""


def copies_to_keep() -> Keep:
    """The office's rule of today."""
    return Keep(*(office_setting(key) for key in (KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY)))


@dataclass(frozen=True, slots=True)
class BackupState:
    """The latest run of a kind, and how things stand: ``code`` is empty when all is well, else
    ``never``, ``failed`` or ``overdue``.
    """

    kind: str
    run: BackupRun | None
    code: str

    @property
    def label(self) -> str:
        return f"{BackupRun.Kind(self.kind).label} gần nhất"

    @property
    def sentence(self) -> str:
        """“Sao lưu: chưa làm lần nào”."""
        return f"{BackupRun.Kind(self.kind).label}: {lower_first(self.word)}"

    @property
    def tone(self) -> str:
        return "warn" if self.code else "ok"

    @property
    def word(self) -> str:
        """What is to be said of it."""
        return _WORDS[self.code].format(most=_MOST[self.kind])


_WORDS = {
    "": "Đạt",
    "never": "Chưa làm lần nào",
    "failed": "Lần gần nhất không đạt",
    "overdue": "Đã quá {most} ngày",
}
_MOST = {BackupRun.Kind.BACKUP.value: BACKUP_DAYS, BackupRun.Kind.DRILL.value: DRILL_DAYS}


def backup_state(kind: BackupRun.Kind) -> BackupState:
    """How things stand with backups or drills (one query)."""
    run = BackupRun.objects.filter(kind=kind).order_by("-finished_at", "-id").first()
    if run is None:
        return BackupState(kind.value, None, "never")
    days = (today() - timezone.localtime(run.finished_at).date()).days
    return BackupState(
        kind.value,
        run,
        "failed" if not run.passed else "overdue" if days > _MOST[kind.value] else "",
    )


def checks() -> list[Check]:
    """What ``/readyz`` reports besides whether the portal can serve: no reason to stop."""
    return [
        Check(kind.value, lambda kind=kind: backup_state(kind).code, needed=False, seconds=60)  # type: ignore[misc]
        for kind in BackupRun.Kind
    ]
