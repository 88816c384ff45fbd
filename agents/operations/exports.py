"""Taking figures or lists out of the portal: who took what, when and what for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from agents import audit
from agents.models import AuditEntry, User
from thaithuy_bhxh.text import clean

USUAL_REASON = "báo cáo công việc"


def do_record_export(*, actor: User, what: str, asked: Mapping[str, Any], reason: str = "") -> AuditEntry:
    """One audit row for a download: ``what`` in words, ``asked`` the period, grouping, format and count of rows."""
    purpose = clean(reason)[:200] or USUAL_REASON
    with transaction.atomic():
        return audit.record(
            actor=actor, action="export.download", on=actor, summary=f"Tải {what}; mục đích: {purpose}", changes=asked
        )
