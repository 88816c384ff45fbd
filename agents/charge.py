"""Who followed a commune on a day, whatever has become of it since, and whom a person has
followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from agents.access import lineage_for, scope_of
from agents.lineage import Lineage
from agents.models import AuditEntry, Commune, CommuneAssignment, CommuneContact, User
from agents.operations.assignments import HAND_OVER, HOLDERS
from agents.roles import Can
from thaithuy_bhxh.clock import today

Kind = CommuneAssignment.Kind


@dataclass(frozen=True, slots=True)
class Followed:
    """A commune with the terms of its officer and leader on a day."""

    commune: Commune
    officer: CommuneAssignment | None
    leader: CommuneAssignment | None


@dataclass(frozen=True, slots=True)
class Followings:
    """A person's term with a commune; ``heir`` is today's commune that holds it, when it is another
    one.
    """

    term: CommuneAssignment
    is_running: bool
    heir: str


def in_charge(
    terms: Iterable[CommuneAssignment],
) -> tuple[CommuneAssignment | None, CommuneAssignment | None]:
    """Officer and leader among the terms of one commune on one day."""
    by_kind = {term.kind: term for term in terms}
    return by_kind.get(Kind.OFFICER), by_kind.get(Kind.LEADER)


def followed_on(commune: Commune, day: date, lineage: Lineage) -> list[Followed]:
    """Who was in charge on a day of the commune, or of what stood in its place: one heir, or
    several forerunners.
    """
    ids = lineage.in_place_of(commune.pk, day)
    units = Commune.objects.in_bulk(ids)
    terms: dict[int, list[CommuneAssignment]] = {pk: [] for pk in ids}
    for term in (
        CommuneAssignment.objects.valid_on(day).filter(commune__in=ids).select_related("user")
    ):
        terms[term.commune_id].append(term)
    return [Followed(units[pk], *in_charge(terms[pk])) for pk in ids]


def followings_of(user: User, lineage: Lineage, day: date) -> list[Followings]:
    """Every commune that a person has followed or is to follow: those of today first, then the
    latest.
    """
    terms = (
        CommuneAssignment.objects.filter(user=user)
        .select_related("commune")
        .order_by("-valid_from", "commune")
    )
    found = [_following(term, lineage, day) for term in terms]
    return sorted(found, key=lambda one: not one.is_running)


def _following(term: CommuneAssignment, lineage: Lineage, day: date) -> Followings:
    heir = lineage.at(term.commune_id, day)
    name = lineage.units[heir].name if heir is not None and heir != term.commune_id else ""
    return Followings(
        term, term.valid_from <= day and (term.valid_to is None or term.valid_to >= day), name
    )


def get_follower(pk: int) -> User:
    """Somebody who is or was in charge of a commune; 404 for anybody else."""
    found = User.objects.filter(pk=pk, assignments__isnull=False).distinct().first()
    if found is None:
        raise Http404
    return found


def contacts_for(user: User) -> QuerySet[CommuneContact]:
    """Notes of contacts with the reader's communes of every era, latest first; none for those who
    may not read.
    """
    if not user.may(Can.SEE_CONTACTS):
        return CommuneContact.objects.none()
    return CommuneContact.objects.filter(scope_of(user).q()).select_related("author", "commune")


def contacts_of(user: User, commune: Commune) -> QuerySet[CommuneContact]:
    """The notes about a commune and what went into it, as far as the reader may see them."""
    born = commune.valid_from
    lineage = lineage_for(user)
    return contacts_for(user).filter(
        commune__in=[pk for pk in lineage.units if lineage.at(pk, born) == commune.pk]
    )


def get_contact_for(user: User, pk: int) -> CommuneContact:
    """A note of a contact, when inside the reader's scope; 404 otherwise."""
    found = contacts_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_commune_for(user: User, pk: int) -> Commune:
    """A commune of any era inside the reader's scope; 404 otherwise."""
    found = Commune.objects.filter(pk=pk).first()
    if found is None or not scope_of(user).holds(agent=None, commune=pk):
        raise Http404
    return found


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
    return Q(valid_to__isnull=True) | Q(valid_to__gte=day)


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
