"""What is remembered of log-ins, so that guessing stays slow and everybody can see where the own
account is open.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from agents.models.people import Role, User
from thaithuy_bhxh.states import LifeCycle


class LogInMark(models.Model):
    """One thing that the limits of the log-in count (:mod:`agents.log_in_limits`); never a
    password, never a name.

    ``name_key`` is a keyed digest of the name that was typed. ``place`` is a device that the
    account used before, else the network address; ``address`` is always the latter.
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
    account = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="+", verbose_name="tài khoản"
    )

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["name_key", "at"], name="log_in_name"),
            models.Index(fields=["address", "at"], name="log_in_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M}"


class PortalSession(AbstractBaseSession):
    """A session with what its owner has to recognise it by; nobody is shown its key, :attr:`mark`
    stands for it.
    """

    mark = models.CharField(max_length=16, db_index=True, editable=False)
    account = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="sessions", verbose_name="tài khoản"
    )
    began_at = models.DateTimeField("đăng nhập lúc")
    seen_at = models.DateTimeField("dùng lần cuối")
    address = models.CharField("địa chỉ", max_length=45, blank=True)
    device = models.CharField("máy", max_length=120, blank=True)
    is_own = models.BooleanField("máy riêng", default=False)

    objects: ClassVar[BaseSessionManager[PortalSession]] = BaseSessionManager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-seen_at"]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from agents.sessions import SessionStore

        return SessionStore


class AccountRequest(models.Model):
    """Something that gives away an account or a right in the office: asked for by one person,
    decided by another.
    """

    class Kind(models.TextChoices):
        RESET = "reset", "Cấp lại mật khẩu"
        FACTOR = "factor", "Đặt lại xác thực hai lớp"
        ROLE = "role", "Giao vai trò"
        JOIN = "join", "Tài khoản mới"

    class Outcome(models.TextChoices):
        WAITING = "", "chờ xác nhận"
        DONE = "done", "đã làm"
        REFUSED = "refused", "không làm"

    LIFE = LifeCycle(
        begins=(Outcome.WAITING,),
        follows={
            Outcome.WAITING: (Outcome.DONE, Outcome.REFUSED),
            Outcome.DONE: (),
            Outcome.REFUSED: (),
        },
    )

    kind = models.CharField("việc", max_length=10, choices=Kind.choices)
    account = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="requests", verbose_name="tài khoản"
    )
    role = models.CharField("vai trò mới", max_length=20, choices=Role.choices, blank=True)
    reason = models.CharField("lý do", max_length=200, blank=True)
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="người yêu cầu"
    )
    asked_at = models.DateTimeField("yêu cầu lúc")
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người xác nhận",
    )
    decided_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    known_at = models.DateTimeField("chủ tài khoản đã biết lúc", null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(outcome=""),
                name="one_waiting_request",
            )
        ]

    def __str__(self) -> str:
        role = f" {self.get_role_display()}" if self.role else ""
        return f"{self.get_kind_display()}{role}: {self.account.username}"
