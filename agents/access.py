"""The only door to records: what a person may see (scope) and may do
(capabilities of the role, :mod:`agents.roles`).

Lists, counts, charts, exports, searches and downloads all start from the same scope. A record out
of scope is 404, as if it did not exist; a wrong role is 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from agents.collector_hand_overs import Following, Handed
from agents.lineage import Lineage
from agents.models import (
    CollectionPoint,
    CollectorHandover,
    CommuneAssignment,
    PointCommune,
    Role,
    User,
)
from agents.roles import Can, may
from agents.territory import load_lineage, load_marked_lineage
from thaithuy_bhxh.clock import today

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which records a person sees: all, those of one agent, those of some communes (of every era),
    or none.
    """

    everything: bool = False
    agent: int | None = None
    communes: frozenset[int] = frozenset()
    taken_over: frozenset[int] = frozenset()
    """Collectors of other agents, closed since, whose people collectors of this agent now follow.
    """

    def q(self, *, agent: str = "agent", commune: str = "commune") -> Q:
        """The filter for rows that name their agent and commune by these fields."""
        if self.everything:
            return Q()
        if self.agent is not None:
            return Q(**{f"{agent}_id": self.agent})
        return Q(**{f"{commune}_id__in": self.communes})

    def holds(self, *, agent: int | None, commune: int | None) -> bool:
        """Whether a row of this agent and commune is inside."""
        if self.everything:
            return True
        if self.agent is not None:
            return agent == self.agent
        return commune in self.communes


def scope_of(user: User) -> Scope:
    """The reader's scope today; remembered on the user object for the length of a request."""
    scope: Scope | None = getattr(user, "_scope", None)
    if scope is None:
        scope = _scope_of(user)
        user._scope = scope  # type: ignore[attr-defined]
    return scope


def _scope_of(user: User) -> Scope:
    if not user.is_active:
        return Scope()
    if user.role in (Role.MANAGER, Role.AUDITOR):
        return Scope(everything=True)
    if user.role in (Role.COLLECTOR, Role.LEAD):
        return (
            Scope(agent=user.agent_id, taken_over=_taken_over(user)) if user.agent_id else Scope()
        )
    if user.role == Role.OFFICER:
        held = (
            CommuneAssignment.objects.officers()
            .valid_on(today())
            .filter(user=user, commune=OuterRef("pk"))
        )
        lineage, communes = load_marked_lineage(Exists(held))
        user._lineage = lineage  # type: ignore[attr-defined]
        return Scope(communes=frozenset(lineage.members(communes, today())))
    return Scope()


def _taken_over(user: User) -> frozenset[int]:
    """A closed agent keeps its people until their next receipt; who takes them over must see them
    before it.
    """
    # Set by who loaded the account; such hand-overs are rare, and a page has few questions to
    # spare.
    if not getattr(user, "has_taken_over", True):
        return frozenset()
    agent = user.agent_id
    rows = CollectorHandover.objects.values_list(
        "giver", "taker", "handed_on", "giver__point__agent", "taker__point__agent"
    )
    handed = list(rows)
    following = Following([Handed(*row[:3]) for row in handed], today())
    home = {row[0]: row[3] for row in handed} | {row[1]: row[4] for row in handed}
    return frozenset(
        row[0] for row in handed if row[3] != agent and home[following.follower(row[0])] == agent
    )


def served_by(user: User) -> frozenset[int]:
    """The communes, of every era, that the open points of the reader's agent serve; remembered on
    the user object for the length of a request.
    """
    served: frozenset[int] | None = getattr(user, "_served", None)
    if served is None:
        rows = PointCommune.objects.filter(
            point__agent=user.agent_id, point__in=CollectionPoint.objects.open_on(today())
        )
        lineage = lineage_for(user)
        now = {lineage.at(one, today()) for one in rows.values_list("commune", flat=True)}
        known = [one for one in now if one is not None]
        served = frozenset(lineage.members(known, today()))
        user._served = served  # type: ignore[attr-defined]
    return served


def taken_over_by(agent: Any) -> QuerySet[CollectorHandover]:
    """The hand-overs from other agents to an agent (a key or an expression)."""
    return CollectorHandover.objects.filter(taker__point__agent=agent).exclude(
        giver__point__agent=agent
    )


def lineage_for(user: User) -> Lineage:
    """The lineage, remembered on the user object for the length of a request."""
    scope_of(user)
    lineage: Lineage | None = getattr(user, "_lineage", None)
    if lineage is None:
        lineage = user._lineage = load_lineage()  # type: ignore[attr-defined]
    return lineage


class OutOfReach(Http404):
    """404 for a record that may well be there: whoever asks for other people's records is put on
    record.
    """

    def __init__(self, model: type[Model], key: int) -> None:
        super().__init__()
        self.model, self.key = model, key


def reader(request: HttpRequest) -> User:
    """Who is logged in; every page but the public ones requires it."""
    assert isinstance(request.user, User)
    return request.user


def require(user: Any, capability: Can) -> None:
    """403 unless the user's role may do this."""
    if not may(getattr(user, "role", ""), capability):
        raise PermissionDenied


def for_capability(capability: Can) -> Callable[[View], View]:
    """Decorator of a view: only who may do this; which it is stays readable on the view, for the
    access matrix.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, capability)
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        guarded.allowed_roles = frozenset(map(str, capability.roles))  # type: ignore[attr-defined]
        return guarded

    return decorate


def for_everybody(view: View) -> View:
    """Decorator of a view about the own account: for whoever is logged in, whatever the role."""

    @wraps(view)
    def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    open_to_all.capability = None  # type: ignore[attr-defined]
    open_to_all.allowed_roles = frozenset(Role.values)  # type: ignore[attr-defined]
    return open_to_all
