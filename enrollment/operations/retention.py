"""What of this app is no fact and ends: forms put aside, uploaded files, the people named in an
import's errors.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents import audit
from agents.retention import Kind, register, term
from enrollment.importing.upload import forget_file
from enrollment.models import Draft, ImportBatch
from enrollment.outreach.operations.prospects import anonymise

State = ImportBatch.State
DRAFTS = term("keep_drafts", "bản nháp không ai mở lại", 60)
WAITING = term("keep_waiting_lists", "bảng kê tải lên mà chưa xác nhận", 30)
FILES = term("keep_list_files", "tệp của bảng kê đã xong", 30)
PROSPECTS = term("keep_prospects", "người tiềm năng không tham gia", 730)
ERRORS = term("keep_list_errors", "dòng lỗi của bảng kê đã xong", 365)


def _drafts(before: datetime, dry_run: bool) -> int:
    old = Draft.objects.filter(updated_at__lt=before)
    return old.count() if dry_run else old.delete()[0]


def _waiting(before: datetime, dry_run: bool) -> int:
    """A list that was not confirmed is given up, as by its author, and its file goes."""
    old = list(
        _locked(ImportBatch.objects.filter(state__in=ImportBatch.LIFE.open, created_at__lt=before))
    )
    for batch in old if not dry_run else ():
        batch.state = ImportBatch.LIFE.step(batch.state, State.CANCELLED)
        batch.finished_at = timezone.now()
        batch.save(update_fields=["state", "finished_at"])
        audit.record(
            actor=None,
            action="import.cancel",
            on=batch,
            summary=f"Bỏ bảng kê quá hạn {batch.file_name}",
        )
        transaction.on_commit(partial(forget_file, batch), robust=True)
    return len(old)


def _files(before: datetime, dry_run: bool) -> int:
    old = list(ImportBatch.objects.filter(finished_at__lt=before).exclude(file="").only("file"))
    for batch in old if not dry_run else ():
        transaction.on_commit(partial(forget_file, batch), robust=True)
    return len(old)


def _errors(before: datetime, dry_run: bool) -> int:
    """The rows that were refused name people; how many there were stays."""
    old = [
        batch
        for batch in _locked(ImportBatch.objects.filter(finished_at__lt=before))
        if batch.result.get("errors") or batch.result.get("remarks")
    ]
    for batch in old if not dry_run else ():
        count = batch.result.get("error_count", len(batch.result.get("errors", [])))
        batch.result = {**batch.result, "error_count": count, "errors": [], "remarks": []}
        batch.save(update_fields=["result"])
    return len(old)


def _locked(rows: QuerySet[ImportBatch]) -> QuerySet[ImportBatch]:
    """One after another in the order of their keys, so that none is confirmed meanwhile."""
    return rows.select_for_update().order_by("pk")


register(Kind("prospects", "Người tiềm năng không tham gia", "ẩn danh", PROSPECTS, anonymise))
register(Kind("drafts", "Bản nháp", "xóa", DRAFTS, _drafts))
register(Kind("waiting_lists", "Bảng kê chờ xác nhận", "bỏ", WAITING, _waiting))
register(Kind("list_files", "Tệp của bảng kê đã xong", "bỏ tệp", FILES, _files))
register(Kind("list_errors", "Dòng lỗi của bảng kê đã xong", "xóa", ERRORS, _errors))
