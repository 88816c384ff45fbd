"""What people were called when a reader last had them in scope: later corrections are no longer the
reader's to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from agents.access import Scope
from agents.models import AuditEntry
from enrollment.models import Participant, Receipt, Residence
from enrollment.operations.corrections import CORRECT

_Fact = tuple[datetime, bool]
"""When it was recorded, and whether it lies inside the scope."""


def names_when_seen(scope: Scope, people: Mapping[int, str]) -> dict[int, str]:
    """Key → name of people who have left the scope, given their present names (three queries).

    Somebody leaves with the first receipt elsewhere, or for a scope of communes the first move,
    that was recorded after the last fact inside.
    """
    left = {pk: _left_at(facts) for pk, facts in _facts(scope, list(people)).items()}
    names = dict(people)
    corrected = AuditEntry.objects.filter(
        action=CORRECT, object_type=Participant._meta.label_lower, object_id__in=list(people)
    )
    for pk, at, changes in corrected.order_by("-at", "-id").values_list(
        "object_id", "at", "changes"
    ):
        if "full_name" in changes and pk in left and at >= left[pk]:
            names[pk] = changes["full_name"][0]
    return names


def _facts(scope: Scope, people: Sequence[int]) -> dict[int, list[_Fact]]:
    found: dict[int, list[_Fact]] = {}
    receipts = Receipt.objects.filter(participant__in=people)
    for pk, at, agent, commune in receipts.values_list(
        "participant", "recorded_at", "agent", "commune"
    ):
        found.setdefault(pk, []).append((at, scope.holds(agent=agent, commune=commune)))
    moves = (
        Residence.objects.filter(participant__in=people)
        if scope.agent is None
        else Residence.objects.none()
    )
    for pk, at, commune in moves.values_list("participant", "recorded_at", "commune"):
        found.setdefault(pk, []).append((at, scope.holds(agent=None, commune=commune)))
    return found


def _left_at(facts: Iterable[_Fact]) -> datetime:
    ordered = sorted(facts)
    last = max((at for at, inside in ordered if inside), default=ordered[0][0])
    return next((at for at, inside in ordered if not inside and at > last), last)
