"""The grid of targets as a workbook: downloading it, and taking it back after a look at what it
changes.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability
from agents.roles import Can
from enrollment.importing.gate import MAX_BYTES, TOO_LARGE
from reports.setting_targets.forms import TargetGrid, TargetUploadForm
from reports.setting_targets.preview import outlooks
from reports.setting_targets.workbook import Book, BookReading, read_book
from reports.views.download import XLSX, attachment, on_record
from reports.views.target_grid import saved, year_asked, years_to_choose
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import FORM

MOST_CHANGES = 300
"""Figures that one upload may change; more than a district has owners for would not fit a page to
look at.
"""


@require_safe
@for_capability(Can.SEE_TARGET_DECISIONS)
def download(request: HttpRequest) -> HttpResponse:
    """The year's targets as a workbook, one sheet per tab."""
    year = year_asked(request)
    content = Book.of(year).content()
    on_record(request, f"bảng chỉ tiêu {year} (xlsx)", {"year": year})
    return attachment(content, XLSX, f"Chỉ tiêu năm {year}.xlsx")


@require_http_methods(FORM)
@for_capability(Can.SET_TARGETS)
def upload(request: HttpRequest) -> HttpResponse:
    """Upload → what would change, or the errors by cell → saved under a decision. Nothing is kept
    in between.
    """
    year = year_asked(request)
    context: dict[str, Any] = {
        "year": year,
        "years": years_to_choose(year),
        "upload": TargetUploadForm(),
    }
    if request.method == "POST" and "luu" in request.POST:
        book = Book.of(year)
        form = _sent_back(request, book)
        if form.is_valid() and saved(request, form):
            return redirect(f"{reverse('targets:grid')}?nam={year}")
        context |= {"form": form, "outlooks": outlooks(book, form.cells)}
    elif request.method == "POST":
        context |= _looked_at(request, year)
    return render(request, "reports/targets_upload.html", context)


def _looked_at(request: HttpRequest, year: int) -> dict[str, Any]:
    """The upload's form with its refusal, or what the workbook would change."""
    form = TargetUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return {"upload": form}
    try:
        book = Book.of(year)
        reading = _read(form.cleaned_data["file"], book)
    except Refused as refusal:
        form.add_error("file", refusal.message)
        return {"upload": form}
    if reading.errors:
        return {"errors": reading.errors[:MOST_CHANGES], "count": len(reading.errors)}
    if not reading.differences:
        return {"same": True}
    grid = _grid(None, book, reading.owners, reading)
    return {"form": grid, "reading": reading, "outlooks": outlooks(book, grid.cells)}


def _read(upload: Any, book: Book) -> BookReading:
    if upload.size > MAX_BYTES:
        raise Refused(TOO_LARGE, "file")
    reading = read_book(upload.read(), book)
    if len(reading.differences) > MOST_CHANGES:
        raise Refused(f"Tệp đổi hơn {MOST_CHANGES} số; hãy chia thành nhiều lần.", "file")
    return reading


def _grid(data: Any, book: Book, owners: Any, reading: BookReading | None = None) -> TargetGrid:
    return TargetGrid(
        data,
        year=book.board.year,
        owners=owners,
        held=book.history,
        editable=True,
        proposed=reading.cells if reading else None,
        counted=book.board.is_counted,
    )


def _sent_back(request: HttpRequest, book: Book) -> TargetGrid:
    """The figures of the look, sent back as the grid sends them; owners that were not on it are
    left out.
    """
    every = _grid(
        request.POST, book, [owner for owners in book.owners.values() for owner in owners]
    )
    shown = [row.owner for group in every.groups for row in group.rows if _is_sent(request, row)]
    return _grid(request.POST, book, shown)


def _is_sent(request: HttpRequest, row: Any) -> bool:
    return any(cell.seen_name in request.POST for cell in row.cells)
