"""The officers' board: communes by need."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader
from agents.roles import Can
from reports.letterhead import letterhead
from reports.officers.board import board_of
from thaithuy_bhxh.clock import this_month, today


@require_safe
@for_capability(Can.WATCH_COMMUNES)
def board(request: HttpRequest) -> HttpResponse:
    """An officer's communes, or those of the officer whom a manager or auditor chose."""
    user, day = reader(request), today()
    context = {
        "board": board_of(user, request.GET.get("nguoi", ""), day),
        "letterhead": letterhead(day),
        "may_note": user.may(Can.NOTE_CONTACTS),
        # A text: a month is a number, which a page would print as 2.026.
        "letter_month": str(this_month() - 1),
    }
    return render(request, "reports/board.html", context)
