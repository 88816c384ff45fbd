"""Who is logged in, read together with what nearly every page of an agent's staff asks for."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone

from agents.access import taken_over_by
from agents.log_in_limits import is_under_attack
from agents.models import AccountRequest, User
from agents.roles import Can

_HEARS = Q(role__in=sorted(Can.HEAR_OF_ATTACKS.roles))


def _waiting() -> Q:
    return Q(Exists(AccountRequest.objects.filter(outcome="")))


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; the account comes with agent, collector and whether other agents' people
    were handed to it.
    """

    def get_user(self, user_id: Any) -> User | None:
        found = User.objects.select_related("agent", "collector").annotate(
            has_taken_over=Exists(taken_over_by(OuterRef("agent"))),
            # Only managers see it on their home page; for the others the database does not look.
            hears_of_attack=Case(
                When(_HEARS & is_under_attack(timezone.now()), then=True), default=False
            ),
            hears_of_request=Case(When(_HEARS & _waiting(), then=True), default=False),
        )
        user = found.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
