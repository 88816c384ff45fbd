"""Folding units through time: which present unit holds the history of which older ones. Pure
arithmetic.

Every edge of the lineage is whole (docs/rules.md 3.2), so that a fold is exact and the way back is
not possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import fold


@dataclass(frozen=True, slots=True)
class LineageUnit:
    """A commune of one era; ``valid_to`` is ``None`` while it exists."""

    id: int
    code: str
    name: str
    valid_from: date
    valid_to: date | None

    def exists_on(self, day: date) -> bool:
        return holds_on(self, day)


@dataclass(frozen=True, slots=True)
class Edge:
    """The whole of unit ``predecessor`` went into unit ``successor`` on a day (ids)."""

    predecessor: int
    successor: int
    effective_on: date


@dataclass(frozen=True)
class Lineage:
    """All units and the edges between them."""

    units: Mapping[int, LineageUnit]
    successor: Mapping[int, Edge]

    @classmethod
    def of(cls, units: Iterable[LineageUnit], edges: Iterable[Edge]) -> Lineage:
        return cls({unit.id: unit for unit in units}, {edge.predecessor: edge for edge in edges})

    def existing(self, day: date) -> list[LineageUnit]:
        """The units of this day in order of code."""
        found = (unit for unit in self.units.values() if unit.exists_on(day))
        return sorted(found, key=lambda unit: unit.code)

    def at(self, unit_id: int, day: date) -> int | None:
        """The unit that holds this unit's history on ``day``; ``None`` when it did not exist yet
        and has no heir.
        """
        current = unit_id
        while not self.units[current].exists_on(day):
            edge = self.successor.get(current)
            if edge is None or edge.effective_on > day:
                return None
            current = edge.successor
        return current

    def in_place_of(self, unit_id: int, day: date) -> list[int]:
        """The units of ``day`` that stand for this one: itself or its heir, or what later went into
        it.
        """
        here = self.at(unit_id, day)
        if here is not None:
            return [here]
        born = self.units[unit_id].valid_from
        return [unit.id for unit in self.existing(day) if self.at(unit.id, born) == unit_id]

    def fold(self, day: date) -> dict[int, int]:
        """For every unit that can be named on ``day``: the unit of that day which holds its
        history.
        """
        folded = {unit_id: self.at(unit_id, day) for unit_id in self.units}
        return {unit_id: target for unit_id, target in folded.items() if target is not None}

    def members(self, unit_ids: Iterable[int], day: date) -> set[int]:
        """All units, of any era, whose history the given units of ``day`` hold (themselves too)."""
        wanted = set(unit_ids)
        return {unit_id for unit_id, target in self.fold(day).items() if target in wanted}


def place_now(lineage: Lineage, commune: int | None, day: date) -> str:
    """The name of the unit that a place belongs to on a day, and its former name in brackets:
    “Thái Thụy (Diêm Điền cũ)”. Empty for no place; the old name alone where there is no heir.
    """
    if commune is None or commune not in lineage.units:
        return ""
    old, here = lineage.units[commune].name, lineage.at(commune, day)
    new = lineage.units[here].name if here is not None else old
    return old if fold(old) == fold(new) else f"{new} ({old} cũ)"
