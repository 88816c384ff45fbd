"""Handing communes over: who may give which, and the records of what was handed over."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from agents.access import scope_of
from agents.models import AuditEntry, Commune, CommuneAssignment, User
from agents.operations.assignments import HAND_OVER, HOLDERS
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.terms import lasting_to


def givers(day: date) -> QuerySet[User]:
    """Who has a commune to hand over on a day or later, whether or not the account is still
    in use.
    """
    terms = CommuneAssignment.objects.filter(_not_ended(day), user=OuterRef("pk"))
    return User.objects.filter(Exists(terms), role__in=Can.HAND_COMMUNES_OVER.roles)


def get_giver_for(user: User, pk: str | None) -> User | None:
    """Who hands over: the officer who asks, or whom a manager chose; ``None`` = nobody yet, 404 =
    nobody such.
    """
    if user.may(Can.FOLLOW_COMMUNES):
        return user
    if not pk:
        return None
    found = givers(today()).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise Http404
    return found


def handed_by(giver: User) -> QuerySet[Commune]:
    """The communes that somebody may hand over: those of today's or later terms."""
    terms = CommuneAssignment.objects.filter(user=giver, commune=OuterRef("pk"))
    return Commune.objects.filter(Exists(terms.filter(_not_ended(today()))))


def kind_of(giver: User) -> str:
    """What somebody's role lets that person be in charge as."""
    return next(kind for kind, capability in HOLDERS.items() if giver.may(capability))


def _not_ended(day: date) -> Q:
    return lasting_to(day)


def hand_overs_for(user: User, limit: int) -> list[AuditEntry]:
    """The latest hand-overs, one row each: for an officer those given or taken, or about own
    communes only.
    """
    rows = AuditEntry.objects.filter(action=HAND_OVER).select_related("actor").order_by("-id")
    firsts = (
        row for row in rows.iterator(chunk_size=200) if row.object_id == row.changes["communes"][0]
    )
    return list(islice((row for row in firsts if _may_read(user, row)), limit))


def get_hand_over_for(user: User, pk: int) -> AuditEntry:
    """The row of a hand-over, when the reader may read its record; 404 otherwise."""
    row = AuditEntry.objects.filter(action=HAND_OVER, pk=pk).first()
    if row is None or not _may_read(user, row):
        raise Http404
    return row


def _may_read(user: User, row: AuditEntry) -> bool:
    if user.pk in row.changes["user"]:
        return True
    # One record tells of all its communes: their figures, steps still open, a note about each.
    return all(scope_of(user).holds(agent=None, commune=pk) for pk in row.changes["communes"])
