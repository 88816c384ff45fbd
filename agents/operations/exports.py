"""Taking figures or lists out of the portal: who took what, when and what for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from agents import audit
from agents.models import AuditEntry, User
from thaithuy_bhxh.text import clean


def do_record_export(
    *, actor: User, what: str, asked: Mapping[str, Any], reason: str = ""
) -> AuditEntry:
    """One audit row for a download of figures: ``what`` in words, ``asked`` the period, grouping,
    format and rows.

    ``reason`` stands there when one was given; nobody is said to have had one.
    """
    purpose = clean(reason)[:200]
    why = f"; mục đích: {purpose}" if purpose else ""
    with transaction.atomic():
        return audit.record(
            actor=actor,
            action="export.download",
            on=actor,
            summary=f"Tải {what}{why}",
            changes=asked,
        )
