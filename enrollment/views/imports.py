"""Bringing in a D05-TS list: upload → what will happen → confirm → result."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.access import for_capability, reader
from agents.roles import Can
from enrollment.access import batches_for, get_batch_for
from enrollment.forms.imports import HeaderForm, MatchForm, TakeOutForm, UploadForm, field_of
from enrollment.importing.grouped import grouped
from enrollment.importing.mapping import MATCHED, Header, headers_of
from enrollment.importing.upload import (
    content_of,
    do_cancel_upload,
    do_check_upload,
    do_confirm_upload,
    do_match_columns,
)
from enrollment.models import ImportBatch
from enrollment.operations.exports import do_take_errors
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import attempt, blame, done, form_page

FIELDS = {code: field_of(code) for code in MATCHED}
"""The list's columns → the fields in which they are matched."""
PER_PAGE = 20
SHOWN = 200
"""Errors on the page; the workbook has all of them."""


@require_http_methods(["GET", "POST"])
@for_capability(Can.IMPORT_LISTS)
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a list, and the lists brought in so far."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            batch = do_check_upload(actor=reader(request), upload=form.cleaned_data["file"])
            waits = batch.state == batch.State.UNMATCHED
            return redirect("enrollment:import_match" if waits else "enrollment:import", batch.pk)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    page = Paginator(batches_for(reader(request)), PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "enrollment/imports.html", {"form": form, "page": page})


@require_safe
@for_capability(Can.IMPORT_LISTS)
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What the list will do or did: new people, renewals, stops, errors by row and column."""
    batch = get_batch_for(reader(request), pk)
    errors = batch.result.get("errors", [])
    good = batch.result.get("receipts", 0) + batch.result.get("stops", 0)
    context = {
        "batch": batch,
        "errors": errors[:SHOWN],
        "groups": grouped(errors[:SHOWN]),
        "bad_rows": batch.result.get("bad_rows", len({error["row"] for error in errors})),
        "all_errors": batch.result.get("error_count", len(errors)),
        "good": good,
        "is_open": batch.state == batch.State.CHECKED,
        "is_unmatched": batch.state == batch.State.UNMATCHED,
        "is_done": batch.state == batch.State.IMPORTED,
        "days": batch.receipts.aggregate(first=Min("received_on"), last=Max("received_on")),
    }
    return render(request, "enrollment/import.html", context)


@require_http_methods(["GET", "POST"])
@for_capability(Can.IMPORT_LISTS)
def import_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the file's columns to the list's by hand, once for all lists of that source."""
    batch = get_batch_for(reader(request), pk)
    try:
        headers = headers_of(content_of(batch)) if batch.state in ImportBatch.LIFE.open else []
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("enrollment:import", pk)
    if not headers:
        messages.info(request, "Các cột của bảng kê này không cần khớp.")
        return redirect("enrollment:import", pk)
    header = _chosen(request, headers)
    form = MatchForm(request.POST or None, header=header)
    if form.is_valid() and attempt(form, lambda: _match(request, batch, header.row, form), FIELDS):
        return done(
            request,
            "Đã lưu cách khớp cột; tệp sau có cùng tên cột sẽ được đọc ngay.",
            "enrollment:import",
            pk,
        )
    rows = HeaderForm(initial={"dong": header.row}, headers=headers)
    context = {"batch": batch, "form": form, "rows": rows, "row": header.row}
    return render(request, "enrollment/import_match.html", context)


def _chosen(request: HttpRequest, headers: list[Header]) -> Header:
    """The header's row that was chosen, the likeliest at first."""
    form = HeaderForm(request.POST or request.GET, headers=headers)
    row = form.cleaned_data["dong"] if form.is_valid() else headers[0].row
    return next(one for one in headers if one.row == row)


def _match(request: HttpRequest, batch: ImportBatch, row: int, form: MatchForm) -> ImportBatch:
    return do_match_columns(actor=reader(request), batch=batch, row=row, columns=form.columns)


@require_POST
@for_capability(Can.IMPORT_LISTS)
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the list over, of which its page tells; with errors only when the good rows alone are
    wanted.
    """
    batch = get_batch_for(reader(request), pk)
    try:
        do_confirm_upload(
            actor=reader(request), batch=batch, skip_bad="bo_dong_loi" in request.POST
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("enrollment:import", batch.pk)


@require_POST
@for_capability(Can.IMPORT_LISTS)
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the list up; nothing of it is recorded."""
    do_cancel_upload(actor=reader(request), batch=get_batch_for(reader(request), pk))
    messages.success(request, "Đã bỏ bảng kê này; không ghi dòng nào.")
    return redirect("enrollment:imports")


@require_http_methods(["GET", "POST"])
@for_capability(Can.IMPORT_LISTS)
def import_errors(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """The user's own workbook with a column of reasons, once it is said what for."""
    batch = get_batch_for(reader(request), pk)
    if not batch.result.get("errors") or not batch.file:
        raise Http404
    form = TakeOutForm(request.POST or None)
    if form.is_valid():
        try:
            content = do_take_errors(
                actor=reader(request), batch=batch, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            return FileResponse(content, as_attachment=True, filename=f"Lỗi – {batch.file_name}")
    return form_page(
        request,
        form,
        title="Tải tệp lỗi",
        button="Tải tệp lỗi (Excel)",
        lead=batch.file_name,
        back=reverse("enrollment:import", args=[pk]),
        note="Tệp có dữ liệu của từng người; việc tải về và lý do được ghi vào nhật ký.",
    )
