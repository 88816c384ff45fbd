"""Today's list of a worker: whom to visit now, by hamlet and promise (docs/rules.md 9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from agents.access import lineage_for, scope_of
from agents.lineage import place_now
from agents.models import User
from enrollment.models import Holding, Prospect, VisitOutcome
from enrollment.outreach.lists import last_outcomes
from enrollment.outreach.people import Who, who
from enrollment.outreach.potentials import prospects_on, stopped_people
from enrollment.outreach.promise import PromiseReason, in_words, reasons_of, with_promise

MOST = 200
"""Households of a day: more fit on no telephone and in no day."""


@dataclass(frozen=True, slots=True)
class ToVisit:
    """One person to visit: where, why now, what is promising."""

    named: Who
    person: Any
    place: str
    hamlet: str
    why: str
    reasons: list[PromiseReason]
    last: VisitOutcome | None

    @property
    def promising(self) -> str:
        return in_words(self.reasons)

    @property
    def promise(self) -> int:
        return sum(one.points for one in self.reasons)


def round_of(user: User, day: date) -> list[ToVisit]:
    """Who is to be visited today: held by the collector or the collector's helpers (for others by
    anybody of the scope), and never met or with a next step that is due.
    """
    prospects = list(_prospects(user, day)[:MOST])
    stopped = list(_stopped(user, day)[:MOST])
    last = {**last_outcomes(prospects), **last_outcomes(stopped)}
    lineage = lineage_for(user)
    found = [
        ToVisit(
            who(one),
            one,
            place_now(lineage, one.commune_id, day),
            one.hamlet,
            _why(last.get(who(one)), day),
            reasons_of(one, day) if isinstance(one, Prospect) else [],
            last.get(who(one)),
        )
        for one in [*prospects, *stopped]
        if _is_due(last.get(who(one)), day)
    ]
    found.sort(key=lambda one: (one.place, one.hamlet, -one.promise))
    return found[:MOST]


def _mine(user: User, day: date) -> Any:
    rows = Holding.objects.in_force(day)
    if user.collector_id:
        helped = Q(collaborator__collector=user.collector_id)
        return rows.filter(Q(collector=user.collector_id) | helped)
    scope = scope_of(user)
    return rows.filter(agent=scope.agent) if scope.agent is not None else rows


def _prospects(user: User, day: date) -> Any:
    mine = _mine(user, day).filter(prospect__isnull=False).values("prospect")
    found: Any = with_promise(prospects_on(user, day).filter(pk__in=mine), day)
    return found.select_related("group").order_by("-promise", "hamlet", "sort_key", "pk")


def _stopped(user: User, day: date) -> Any:
    mine = _mine(user, day).filter(participant__isnull=False).values("participant")
    return stopped_people(user, day).filter(pk__in=mine).order_by("hamlet", "sort_key", "pk")


def _is_due(last: VisitOutcome | None, day: date) -> bool:
    return last is None or (last.next_on is not None and last.next_on <= day)


def _why(last: VisitOutcome | None, day: date) -> str:
    if last is None:
        return "chưa gặp lần nào"
    assert last.next_on is not None
    when = "hôm nay" if last.next_on == day else f"từ {last.next_on:%d/%m}"
    return f"{last.get_next_step_display().lower()} {when}"
