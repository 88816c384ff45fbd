"""An uploaded list: checked when it arrives, taken over when its author confirms, once."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents import audit
from agents.access import require_role
from agents.models import User
from enrollment.access import IMPORTERS
from enrollment.importing.batch import ListRefused, Outcome, do_import_lines
from enrollment.importing.error_workbook import write_error_workbook
from enrollment.importing.lines import LineError
from enrollment.importing.reader import ReadResult, UnreadableFile, read_d05
from enrollment.models import ImportBatch
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

SHOWN_ERRORS = 500


def do_check_upload(*, actor: User, upload: UploadedFile) -> ImportBatch:
    """Read and check an upload and keep it for confirmation. :class:`Refused` when it cannot be read at all."""
    require_role(actor, *IMPORTERS)
    content = upload.read()
    read = _read(content)
    outcome = do_import_lines(actor=actor, lines=read.lines, errors=read.errors, dry_run=True)
    name = clean(upload.name or "bang-ke.xlsx")[:200]
    with transaction.atomic():
        batch = ImportBatch(
            file_name=name, digest=hashlib.sha256(content).hexdigest(), state=ImportBatch.State.CHECKED,
            result=_result(outcome), created_by=actor, created_at=timezone.now(),
        )  # fmt: skip
        batch.file.save(f"{batch.digest[:16]}.xlsx", ContentFile(content), save=False)
        batch.save()
        audit.record(actor=actor, action="import.upload", on=batch, summary=f"Tải lên bảng kê {name}")
    return batch


def do_confirm_upload(*, actor: User, batch: ImportBatch, skip_bad: bool = False) -> ImportBatch:
    """Record the list's facts. Confirming twice does it once; :class:`Refused` when it has errors."""
    require_role(actor, *IMPORTERS)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state == ImportBatch.State.IMPORTED:
            return locked
        if locked.state == ImportBatch.State.CANCELLED:
            raise Refused("Bảng kê này đã bỏ; hãy tải lên lại.")
        with locked.file.open("rb") as stored:
            read = _read(stored.read())
        try:
            outcome = do_import_lines(
                actor=actor, lines=read.lines, errors=read.errors, skip_bad=skip_bad, batch=locked
            )
        except ListRefused as refusal:
            raise Refused(refusal.message) from refusal
        except IntegrityError as error:
            raise Refused("Một người khác vừa ghi cùng người hoặc cùng số biên lai; hãy nhập lại.") from error
        locked.state, locked.result, locked.finished_at = ImportBatch.State.IMPORTED, _result(outcome), timezone.now()
        locked.save()
        audit.record(
            actor=actor, action="import.confirm", on=locked,
            summary=f"Nhập bảng kê {locked.file_name}: {outcome.receipts} biên lai, {outcome.stops} dừng đóng",
        )  # fmt: skip
    return locked


def do_cancel_upload(*, actor: User, batch: ImportBatch) -> None:
    """Give up a checked list; one that is recorded stays."""
    require_role(actor, *IMPORTERS)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportBatch.State.CHECKED:
            return
        locked.state, locked.finished_at = ImportBatch.State.CANCELLED, timezone.now()
        locked.save()
        audit.record(actor=actor, action="import.cancel", on=locked, summary=f"Bỏ bảng kê {locked.file_name}")


def error_workbook_of(batch: ImportBatch) -> BytesIO:
    """The uploaded workbook with a column of reasons."""
    target = BytesIO()
    with batch.file.open("rb") as stored:
        write_error_workbook(stored.read(), [LineError(**error) for error in batch.result["errors"]], target)
    target.seek(0)
    return target


def _read(content: bytes) -> ReadResult:
    try:
        return read_d05(content)
    except UnreadableFile as error:
        raise Refused(str(error), "file") from error


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        **{name: getattr(outcome, name) for name in ("rows", "created_participants", "receipts", "stops", "unchanged")},
        "renewals": outcome.renewals,
        "errors": [asdict(error) for error in outcome.errors],
        "remarks": outcome.remarks[:SHOWN_ERRORS],
    }
