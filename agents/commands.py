"""What the portal's commands share: who acts, refusals as one sentence and exit code 1, JSON alone on stdout."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from agents.models import User
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean


class PortalCommand(BaseCommand):
    """A command whose refusals are a Vietnamese sentence on stderr with exit code 1; argparse keeps code 2."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except PermissionDenied as refusal:
            raise CommandError("Tài khoản này không có quyền làm việc đó.") from refusal

    def print_json(self, document: Any) -> None:
        """One JSON document on stdout."""
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))

    def remark(self, text: str) -> None:
        """Progress and remarks, on stderr."""
        self.stderr.write(text)


def acting_user(username: str) -> User:
    """The account named by ``--as``."""
    found = User.objects.filter(username__iexact=clean(username), is_active=True).first()
    if found is None:
        raise Refused(f"Không có tài khoản “{username}” đang dùng; hãy tạo bằng lệnh create_account.")
    return found
