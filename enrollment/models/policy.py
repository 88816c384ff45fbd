"""Dated parameters of the law, as rows that an administrator keeps (docs/rules.md 4)."""

from __future__ import annotations

from django.db import models

from agents.models import User


class PolicyParameter(models.Model):
    """One value from a day to a day, with its document. ``value`` is an exact decimal as text;
    empty = not known.
    """

    class Confidence(models.TextChoices):
        HIGH = "high", "Đã đối chiếu"
        MEDIUM = "medium", "Cần xác nhận thêm"
        LOW = "low", "Cần xác nhận"
        NONE = "none", "Chưa có số liệu"

    key = models.CharField("tham số", max_length=60)
    value = models.CharField("giá trị", max_length=40, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    source = models.TextField("văn bản")
    confidence = models.CharField("độ tin cậy", max_length=6, choices=Confidence.choices)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        ordering = ["key", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="policy_parameter_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} từ {self.valid_from:%d/%m/%Y}"


class LawReading(models.Model):
    """The office's choice where the law may be read in two ways, from a day on
    (docs/rules.md 4.7).
    """

    name = models.CharField("vấn đề", max_length=40)
    choice = models.CharField("cách hiểu", max_length=40)
    valid_from = models.DateField("áp dụng từ ngày")
    source = models.CharField("căn cứ", max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "-valid_from", "-id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.choice}"
