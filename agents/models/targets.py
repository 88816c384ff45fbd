"""Yearly targets: what the office asks of the district, a commune, an agent or a collector,
decision by decision.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from agents.models.organisations import CollectionAgent
from agents.models.people import Collector, User
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


OWNER_FIELDS = ("commune", "agent", "collector")
EVEN_SEASON = (1,) * 12


def even_season() -> list[int]:
    """The same weight for each of the twelve months."""
    return list(EVEN_SEASON)


class TargetQuerySet(models.QuerySet["Target"]):
    def current(self) -> TargetQuerySet:
        """The version in force of each target; one that was withdrawn is left out."""
        same = {name: OuterRef(name) for name in ("year", "metric", "owner_kind")}
        later = Target.objects.filter(**same, revision_no__gt=OuterRef("revision_no"))
        owners = Q()
        for name in OWNER_FIELDS:
            owners &= Q(**{f"{name}_id": OuterRef(f"{name}_id")}) | (
                Q(**{f"{name}__isnull": True}) & ~Q(owner_kind=name)
            )
        return self.filter(~Exists(later.filter(owners)), value__isnull=False)


class Target(models.Model):
    """One version of a figure for one year, metric and owner; persons, or đồng for ``collected``.

    ``revision_no`` 0 is the first assignment. A version speaks for the months from
    ``effective_month`` (1–12) on; those before stay as the version before planned them. ``season``
    weighs the twelve months against each other. A version without a value withdraws the target.
    """

    year = models.PositiveSmallIntegerField("năm")
    metric = models.CharField("chỉ tiêu", max_length=10, choices=Metric.choices)
    owner_kind = models.CharField("cấp giao", max_length=10, choices=OwnerKind.choices)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="targets"
    )
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, null=True, blank=True, related_name="targets"
    )
    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="targets"
    )
    revision_no = models.PositiveSmallIntegerField("lần điều chỉnh", default=0)
    effective_month = models.PositiveSmallIntegerField("áp dụng từ tháng", default=1)
    value = models.PositiveBigIntegerField("giá trị", null=True, blank=True)
    season = models.JSONField("tỷ trọng các tháng", default=even_season)
    decision_no = models.CharField("số quyết định", max_length=60, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["year", "metric", "owner_kind", "revision_no"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "metric", "revision_no"],
                condition=Q(owner_kind="district"),
                name="target_of_district",
            ),
            *(
                models.UniqueConstraint(
                    fields=["year", "metric", name, "revision_no"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"target_of_{name}",
                )
                for name in ("commune", "agent", "collector")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.year}: {self.value}"

    @property
    def owner_id(self) -> int | None:
        """Key of the commune, agent or collector; ``None`` for the district."""
        return self.commune_id or self.agent_id or self.collector_id


class LabourForce(models.Model):
    """Người trong độ tuổi lao động chưa thuộc diện bắt buộc of a commune: the denominator that an
    office enters.
    """

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="labour_forces")
    counted_on = models.DateField("ngày thống kê")
    persons = models.PositiveIntegerField("số lao động")
    source = models.CharField("nguồn số liệu", max_length=200)

    class Meta:
        ordering = ["commune", "-counted_on"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "counted_on"], name="labour_force_key")
        ]

    def __str__(self) -> str:
        return f"{self.commune} {self.counted_on:%d/%m/%Y}: {self.persons}"
