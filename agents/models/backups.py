"""What backups and drills left behind: when, how long, how large, and whether it went well."""

from __future__ import annotations

from django.db import models


class BackupRun(models.Model):
    """A finished backup, or a drill that restored one and compared it. Append-only."""

    class Kind(models.TextChoices):
        BACKUP = "backup", "Sao lưu"
        DRILL = "drill", "Diễn tập khôi phục"

    kind = models.CharField("việc", max_length=10, choices=Kind.choices)
    finished_at = models.DateTimeField("xong lúc")
    seconds = models.PositiveIntegerField("giây")
    size = models.BigIntegerField("dung lượng", help_text="byte")
    passed = models.BooleanField("đạt")
    outcome = models.CharField("kết quả", max_length=400)
    taken_at = models.DateTimeField("bản sao của lúc")

    class Meta:
        ordering = ["-finished_at", "-id"]
        indexes = [models.Index(fields=["kind", "finished_at"], name="backup_run_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.finished_at:%d/%m/%Y}"
