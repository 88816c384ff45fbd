"""The people of the tests: two communes, two agents, and one account per role on either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agents.models import (
    CollectionAgent,
    Collector,
    Commune,
    CommuneAssignment,
    PointCommune,
    Role,
    User,
)
from tests import builders

ERA_C = date(2025, 7, 1)


@dataclass(frozen=True)
class Cast:
    """``*_a`` belong to commune and agent A, ``*_b`` to commune and agent B."""

    commune_a: Commune
    commune_b: Commune
    agent_a: CollectionAgent
    agent_b: CollectionAgent
    collector_a: Collector
    collector_b: Collector
    manager: User
    administrator: User
    auditor: User
    officer_a: User
    officer_b: User
    lead_a: User
    lead_b: User
    staff_a: User
    staff_b: User

    def by_role(self, role: str) -> User:
        """The account of a role on side A."""
        return {
            "manager": self.manager,
            "administrator": self.administrator,
            "auditor": self.auditor,
            "officer": self.officer_a,
            "lead": self.lead_a,
            "collector": self.staff_a,
        }[role]


def gather() -> Cast:
    """Put the cast on stage: the present communes Thái Ninh (A) and Thụy Anh (B), the post office
    and a committee.
    """
    commune_a = Commune.objects.get(code="12922", valid_from=ERA_C)
    commune_b = Commune.objects.get(code="12865", valid_from=ERA_C)
    agent_a = builders.agent("BD001", "post_office")
    agent_b = builders.agent("XA12865", "commune_committee")
    collector_a, collector_b = builders.collector(agent_a), builders.collector(agent_b)
    PointCommune.objects.create(point=collector_a.point, commune=commune_a)
    PointCommune.objects.create(point=collector_b.point, commune=commune_b)
    officer_a, officer_b = (
        builders.user("chuyenquan_a", Role.OFFICER),
        builders.user("chuyenquan_b", Role.OFFICER),
    )
    for officer, commune in ((officer_a, commune_a), (officer_b, commune_b)):
        CommuneAssignment.objects.create(
            kind="officer", commune=commune, user=officer, valid_from=ERA_C
        )
    return Cast(
        commune_a=commune_a,
        commune_b=commune_b,
        agent_a=agent_a,
        agent_b=agent_b,
        collector_a=collector_a,
        collector_b=collector_b,
        manager=builders.user("lanhdao", Role.MANAGER),
        administrator=builders.user("quantri", Role.ADMINISTRATOR),
        auditor=builders.user("thanhtra", Role.AUDITOR),
        officer_a=officer_a,
        officer_b=officer_b,
        lead_a=builders.user("phutrach_a", Role.LEAD, agent=agent_a),
        lead_b=builders.user("phutrach_b", Role.LEAD, agent=agent_b),
        staff_a=builders.user("nhanvien_a", Role.COLLECTOR, agent=agent_a, collector=collector_a),
        staff_b=builders.user("nhanvien_b", Role.COLLECTOR, agent=agent_b, collector=collector_b),
    )
