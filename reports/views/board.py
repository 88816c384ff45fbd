"""The officers' board: communes by need."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import OFFICE_READERS, for_roles, reader
from agents.models import Role
from reports.letterhead import letterhead
from reports.officers.board import board_of
from thaithuy_bhxh.clock import this_month, today


@require_safe
@for_roles(*OFFICE_READERS)
def board(request: HttpRequest) -> HttpResponse:
    """An officer's communes, or those of the officer whom a manager or auditor chose."""
    user, day = reader(request), today()
    context = {
        "board": board_of(user, request.GET.get("nguoi", ""), day),
        "letterhead": letterhead(day),
        "may_note": user.has_role(Role.OFFICER, Role.MANAGER),
        # A text: a month is a number, which a page would print as 2.026.
        "letter_month": str(this_month() - 1),
    }
    return render(request, "reports/board.html", context)
