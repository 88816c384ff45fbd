"""How people judge an agent's service: ratings, complaints with their answers, and where a
participant came from.
"""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from agents.models import CollectionAgent, Collector, User
from enrollment.models.outreach import Conference, HouseholdVisit
from enrollment.models.participants import Participant
from enrollment.models.receipts import Receipt
from enrollment.models.renewals import RenewalCall


class Source(models.TextChoices):
    """What brought a new participant in; one per person."""

    VISIT = "visit", "Vận động tại hộ"
    CONFERENCE = "conference", "Hội nghị tuyên truyền"
    WALK_IN = "walk_in", "Tự đến"
    RENEWAL_CALL = "renewal_call", "Gọi nhắc đóng tiếp"


class Acquisition(models.Model):
    """Nguồn tiếp cận of one participant, with the very visit, conference or call where it is known.
    Who is credited follows from the receipt, never from this row.
    """

    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, related_name="acquisition"
    )
    source = models.CharField("biết đến qua", max_length=12, choices=Source.choices)
    visit = models.ForeignKey(
        HouseholdVisit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    conference = models.ForeignKey(
        Conference, on_delete=models.PROTECT, null=True, blank=True, related_name="joined"
    )
    call = models.ForeignKey(
        RenewalCall, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_source_display()}"


class ServiceRatingQuerySet(models.QuerySet["ServiceRating"]):
    def counting(self, before: datetime | None = None) -> ServiceRatingQuerySet:
        """Of each receipt the latest rating that is not doubted, as known before a moment."""
        certain = ServiceRating.objects.filter(doubt="", receipt=OuterRef("receipt"))
        mine = self.filter(doubt="")
        if before:
            certain, mine = certain.filter(rated_at__lt=before), mine.filter(rated_at__lt=before)
        later = Q(rated_at__gt=OuterRef("rated_at")) | Q(
            rated_at=OuterRef("rated_at"), pk__gt=OuterRef("pk")
        )
        return mine.filter(~Exists(certain.filter(later)))


class ServiceRating(models.Model):
    """A payer's judgement of the service, given without log-in; a later one replaces it.
    Append-only.
    """

    class Doubt(models.TextChoices):
        """Why a rating may be the agent's own and is not counted."""

        SOON = "soon", "gửi ngay sau khi ghi biên lai"
        ADDRESS = "address", "gửi từ địa chỉ mạng của đại lý"

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="ratings")
    doubt = models.CharField("không tính vì", max_length=8, choices=Doubt.choices, blank=True)
    score = models.PositiveSmallIntegerField(
        "điểm", validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.CharField("ý kiến", max_length=500, blank=True)
    rated_at = models.DateTimeField()

    objects = ServiceRatingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.receipt}: {self.score}/5"


class Complaint(models.Model):
    """Phản ánh about an agent's service, with the day by which it must be answered."""

    class Channel(models.TextChoices):
        ONLINE = "online", "Trang đánh giá"
        PHONE = "phone", "Điện thoại"
        IN_PERSON = "in_person", "Trực tiếp"
        LETTER = "letter", "Đơn thư"

    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, related_name="complaints")
    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    received_on = models.DateField("ngày nhận")
    channel = models.CharField("kênh", max_length=10, choices=Channel.choices)
    content = models.TextField("nội dung", max_length=2000)
    due_on = models.DateField("hạn trả lời")
    answer = models.TextField("trả lời", max_length=2000, blank=True)
    answered_on = models.DateField("ngày trả lời", null=True, blank=True)
    upheld = models.BooleanField("phản ánh đúng", null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_on", "-id"]

    def __str__(self) -> str:
        return f"Phản ánh {self.received_on:%d/%m/%Y} về {self.agent}"
