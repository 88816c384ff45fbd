"""What is remembered of log-ins so that guessing stays slow: failures, places known to an account, openings."""

from __future__ import annotations

from django.db import models

from agents.models.people import User


class LogInMark(models.Model):
    """One thing that the limits of the log-in count (:mod:`agents.log_in_limits`); never a password, never a name.

    ``name_key`` is a keyed digest of the name that was typed. ``place`` is a device that the account used before,
    else the network address; ``address`` is always the latter.
    """

    class Kind(models.TextChoices):
        TRYING = "trying", "đang thử"
        WRONG = "wrong", "sai"
        ENTERED = "entered", "đã vào"
        OPENED = "opened", "mở khóa"
        CODE = "code", "mã đã dùng"

    at = models.DateTimeField("lúc", db_index=True)
    kind = models.CharField("việc", max_length=10, choices=Kind.choices)
    name_key = models.CharField(max_length=32, blank=True)
    place = models.CharField("nơi", max_length=64, blank=True)
    address = models.CharField("địa chỉ", max_length=64, blank=True)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", verbose_name="tài khoản")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["name_key", "at"], name="log_in_name"),
            models.Index(fields=["address", "at"], name="log_in_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M}"
