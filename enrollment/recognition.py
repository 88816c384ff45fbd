"""“Là ai?”: people on record whom a number or a name with birth year may mean.

A full number at hand opens somebody of another agent too, with the name masked; names only search the own people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agents.models import User
from enrollment.models import Participant
from enrollment.status import Status, status_of
from thaithuy_bhxh.clock import today


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody on record; ``own`` is false when the person belongs to somebody else's scope.

    ``number`` is the typed number that named the person, empty when a name or a phone did.
    """

    person: Participant
    status: Status
    own: bool
    number: str = ""

    @property
    def name(self) -> str:
        """The name, its middle masked when the person is not one's own."""
        if self.own:
            return self.person.full_name
        words = self.person.full_name.split()
        return " ".join([words[0], *("•••" for _ in words[1:-1]), words[-1][:1] + "•••"])


@dataclass(slots=True)
class Found:
    """``certain`` by number, ``alike`` by name and birth year or by phone."""

    certain: list[Match] = field(default_factory=list)
    alike: list[Match] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.certain or self.alike)


def by_number(number: str) -> Participant | None:
    """The person with exactly this citizen id or insurance number."""
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) in (9, 12):
        return Participant.objects.filter(citizen_id=digits).first()
    return Participant.objects.filter(bhxh_no=digits).first() if len(digits) == 10 else None


def recognise(user: User, typed: dict[str, Any]) -> Found:
    """Who may be meant by a valid “Là ai?” form."""
    own = Participant.objects.visible_to(user).select_related("commune", "agent")
    found = Found()
    named = ((by_number(number), number) for number in (typed["citizen_id"], typed["bhxh_no"]) if number)
    certain = {person.pk: (person, number) for person, number in named if person}
    mine = set(own.filter(pk__in=certain).values_list("pk", flat=True))
    found.certain = [_match(person, person.pk in mine, number) for person, number in certain.values()]
    alike = {}
    if typed["full_name"]:
        alike.update({p.pk: p for p in own.alike(typed["full_name"], typed["birth"][1])[:5]})
    if typed["phone"]:
        alike.update({p.pk: p for p in own.filter(phone=typed["phone"])[:5]})
    found.alike = [_match(person, True) for pk, person in alike.items() if pk not in certain]
    return found


def _match(person: Participant, own: bool, number: str = "") -> Match:
    return Match(person, status_of(person, today()), own, number)
