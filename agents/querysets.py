"""Agents, points, collectors, accounts, communes and acts: what the pages of this app read, each
with its own door.

Agents and what hangs on them follow the reader's scope (office staff all, a lead the own one).
Accounts, communes, the office's names and the audit trail are open whole to the roles that may
enter their pages at all.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from agents.access import scope_of
from agents.models import (
    AccountRequest,
    AuditEntry,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CollectorCard,
    Commune,
    CommuneAssignment,
    OfficeProfile,
    PortalSession,
    User,
)
from agents.roles import Can
from thaithuy_bhxh.terms import lasting_to

T = TypeVar("T")


def agents_visible_to(user: User) -> QuerySet[CollectionAgent]:
    """All agents for office staff, the own one for a lead, none for others."""
    if user.may(Can.SEE_EVERY_AGENT):
        return CollectionAgent.objects.all()
    if user.may(Can.SEE_AGENTS):
        return CollectionAgent.objects.filter(pk__in=[scope_of(user).agent])
    return CollectionAgent.objects.none()


def with_staff(agents: QuerySet[CollectionAgent], day: date) -> QuerySet[CollectionAgent]:
    """Adds ``open_points``, ``collectors`` and ``carded`` (collectors with a card valid on the
    day).
    """
    carded = CollectorCard.objects.valid_on(day).values("collector_id")
    open_point = Q(points__opened_on__lte=day) & (
        Q(points__closed_on__isnull=True) | Q(points__closed_on__gte=day)
    )
    return agents.annotate(
        open_points=Count("points", filter=open_point, distinct=True),
        collectors=Count(
            "points__collectors", filter=~Q(points__collectors__ended_on__lt=day), distinct=True
        ),
        carded=Count("points__collectors", filter=Q(points__collectors__in=carded), distinct=True),
    )


def get_agent_for(user: User, pk: int) -> CollectionAgent:
    """The agent, when inside the reader's scope; 404 otherwise."""
    return _only(agents_visible_to(user).filter(pk=pk).first())


def get_point_for(user: User, pk: int) -> CollectionPoint:
    """The point with its agent, when inside the reader's scope; 404 otherwise."""
    found: QuerySet[CollectionPoint] = CollectionPoint.objects.filter(
        agent__in=agents_visible_to(user)
    )
    return _only(found.select_related("agent").filter(pk=pk).first())


def get_collector_for(user: User, pk: int) -> Collector:
    """The collector with point, agent and account, when inside the reader's scope; 404
    otherwise.
    """
    found = Collector.objects.filter(point__agent__in=agents_visible_to(user))
    return _only(found.select_related("point__agent", "user").filter(pk=pk).first())


def get_card_for(user: User, pk: int) -> CollectorCard:
    """The card with its collector, when inside the reader's scope; 404 otherwise."""
    found = CollectorCard.objects.filter(collector__point__agent__in=agents_visible_to(user))
    return _only(found.select_related("collector__point__agent").filter(pk=pk).first())


def collectors_of_agent(agent: CollectionAgent) -> QuerySet[Collector]:
    """The staff of an agent that was fetched for the reader, with points, accounts and cards, in
    order of code.
    """
    found = Collector.objects.filter(point__agent=agent).select_related("point", "user")
    return found.prefetch_related("cards").order_by("code")


def employed_between(first: date, last: date) -> Q:
    """Collectors hired by ``last`` who had not left before ``first``; an unknown day of hiring
    counts as long ago.
    """
    hired = Q(hired_on__isnull=True) | Q(hired_on__lte=last)
    return hired & (Q(ended_on__isnull=True) | Q(ended_on__gte=first))


def accounts_by_name() -> QuerySet[User]:
    """All accounts with their agent and collector, by name of log-in; for the administrator's pages
    only.
    """
    return User.objects.select_related("agent", "collector").order_by("username")


def get_account(pk: int) -> User:
    """An account with its agent and collector; 404 when there is none."""
    return _only(accounts_by_name().filter(pk=pk).first())


def communes_on(day: date) -> QuerySet[Commune]:
    """The units of a day in order of code, with ``served_by``: how many points serve each."""
    return Commune.objects.valid_on(day).order_by("code").annotate(served_by=Count("points"))


def get_commune(pk: int) -> Commune:
    """A unit of any era; 404 when there is none."""
    return _only(Commune.objects.filter(pk=pk).first())


def terms_on(day: date) -> QuerySet[CommuneAssignment]:
    """Who is in charge of which commune on a day."""
    return CommuneAssignment.objects.valid_on(day).select_related("user")


def get_term(pk: int) -> CommuneAssignment:
    """Somebody's term in charge of a commune; 404 when there is none."""
    return _only(CommuneAssignment.objects.select_related("commune", "user").filter(pk=pk).first())


def office_names() -> QuerySet[OfficeProfile]:
    """The office's dated names, latest first."""
    return OfficeProfile.objects.order_by("-valid_from")


def office_on(day: date) -> OfficeProfile | None:
    """The office as it was called on a day; ``None`` while nobody has entered its name."""
    return OfficeProfile.objects.on(day)


def get_office_names(pk: int) -> OfficeProfile:
    """One dated row of the office's names; 404 when there is none."""
    return _only(office_names().filter(pk=pk).first())


def account_requests() -> QuerySet[AccountRequest]:
    """Requests about accounts, the latest first."""
    return AccountRequest.objects.select_related(
        "account__agent", "asked_by", "decided_by"
    ).order_by("-asked_at", "-id")


def get_account_request(pk: int, owner: User | None = None) -> AccountRequest:
    """One of them (of this owner's account when given); 404 when there is none."""
    found = account_requests().filter(pk=pk)
    return _only((found.filter(account=owner) if owner else found).first())


def untold_requests(user: User) -> list[AccountRequest]:
    """What was done to an account and its owner has not said to know of."""
    done = account_requests().filter(
        account=user, outcome=AccountRequest.Outcome.DONE, known_at__isnull=True
    )
    return list(done)


def factors_of(user: User) -> dict[str, list[Authenticator]]:
    """The second factors of an account by kind, the oldest first."""
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    return {kind: [one for one in found if one.type == kind] for kind in Authenticator.Type.values}


def open_sessions(user: User) -> list[PortalSession]:
    """Where an account is logged in now, the one used last first."""
    return list(
        PortalSession.objects.filter(account=user, expire_date__gt=timezone.now()).order_by(
            "-seen_at"
        )
    )


def get_session(user: User, mark: str) -> PortalSession | None:
    """An open session of an account by its mark."""
    return PortalSession.objects.filter(account=user, mark=mark).first()


def acts_latest_first() -> QuerySet[AuditEntry]:
    """The audit trail with its actors; which kinds the reader may see is for ``AuditForm``
    to say.
    """
    return AuditEntry.objects.select_related("actor").order_by("-at", "-id")


def units_of_year(year: int) -> QuerySet[Commune]:
    """The communes that exist on any day of a year, in order of code; two eras in a year of
    reorganisation.
    """
    last = lasting_to(date(year, 1, 1))
    return Commune.objects.filter(last, valid_from__lte=date(year, 12, 31)).order_by(
        "valid_from", "code"
    )


def agents_of_year(year: int) -> QuerySet[CollectionAgent]:
    """The agents that are open on any day of a year, in order of code."""
    last = Q(closed_on__isnull=True) | Q(closed_on__gte=date(year, 1, 1))
    return CollectionAgent.objects.filter(last, opened_on__lte=date(year, 12, 31)).order_by("code")


def _only(found: T | None) -> T:
    if found is None:
        raise Http404
    return found
