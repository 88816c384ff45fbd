"""Who is meant: a prospect or a participant, named in addresses and forms as ``t12`` or ``n34``.

Everything about outreach is about one of the two (docs/rules.md 9).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404

from agents.models import User
from enrollment.models import Exclusion, Participant, Prospect
from thaithuy_bhxh.clock import today

PROSPECT, PARTICIPANT = "t", "n"


class Who(NamedTuple):
    """A person's kind and key."""

    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}{self.pk}"

    @property
    def columns(self) -> dict[str, int]:
        """The column that names the person in a row about one."""
        return {"prospect_id" if self.kind == PROSPECT else "participant_id": self.pk}


def who(person: Prospect | Participant) -> Who:
    """The name of a person at hand."""
    return Who(PROSPECT if isinstance(person, Prospect) else PARTICIPANT, person.pk)


def read_who(text: str) -> Who | None:
    """What an address or a form says; ``None`` for anything else."""
    kind, digits = text[:1], text[1:]
    known = kind in (PROSPECT, PARTICIPANT) and digits.isascii() and digits.isdigit()
    return Who(kind, int(digits)) if known and len(digits) < 16 else None


def people_for(user: User, named: Iterable[Who]) -> dict[Who, Prospect | Participant]:
    """Those of the named people whom the user sees (two statements)."""
    listed = list(named)
    prospects = Prospect.objects.visible_to(user).open().filter(pk__in=_keys(listed, PROSPECT))
    people = Participant.objects.visible_to(user).filter(pk__in=_keys(listed, PARTICIPANT))
    found: list[Any] = [*prospects, *people]
    return {who(one): one for one in found}


def get_person_for(user: User, text: str) -> Prospect | Participant:
    """The person named so, when inside the reader's scope; 404 otherwise."""
    named = read_who(text)
    found = people_for(user, [named]).get(named) if named else None
    if found is None:
        raise Http404
    return found


def get_household_for(
    user: User, text: str
) -> tuple[Prospect | Participant, list[Prospect | Participant]]:
    """The person named so and all that the user sees of the household, participants first, each
    with ``barred`` (a reason of :class:`~enrollment.models.Exclusion`) annotated; 404
    when the person is not inside the scope (two statements, or three for a participant).
    """
    named = read_who(text)
    if named is None:
        raise Http404
    of_person = Prospect if named.kind == PROSPECT else Participant
    house = of_person.objects.filter(pk=named.pk).values("household")[:1]
    inside = Q(household=Subquery(house), household__isnull=False)
    paying, listed = inside, inside
    if named.kind == PROSPECT:
        listed |= Q(pk=named.pk)
    else:
        paying |= Q(pk=named.pk)
    members: list[Any] = [
        *Participant.objects.visible_to(user)
        .filter(paying)
        .select_related("commune", "household")
        .annotate(barred=_reason("participant"))
        .order_by("birth_year", "pk"),
        *Prospect.objects.visible_to(user)
        .open()
        .filter(listed)
        .select_related("commune", "household", "group")
        .annotate(barred=_reason("prospect"))
        .order_by("birth_year", "pk"),
    ]
    found = next((one for one in members if who(one) == named), None)
    if found is None:
        raise Http404
    return found, members


def _reason(column: str) -> Subquery:
    """Why a person may not be approached today, if so."""
    rows = Exclusion.objects.valid_on(today()).filter(**{column: OuterRef("pk")})
    return Subquery(rows.values("reason")[:1])


def require_seen(actor: User, person: Prospect | Participant) -> None:
    """403 unless the person is in the actor's scope now: for operations."""
    if who(person) not in people_for(actor, [who(person)]):
        raise PermissionDenied("Người này không thuộc đại lý hoặc xã của bạn.")


def _keys(named: Iterable[Who], kind: str) -> list[int]:
    return [one.pk for one in named if one.kind == kind]
