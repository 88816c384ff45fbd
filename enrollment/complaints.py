"""Who sees which complaint about an agent, and which of them wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from agents.access import Scope, scope_of
from agents.models import CollectionAgent, PointCommune, User
from agents.roles import Can
from enrollment.models import Complaint, ServiceRating


def in_scope(scope: Scope) -> Q:
    """The complaints of a scope: all, those about one agent, or those that the communes' officer
    looks after.

    A complaint about a receipt belongs to the receipt's commune; one without to every commune that
    the agent serves.
    """
    if scope.everything:
        return Q()
    if scope.agent is not None:
        return Q(agent=scope.agent)
    serving = PointCommune.objects.filter(commune__in=scope.communes).values("point__agent")
    return Q(receipt__commune__in=scope.communes) | Q(receipt__isnull=True, agent__in=serving)


def complaints_visible_to(user: User) -> QuerySet[Complaint]:
    """The complaints of the reader's scope with agent and collector; none for a collector or an
    administrator.
    """
    if not user.may(Can.SEE_COMPLAINTS):
        return Complaint.objects.none()
    return Complaint.objects.filter(in_scope(scope_of(user))).select_related(
        "agent", "collector", "receipt"
    )


def get_complaint_for(user: User, pk: int) -> Complaint:
    """The complaint, when inside the reader's scope; 404 otherwise."""
    found = complaints_visible_to(user).select_related("recorded_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def agents_to_complain_of(user: User) -> QuerySet[CollectionAgent]:
    """The agents about which the reader may write a complaint down: all, or those serving the own
    communes.
    """
    scope = scope_of(user)
    agents = CollectionAgent.objects.order_by("code")
    if scope.everything:
        return agents
    serving = PointCommune.objects.filter(commune__in=scope.communes).values("point__agent")
    return agents.filter(pk__in=serving)


@dataclass(frozen=True, slots=True)
class OpenComplaints:
    """The unanswered complaints of a reader on a day, the most urgent first."""

    day: date
    listed: Sequence[Complaint]

    @property
    def number(self) -> int:
        return len(self.listed)

    @property
    def overdue(self) -> Sequence[Complaint]:
        return [one for one in self.listed if one.due_on < self.day]


def open_complaints(user: User, day: date) -> OpenComplaints:
    """What waits for an answer, for the home pages (one query)."""
    waiting = complaints_visible_to(user).filter(received_on__lte=day, answered_on__isnull=True)
    return OpenComplaints(day, list(waiting.order_by("due_on", "pk")))


def comments_visible_to(user: User) -> QuerySet[ServiceRating]:
    """Ratings with words, latest first; nobody sees whose receipt it was."""
    if not user.may(Can.SEE_COMPLAINTS):
        return ServiceRating.objects.none()
    inside = scope_of(user).q(agent="receipt__agent", commune="receipt__commune")
    return (
        ServiceRating.objects.filter(inside)
        .exclude(comment="")
        .select_related("receipt__agent")
        .order_by("-rated_at", "-id")
    )
