"""The office's choice where the law may be read in two ways."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.law import READINGS
from enrollment.models import LawReading
from enrollment.parameters_in_force import office_law
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean


def do_choose_reading(
    *, actor: User, name: str, choice: str, valid_from: date, source: str
) -> LawReading:
    """From this day on the office reads the law so; receipts on record keep the reading of their
    amounts.

    Raises :class:`Refused` naming the field.
    """
    require(actor, Can.KEEP_PARAMETERS)
    label, choices = READINGS[name]
    source = clean(source)
    if choice not in choices:
        raise Refused("Hãy chọn một cách hiểu trong danh sách.", "choice")
    if not source:
        raise Refused("Hãy ghi căn cứ của lựa chọn này.", "source")
    with transaction.atomic():
        before = getattr(office_law().readings.on(valid_from), name)
        if before == choice:
            raise Refused(f"Ngày {valid_from:%d/%m/%Y} đã áp dụng cách hiểu này.", "choice")
        row = LawReading(
            name=name,
            choice=choice,
            valid_from=valid_from,
            source=source,
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        row.full_clean()
        row.save(force_insert=True)
        audit.record(
            actor=actor,
            action="reading.choose",
            on=row,
            summary=f"{label}: {choices[choice]}, từ {valid_from:%d/%m/%Y} ({source})",
            changes={name: [before, choice]},
        )
    return row
