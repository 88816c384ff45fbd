"""Who is logged in, read together with what nearly every page of an agent's staff asks for."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef

from agents.access import taken_over_by
from agents.models import User


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; the account comes with agent, collector and whether other agents' people were handed to it."""

    def get_user(self, user_id: Any) -> User | None:
        found = User.objects.select_related("agent", "collector").annotate(
            has_taken_over=Exists(taken_over_by(OuterRef("agent")))
        )
        user = found.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
