"""Noting that the portal was backed up, and that a backup was restored and compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.models import BackupRun, User


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be noted; ``size`` in bytes, ``taken_at`` the moment that the copy is of."""

    kind: BackupRun.Kind
    seconds: float
    size: int
    passed: bool
    outcome: str
    taken_at: datetime


def do_note_run(*, actor: User | None, run: Run) -> BackupRun:
    """A line that the home page of the administrator and ``/readyz`` read."""
    with transaction.atomic():
        row = BackupRun.objects.create(
            kind=run.kind,
            finished_at=timezone.now(),
            seconds=round(run.seconds),
            size=run.size,
            passed=run.passed,
            outcome=run.outcome[:400],
            taken_at=run.taken_at,
        )
        audit.record(actor=actor, action=f"backup.{run.kind}", on=row, summary=run.outcome)
    return row
