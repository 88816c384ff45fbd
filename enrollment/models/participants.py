"""People: who they are, where they live, whom they live with, which support group they
belong to.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from agents.models import CollectionAgent, Commune, User
from enrollment.querysets import ParticipantQuerySet
from thaithuy_bhxh.months import MonthField
from thaithuy_bhxh.terms import holding_on


class Sex(models.TextChoices):
    MALE = "male", "Nam"
    FEMALE = "female", "Nữ"


class SupportGroup(models.TextChoices):
    """Groups whose contributions the state supports at different percentages (docs/rules.md
    4.2).
    """

    POOR = "poor", "Hộ nghèo"
    NEAR_POOR = "near_poor", "Hộ cận nghèo"
    ETHNIC_MINORITY = "ethnic_minority", "Dân tộc thiểu số"
    ISLAND = "island", "Xã đảo"
    OTHER = "other", "Đối tượng khác"


class Household(models.Model):
    """People who live together; the head is one of them."""

    head = models.ForeignKey(
        "Participant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="chủ hộ",
    )

    def __str__(self) -> str:
        return f"Hộ {self.head or self.pk}"


class Participant(models.Model):
    """Người tham gia. The second half is derived from the facts and rewritten with them (see
    ``operations.derive``).
    """

    full_name = models.CharField("họ và tên", max_length=120)
    search_key = models.CharField(max_length=122)
    sort_key = models.CharField(max_length=400)
    citizen_id = models.CharField("số CCCD/CMND", max_length=12, null=True, blank=True, unique=True)
    bhxh_no = models.CharField("mã số BHXH", max_length=10, null=True, blank=True, unique=True)
    sex = models.CharField("giới tính", max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name="hộ gia đình",
    )
    household_relation = models.CharField("quan hệ với chủ hộ", max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    agent = models.ForeignKey(
        CollectionAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name="đại lý",
    )
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name="xã, thị trấn",
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    method = models.CharField("phương thức đóng", max_length=4, blank=True)
    first_active = MonthField(null=True, blank=True)
    covered_to = MonthField(null=True, blank=True)
    active_to = MonthField(null=True, blank=True)
    stopped_from = MonthField(null=True, blank=True)
    stop_reason = models.CharField(max_length=12, blank=True)
    due_on = models.DateField("hạn đóng tiếp", null=True, blank=True)
    paid_months = models.PositiveIntegerField(default=0)
    supported_months = models.PositiveIntegerField(default=0)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="participant_order"),
            models.Index(fields=["agent", "sort_key", "id"], name="participant_by_agent"),
            models.Index(fields=["commune", "sort_key", "id"], name="participant_by_commune"),
            models.Index(fields=["due_on", "sort_key"], name="participant_due"),
            models.Index(fields=["phone"], name="participant_phone"),
            models.Index(fields=["search_key", "birth_year"], name="participant_likeness"),
        ]

    def __str__(self) -> str:
        return self.full_name


class Residence(models.Model):
    """A move recorded on its own; addresses on receipts count as residences without a row here.
    Append-only.
    """

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="residences"
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="xã, thị trấn"
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    since = models.DateField("từ ngày")
    note = models.CharField("ghi chú", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.participant}: {self.commune} từ {self.since:%d/%m/%Y}"


class SupportStatusQuerySet(models.QuerySet["SupportStatus"]):
    def valid_on(self, day: date) -> SupportStatusQuerySet:
        return self.filter(holding_on(day))

    def of(self, participant: Participant) -> SupportStatusQuerySet:
        """The person's own statuses and those of the household."""
        mine = Q(participant=participant)
        return self.filter(
            mine | Q(household=participant.household_id) if participant.household_id else mine
        )


class SupportStatus(models.Model):
    """Dated membership of a support group, with its evidence, of a person or of a whole
    household.
    """

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="statuses"
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="statuses"
    )
    group = models.CharField("đối tượng", max_length=20, choices=SupportGroup.choices)
    evidence = models.CharField("giấy tờ chứng minh", max_length=200)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = SupportStatusQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.get_group_display()} ({self.evidence})"
