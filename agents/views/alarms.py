"""What needs a decision about agents and their people, on a page of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader
from agents.alarms import KINDS, alarms_for
from agents.roles import Can
from thaithuy_bhxh.clock import today


@require_safe
@for_capability(Can.SEE_ALARMS)
def alarms(request: HttpRequest) -> HttpResponse:
    """All alarms of the reader, by kind."""
    found = alarms_for(reader(request), today())
    groups = [(label, [one for one in found if one.kind == kind]) for kind, label in KINDS.items()]
    context = {
        "groups": [group for group in groups if group[1]],
        "number": len(found),
        "day": today(),
    }
    return render(request, "agents/alarms.html", context)
