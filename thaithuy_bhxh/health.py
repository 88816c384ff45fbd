"""Answers for a supervisor: is the process alive, is the portal ready to serve."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from thaithuy_bhxh.readiness import as_document, readiness


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process serves."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every needed check holds, else 503; the document names each check's cause."""
    found = readiness()
    return JsonResponse(as_document(found), status=200 if found.ready else 503)
