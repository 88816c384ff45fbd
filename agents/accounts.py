"""How allauth behaves here: accounts are made by an administrator, never by signing up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from agents import audit
from agents.log_in_limits import attempt_of, remember_device
from agents.models import User
from agents.operations.log_ins import (
    TooMany,
    attempted,
    do_enter,
    do_leave,
    do_note_expired,
    do_note_wrong,
)
from agents.operations.sessions import end_sessions
from agents.origin import origin_of
from agents.querysets import untold_requests
from agents.reauthentication import is_recent
from agents.second_factor import SHOWN
from agents.sessions import begin

_WAYS = {
    "reauthenticate": "Dùng mật khẩu",
    "mfa_reauthenticate": "Dùng ứng dụng tạo mã hoặc mã dự phòng",
    "mfa_reauthenticate:webauthn": "Dùng khóa truy cập",
}
OWN = "own_device"
"""Kept in the session between the password and the second factor: the machine is nobody else's."""


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self sign-up; limits, marks and audit rows of log-ins; a changed password ends the duty to
    change it.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence whether the name is unknown, the password wrong or the account stopped.
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "too_many_login_attempts": "Đã sai nhiều lần; hãy chờ 5 phút rồi thử lại.",
    }

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show who is there, in Vietnamese."""
        found = super().get_reauthentication_methods(user)
        return [{**one, "description": _WAYS.get(one["id"], one["description"])} for one in found]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """allauth's own pages ask by the rule of the portal's: the log-in itself counts for some
        minutes.
        """
        return not is_recent(context.request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account when name and password are right and it is in use; counted by
        :mod:`agents.log_in_limits`.
        """
        name = str(credentials.get("username", ""))
        actor = request.user if request.user.is_authenticated else None
        try:
            with attempted(attempt_of(request, name)) as mark:
                user = authenticate(request, username=name, password=credentials.get("password"))
                # A stopped account whose password is right: allauth keeps it for a page of its own.
                AuthenticationBackend.unstash_authenticated_user()
                if user is None:
                    do_note_wrong(actor=actor, mark=mark, name=name, origin=origin_of(request))
        except TooMany as refusal:
            raise ValidationError(refusal.message, code="too_many_login_attempts") from refusal
        if isinstance(user, User) and is_expired(user):
            do_note_expired(actor=actor, user=user, origin=origin_of(request))
            raise ValidationError(
                _EXPIRED.format(_moment(user.one_time_until)), code="one_time_expired"
            )
        if user and actor is None:
            request.session[OWN] = request.POST.get("own_device") == "on"
        return user  # type: ignore[return-value]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """In: the address and the browser are the account's from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        user.origin = origin_of(request)  # type: ignore[attr-defined]
        own = bool(request.session.pop(OWN, False))
        begin(request, own=own)
        how = " bằng mật khẩu và lớp thứ hai" if request.session.get(SHOWN) else " bằng mật khẩu"
        do_enter(actor=user, attempt=attempt_of(request, user.username), how=how)
        remember_device(request, response, user, own=own)
        for one in untold_requests(user):
            messages.warning(
                request,
                f"{one}. {one.asked_by} yêu cầu, {one.decided_by} xác nhận "
                f"{_moment(one.decided_at)}."
                " Nếu bạn không nhờ việc này, hãy báo lãnh đạo ngay; nếu có, hãy xác nhận ở "
                "Tài khoản của tôi.",
            )
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            do_leave(actor=request.user)
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def set_password(self, user: Any, password: str) -> None:
        """The own choice of password: nothing is left to do, and other sessions of the
        account end.
        """
        with transaction.atomic():
            user.must_change_password, user.one_time_until = False, None
            super().set_password(user, password)
            audit.record(actor=user, action="account.password", on=user, summary="Tự đổi mật khẩu")
            end_sessions(user, user, "đổi mật khẩu", keep=context.request.session.session_key or "")


def _moment(at: datetime | None) -> str:
    return f"lúc {timezone.localtime(at):%H:%M %d/%m/%Y}" if at else ""


_EXPIRED = "Mật khẩu dùng một lần này đã hết hạn {}. Hãy nhờ quản trị hệ thống cấp lại."


def is_expired(user: User) -> bool:
    """Whether the password is a one-time one that has ended; said only to whoever knows it."""
    return bool(
        user.must_change_password and user.one_time_until and user.one_time_until < timezone.now()
    )
