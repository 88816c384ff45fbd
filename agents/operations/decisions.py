"""A decision's own number and date, put right when they were mistyped; the figures that it set stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from agents import audit
from agents.access import require_role
from agents.models import Role, Target, User
from agents.operations.saving import required
from thaithuy_bhxh.errors import Refused

Decided = tuple[str, date | None]
"""Number and date of a decision; “” and ``None`` while figures have none."""
Owned = tuple[str, str, int | None]
"""Metric, kind of owner and its key."""


def do_correct_decision(*, actor: User, year: int, decided: Decided, number: str, day: date) -> int:
    """Write another number and date on every figure that one decision of a year set; gives how many figures.

    The months that the figures speak for stay, for what was reported of them stands. Raises :class:`Refused` when
    the order of an owner's decisions would no longer be that of their dates, or the number is another decision's.
    """
    require_role(actor, Role.MANAGER)
    number = required(number, "number", "Hãy nhập số quyết định.")
    with transaction.atomic():
        rows = list(Target.objects.select_for_update().filter(year=year).order_by("revision_no", "pk"))
        mine = [row for row in rows if (row.decision_no, row.decision_date) == decided]
        if not mine:
            raise Refused("Quyết định này vừa được người khác sửa; hãy mở lại danh sách quyết định.")
        if (number, day) == decided:
            return 0
        if day.year > year:
            raise Refused(f"Quyết định giao chỉ tiêu năm {year} không thể có ngày sau năm đó.", "day")
        others = [row for row in rows if (row.decision_no, row.decision_date) != decided]
        _refuse_taken(mine, others, number, day)
        _refuse_out_of_order(mine, others, day)
        Target.objects.filter(pk__in=[row.pk for row in mine]).update(decision_no=number, decision_date=day)
        audit.record(
            actor=actor, action="target.decision", on=mine[0],
            changes={"decision_no": [decided[0], number], "decision_date": [decided[1], day]},
            summary=f"Chỉ tiêu {year}: sửa số, ngày quyết định {_told(*decided)} thành {_told(number, day)}",
        )  # fmt: skip
    return len(mine)


def _refuse_taken(mine: Sequence[Target], others: Sequence[Target], number: str, day: date) -> None:
    """A number is one decision's; two lists of that very decision may become one when no owner is in both."""
    owners = {_owned(row) for row in mine}
    for row in others:
        if row.decision_no.casefold() != number.casefold():
            continue
        if row.decision_date != day or _owned(row) in owners:
            raise Refused(f"Số {number} là của quyết định khác, {_told_of(row)}; hãy ghi số khác.", "number")


def _refuse_out_of_order(mine: Sequence[Target], others: Sequence[Target], day: date) -> None:
    """Each owner's decisions follow one another by date."""
    revised = {_owned(row): row.revision_no for row in mine}
    for row in others:
        place = revised.get(_owned(row))
        if place is None or row.decision_date is None:
            continue
        if row.revision_no < place and row.decision_date > day:
            raise Refused(f"Phải từ ngày của quyết định trước đó, {_told_of(row)}, trở đi.", "day")
        if row.revision_no > place and row.decision_date < day:
            raise Refused(f"Không được sau ngày của quyết định điều chỉnh, {_told_of(row)}.", "day")


def _owned(row: Target) -> Owned:
    return row.metric, row.owner_kind, row.owner_id


def _told_of(row: Target) -> str:
    return _told(row.decision_no, row.decision_date)


def _told(number: str, day: date | None) -> str:
    return (number or "chưa có số") + (f" ngày {day:%d/%m/%Y}" if day else "")
