"""The audit trail: who did what, when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.forms.lists import AuditForm
from agents.querysets import acts_latest_first
from agents.roles import Can

PER_PAGE = 20


@require_safe
@for_capability(Can.READ_THE_TRAIL)
def trail(request: HttpRequest) -> HttpResponse:
    """Acts of the kinds that the reader may see, latest first."""
    form = AuditForm(request.GET, reader(request))
    found = form.narrow(acts_latest_first())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "agents/audit.html",
        {"form": form, "page": page, "acts": acts_of(page.object_list)},
    )
