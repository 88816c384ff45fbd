"""Asking whose number it is: recorded each time without the number itself, and for strangers only so often a day."""

from __future__ import annotations

from django.db import transaction

from agents import audit
from agents.access import require_role
from agents.daily_limits import acts_today, count_alone, may_once_more
from agents.models import User
from enrollment.access import RECORDERS, by_number
from enrollment.looking import LOOKED_UP, LOOKING_UP
from enrollment.models import Participant
from enrollment.write_scope import follows
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.sealed import in_words, seal
from thaithuy_bhxh.text import digits_of


def do_look_up(*, actor: User, number: str, where: str) -> tuple[Participant | None, bool]:
    """Who has exactly this citizen id or insurance number, and whether it is one of the actor's own people.

    ``where`` says at which form it was asked. Raises :class:`Refused` when the day's look-ups of strangers are used up;
    the same number asked again on the same day counts once.
    """
    require_role(actor, *RECORDERS)
    person = by_number(number)
    own = person is not None and follows(actor, person)
    action = LOOKED_UP["own" if own else "stranger" if person else "nobody"]
    asked = seal(digits_of(number))
    with transaction.atomic():
        if own or _may_ask(actor, asked["mark"]):
            audit.record(
                actor=actor, action=action, on=person or actor, changes={"number": asked, "where": where},
                summary=f"Tra số {in_words(asked)} ở “{where}”",
            )  # fmt: skip
            return person, own
    raise Refused(LOOKING_UP.refusal)


def _may_ask(actor: User, mark: str) -> bool:
    count_alone(actor, LOOKING_UP)
    asked = {row.changes["number"]["mark"] for row in acts_today(actor, LOOKING_UP)}
    return mark in asked or may_once_more(actor, LOOKING_UP, used=len(asked))


def was_looked_up(actor: User, participant: Participant) -> bool:
    """Whether the actor has named this person by number today."""
    found = acts_today(actor, LOOKING_UP).filter(object_type=Participant._meta.label_lower, object_id=participant.pk)
    return found.exists()
