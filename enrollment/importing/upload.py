"""An uploaded list: checked when it arrives, taken over when its author confirms, once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.access import mapping_owner, mappings_for
from enrollment.importing.batch import ListRefused, Outcome, do_import_lists
from enrollment.importing.error_workbook import write_error_workbook
from enrollment.importing.lines import LineError, ReadResult
from enrollment.importing.mapping import Columns, Mappings, check_columns, headers_of
from enrollment.importing.reader import UnknownHeader, UnreadableFile, read_d05
from enrollment.models import ImportBatch, ImportMapping
from enrollment.write_scope import require_list
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

SHOWN_ERRORS = 500
MOST_USELESS = 512 * 1024
NOT_KEPT = "Tệp của bảng kê này không còn được giữ; hãy tải lên lại."
_COUNTS = (
    "rows",
    "created_participants",
    "receipts",
    "stops",
    "unchanged",
    "renewals",
    "bad_rows",
    "error_count",
)


def do_check_upload(*, actor: User, upload: UploadedFile) -> ImportBatch:
    """Read and check an upload and keep it for confirmation; a list of unknown headers waits for
    its columns to be matched. :class:`Refused` when it cannot be read at all, or not be kept.
    """
    require(actor, Can.IMPORT_LISTS)
    content = upload.read()
    state, result = _checked(actor, content)
    name = clean(upload.name or "bang-ke.xlsx")[:200]
    batch = ImportBatch(
        file_name=name,
        digest=hashlib.sha256(content).hexdigest(),
        state=state,
        result=result,
        created_by=actor,
        created_at=timezone.now(),
    )
    if not _is_useless(batch, len(content)):
        batch.file.save(f"{batch.digest[:16]}.xlsx", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            batch.save()
            audit.record(
                actor=actor, action="import.upload", on=batch, summary=f"Tải lên bảng kê {name}"
            )
    except BaseException:
        # A file of people's data that no row names would lie there for good.
        if batch.file:
            batch.file.delete(save=False)
        raise
    return batch


def _is_useless(batch: ImportBatch, size: int) -> bool:
    """Whether a large file holds nothing that could be taken: its reasons are kept, the file itself
    is not kept.
    """
    result = batch.result
    takes = result.get("receipts") or result.get("stops") or result.get("mappable")
    return size > MOST_USELESS and bool(result.get("errors")) and not takes


def _checked(actor: User, content: bytes) -> tuple[str, dict[str, Any]]:
    """The state and the result of a list that has just arrived."""
    try:
        read = read_d05(content, mappings_for(actor))
    except UnknownHeader as unknown:
        if not headers_of(content):
            raise Refused(str(unknown), "file") from unknown
        return ImportBatch.State.UNMATCHED, {}
    except UnreadableFile as error:
        raise Refused(str(error), "file") from error
    return ImportBatch.State.CHECKED, _result(read, _tried(actor, read))


def do_match_columns(*, actor: User, batch: ImportBatch, row: int, columns: Columns) -> ImportBatch:
    """Save which columns of a list are which, for all lists with this header, and check the list by
    it.

    ``row`` is the header's number in the sheet. :class:`Refused` naming the column's code; also
    when no line at all can be read so, because then the columns are matched wrongly.
    """
    require(actor, Can.IMPORT_LISTS)
    check_columns(columns)
    batch = ImportBatch.objects.get(pk=batch.pk)
    _refuse_unmatchable(actor, batch)
    header = next((one for one in headers_of(content_of(batch)) if one.row == row), None)
    if header is None or max(columns.values()) >= header.width:
        raise Refused("Không thấy dòng tiêu đề này trong tệp; hãy chọn lại dòng tiêu đề.")
    read = _read(batch, {header.fingerprint: columns})
    if not read.lines:
        raise Refused(_unreadable(read))
    result = _result(read, _tried(actor, read))
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        _refuse_unmatchable(actor, locked)
        before = _save_mapping(actor, mapping_owner(locked.created_by), header.fingerprint, columns)
        locked.state = ImportBatch.LIFE.step(locked.state, ImportBatch.State.CHECKED)
        locked.result = result
        locked.save()
        audit.record(
            actor=actor,
            action="import.match",
            on=locked,
            changes={"columns": [before, dict(columns)]},
            summary=f"Khớp cột của bảng kê {locked.file_name}, {header.summary}",
        )
    return locked


def _refuse_unmatchable(actor: User, batch: ImportBatch) -> None:
    require_list(actor, batch)
    if batch.state not in ImportBatch.LIFE.open:
        raise Refused("Bảng kê này đã nhập hoặc đã bỏ nên không khớp cột lại được.")


def _save_mapping(
    actor: User, owner: str, fingerprint: str, columns: Columns
) -> dict[str, int] | None:
    """The columns that were saved for this header before, if any."""
    saved = (
        ImportMapping.objects.select_for_update()
        .filter(owner=owner, fingerprint=fingerprint)
        .first()
    )
    before = saved.columns if saved else None
    ImportMapping.objects.update_or_create(
        owner=owner,
        fingerprint=fingerprint,
        defaults={"columns": dict(columns), "created_by": actor},
    )
    return before


def _unreadable(read: ReadResult) -> str:
    first = next(iter(read.errors), None)
    where = f"; dòng {first.row}, cột {first.column}: {first.reason}" if first else "."
    return f"Khớp như vậy thì không đọc được dòng nào{where}"


def do_confirm_upload(*, actor: User, batch: ImportBatch, skip_bad: bool = False) -> ImportBatch:
    """Record the list's facts. Confirming twice does it once; :class:`Refused` when it has errors.

    The list is read and judged anew before the transaction, which is that of
    :func:`do_import_lists`: the batch is marked as imported in it, so facts and mark are committed
    together.
    """
    batch = ImportBatch.objects.get(pk=batch.pk)
    require_list(actor, batch)
    try:
        _refuse_finished(batch)
        read = _read(batch)
        confirmation = _Confirmation(actor, batch.pk, read)
        do_import_lists(
            actor=actor, lists=[read], skip_bad=skip_bad, batch=batch, companion=confirmation
        )
    except _ImportedAlready as done:
        return done.batch
    except ListRefused as refusal:
        raise Refused(refusal.message) from refusal
    if not confirmation.batch.result["errors"]:
        # Otherwise the good rows were taken and the others are handed back in the file.
        transaction.on_commit(partial(forget_file, confirmation.batch), robust=True)
    return confirmation.batch


class _ImportedAlready(Exception):
    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch


def _refuse_finished(batch: ImportBatch) -> None:
    if batch.state == ImportBatch.State.IMPORTED:
        raise _ImportedAlready(batch)
    if batch.state == ImportBatch.State.CANCELLED:
        raise Refused("Bảng kê này đã bỏ; hãy tải lên lại.")
    if batch.state == ImportBatch.State.UNMATCHED:
        raise Refused("Hãy khớp các cột của bảng kê này trước.")


class _Confirmation:
    """The batch beside its facts: a second confirmation at the same time waits, and finds it
    imported.
    """

    def __init__(self, actor: User, pk: int, read: ReadResult) -> None:
        self._actor = actor
        self._pk = pk
        self._read = read
        self.batch: ImportBatch

    def begin(self) -> None:
        self.batch = ImportBatch.objects.select_for_update().get(pk=self._pk)
        require_list(self._actor, self.batch)
        _refuse_finished(self.batch)

    def finish(self, outcome: Outcome) -> None:
        batch = self.batch
        batch.state = ImportBatch.LIFE.step(batch.state, ImportBatch.State.IMPORTED)
        batch.result, batch.finished_at = _result(self._read, outcome), timezone.now()
        batch.save()
        audit.record(
            actor=self._actor,
            action="import.confirm",
            on=batch,
            summary=f"Nhập bảng kê {batch.file_name}: {outcome.receipts} biên lai, "
            f"{outcome.stops} dừng đóng",
        )


def do_cancel_upload(*, actor: User, batch: ImportBatch) -> None:
    """Give up a list that waits; its file goes. One that is recorded stays."""
    require(actor, Can.IMPORT_LISTS)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        require_list(actor, locked)
        if locked.state not in ImportBatch.LIFE.open:
            return
        locked.state = ImportBatch.LIFE.step(locked.state, ImportBatch.State.CANCELLED)
        locked.finished_at = timezone.now()
        locked.save()
        audit.record(
            actor=actor, action="import.cancel", on=locked, summary=f"Bỏ bảng kê {locked.file_name}"
        )
        transaction.on_commit(partial(forget_file, locked), robust=True)


def forget_file(batch: ImportBatch) -> None:
    """Take the uploaded file of a list away, then its name: who is stopped in between can begin
    again.

    For lists that are finished, and for those that the office's term for uploads has passed.
    """
    if name := batch.file.name:
        with suppress(OSError):
            batch.file.storage.delete(name)
            ImportBatch.objects.filter(pk=batch.pk).update(file="")


def error_workbook_of(batch: ImportBatch) -> BytesIO:
    """The uploaded workbook with a column of reasons; :class:`Refused` when it is too large to be
    opened whole.
    """
    target = BytesIO()
    try:
        write_error_workbook(
            content_of(batch), [LineError(**error) for error in batch.result["errors"]], target
        )
    except UnreadableFile as error:
        raise Refused(str(error), "file") from error
    target.seek(0)
    return target


def content_of(batch: ImportBatch) -> bytes:
    """The workbook as it was uploaded; :class:`Refused` when it is kept no longer or cannot be
    read.
    """
    if not batch.file:
        raise Refused(NOT_KEPT)
    with batch.file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _read(batch: ImportBatch, matched: Mappings | None = None) -> ReadResult:
    """The list read again, by the matchings of its author and those about to be
    saved.
    """
    try:
        return read_d05(content_of(batch), {**mappings_for(batch.created_by), **(matched or {})})
    except UnreadableFile as error:
        raise Refused(str(error), "file") from error


def _tried(actor: User, read: ReadResult) -> Outcome:
    """What a list would do, as far as it may be shown before money is recorded: somebody on record
    elsewhere is new to the importer, like somebody who is new to all.
    """
    (outcome,) = do_import_lists(actor=actor, lists=[read], dry_run=True)
    outcome.created_participants += outcome.strangers
    outcome.renewals -= outcome.stranger_renewals
    return outcome


def _result(read: ReadResult, outcome: Outcome) -> dict[str, Any]:
    return {
        "mappable": read.mappable,
        **{name: getattr(outcome, name) for name in _COUNTS},
        "errors": [asdict(error) for error in outcome.errors],
        "remarks": [f"Dòng {one.row}: {one.reason}" for one in outcome.remarks[:SHOWN_ERRORS]],
    }
