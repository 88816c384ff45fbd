"""Collaborators: who helps a collector in a hamlet, often its head; without account and without
money (docs/rules.md 2.2).
"""

from __future__ import annotations

from datetime import date

from django.db import models

from agents.models.organisations import CollectionAgent
from agents.models.people import Collector, User
from agents.models.territory import Commune
from thaithuy_bhxh.terms import holding_on


class CollaboratorQuerySet(models.QuerySet["Collaborator"]):
    def valid_on(self, day: date) -> CollaboratorQuerySet:
        return self.filter(holding_on(day))


class Collaborator(models.Model):
    """Cộng tác viên of an agent in one hamlet, from a day to a day; works beside one collector."""

    agent = models.ForeignKey(
        CollectionAgent,
        on_delete=models.PROTECT,
        related_name="collaborators",
        verbose_name="đại lý",
    )
    collector = models.ForeignKey(
        Collector,
        on_delete=models.PROTECT,
        related_name="collaborators",
        verbose_name="nhân viên thu đi cùng",
    )
    full_name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="xã, thị trấn"
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200)
    is_hamlet_head = models.BooleanField("là trưởng thôn", default=False)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CollaboratorQuerySet.as_manager()

    class Meta:
        ordering = ["agent", "hamlet", "full_name", "id"]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.hamlet})"
