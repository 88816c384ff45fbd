"""“Là ai?”: people on record whom a number or a name with birth year may mean.

A full number at hand opens somebody of another agent too, with the name masked; names only search
the own people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agents.models import User
from enrollment.models import Participant
from enrollment.operations.lookups import do_look_up
from enrollment.person_status import Status, status_of
from thaithuy_bhxh.clock import today

WHO = "Là ai?"
"""The form at which numbers are asked."""


def masked_name(full_name: str) -> str:
    """“Đặng ••• M•••”: enough for who has the person before them, too little for who has only a
    number.
    """
    words = full_name.split()
    return " ".join([words[0], *("•••" for _ in words[1:-1]), words[-1][:1] + "•••"])


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
        return self.person.full_name if self.own else masked_name(self.person.full_name)


@dataclass(slots=True)
class Found:
    """``certain`` by number, ``alike`` by name and birth year or by phone."""

    certain: list[Match] = field(default_factory=list)
    alike: list[Match] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.certain or self.alike)


def recognise(user: User, typed: dict[str, Any]) -> Found:
    """Who may be meant by a valid “Là ai?” form. Each number is on record; :class:`Refused` beyond
    the day's limit.
    """
    own = Participant.objects.visible_to(user).select_related("commune", "agent")
    found = Found()
    certain: dict[int, Match] = {}
    for number in filter(None, (typed["citizen_id"], typed["bhxh_no"])):
        person, is_own = do_look_up(actor=user, number=number, where=WHO)
        if person:
            certain[person.pk] = _match(person, is_own, number)
    found.certain = list(certain.values())
    alike = {}
    if typed["full_name"]:
        alike.update({p.pk: p for p in own.alike(typed["full_name"], typed["birth"][1])[:5]})
    if typed["phone"]:
        alike.update({p.pk: p for p in own.filter(phone=typed["phone"])[:5]})
    found.alike = [_match(person, True) for pk, person in alike.items() if pk not in certain]
    return found


def _match(person: Participant, own: bool, number: str = "") -> Match:
    return Match(person, status_of(person, today()), own, number)
