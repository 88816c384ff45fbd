"""Yearly targets: what the office asks of the district, a commune, an agent or a collector."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agents.models.organisations import CollectionAgent
from agents.models.people import Collector
from agents.models.territory import Commune


class Metric(models.TextChoices):
    """What is asked; the three are never mixed."""

    ACTIVE = "active", "Đang tham gia (31/12)"
    NEW = "new", "Tăng mới trong năm"
    COLLECTED = "collected", "Tiền thu (đồng)"


class OwnerKind(models.TextChoices):
    """Of whom it is asked."""

    DISTRICT = "district", "Toàn huyện"
    COMMUNE = "commune", "Xã, thị trấn"
    AGENT = "agent", "Đại lý"
    COLLECTOR = "collector", "Nhân viên thu"


class Target(models.Model):
    """One figure for one year, metric and owner; persons, or đồng for ``collected``."""

    year = models.PositiveSmallIntegerField("năm")
    metric = models.CharField("chỉ tiêu", max_length=10, choices=Metric.choices)
    owner_kind = models.CharField("cấp giao", max_length=10, choices=OwnerKind.choices)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    collector = models.ForeignKey(Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    value = models.PositiveBigIntegerField("giá trị")
    decision_no = models.CharField("số quyết định", max_length=60, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)

    class Meta:
        ordering = ["year", "metric", "owner_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "metric"], condition=Q(owner_kind="district"), name="target_of_district"
            ),
            models.UniqueConstraint(
                fields=["year", "metric", "commune"], condition=Q(commune__isnull=False), name="target_of_commune"
            ),
            models.UniqueConstraint(
                fields=["year", "metric", "agent"], condition=Q(agent__isnull=False), name="target_of_agent"
            ),
            models.UniqueConstraint(
                fields=["year", "metric", "collector"], condition=Q(collector__isnull=False), name="target_of_collector"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.year}: {self.value}"
