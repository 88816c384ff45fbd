"""Taking people's data out of the portal: never without a reason, always on record."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.db import transaction

from agents import audit
from agents.access import require, scope_of
from agents.models import User
from agents.roles import Can
from enrollment.importing.upload import error_workbook_of
from enrollment.looking import says_why
from enrollment.models import ImportBatch
from enrollment.people_book import people_book
from enrollment.querysets import ParticipantQuerySet, just_came
from enrollment.write_scope import require_list
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import clean

Place = Callable[[int | None], str]

WHY = (
    "Hãy ghi rõ tải về để làm gì, như “sửa bảng kê rồi tải lên lại”; câu này được ghi vào nhật ký."
)


MOST_PEOPLE = 20_000
"""People in one workbook; more are refused and asked to be narrowed."""


def do_take_people(
    *, actor: User, people: ParticipantQuerySet, title: str, reason: str, place: Place
) -> bytes:
    """Those of ``people`` whom ``actor`` sees, as a workbook with numbers masked; ``place`` says a
    commune's name of today.

    :class:`Refused` without a true reason, or for more than :data:`MOST_PEOPLE`.
    """
    require(actor, Can.SEE_PEOPLE)
    why = _purpose(reason)
    seen = people.visible_to(actor).annotate(new_here=just_came(scope_of(actor)))
    listed = list(seen[: MOST_PEOPLE + 1])
    if len(listed) > MOST_PEOPLE:
        raise Refused(f"Danh sách dài hơn {dots(MOST_PEOPLE)} người; hãy lọc bớt.", "reason")
    rows = ((one, place(one.commune_id)) for one in listed)
    content = people_book(rows, title, why, today())
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="export.people",
            on=actor,
            changes={"why": why, "rows": len(listed)},
            summary=f"Tải danh sách {dots(len(listed))} người ({title}); mục đích: {why}"[:500],
        )
    return content


def _purpose(reason: str) -> str:
    """What the file is for; :class:`Refused` when it is not said."""
    why = clean(reason)[:200]
    if not says_why(why):
        raise Refused(WHY, "reason")
    return why


def do_take_errors(*, actor: User, batch: ImportBatch, reason: str) -> BytesIO:
    """The uploaded list with a column of reasons; :class:`Refused` without a true reason, or when
    it is too large.
    """
    require_list(actor, batch)
    why = _purpose(reason)
    content = error_workbook_of(batch)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="export.people",
            on=batch,
            changes={"why": why, "rows": batch.result.get("rows", 0)},
            summary=f"Tải tệp lỗi của bảng kê {batch.file_name}; mục đích: {why}",
        )
    return content
