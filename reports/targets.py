"""The targets of a year at the level of a report's units; absent where none was set (never 0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agents.lineage import Lineage
from agents.models import Metric, OwnerKind, Target
from reports.units import AGENT, COMMUNE, DISTRICT, NETWORK, OFFICER, Units
from thaithuy_bhxh.months import Month

Figures = dict[str, int]


def targets_of(units: Units, last: Month) -> dict[str, Figures]:
    """For each unit code: metric → value (persons; đồng for ``collected``), only metrics that were set."""
    return targets_by(last, units)[0]


def targets_by(last: Month, *groupings: Units) -> list[dict[str, Figures]]:
    """The same targets under several groupings, in the order given (one query)."""
    kinds = {kind for units in groupings for kind in _OWNERS[units.by]}
    rows = list(
        Target.objects.filter(year=last.year, owner_kind__in=kinds).values_list(
            "owner_kind", "metric", "value", "commune_id", "agent_id"
        )
    )
    return [_for(units, rows, last) for units in groupings]


def _for(units: Units, rows: list[tuple[str, str, int, int, int]], last: Month) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for metric in Metric.values:
        mine = [row for row in rows if row[1] == metric and row[0] in _OWNERS[units.by]]
        for code, value in _by_unit(units, mine, last):
            figures = found.setdefault(code, {})
            figures[metric] = figures.get(metric, 0) + value
    return found


_OWNERS = {
    COMMUNE: (OwnerKind.COMMUNE,),
    OFFICER: (OwnerKind.COMMUNE,),
    DISTRICT: (OwnerKind.DISTRICT, OwnerKind.COMMUNE),
    AGENT: (OwnerKind.AGENT,),
    NETWORK: (OwnerKind.AGENT,),
}


def _by_unit(units: Units, rows: list[tuple[str, str, int, int, int]], last: Month) -> Iterable[tuple[str, int]]:
    if units.by in (AGENT, NETWORK):
        return [(code, row[2]) for row in rows if (code := units.agent_unit(row[4]))]
    district = [row[2] for row in rows if row[0] == OwnerKind.DISTRICT]
    if units.by == DISTRICT and district and units.scope.everything:
        return [(DISTRICT, district[0])]
    values = {row[3]: row[2] for row in rows if row[0] == OwnerKind.COMMUNE}
    newest = _without_superseded(values, units.lineage)
    return [(code, value) for commune, value in newest.items() if (code := units.commune_unit(commune))]


def _without_superseded(values: Mapping[int, int], lineage: Lineage) -> dict[int, int]:
    """A target set anew for the successor in the same year stands for those of its predecessors."""
    kept = dict(values)
    for commune in values:
        edge = lineage.successor.get(commune)
        while edge is not None:
            if edge.successor in values:
                kept.pop(commune, None)
            edge = lineage.successor.get(edge.successor)
    return kept
