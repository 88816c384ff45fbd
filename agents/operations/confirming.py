"""The second person: confirms or refuses what an administrator asked for, and is the only one shown
the password.

Who asked never sees it, so that neither of the two can enter an account without the other knowing;
the owner reads of it at every log-in until they say that they know.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import AccountRequest, User
from agents.operations.accounts import issue_password, take_role
from agents.operations.sessions import end_sessions
from agents.roles import Can, may
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import locked

Kind = AccountRequest.Kind


def why_not_confirm(actor: User, request: AccountRequest) -> str:
    """Why somebody may not be the second person for this request; empty when they may."""
    if actor.pk == request.asked_by_id:
        return "Người yêu cầu không tự xác nhận được; hãy nhờ một quản trị khác hoặc lãnh đạo."
    if actor.pk == request.account_id:
        return "Chủ tài khoản không tự xác nhận được; hãy nhờ một người khác."
    roles = {request.account.role, request.role or request.account.role}
    anybody = all(may(role, Can.BE_CONFIRMED_BY_ANYBODY) for role in roles)
    if not anybody and not actor.may(Can.CONFIRM_EVERY_ROLE):
        return "Vai trò này chỉ lãnh đạo xác nhận được."
    return ""


def do_confirm_request(*, actor: User, request: AccountRequest) -> str | None:
    """Do what was asked for. Gives the one-time password where there is one, to be handed over by
    the confirmer.
    """
    with transaction.atomic():
        row = _require_second_person(actor, request)
        account, issued = locked(row.account), None
        if row.kind in (Kind.ROLE, Kind.JOIN):
            take_role(actor, account, row.role)
        if row.kind in (Kind.RESET, Kind.JOIN):
            issued = issue_password(actor, account)
        if row.kind == Kind.FACTOR:
            _drop_factors(actor, account)
        _decide(actor, row, AccountRequest.Outcome.DONE)
    return issued


def do_refuse_request(*, actor: User, request: AccountRequest) -> None:
    """Not to be done; whoever asked may take it back that way too."""
    with transaction.atomic():
        row = _require_second_person(actor, request, asker=True)
        _decide(actor, row, AccountRequest.Outcome.REFUSED)


def _require_second_person(
    actor: User, request: AccountRequest, *, asker: bool = False
) -> AccountRequest:
    require(actor, Can.CONFIRM_REQUESTS)
    row = locked(request)
    if row.outcome:
        raise Refused(f"Yêu cầu này đã xong: {row.get_outcome_display()}. Hãy tải lại trang.")
    if not (asker and actor.pk == row.asked_by_id) and (why := why_not_confirm(actor, row)):
        raise Refused(why)
    return row


def _decide(actor: User, row: AccountRequest, outcome: str) -> None:
    row.outcome = AccountRequest.LIFE.step(row.outcome, outcome)
    row.decided_by, row.decided_at = actor, timezone.now()
    row.save(update_fields=["outcome", "decided_by", "decided_at"])
    audit.record(
        actor=actor,
        action="account.decide",
        on=row.account,
        changes={"outcome": ["", outcome]},
        summary=f"{row} ({row.get_outcome_display()}); {row.asked_by} yêu cầu",
    )


def _drop_factors(actor: User | None, account: User) -> None:
    Authenticator.objects.filter(user=account).delete()
    audit.record(actor=actor, action="factor.reset", on=account, summary="Đặt lại xác thực hai lớp")
    end_sessions(actor, account, "đặt lại xác thực hai lớp")


def do_know(*, actor: User, request: AccountRequest) -> None:
    """The owner says that they know of it and that it was meant so."""
    if request.account_id != actor.pk:
        raise PermissionDenied
    with transaction.atomic():
        row = locked(request)
        if row.known_at is None:
            row.known_at = timezone.now()
            row.save(update_fields=["known_at"])
            audit.record(
                actor=actor,
                action="account.know",
                on=actor,
                summary=f"Chủ tài khoản đã biết: {row}",
            )


def do_reset_on_server(*, actor: None, user: User, factors: bool = False) -> str:
    """A one-time password by whoever runs the server, where nobody is logged in: when no second
    person is left.
    """
    with transaction.atomic():
        account = locked(user)
        if factors:
            _drop_factors(actor, account)
        return issue_password(actor, account)
