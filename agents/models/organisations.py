"""Collection agents of the two networks, their service points and the communes that these serve."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from agents.models.territory import Commune


class Network(models.TextChoices):
    """Hệ thống đại lý thu."""

    POST_OFFICE = "post_office", "Bưu điện"
    COMMUNE_COMMITTEE = "commune_committee", "UBND xã, thị trấn"


class OpenQuerySet(models.QuerySet[Any]):
    """Rows with ``opened_on`` and ``closed_on``."""

    def open_on(self, day: date) -> OpenQuerySet:
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day), opened_on__lte=day)


class CollectionAgent(models.Model):
    """Đại lý thu (tổ chức dịch vụ thu): an organisation that collects on the office's behalf."""

    code = models.CharField("mã đại lý", max_length=20, unique=True)
    name = models.CharField("tên đại lý", max_length=120)
    network = models.CharField("hệ thống", max_length=20, choices=Network.choices)
    opened_on = models.DateField("hoạt động từ ngày")
    closed_on = models.DateField("ngày cuối hoạt động", null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CollectionPoint(models.Model):
    """Điểm thu of an agent."""

    code = models.CharField("mã điểm thu", max_length=30, unique=True)
    name = models.CharField("tên điểm thu", max_length=120)
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, related_name="points", verbose_name="đại lý"
    )
    opened_on = models.DateField("hoạt động từ ngày")
    closed_on = models.DateField("ngày cuối hoạt động", null=True, blank=True)
    communes: models.ManyToManyField[Commune, PointCommune] = models.ManyToManyField(
        Commune, through="PointCommune", related_name="points", verbose_name="xã phục vụ"
    )

    objects = OpenQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PointCommune(models.Model):
    """A commune that a point serves."""

    point = models.ForeignKey(CollectionPoint, on_delete=models.CASCADE)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "commune"], name="point_commune_key")
        ]

    def __str__(self) -> str:
        return f"{self.point} – {self.commune}"
