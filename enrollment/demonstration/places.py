"""Where people live: the shipped communes of three eras, their hamlets, and addresses as they are
written on a day.

A person's place is a *leaf*: one of the units of the first era. The unit of any later day follows
by the lineage.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from random import Random

from agents.lineage import Edge, Lineage, LineageUnit
from enrollment.demonstration.campaign import CommuneKey

ALWAYS = date(1900, 1, 1)
"""First day of a unit that has “always” existed, as the register stores it."""

SHIPPED = Path(__file__).resolve().parents[2] / "agents" / "reference"
TOWN = "thị trấn"
_LAST_DAY_OF_DISTRICT = date(2025, 6, 30)
_HAMLETS = (
    "Đông",
    "Đoài",
    "Nam",
    "Bắc",
    "Thượng",
    "Hạ",
    "Trung",
    "Chợ",
    "Miếu",
    "Đình",
    "Cầu",
    "Bến",
    "Vạn",
    "Muối",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or town of one era; ``id`` is its row in the shipped file."""

    id: int
    code: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None

    @property
    def key(self) -> CommuneKey:
        return self.code, self.valid_from

    @property
    def label(self) -> str:
        """“xã Thái Nguyên”."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Territory:
    """All units of the three eras with their lineage."""

    places: tuple[Place, ...]
    lineage: Lineage

    @classmethod
    def read(cls, folder: Path | None = None) -> Territory:
        """The shipped one, or from ``communes.csv`` and ``commune_lineage.csv`` of a folder."""
        folder = folder or SHIPPED
        places = tuple(
            _place(index, row) for index, row in enumerate(_rows(folder / "communes.csv"))
        )
        edges = [_edge(places, row) for row in _rows(folder / "commune_lineage.csv")]
        units = (LineageUnit(p.id, p.code, p.name, p.valid_from, p.valid_to) for p in places)
        return cls(places, Lineage.of(units, edges))

    @cached_property
    def leaves(self) -> tuple[Place, ...]:
        """The units of the first era, in order of code."""
        return tuple(place for place in self.places if place.valid_from == ALWAYS)

    @cached_property
    def final(self) -> dict[int, Place]:
        """For every unit the one that holds its history today (unit id → place)."""
        return {place.id: self._follow(place) for place in self.places}

    def _follow(self, place: Place) -> Place:
        while edge := self.lineage.successor.get(place.id):
            place = self.places[edge.successor]
        return place

    def at(self, leaf: Place, day: date) -> Place:
        """The unit of this day to which the leaf belongs."""
        found = self.lineage.at(leaf.id, day)
        if found is None:
            raise ValueError(f"{leaf.label} has no unit on {day}")
        return self.places[found]

    def address(self, leaf: Place, hamlet: str, day: date) -> str:
        """As people wrote it on that day; there is no district level since July 2025."""
        larger = (
            "huyện Thái Thụy, tỉnh Thái Bình" if day <= _LAST_DAY_OF_DISTRICT else "tỉnh Hưng Yên"
        )
        return f"{hamlet}, {self.at(leaf, day).label}, {larger}"


class Settlement:
    """Hamlets of each leaf, and how likely a new participant lives there."""

    def __init__(self, territory: Territory, rng: Random) -> None:
        self._leaves = territory.leaves
        self._hamlets = {leaf.id: _hamlets(leaf, rng) for leaf in self._leaves}
        self._size = [
            (2.6 if leaf.kind == TOWN else 1.0) * rng.uniform(0.75, 1.3) for leaf in self._leaves
        ]
        self._eagerness = [rng.uniform(0.6, 1.5) for _ in self._leaves]

    def draw(self, rng: Random, eager: bool) -> tuple[Place, str]:
        """Leaf and hamlet of one person; ``eager`` = the campaign works better in some communes
        than in others.
        """
        weights = (
            [s * e for s, e in zip(self._size, self._eagerness, strict=True)]
            if eager
            else self._size
        )
        leaf = rng.choices(self._leaves, weights)[0]
        return leaf, rng.choice(self._hamlets[leaf.id])


def _hamlets(leaf: Place, rng: Random) -> tuple[str, ...]:
    if leaf.kind == TOWN:
        return tuple(f"Tổ dân phố {number}" for number in range(1, 10))
    return tuple(f"Thôn {name}" for name in rng.sample(_HAMLETS, rng.randint(5, 8)))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _place(index: int, row: dict[str, str]) -> Place:
    first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else ALWAYS
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return Place(index, row["code"], row["name"], row["kind"], first, last)


def _edge(places: tuple[Place, ...], row: dict[str, str]) -> Edge:
    """Codes are reused: the old unit is the one that ends on the eve, the new one begins on the
    day.
    """
    day = date.fromisoformat(row["effective_date"])
    eve = day - timedelta(days=1)
    old = next(p for p in places if p.code == row["old_code"] and p.valid_to == eve)
    new = next(p for p in places if p.code == row["new_code"] and p.valid_from == day)
    return Edge(old.id, new.id, day)
