"""Which support groups a person belongs to on a day, by the statuses on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from enrollment.models import Participant, SupportStatus


def groups_on(participant: Participant, day: date) -> tuple[str, ...]:
    """Codes of the groups in force for the person or the household; ``("other",)`` when there is
    none.
    """
    found = SupportStatus.objects.of(participant).valid_on(day).values_list("group", flat=True)
    return tuple(sorted(set(found))) or ("other",)


def groups_by_person(people: Iterable[Participant], day: date) -> dict[int, tuple[str, ...]]:
    """What :func:`groups_on` says of each of these people, by id (one query)."""
    listed = list(people)
    theirs = Q(participant__in=listed) | Q(
        household__in={one.household_id for one in listed if one.household_id}
    )
    rows = list(
        SupportStatus.objects.filter(theirs)
        .valid_on(day)
        .values_list("participant", "household", "group")
    )
    found = {one.pk: {row[2] for row in rows if _concerns(row, one)} for one in listed}
    return {pk: tuple(sorted(groups)) or ("other",) for pk, groups in found.items()}


def _concerns(row: tuple[int | None, int | None, str], one: Participant) -> bool:
    return row[0] == one.pk or (row[1] is not None and row[1] == one.household_id)


def statuses_on(participant: Participant, day: date) -> list[SupportStatus]:
    """The statuses in force for the person or the household, latest first."""
    return list(SupportStatus.objects.of(participant).valid_on(day).order_by("-valid_from", "-id"))
