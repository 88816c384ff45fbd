"""What happens to second factors, on record; and codes that are good for one use."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.log_in_limits import Kind, name_key
from agents.models import LogInMark, User
from agents.operations.saving import one_at_a_time
from agents.origin import Origin

_SPENT_FOR = timedelta(minutes=3)
"""Longer than a code of an app is taken, with one step of tolerance on either side."""


def do_note_factor(*, actor: User, act: str, words: str, origin: Origin) -> None:
    """The owner added, removed, renewed or used up something of the own second factor."""
    with transaction.atomic():
        audit.record(actor=actor, action=f"factor.{act}", on=actor, summary=words, origin=origin)


def spend_code(user: User, code: str) -> bool:
    """Take a code that is right; false when it was taken before, however soon after."""
    key, now = name_key(f"mã {user.pk} {code}"), timezone.now()
    with transaction.atomic():
        one_at_a_time(f"log-in {key}")
        if LogInMark.objects.filter(kind=Kind.CODE, name_key=key, at__gt=now - _SPENT_FOR).exists():
            return False
        LogInMark.objects.create(kind=Kind.CODE, name_key=key, at=now, account=user)
    return True
