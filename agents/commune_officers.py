"""Who followed a commune on a day, whatever has become of it since, and whom a person has
followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from agents.lineage import Lineage
from agents.models import Commune, CommuneAssignment, User
from thaithuy_bhxh.terms import holds_on

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
    return Followings(term, holds_on(term, day), name)


def get_follower(pk: int) -> User:
    """Somebody who is or was in charge of a commune; 404 for anybody else."""
    found = User.objects.filter(pk=pk, assignments__isnull=False).distinct().first()
    if found is None:
        raise Http404
    return found
