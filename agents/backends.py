"""Who is logged in, read together with the agent, which nearly every page of an agent's staff asks for."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from agents.models import User


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; the account comes with its agent."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("agent").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
