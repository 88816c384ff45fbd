"""Calls to people whose payment is due, each with its result (docs/rules.md 9.3)."""

from __future__ import annotations

from django.db import models

from agents.access import scope_of
from agents.models import CollectionAgent, Collector, Commune, User
from enrollment.models.participants import Participant


class RenewalCallQuerySet(models.QuerySet["RenewalCall"]):
    def visible_to(self, user: User) -> RenewalCallQuerySet:
        """The calls of the reader's agent or communes, or all."""
        return self.filter(scope_of(user).q())


class RenewalCall(models.Model):
    """Gọi nhắc đóng tiếp: one call (or message) to one participant, with its result. Append-only.

    Commune, agent and collector are those of the day.
    """

    class Result(models.TextChoices):
        WILL_COME = "will_come", "Hẹn ngày đóng"
        NO_ANSWER = "no_answer", "Không nghe máy"
        POST_OFFICE = "post_office", "Đóng ở bưu điện"
        MESSAGE = "message", "Đã nhắn tin"
        STOPS = "stops", "Không đóng tiếp"
        WRONG_NUMBER = "wrong_number", "Số không đúng"

    key = models.UUIDField(unique=True)
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="renewal_calls"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="renewal_calls"
    )
    called_on = models.DateField("ngày gọi")
    result = models.CharField("kết quả", max_length=12, choices=Result.choices)
    promised_on = models.DateField("hẹn ngày", null=True, blank=True)
    reason = models.CharField("lý do", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = RenewalCallQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["participant", "called_on"], name="call_by_person"),
            models.Index(fields=["called_on", "agent"], name="call_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_result_display()}"
