"""Receipts and their voids: the money facts. Append-only by database trigger."""

from __future__ import annotations

from django.db import models

from agents.models import CollectionAgent, Collector, Commune, User
from enrollment.law.methods import METHODS, is_closed
from enrollment.models.imports import ImportBatch
from enrollment.models.participants import Participant, SupportGroup
from enrollment.querysets import ReceiptQuerySet
from thaithuy_bhxh.months import MonthField


class PaymentMethod(models.TextChoices):
    """Phương thức đóng."""

    MONTHLY = "1", "Hằng tháng"
    QUARTERLY = "3", "3 tháng một lần"
    HALF_YEARLY = "6", "6 tháng một lần"
    YEARLY = "12", "12 tháng một lần"
    ADVANCE = "ADV", "Nhiều năm về sau"
    MISSING = "MISS", "Những năm còn thiếu"


class Receipt(models.Model):
    """Biên lai: money taken for one participant and the months it pays. Amounts in đồng.

    Always ``gross = participant_amount + state_support + local_support + other_support`` (columns 8
    = 9+11+13+15 of D05-TS). Commune, agent and collector are those of the receipt's own day.
    ``submission_key`` and ``draft_no`` name the form that became this receipt and is gone, for
    people who come back to it.
    """

    number = models.CharField("số biên lai", max_length=40, unique=True)
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        related_name="receipts",
        verbose_name="người tham gia",
    )
    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, related_name="receipts", verbose_name="nhân viên thu"
    )
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, related_name="receipts", verbose_name="đại lý"
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="receipts", verbose_name="xã, thị trấn"
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    received_on = models.DateField("ngày biên lai")
    received_month = MonthField()
    from_month = MonthField("đóng từ tháng")
    to_month = MonthField("đến tháng")
    months = models.PositiveSmallIntegerField("số tháng đóng")
    method = models.CharField("phương thức đóng", max_length=4, choices=PaymentMethod.choices)
    chosen_income = models.PositiveBigIntegerField("mức thu nhập chọn đóng")
    group = models.CharField("đối tượng", max_length=20, choices=SupportGroup.choices)
    gross = models.PositiveBigIntegerField("số tiền phải đóng")
    participant_amount = models.PositiveBigIntegerField("người tham gia đóng")
    state_support = models.PositiveBigIntegerField("NSNN hỗ trợ")
    local_support = models.PositiveBigIntegerField("NSĐP hỗ trợ", default=0)
    other_support = models.PositiveBigIntegerField("hỗ trợ khác", default=0)
    supported_months = models.PositiveSmallIntegerField("số tháng được hỗ trợ", default=0)
    last_day = models.DateField("hạn nộp của kỳ")
    grace_months = models.PositiveSmallIntegerField("số tháng trong hạn đóng tiếp")
    readings = models.JSONField("cách hiểu luật đã dùng", default=dict)
    amounts_trusted = models.BooleanField("số tiền lấy theo bảng kê", default=False)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    submission_key = models.UUIDField(null=True, blank=True, unique=True)
    draft_no = models.BigIntegerField("số bản nháp", null=True, blank=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        indexes = [
            # With all that the sums of a month ask for, so that they read no receipt.
            models.Index(
                fields=[
                    "received_month",
                    "commune",
                    "agent",
                    "collector",
                    "participant_amount",
                    "gross",
                    "state_support",
                ],
                name="receipt_by_month",
            ),
            models.Index(fields=["participant", "received_on"], name="receipt_by_person"),
            models.Index(fields=["agent", "received_on"], name="receipt_by_agent"),
            models.Index(
                fields=["agent", "received_month", "collector", "participant_amount"],
                name="receipt_credit",
            ),
            models.Index(
                fields=["draft_no"],
                name="receipt_by_draft",
                condition=models.Q(draft_no__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    gross=models.F("participant_amount")
                    + models.F("state_support")
                    + models.F("local_support")
                    + models.F("other_support")
                ),
                name="receipt_amounts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_back_payment(self) -> bool:
        """Whether it paid, with interest, a period that lay wholly before its month (đóng bù)."""
        return is_closed(METHODS[self.method], self.from_month, self.received_on)

    @property
    def is_voided(self) -> bool:
        """Whether a void exists (use ``select_related("void")``)."""
        return hasattr(self, "void")


class ReceiptVoid(models.Model):
    """Hủy biên lai: from its day on the receipt no longer counts; months before it never move."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="void")
    voided_on = models.DateField("ngày hủy")
    voided_month = MonthField()
    reason = models.CharField("lý do hủy", max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["voided_month"], name="void_by_month")]

    def __str__(self) -> str:
        return f"Hủy {self.receipt}"


class ReceiptCounter(models.Model):
    """Last number that the portal gave in one agent's series of one year."""

    series = models.CharField(max_length=30, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}-{self.last}"
