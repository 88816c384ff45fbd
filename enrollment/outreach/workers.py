"""Who may go along and to whom people may be given, in a reader's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from agents.access import lineage_for, scope_of, served_by
from agents.lineage import LineageUnit
from agents.models import Collaborator, Collector, CommuneAssignment, User
from agents.roles import Can
from enrollment.outreach.household import VisitedHome
from enrollment.outreach.operations.sharing import Worker
from thaithuy_bhxh.text import place_key


def collaborators_for(user: User, day: date) -> QuerySet[Collaborator]:
    """Those of the own agent, of the own communes, or all."""
    found = Collaborator.objects.valid_on(day).filter(scope_of(user).q())
    return found.select_related("agent")


def collectors_for(user: User, day: date) -> QuerySet[Collector]:
    """Working collectors of the own agent, of points that serve the own communes, or all."""
    scope = scope_of(user)
    found = Collector.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))
    if scope.agent is not None:
        return found.filter(point__agent=scope.agent)
    if scope.everything:
        return found
    return found.filter(point__communes__in=scope.communes).distinct()


def companions_of(user: User, home: VisitedHome, day: date) -> dict[str, Any]:
    """Field of the visit's form → whom it offers: a collector's own helpers, and who follows the
    commune; for the office the collectors besides.
    """
    terms = CommuneAssignment.objects.valid_on(day).filter(commune=home.commune)
    found: dict[str, Any] = {
        "collaborator": collaborators_for(user, day),
        "leader": User.objects.filter(pk__in=terms.values("user")).exclude(pk=user.pk),
    }
    return found if user.collector_id else {**found, "collector": collectors_for(user, day)}


def communes_of(user: User, day: date) -> list[LineageUnit]:
    """Today's communes of the reader: served by the agent, followed, or all; by name."""
    scope = scope_of(user)
    found = sorted(lineage_for(user).existing(day), key=lambda one: place_key(one.name))
    if scope.everything:
        return found
    inside = served_by(user) if scope.agent is not None else scope.communes
    return [one for one in found if one.id in inside]


def communes_folded(user: User, commune: int, day: date) -> set[int]:
    """A commune of today (by key) with those that went into it."""
    return lineage_for(user).members([commune], day)


def workers_for(user: User, day: date) -> dict[str, Worker]:
    """To whom the reader may give people, by ``c`` (collector) or ``v`` (collaborator) and key."""
    if not user.may(Can.SHARE_PROSPECTS):
        return {}
    collectors = collectors_for(user, day).select_related("point__agent").order_by("full_name")
    return {
        **{f"c{one.pk}": one for one in collectors},
        **{f"v{one.pk}": one for one in collaborators_for(user, day)},
    }
