"""Derived from the facts, one person at a time: spans of activity and movements between months.

Only ``operations.derive`` writes these rows; ``check_figures`` proves them against the receipts.
Their communes, agents and collectors are copied from receipts and residences, which the database
checks: checking the copies once more would cost a list of 30,000 receipts seconds.
"""

from __future__ import annotations

from django.db import models

from agents.models import CollectionAgent, Collector, Commune
from enrollment.models.participants import Participant
from thaithuy_bhxh.months import MonthField


class Rule(models.TextChoices):
    """How long a payment keeps a person active (docs/rules.md 5.1)."""

    GRACE = "grace", "Gồm thời gian trong hạn đóng tiếp"
    STRICT = "strict", "Chỉ các tháng đã đóng"


class ActivitySpan(models.Model):
    """Months ``start..end``, both included, active without a break in one commune and with one
    collector of an agent.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="spans")
    rule = models.CharField(max_length=6, choices=Rule.choices)
    start = MonthField()
    end = MonthField()
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    collector = models.ForeignKey(
        Collector,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["rule", "end", "start", "commune", "agent", "collector"],
                name="span_by_month",
            ),
            # One agent's months without the rest of the district: its staff's first screen.
            models.Index(
                fields=["agent", "rule", "end", "start", "collector"], name="span_by_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.rule} {self.start}..{self.end}"


class Movement(models.Model):
    """What happened to a person from the month before to ``month``; the flags say under which
    rules.
    """

    class Kind(models.TextChoices):
        NEW = "new", "Tăng mới"
        RETURNED = "returned", "Đóng lại"
        MOVED = "moved", "Chuyển đến, chuyển đi"
        DECREASED = "decreased", "Giảm"
        RENEWED = "renewed", "Tái tục"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="movements")
    month = MonthField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reason = models.CharField(max_length=12, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    collector = models.ForeignKey(
        Collector,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    from_commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    from_agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    grace = models.BooleanField()
    strict = models.BooleanField()

    class Meta:
        # Both hold all that a count of persons asks for, so that it reads no row.
        indexes = [
            models.Index(
                fields=[
                    "month", "kind", "grace", "strict", "reason", "commune", "agent",
                    "from_commune", "from_agent",
                ],
                name="movement_by_month",
            ),
            models.Index(
                fields=["month", "grace", "strict", "commune", "agent", "collector"],
                name="movement_new",
                condition=models.Q(kind="new"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.participant_id} {self.month} {self.kind}"
