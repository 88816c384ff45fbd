"""Communes of three eras and how the older ones went into the newer ones (docs/rules.md 3.1)."""

from __future__ import annotations

from datetime import date

from django.db import models

from thaithuy_bhxh.terms import holding_on

BEGINNING = date(1900, 1, 1)
"""Stands for “since always”: a unit's first day is part of its key, and a key holds no NULL."""


class CommuneQuerySet(models.QuerySet["Commune"]):
    def valid_on(self, day: date) -> CommuneQuerySet:
        """The units that exist on this day."""
        return self.filter(holding_on(day))


class Commune(models.Model):
    """A commune or town of one era. GSO codes are reused by successors: the key is code and first
    day.
    """

    code = models.CharField("mã xã", max_length=5)
    name = models.CharField("tên", max_length=80)
    search_key = models.CharField(max_length=80)
    kind = models.CharField("loại", max_length=20)
    valid_from = models.DateField("từ ngày", default=BEGINNING)
    valid_to = models.DateField("đến ngày", null=True, blank=True)
    source = models.TextField("nguồn", blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="commune_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """“xã Thái Nguyên”, “thị trấn Diêm Điền”."""
        return f"{self.kind} {self.name}"


class CommuneSuccession(models.Model):
    """The whole of ``predecessor`` went into ``successor`` on a day."""

    predecessor = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="origins")
    effective_on = models.DateField()
    source = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_key")
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class CommuneBoundary(models.Model):
    """The outline of a unit: GeoJSON ``MultiPolygon`` coordinates, longitude before latitude (WGS
    84).
    """

    commune = models.OneToOneField(
        Commune, on_delete=models.CASCADE, related_name="boundary", verbose_name="xã"
    )
    coordinates = models.JSONField("ranh giới")
    source = models.CharField("nguồn", max_length=200, blank=True)

    def __str__(self) -> str:
        return f"Ranh giới {self.commune.label}"
