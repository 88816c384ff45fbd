"""Which support groups a person belongs to on a day, by the statuses on record."""

from __future__ import annotations

from datetime import date

from enrollment.models import Participant, SupportStatus


def groups_on(participant: Participant, day: date) -> tuple[str, ...]:
    """Codes of the groups in force for the person or the household; ``("other",)`` when there is none."""
    found = SupportStatus.objects.of(participant).valid_on(day).values_list("group", flat=True)
    return tuple(sorted(set(found))) or ("other",)


def statuses_on(participant: Participant, day: date) -> list[SupportStatus]:
    """The statuses in force for the person or the household, latest first."""
    return list(SupportStatus.objects.of(participant).valid_on(day).order_by("-valid_from", "-id"))
