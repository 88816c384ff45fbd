"""How many backups an office keeps, and when the last one and the last drill were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agents.models import BackupRun
from agents.office_settings import Definition, define, office_setting
from thaithuy_bhxh.backup.places import Keep
from thaithuy_bhxh.clock import today

_MEANING = "Lệnh backup vào một thư mục giữ lại {} của bấy nhiêu {} gần nhất và xóa các bản khác do chính nó tạo ra."
KEEP_DAILY = define(
    Definition("backup_days", "Số ngày giữ bản sao lưu", _MEANING.format("bản cuối ngày", "ngày"), "ngày", 14, 1, 400)
)
KEEP_WEEKLY = define(
    Definition("backup_weeks", "Số tuần giữ bản sao lưu", _MEANING.format("bản cuối tuần", "tuần"), "tuần", 8, 0, 200)
)
KEEP_MONTHLY = define(
    Definition(
        "backup_months", "Số tháng giữ bản sao lưu", _MEANING.format("bản cuối tháng", "tháng"), "tháng", 12, 0, 200
    )
)
BACKUP_DAYS, DRILL_DAYS = 2, 30
"""After so many days without a backup, or without a drill that went well, people are told."""


def copies_to_keep() -> Keep:
    """The office's rule of today."""
    return Keep(*(office_setting(key) for key in (KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY)))


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest run of a kind, and what is to be said of it."""

    run: BackupRun | None
    day: date | None
    code: str
    """Empty when all is well; else ``never``, ``failed`` or ``overdue``."""


def standing_of(kind: BackupRun.Kind) -> Standing:
    """How things stand with backups or drills (one query)."""
    run = BackupRun.objects.filter(kind=kind).order_by("-finished_at", "-id").first()
    if run is None:
        return Standing(None, None, "never")
    day = timezone.localtime(run.finished_at).date()
    most = BACKUP_DAYS if kind == BackupRun.Kind.BACKUP else DRILL_DAYS
    code = "failed" if not run.passed else "overdue" if (today() - day).days > most else ""
    return Standing(run, day, code)
