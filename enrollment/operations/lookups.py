"""Asking whose number it is: recorded each time without the number itself, and for strangers only
so often a day.
"""

from __future__ import annotations

from django.db import transaction

from agents import audit
from agents.access import require
from agents.daily_limits import acts_today, count_alone, may_once_more
from agents.models import User
from agents.roles import Can
from enrollment.access import by_number
from enrollment.looking import LOOKED_UP, LOOKING_UP
from enrollment.models import Participant, Receipt
from enrollment.write_scope import follows
from thaithuy_bhxh.clock import start_of, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.sealed import in_words, seal
from thaithuy_bhxh.text import digits_of


def do_look_up(*, actor: User, number: str, where: str) -> tuple[Participant | None, bool]:
    """Who has exactly this citizen id or insurance number, and whether it is one of the actor's own
    people.

    ``where`` says at which form it was asked. Raises :class:`Refused` when the day's look-ups of
    strangers are used up; the same number asked again on the same day counts once, and one whose
    money was taken since not at all.
    """
    require(actor, Can.RECORD_RECEIPTS)
    person = by_number(number)
    own = person is not None and follows(actor, person)
    _note(actor, number, where, person, own)
    return person, own


def ask_if_free(actor: User, number: str, where: str) -> bool:
    """Whether nobody has this number yet, for a form that is about to store it; outside the form's
    transaction.

    The answer shows that a number is taken, not by whom: for strangers, and for a number that
    nobody has, this is a look-up like any other. What was asked today already, as at “Là ai?”,
    costs nothing more. Raises :class:`Refused`.
    """
    person = by_number(number)
    foreign = person is None or not follows(actor, person)
    if foreign and seal(digits_of(number))["mark"] not in _asked(actor):
        _note(actor, number, where, person, own=False)
    return person is None


def _note(actor: User, number: str, where: str, person: Participant | None, own: bool) -> None:
    action = LOOKED_UP["own" if own else "stranger" if person else "nobody"]
    asked = seal(digits_of(number))
    with transaction.atomic():
        if own or _may_ask(actor, asked["mark"]):
            audit.record(
                actor=actor,
                action=action,
                on=person or actor,
                changes={"number": asked, "where": where},
                summary=f"Tra số {in_words(asked)} ở “{where}”",
            )
            return
    raise Refused(LOOKING_UP.refusal)


def _may_ask(actor: User, mark: str) -> bool:
    count_alone(actor, LOOKING_UP)
    asked = _asked(actor)
    if mark in asked:
        return True
    if len(asked) >= LOOKING_UP.most:
        asked -= _paid_today(actor)
    return may_once_more(actor, LOOKING_UP, used=len(asked))


def _asked(actor: User) -> set[str]:
    """The marks of the numbers of strangers that the actor asked about today."""
    return {row.changes["number"]["mark"] for row in acts_today(actor, LOOKING_UP)}


def _paid_today(actor: User) -> set[str]:
    """The marks of the numbers of people whose money the actor recorded today: asking about them
    was no curiosity.
    """
    paid = Receipt.objects.filter(recorded_by=actor, recorded_at__gte=start_of(today()), void=None)
    numbers = paid.values_list("participant__citizen_id", "participant__bhxh_no")
    return {seal(digits_of(number))["mark"] for pair in numbers for number in pair if number}


def was_looked_up(actor: User, participant: Participant) -> bool:
    """Whether the actor has named this person by number today."""
    found = acts_today(actor, LOOKING_UP).filter(
        object_type=Participant._meta.label_lower, object_id=participant.pk
    )
    return found.exists()
