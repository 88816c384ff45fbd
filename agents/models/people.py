"""Collectors with their cards, and the accounts that people log in with."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from agents.models.organisations import CollectionAgent, CollectionPoint
from agents.roles import Can, Role, may
from thaithuy_bhxh.terms import holding_on, holds_on


class Collector(models.Model):
    """Nhân viên thu: one person of an agent's staff, at one point."""

    code = models.CharField("mã nhân viên thu", max_length=30, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    point = models.ForeignKey(
        CollectionPoint,
        on_delete=models.PROTECT,
        related_name="collectors",
        verbose_name="điểm thu",
    )
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    hired_on = models.DateField("làm việc từ ngày", null=True, blank=True)
    ended_on = models.DateField("ngày cuối làm việc", null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.code})"

    def has_card_on(self, day: date) -> bool:
        """Whether this person may take money on this day."""
        return self.cards.valid_on(day).exists()

    def may_collect_on(self, day: date) -> bool:
        """The same from all cards at once: for cards fetched along."""
        return any(holds_on(card, day) for card in self.cards.all())


class CollectorCardQuerySet(models.QuerySet["CollectorCard"]):
    def valid_on(self, day: date) -> CollectorCardQuerySet:
        return self.filter(holding_on(day))


class CollectorCard(models.Model):
    """Thẻ nhân viên thu: without a valid one nobody takes money."""

    collector = models.ForeignKey(Collector, on_delete=models.PROTECT, related_name="cards")
    number = models.CharField("số thẻ", max_length=40, blank=True)
    valid_from = models.DateField("có giá trị từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = CollectorCardQuerySet.as_manager()

    class Meta:
        ordering = ["collector", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["collector", "valid_from"], name="collector_card_key")
        ]

    def __str__(self) -> str:
        return self.number or "chưa ghi số thẻ"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """An account. Agent staff belong to an agent; a collector's account names the collector."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    role = models.CharField("vai trò", max_length=20, choices=Role.choices)
    agent = models.ForeignKey(
        CollectionAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name="đại lý",
    )
    collector = models.OneToOneField(
        Collector,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="user",
        verbose_name="nhân viên thu",
    )
    must_change_password = models.BooleanField(default=True)
    one_time_until = models.DateTimeField(
        "mật khẩu dùng một lần hết hạn lúc", null=True, blank=True
    )
    is_active = models.BooleanField("đang dùng", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def may(self, capability: Can) -> bool:
        """Whether this person's role may do something (:mod:`agents.roles`)."""
        return may(self.role, capability)
