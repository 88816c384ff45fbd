"""What follows people and communes through the years: hand-overs of collectors, and notes of
contacts.
"""

from __future__ import annotations

from django.db import models

from agents.models.people import Collector, User
from agents.models.territory import Commune


class CollectorHandover(models.Model):
    """Everything that a collector who leaves was following goes to one successor; the credit of the
    past stays.

    People follow the collector of their latest receipt; a hand-over leads on from that collector to
    the successor.
    """

    giver = models.OneToOneField(Collector, on_delete=models.PROTECT, related_name="handover")
    taker = models.ForeignKey(Collector, on_delete=models.PROTECT, related_name="taken_over")
    handed_on = models.DateField("ngày bàn giao")
    note = models.CharField("ghi chú", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"


class CommuneContact(models.Model):
    """A note of the officer about a contact with a commune: when, with whom, what came out, what is
    next.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", "Đến xã"
        PHONE = "phone", "Điện thoại"
        MEETING = "meeting", "Họp"
        LETTER = "letter", "Văn bản"

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="contacts")
    happened_on = models.DateField("ngày")
    kind = models.CharField("hình thức", max_length=10, choices=Kind.choices)
    with_whom = models.CharField("làm việc với", max_length=200)
    content = models.TextField("nội dung", max_length=2000)
    next_step = models.CharField("việc tiếp theo", max_length=300, blank=True)
    next_on = models.DateField("hẹn ngày", null=True, blank=True)
    done_on = models.DateField("đã làm ngày", null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contacts")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["commune", "happened_on"], name="contact_by_commune")]

    def __str__(self) -> str:
        return f"{self.commune} {self.happened_on:%d/%m/%Y}"
