"""What happens to second factors, on record; and codes that are good for one use."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.log_in_limits import Kind, name_key
from agents.models import LogInMark, User
from agents.origin import Origin
from thaithuy_bhxh.storing import one_at_a_time

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


def hash_printed_codes(user: User) -> None:
    """Once they were shown, printed codes are kept like passwords: nobody can read them back, with
    whatever key.

    allauth counts what is left by ``migrated_codes``, so each code leaves a random text there that
    opens nothing.
    """
    with transaction.atomic():
        found = Authenticator.objects.select_for_update().filter(
            user=user, type=Authenticator.Type.RECOVERY_CODES
        )
        for one in found.exclude(data__has_key="hashes"):
            codes = one.wrap().get_unused_codes()
            one.data = {
                "hashes": [make_password(code) for code in codes],
                "viewed_at": one.data.get("viewed_at"),
                "migrated_codes": [encrypt(secrets.token_hex(32)) for _ in codes],
            }
            one.save(update_fields=["data"])


def is_printed_code(codes: Authenticator, code: str) -> bool:
    """Whether a text is one of the printed codes that are left; it is used up by that."""
    if len(code) != app_settings.RECOVERY_CODE_DIGITS:
        return False
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=codes.pk)
        left = row.data["hashes"]
        at = next((at for at, kept in enumerate(left) if check_password(code, kept)), None)
        if at is None:
            return False
        row.data = {
            **row.data,
            "hashes": left[:at] + left[at + 1 :],
            "migrated_codes": row.data["migrated_codes"][1:],
        }
        row.save(update_fields=["data"])
    return True
