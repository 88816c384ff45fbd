"""The labour force of communes: the denominators that an office enters, with their day and
source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import Commune, LabourForce, User
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.storing import assign, required, store
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import upper_first

MOST_PERSONS = 1_000_000
"""More than that lives in no commune."""


@dataclass(frozen=True, slots=True)
class LabourRow:
    """People of working age of one commune who are not insured by duty, as counted on a day;
    ``None`` takes it away.
    """

    commune: Commune
    counted_on: date
    persons: int | None
    source: str


@dataclass(slots=True)
class LabourSet:
    """How many figures were written, changed, taken away, or stand as they were."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def do_set_labour_forces(*, actor: User, rows: Iterable[LabourRow]) -> LabourSet:
    """Write the labour forces of communes, all or none; the figure of the same commune and day is
    corrected.
    """
    require(actor, Can.SET_TARGETS)
    done = LabourSet()
    with transaction.atomic():
        wanted = list(rows)
        held = _held(wanted)
        for row in wanted:
            _set(actor, row, held.get((row.commune.pk, row.counted_on)), done)
    return done


def _held(rows: list[LabourRow]) -> dict[tuple[int, date], LabourForce]:
    found = LabourForce.objects.select_for_update(of=("self",)).filter(
        commune__in=[row.commune for row in rows]
    )
    return {(one.commune_id, one.counted_on): one for one in found}


def _set(actor: User, row: LabourRow, held: LabourForce | None, done: LabourSet) -> None:
    if row.persons is None:
        done.removed += _removed(actor, row, held)
        return
    _refuse(row)
    source = required(
        row.source, "source", "Hãy ghi nguồn số liệu, như “UBND xã, báo cáo lao động 2025”."
    )
    force = held or LabourForce(commune=row.commune, counted_on=row.counted_on)
    changes = assign(force, persons=row.persons, source=source)
    if not changes:
        done.unchanged += 1
        return
    store(
        force,
        taken="Người khác vừa ghi số lao động của xã này; hãy tải lại trang.",
        field="counted_on",
    )
    done.created, done.changed = done.created + (held is None), done.changed + (held is not None)
    _record(actor, row, changes, f"{dots(row.persons)} người, nguồn: {source}")


def _removed(actor: User, row: LabourRow, held: LabourForce | None) -> bool:
    if held is None:
        return False
    _record(actor, row, {"persons": [held.persons, None]}, "bỏ số liệu")
    held.delete()
    return True


def _record(actor: User, row: LabourRow, changes: dict[str, list[object]], figures: str) -> None:
    audit.record(
        actor=actor,
        action="labour.set",
        on=row.commune,
        summary=f"Lao động ngày {row.counted_on:%d/%m/%Y}: {figures}",
        changes={**changes, "counted_on": row.counted_on},
    )


def _refuse(row: LabourRow) -> None:
    unit = row.commune
    if row.persons is not None and not 0 <= row.persons <= MOST_PERSONS:
        raise Refused(f"Số lao động của {unit.label} phải từ 0 đến 1.000.000.", "persons")
    if not holds_on(unit, row.counted_on):
        raise Refused(
            f"{upper_first(unit.label)} không có vào ngày {row.counted_on:%d/%m/%Y}.", "counted_on"
        )
