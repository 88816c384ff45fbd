"""The reports that there are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability
from agents.roles import Can
from reports.definitions import growth
from reports.registry import REPORTS


@require_safe
@for_capability(Can.SEE_REPORTS)
def index(request: HttpRequest) -> HttpResponse:
    """Each report with what it answers and ready-made periods."""
    to_date = REPORTS[growth.CODE].usual
    last = to_date.last
    periods = [
        (f"Tháng {last.vi}", last, last),
        (f"Từ đầu năm {last.year}", to_date.first, last),
        (f"Cả năm {last.year - 1}", last - (last.month + 11), last - last.month),
    ]
    # Texts: a month is a number, which a page would print as 2.026.
    shown = [(label, str(first), str(final)) for label, first, final in periods]
    others = [report for report in REPORTS.values() if report.code != growth.CODE]
    return render(
        request,
        "reports/index.html",
        {"periods": shown, "growth": REPORTS[growth.CODE], "others": others},
    )
