"""Who is logged in, read together with what nearly every page of an agent's staff asks for."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from agents.access import taken_over_by
from agents.log_in_limits import attack_windows, attacked_since
from agents.models import AccountRequest, User
from agents.roles import Can
from thaithuy_bhxh.prepared import Given, PreparedRecords

_HEARS = Q(role__in=sorted(Can.HEAR_OF_ATTACKS.roles))


def _waiting() -> Q:
    return Q(Exists(AccountRequest.objects.filter(outcome="")))


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; the account comes with agent, collector and whether other agents' people
    were handed to it.
    """

    def get_user(self, user_id: Any) -> User | None:
        by_name, by_address = attack_windows(timezone.now())
        found = _ACCOUNT.records(account=user_id, by_name=by_name, by_address=by_address)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def _account() -> QuerySet[User]:
    attacked = attacked_since(
        Given("by_name", DateTimeField()), Given("by_address", DateTimeField())
    )
    found = User.objects.select_related("agent", "collector").annotate(
        has_taken_over=Exists(taken_over_by(OuterRef("agent"))),
        # Only managers see it on their home page; for the others the database does not look.
        hears_of_attack=Case(When(_HEARS & attacked, then=True), default=False),
        hears_of_request=Case(When(_HEARS & _waiting(), then=True), default=False),
    )
    return found.filter(pk=Given("account")).order_by()


_ACCOUNT: PreparedRecords[User] = PreparedRecords(_account)
