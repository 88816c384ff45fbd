"""How allauth behaves here: accounts are made by an administrator, never by signing up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from agents import audit


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self sign-up; a changed password ends the duty to change it, with an audit row."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence whether the name is unknown, the password wrong or the account stopped.
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "too_many_login_attempts": "Đã sai nhiều lần; việc đăng nhập tạm khóa. Hãy chờ 5 phút rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        with transaction.atomic():
            user.must_change_password = False
            super().set_password(user, password)
            audit.record(actor=user, action="account.password", on=user, summary="Tự đổi mật khẩu")
