"""New passwords for the demonstration's accounts, which log straight in with them."""

from __future__ import annotations

from django.db import transaction

from agents import audit
from agents.models import Role, User
from agents.operations.accounts import one_time_password
from enrollment.demonstration.loader import is_demonstration
from thaithuy_bhxh.errors import Refused


def do_issue_demo_passwords(*, actor: None = None) -> list[tuple[User, str]]:
    """One account per role with a new password; :class:`Refused` for any database but the
    demonstration's.
    """
    if not is_demonstration():
        raise Refused("Chỉ cấp lại mật khẩu hàng loạt cho cơ sở dữ liệu trình diễn.")
    issued: list[tuple[User, str]] = []
    with transaction.atomic():
        for role in Role.values:
            user = User.objects.filter(role=role, is_active=True).order_by("pk").first()
            if user:
                word = one_time_password()
                user.set_password(word)
                user.must_change_password, user.one_time_until = False, None
                user.save()
                audit.record(
                    actor=None,
                    action="account.reset",
                    on=user,
                    summary="Cấp lại mật khẩu trình diễn",
                )
                issued.append((user, word))
    return issued
