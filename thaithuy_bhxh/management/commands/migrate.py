"""Django's ``migrate``, the one command of an installation that may begin a new SQLite file."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate

from thaithuy_bhxh.engines import beginning_databases


class Command(migrate.Command):
    """As Django's; looking at the plan begins nothing."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        # From here on, because already the system checks of this command ask the database what it
        # can do.
        only_looks = options.get("check_unapplied") or options.get("plan")
        with nullcontext() if only_looks else beginning_databases():
            return super().execute(*args, **options)
