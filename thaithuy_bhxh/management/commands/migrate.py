"""Django's ``migrate``, the one command of an installation that may begin a new SQLite file."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate

from thaithuy_bhxh.engines import beginning_databases


class Command(migrate.Command):
    """As Django's; looking at the plan begins nothing."""

    def handle(self, *args: Any, **options: Any) -> None:
        only_looks = options["check_unapplied"] or options["plan"]
        with nullcontext() if only_looks else beginning_databases():
            super().handle(*args, **options)
