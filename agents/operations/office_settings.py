"""Choosing one of the office's own numbers from a day on."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import OfficeSetting, User
from agents.office_settings import Definition, forget_kept, office_setting
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import one_at_a_time, required


def do_set_office_setting(
    *, actor: User, definition: Definition, value: int, valid_from: date, why: str
) -> OfficeSetting:
    """From this day on the number is ``value``; days before keep theirs. Raises :class:`Refused`
    naming the field.
    """
    require(actor, Can.KEEP_OFFICE_SETTINGS)
    if not definition.least <= value <= definition.most:
        least, most = definition.in_words(definition.least), definition.in_words(definition.most)
        raise Refused(f"Hãy nhập một số từ {least} đến {most}.", "value")
    if valid_from < today():
        raise Refused(
            "Quy định chỉ đổi được từ hôm nay trở đi; hãy chọn ngày hôm nay hoặc sau đó.",
            "valid_from",
        )
    why = required(why, "why", "Hãy ghi lý do hoặc văn bản quyết định.")
    with transaction.atomic():
        one_at_a_time(OfficeSetting._meta.db_table)
        forget_kept()
        before = office_setting(definition.key, valid_from)
        if before == value:
            raise Refused(
                f"Ngày {valid_from:%d/%m/%Y} đã áp dụng {definition.in_words(value)}.", "value"
            )
        row = OfficeSetting.objects.create(
            key=definition.key,
            value=value,
            valid_from=valid_from,
            why=why[:300],
            set_by=actor,
            set_at=timezone.now(),
        )
        audit.record(
            actor=actor,
            action="office.setting",
            on=row,
            changes={"value": [before, value], "why": why},
            summary=f"{definition.label}: {definition.in_words(value)} từ {valid_from:%d/%m/%Y}, "
            f"trước đó {definition.in_words(before)}",
        )
        forget_kept()
        transaction.on_commit(forget_kept)
    return row
