"""Each commune's labour force and how much of it is covered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agents.models import Commune, LabourForce
from agents.querysets import communes_on
from agents.territory import load_lineage
from reports.setting_targets.weights import Potential
from reports.tables import percent


@dataclass(frozen=True, slots=True)
class LabourLine:
    """One commune: its latest figure (``None`` = unknown) and the people active at the end of last
    month.
    """

    commune: Commune
    latest: LabourForce | None
    persons: int | None
    active: int

    @property
    def uncovered(self) -> int | None:
        return None if self.persons is None else max(0, self.persons - self.active)

    @property
    def coverage(self) -> str | None:
        return percent(self.active, self.persons)


def labour_rows(day: date) -> list[LabourLine]:
    """The communes of a day in order of code (four queries)."""
    potential = Potential(load_lineage(), day)
    latest = {
        force.commune_id: force
        for force in LabourForce.objects.filter(counted_on__lte=day).order_by("counted_on")
    }
    return [
        LabourLine(unit, latest.get(unit.pk), potential.force(unit.pk), potential.active(unit.pk))
        for unit in communes_on(day)
    ]
