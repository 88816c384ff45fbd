"""The home page of each role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_everybody, reader
from agents.roles import Can
from reports.home.pages import administrator_home, collector_home, lead_home, office_home
from thaithuy_bhxh.clock import today


@require_safe
@for_everybody
def home(request: HttpRequest) -> HttpResponse:
    """What this person opens every morning."""
    user, day = reader(request), today()
    if user.may(Can.LEAD_AN_AGENT):
        return render(request, "reports/home_lead.html", {"day": day, **lead_home(user, day)})
    if user.may(Can.WORK_UNDER_A_CARD):
        return render(
            request, "reports/home_collector.html", {"day": day, **collector_home(user, day)}
        )
    if user.may(Can.KEEP_ACCOUNTS):
        return render(
            request, "reports/home_administrator.html", {"day": day, **administrator_home(day)}
        )
    if user.may(Can.WATCH_COMMUNES):
        return render(request, "reports/home_office.html", {"day": day, **office_home(user, day)})
    return render(request, "reports/home_plain.html", {"day": day})
