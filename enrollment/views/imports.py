"""Bringing in a D05-TS list: upload → what will happen → confirm → result."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.access import for_roles, reader
from enrollment.access import IMPORTERS, batches_for, get_batch_for
from enrollment.forms.imports import UploadForm
from enrollment.importing.upload import do_cancel_upload, do_check_upload, do_confirm_upload, error_workbook_of
from thaithuy_bhxh.errors import Refused

PER_PAGE = 30
SHOWN = 200
"""Errors on the page; the workbook has all of them."""


@require_http_methods(["GET", "POST"])
@for_roles(*IMPORTERS)
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a list, and the lists brought in so far."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            batch = do_check_upload(actor=reader(request), upload=form.cleaned_data["file"])
            return redirect("enrollment:import", batch.pk)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    page = Paginator(batches_for(reader(request)), PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "enrollment/imports.html", {"form": form, "page": page})


@require_safe
@for_roles(*IMPORTERS)
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What the list will do or did: new people, renewals, stops, errors by row and column."""
    batch = get_batch_for(reader(request), pk)
    errors = batch.result.get("errors", [])
    good = batch.result.get("receipts", 0) + batch.result.get("stops", 0)
    context = {
        "batch": batch,
        "errors": errors[:SHOWN],
        "bad_rows": len({error["row"] for error in errors}),
        "good": good,
        "is_open": batch.state == batch.State.CHECKED,
        "is_done": batch.state == batch.State.IMPORTED,
    }
    return render(request, "enrollment/import.html", context)


@require_POST
@for_roles(*IMPORTERS)
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the list over; with errors only when the good rows alone are wanted."""
    batch = get_batch_for(reader(request), pk)
    try:
        done = do_confirm_upload(actor=reader(request), batch=batch, skip_bad="bo_dong_loi" in request.POST)
        messages.success(
            request, f"Đã nhập {done.result['receipts']} biên lai, {done.result['stops']} trường hợp dừng đóng."
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("enrollment:import", batch.pk)


@require_POST
@for_roles(*IMPORTERS)
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the list up; nothing of it is recorded."""
    do_cancel_upload(actor=reader(request), batch=get_batch_for(reader(request), pk))
    messages.success(request, "Đã bỏ bảng kê này; không ghi dòng nào.")
    return redirect("enrollment:imports")


@require_safe
@for_roles(*IMPORTERS)
def import_errors(request: HttpRequest, pk: int) -> FileResponse:
    """The user's own workbook with a column of reasons."""
    batch = get_batch_for(reader(request), pk)
    if not batch.result.get("errors") or not batch.file:
        raise Http404
    return FileResponse(error_workbook_of(batch), as_attachment=True, filename=f"loi-{batch.file_name}")
