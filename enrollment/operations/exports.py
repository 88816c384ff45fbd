"""Taking people's data out of the portal: never without a reason, always on record."""

from __future__ import annotations

from io import BytesIO

from django.db import transaction

from agents import audit
from agents.models import User
from enrollment.importing.upload import error_workbook_of
from enrollment.looking import says_why
from enrollment.models import ImportBatch
from enrollment.write_scope import require_list
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

WHY = (
    "Hãy ghi rõ tải về để làm gì, như “sửa bảng kê rồi tải lên lại”; câu này được ghi vào nhật ký."
)


def do_take_errors(*, actor: User, batch: ImportBatch, reason: str) -> BytesIO:
    """The uploaded list with a column of reasons; :class:`Refused` without a true reason, or when
    it is too large.
    """
    require_list(actor, batch)
    why = clean(reason)[:200]
    if not says_why(why):
        raise Refused(WHY, "reason")
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
