"""The targets of a year at the level of a report's units; absent where none was set (never 0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from agents.models import OwnerKind, Target
from agents.targets.in_force import Key, TargetHistory, histories_of, year_rows
from reports.counting.units import AGENT, COLLECTOR, COMMUNE, DISTRICT, NETWORK, OFFICER, Units
from reports.progress.bound import close_on
from reports.progress.pace import Progress, expected_on
from thaithuy_bhxh.months import Month

Figures = dict[str, int]
Asked = dict[str, dict[str, list[TargetHistory]]]
"""Unit code → metric → the histories that the unit answers for."""

_OWNERS = {
    COMMUNE: (OwnerKind.COMMUNE,),
    OFFICER: (OwnerKind.COMMUNE,),
    DISTRICT: (OwnerKind.DISTRICT, OwnerKind.COMMUNE),
    AGENT: (OwnerKind.AGENT,),
    NETWORK: (OwnerKind.AGENT,),
    COLLECTOR: (OwnerKind.COLLECTOR,),
}


def targets_of(units: Units, last: Month) -> dict[str, Figures]:
    """For each unit code: metric → value in force (persons; đồng for ``collected``), only metrics
    that were set.
    """
    return targets_by(last, units)[0]


def targets_by(last: Month, *groupings: Units) -> list[dict[str, Figures]]:
    """The same targets under several groupings, in the order given (one query)."""
    rows = rows_for(last, *groupings)
    return [_values(asked_of(units, rows)) for units in groupings]


def rows_for(last: Month, *groupings: Units) -> list[Target]:
    """The versions that these groupings answer for, as they stood at the end of a month (one
    query).
    """
    return in_force_by(
        last, year_rows(last.year, {kind for units in groupings for kind in _OWNERS[units.by]})
    )


def in_force_by(last: Month, rows: Iterable[Target]) -> list[Target]:
    """The versions that take effect by a month, so that a closed month keeps its figures."""
    return [row for row in rows if row.effective_month <= last.month]


def flow_progress(asked: Sequence[TargetHistory], done: int, day: date) -> Progress:
    """How far a unit is with what it is asked to bring in within the year (new people, money) on a
    day.
    """
    planned = [levels for one in asked if (levels := one.levels(lambda _: 0)) is not None]
    if not planned:
        return Progress(done, None, None)
    whole = [sum(month) for month in zip(*planned, strict=True)]
    return Progress(done, whole[-1], expected_on(whole, 0, day, day.year), close_on(day))


def _values(asked: Asked) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for code, metrics in asked.items():
        for metric, histories in metrics.items():
            values = [one.now for one in histories if one.now is not None]
            if values:
                found.setdefault(code, {})[metric] = sum(values)
    return found


def asked_of(units: Units, rows: list[Target]) -> Asked:
    """What is asked of every unit of a report, out of one year's versions."""
    found = histories_of(rows, units.lineage, units.day)
    asked: Asked = {}
    for key, history in found.items():
        if (code := _unit_of(units, key, found)) is not None:
            asked.setdefault(code, {}).setdefault(key[0], []).append(history)
    return asked


def _unit_of(units: Units, key: Key, found: Mapping[Key, TargetHistory]) -> str | None:
    """The unit that answers for a target; ``None`` when another target stands for it or it is out
    of scope.
    """
    metric, kind, owner = key
    if kind not in _OWNERS[units.by]:
        return None
    if kind == OwnerKind.AGENT and owner is not None:
        return units.agent_unit(owner)
    if kind == OwnerKind.COLLECTOR and owner is not None:
        return units.collector_unit(owner)
    if (
        units.by == DISTRICT
        and units.scope.everything
        and (metric, OwnerKind.DISTRICT, None) in found
    ):
        return DISTRICT if owner is None else None
    if owner is None or _has_heir(units, owner):
        return None
    return units.commune_unit(owner)


def _has_heir(units: Units, owner: int) -> bool:
    """Whether the commune went into one of the territory's day, which then has its target too."""
    edge = units.lineage.successor.get(owner)
    return edge is not None and edge.effective_on <= units.day
