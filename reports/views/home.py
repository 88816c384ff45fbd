"""The home page of each role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_everybody, reader
from agents.context import OPEN_WORK
from agents.roles import Can
from agents.sessions import remember
from reports.home.pages import administrator_home, collector_home, lead_home, office_home
from thaithuy_bhxh.clock import today


@require_safe
@for_everybody
def home(request: HttpRequest) -> HttpResponse:
    """What this person opens every morning; how much of it waits is kept for the head of all
    pages.
    """
    user, day = reader(request), today()
    if user.may(Can.LEAD_AN_AGENT):
        page, shown = "lead", lead_home(user, day)
    elif user.may(Can.WORK_UNDER_A_CARD):
        page, shown = "collector", collector_home(user, day)
    elif user.may(Can.KEEP_ACCOUNTS):
        page, shown = "administrator", administrator_home(day)
    elif user.may(Can.WATCH_COMMUNES):
        page, shown = "office", office_home(user, day)
    else:
        page, shown = "plain", {}
    _keep_count(request, shown)
    return render(request, f"reports/home_{page}.html", {"day": day, **shown})


def _keep_count(request: HttpRequest, shown: dict[str, Any]) -> None:
    """Write how many decisions and calls wait into the session, when it differs."""
    waiting = len(shown.get("decide", ())) + len(shown.get("due", ()))
    remember(request, OPEN_WORK, waiting)
