"""A decision's own number and date, put right when they were mistyped; the figures that it set
stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import Target, User
from agents.operations.targets import locked_versions
from agents.roles import Can
from agents.targets.in_force import Decided, decision_in_words, key_of
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import required


def do_correct_decision(*, actor: User, year: int, decided: Decided, number: str, day: date) -> int:
    """Write another number and date on every figure that one decision of a year set; gives how many
    figures.

    Sent twice it is done once, and the second time changes nothing. The months that the figures
    speak for stay, for what was reported of them stands. Raises :class:`Refused` when the order of
    an owner's decisions would no longer be that of their dates, or the number is another
    decision's.
    """
    require(actor, Can.SET_TARGETS)
    number = required(number, "number", "Hãy nhập số quyết định.")
    with transaction.atomic():
        rows = locked_versions(year)
        mine = [row for row in rows if _decided(row) == decided]
        if (number, day) == decided or (
            not mine and any(_decided(row) == (number, day) for row in rows)
        ):
            return 0
        if not mine:
            raise Refused(
                "Quyết định này vừa được người khác sửa; hãy mở lại danh sách quyết định."
            )
        if day.year > year:
            raise Refused(
                f"Quyết định giao chỉ tiêu năm {year} không thể có ngày sau năm đó.", "day"
            )
        others = [row for row in rows if _decided(row) != decided]
        _refuse_taken(mine, others, number, day)
        _refuse_out_of_order(mine, others, day)
        Target.objects.filter(pk__in=[row.pk for row in mine]).update(
            decision_no=number, decision_date=day
        )
        before, after = decision_in_words(*decided), decision_in_words(number, day)
        audit.record(
            actor=actor,
            action="target.decision",
            on=mine[0],
            changes={"decision_no": [decided[0], number], "decision_date": [decided[1], day]},
            summary=f"Chỉ tiêu {year}: sửa số, ngày quyết định {before} thành {after}",
        )
    return len(mine)


def _refuse_taken(mine: Sequence[Target], others: Sequence[Target], number: str, day: date) -> None:
    """A number is one decision's; two lists of that very decision may become one when no owner is
    in both.
    """
    owners = {key_of(row) for row in mine}
    for row in others:
        if row.decision_no.casefold() != number.casefold():
            continue
        if row.decision_date != day or key_of(row) in owners:
            decision = decision_in_words(*_decided(row))
            raise Refused(
                f"Số {number} là của quyết định khác, {decision}; hãy ghi số khác.", "number"
            )


def _refuse_out_of_order(mine: Sequence[Target], others: Sequence[Target], day: date) -> None:
    """Each owner's decisions follow one another by date."""
    revised = {key_of(row): row.revision_no for row in mine}
    for row in others:
        place, decision = revised.get(key_of(row)), decision_in_words(*_decided(row))
        if place is None or row.decision_date is None:
            continue
        if row.revision_no < place and row.decision_date > day:
            raise Refused(f"Phải từ ngày của quyết định trước đó, {decision}, trở đi.", "day")
        if row.revision_no > place and row.decision_date < day:
            raise Refused(f"Không được sau ngày của quyết định điều chỉnh, {decision}.", "day")


def _decided(row: Target) -> Decided:
    return row.decision_no, row.decision_date
