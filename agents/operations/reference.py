"""The territory as shipped: communes of three eras, their lineage and outlines, the office's dated
names.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from agents import audit
from agents.models import BEGINNING, Commune, CommuneBoundary, CommuneSuccession, OfficeProfile
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import clean, fold

SHIPPED = Path(__file__).resolve().parent.parent / "reference"

_PROFILES = (
    (BEGINNING, "BHXH tỉnh Thái Bình", "BHXH huyện Thái Thụy"),
    (date(2025, 7, 1), "BHXH tỉnh Hưng Yên", "BHXH cơ sở Thái Thụy"),
)

_BOUNDARIES_OF = date(2025, 7, 1)
_BOUNDARIES_FROM = (
    "thanglequoc/vietnamese-provinces-database v4.2.0 (MIT), diaphanhanhchinhcapxa_2025"
)


@dataclass(frozen=True, slots=True)
class ShippedUnit:
    """A row of ``communes.csv``."""

    code: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None
    source: str

    def exists_on(self, day: date) -> bool:
        return holds_on(self, day)


@transaction.atomic
def load_territory() -> int:
    """Add what is missing of the shipped territory; rows on record stay as the office has them.
    Returns how many.
    """
    shipped = sorted(_units(), key=lambda unit: (unit.code, unit.valid_from))
    missing = _missing(shipped, _on_record())
    Commune.objects.bulk_create(_commune(unit) for unit in missing)
    added = len(missing) + _load_lineage(shipped) + _load_boundaries(shipped) + _load_profiles()
    if added:
        # The territory is one thing; its row hangs on the unit that was first on record.
        audit.record(
            actor=None,
            action="commune.load",
            on=Commune.objects.earliest("pk"),
            summary=f"Nạp danh mục xã đi kèm phần mềm: thêm {added} dòng",
        )
    return added


def _units() -> Iterator[ShippedUnit]:
    for row in _rows("communes.csv"):
        first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else BEGINNING
        last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        yield ShippedUnit(
            row["code"], clean(row["name"]), clean(row["kind"]), first, last, row["source"]
        )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _on_record() -> dict[str, list[Commune]]:
    found: dict[str, list[Commune]] = defaultdict(list)
    for commune in Commune.objects.order_by("code", "valid_from"):
        found[commune.code].append(commune)
    return found


def _by_code(shipped: Iterable[ShippedUnit]) -> dict[str, list[ShippedUnit]]:
    found: dict[str, list[ShippedUnit]] = defaultdict(list)
    for unit in shipped:
        found[unit.code].append(unit)
    return found


def _missing(shipped: list[ShippedUnit], known: dict[str, list[Commune]]) -> list[ShippedUnit]:
    """Units not on record. A code with as many units as shipped is complete: the office may have
    dated them anew.
    """
    return [
        unit
        for code, units in _by_code(shipped).items()
        if len(known[code]) < len(units)
        for unit in units
        if unit.valid_from not in {commune.valid_from for commune in known[code]}
    ]


def _commune(unit: ShippedUnit) -> Commune:
    return Commune(
        code=unit.code,
        name=unit.name,
        search_key=fold(unit.name),
        kind=unit.kind,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        source=unit.source,
    )


def _load_lineage(shipped: list[ShippedUnit]) -> int:
    """Edges between the row of the old code valid the day before and the row of the new code valid
    on the day.
    """
    row_of = _rows_of(shipped)
    known = set(CommuneSuccession.objects.values_list("predecessor_id", "successor_id"))
    edges = []
    for row in _rows("commune_lineage.csv"):
        day = date.fromisoformat(row["effective_date"])
        old = row_of[_valid(shipped, row["old_code"], day - timedelta(days=1))]
        new = row_of[_valid(shipped, row["new_code"], day)]
        if (old.pk, new.pk) not in known:
            edges.append(
                CommuneSuccession(
                    predecessor=old, successor=new, effective_on=day, source=row["source"]
                )
            )
    return len(CommuneSuccession.objects.bulk_create(edges))


def _rows_of(shipped: list[ShippedUnit]) -> dict[ShippedUnit, Commune]:
    """The row on record of each shipped unit: the same place in the order of its code, however it
    is dated there.
    """
    records = _on_record()
    return {
        unit: commune
        for code, units in _by_code(shipped).items()
        for unit, commune in zip(units, records[code], strict=False)
    }


def _load_boundaries(shipped: list[ShippedUnit]) -> int:
    """The outlines of the present communes that have none yet; one that the office replaced
    stays.
    """
    row_of, known = (
        _rows_of(shipped),
        set(CommuneBoundary.objects.values_list("commune_id", flat=True)),
    )
    text = (SHIPPED / "commune_boundaries_2025.geojson").read_text(encoding="utf-8")
    outlines = (
        CommuneBoundary(
            commune=row_of[_valid(shipped, feature["id"], _BOUNDARIES_OF)],
            coordinates=feature["geometry"]["coordinates"],
            source=_BOUNDARIES_FROM,
        )
        for feature in json.loads(text)["features"]
    )
    return len(
        CommuneBoundary.objects.bulk_create(one for one in outlines if one.commune.pk not in known)
    )


def _valid(shipped: list[ShippedUnit], code: str, day: date) -> ShippedUnit:
    return next(unit for unit in shipped if unit.code == code and unit.exists_on(day))


def _load_profiles() -> int:
    """The office's names, when it has none yet."""
    if OfficeProfile.objects.exists():
        return 0
    rows = (
        OfficeProfile(
            valid_from=day, parent_name=parent, name=name, place="Thái Thụy", chief_title="Giám đốc"
        )
        for day, parent, name in _PROFILES
    )
    return len(OfficeProfile.objects.bulk_create(rows))
