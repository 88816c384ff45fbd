"""Stops with their reason, and withdrawals of stops. Append-only by database trigger."""

from __future__ import annotations

from django.db import models

from agents.models import User
from enrollment.models.participants import Participant
from thaithuy_bhxh.months import MonthField


class StopReason(models.TextChoices):
    """Why participation ends (lý do giảm)."""

    NOT_RENEWED = "not_renewed", "Không đóng tiếp"
    COMPULSORY = "compulsory", "Chuyển BHXH bắt buộc"
    RETIRED = "retired", "Hưởng lương hưu"
    ONE_OFF = "one_off", "Hưởng BHXH một lần"
    DEATH = "death", "Chết"
    LEFT_AREA = "left_area", "Chuyển địa bàn"
    ERROR = "error", "Đóng nhầm, trùng"


class Stop(models.Model):
    """Dừng đóng: ``month`` is the first month without participation."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="stops")
    month = MonthField("dừng từ tháng")
    reason = models.CharField("lý do", max_length=12, choices=StopReason.choices)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["participant", "month"], name="stop_by_person")]

    def __str__(self) -> str:
        return f"{self.participant}: dừng từ {self.month.vi}"


class StopWithdrawal(models.Model):
    """Rút lại việc dừng đóng, from its month on."""

    stop = models.OneToOneField(Stop, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_on = models.DateField("ngày rút lại")
    withdrawn_month = MonthField()
    reason = models.CharField("lý do", max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Rút lại {self.stop}"
