"""The office's dated names, for the administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.forms.accounts import OfficeForm
from agents.models import OfficeProfile
from agents.operations.office import do_save_office_profile
from agents.querysets import get_office_names, office_names
from agents.roles import Can
from agents.views.organisations import HISTORY
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page


@require_safe
@for_capability(Can.KEEP_OFFICE_NAMES)
def office(request: HttpRequest) -> HttpResponse:
    """The names through time; the one of today is marked."""
    rows = list(office_names())
    now = next((row for row in rows if row.valid_from <= today()), None)
    history = acts_of(audit.history_of(*rows)[:HISTORY])
    return render(request, "agents/office.html", {"rows": rows, "now": now, "history": history})


@require_http_methods(FORM)
@for_capability(Can.KEEP_OFFICE_NAMES)
def office_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None, OfficeForm(request.POST or None))


@require_http_methods(FORM)
@for_capability(Can.KEEP_OFFICE_NAMES)
def office_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_office_names(pk)
    return _edit(request, row, OfficeForm(request.POST or None, initial=OfficeForm.initial_of(row)))


def _edit(request: HttpRequest, row: OfficeProfile | None, form: OfficeForm) -> HttpResponse:
    if form.is_valid() and attempt(
        form, lambda: do_save_office_profile(actor=reader(request), values=form.values, profile=row)
    ):
        return done(
            request, "Đã lưu tên cơ quan; báo cáo từ ngày đó sẽ in tên này.", "agents:office"
        )
    title = "Sửa tên cơ quan" if row else "Thêm tên cơ quan"
    return form_page(request, form, title=title, button="Lưu", back=reverse("agents:office"))
