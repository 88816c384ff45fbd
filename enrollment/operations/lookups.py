"""Asking whose number it is: recorded each time without the number itself, and for strangers only so often a day."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from agents import audit
from agents.access import require_role
from agents.daily_limits import acts_today, may_once_more
from agents.models import User
from enrollment.access import RECORDERS, by_number
from enrollment.looking import LOOKED_UP, LOOKING_UP
from enrollment.models import Participant
from enrollment.write_scope import follows
from thaithuy_bhxh.errors import Refused

_SALT = "enrollment.lookup"


def do_look_up(*, actor: User, number: str, where: str) -> tuple[Participant | None, bool]:
    """Who has exactly this citizen id or insurance number, and whether it is one of the actor's own people.

    ``where`` says at which form it was asked. Raises :class:`Refused` when the day's look-ups of strangers are used up;
    the same number asked again on the same day counts once.
    """
    require_role(actor, *RECORDERS)
    person = by_number(number)
    own = person is not None and follows(actor, person)
    action = LOOKED_UP["own" if own else "stranger" if person else "nobody"]
    told: dict[str, Any] = {"number": told_of(number), "where": where}
    with transaction.atomic():
        if own or _may_ask(actor, told):
            audit.record(
                actor=actor, action=action, on=person or actor, changes=told,
                summary=f"Tra số tận cùng {told['number']['last']} ở “{where}”",
            )  # fmt: skip
            return person, own
    raise Refused(LOOKING_UP.refusal)


def _may_ask(actor: User, told: dict[str, Any]) -> bool:
    asked = {str(row.changes["number"]) for row in acts_today(actor, LOOKING_UP)}
    return str(told["number"]) in asked or may_once_more(actor, LOOKING_UP, used=len(asked))


def told_of(number: str) -> dict[str, str]:
    """What the trail keeps of a number: its end, and a keyed digest by which the same one is known again."""
    digits = "".join(char for char in number if char.isdigit())
    digest = salted_hmac(_SALT, digits, algorithm="sha256").hexdigest()[:16]
    return {"last": digits[-4:], "digest": digest}


def was_looked_up(actor: User, participant: Participant) -> bool:
    """Whether the actor has named this person by number today."""
    found = acts_today(actor, LOOKING_UP).filter(object_type=Participant._meta.label_lower, object_id=participant.pk)
    return found.exists()
