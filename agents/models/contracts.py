"""Contracts with agents: number, term and the territory that they cover."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from agents.models.organisations import CollectionAgent
from agents.models.territory import Commune


class AgentContractQuerySet(models.QuerySet["AgentContract"]):
    def valid_on(self, day: date) -> AgentContractQuerySet:
        return self.filter(valid_from__lte=day).filter(
            Q(ended_on__isnull=True, valid_to__gte=day) | Q(ended_on__gte=day)
        )


class AgentContract(models.Model):
    """Hợp đồng ủy quyền thu with an agent, from a day to a day; ``ended_on`` is an end before the
    term's own.
    """

    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField("số hợp đồng", max_length=60)
    signed_on = models.DateField("ngày ký")
    valid_from = models.DateField("hiệu lực từ ngày")
    valid_to = models.DateField("đến hết ngày")
    communes: models.ManyToManyField[Commune, models.Model] = models.ManyToManyField(
        Commune, related_name="contracts", verbose_name="địa bàn", blank=True
    )
    ended_on = models.DateField("chấm dứt sau ngày", null=True, blank=True)
    end_reason = models.CharField("lý do chấm dứt", max_length=300, blank=True)

    objects = AgentContractQuerySet.as_manager()

    class Meta:
        ordering = ["agent", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="agent_contract_key")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> date:
        """The last day on which the contract binds."""
        return self.ended_on or self.valid_to
