"""Who follows a commune: the account officer and the leader in charge, with dates."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from agents.models.people import User
from agents.models.territory import Commune
from thaithuy_bhxh.terms import holding_on


class CommuneAssignmentQuerySet(models.QuerySet["CommuneAssignment"]):
    def valid_on(self, day: date) -> CommuneAssignmentQuerySet:
        return self.filter(holding_on(day))

    def officers(self) -> CommuneAssignmentQuerySet:
        return self.filter(kind=CommuneAssignment.Kind.OFFICER)


class CommuneAssignment(models.Model):
    """One person in charge of one commune from a day to a day; one of each kind at a time."""

    class Kind(models.TextChoices):
        OFFICER = "officer", "Chuyên quản thu"
        LEADER = "leader", "Lãnh đạo phụ trách"

    kind = models.CharField("vai trò", max_length=10, choices=Kind.choices)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="assignments", verbose_name="xã, thị trấn"
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="assignments", verbose_name="người phụ trách"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = CommuneAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["commune", "kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "commune", "valid_from"], name="commune_assignment_key"
            ),
            models.UniqueConstraint(
                fields=["kind", "commune"],
                condition=Q(valid_to__isnull=True),
                name="one_open_commune_assignment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.commune}: {self.user}"
