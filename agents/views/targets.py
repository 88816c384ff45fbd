"""The year's targets on one grid: communes on one tab, agents on the other."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.access import for_roles, reader
from agents.forms.targets import TargetGrid, held_targets
from agents.models import Metric, OwnerKind, Role
from agents.operations.targets import FIRST_YEAR, LAST_YEAR, Owner, TargetsSet, do_set_targets
from agents.querysets import agents_of_year, units_of_year
from agents.views.acts import FORM, attempt
from thaithuy_bhxh.clock import today

COMMUNES, AGENTS = "xa", "dai-ly"
TABS = ((COMMUNES, "Xã, thị trấn"), (AGENTS, "Đại lý"))


@require_http_methods(FORM)
@for_roles(Role.OFFICER, Role.MANAGER, Role.AUDITOR)
def targets(request: HttpRequest) -> HttpResponse:
    """``?nam=2026&cap=xa``; officers and auditors read, a manager saves what was changed in one go."""
    year, tab = _year(request), AGENTS if request.GET.get("cap") == AGENTS else COMMUNES
    editable = reader(request).has_role(Role.MANAGER)
    grid = _grid(request, year, tab, editable=editable)
    if request.method == "POST" and grid.is_valid():
        done: list[TargetsSet] = []
        if attempt(grid, lambda: done.append(do_set_targets(actor=reader(request), figures=grid.figures))):
            messages.success(request, _told(done[0]))
            return redirect(f"{reverse('agents:targets')}?nam={year}&cap={tab}")
    context = {
        "form": grid,
        "year": year,
        "years": range(min(year, today().year - 3), max(year, today().year + 1) + 1),
        "tab": tab,
        "tabs": TABS,
        "metrics": Metric.labels,
        "editable": editable,
    }
    return render(request, "agents/targets.html", context)


def _grid(request: HttpRequest, year: int, tab: str, *, editable: bool) -> TargetGrid:
    owners: list[Owner] = [*agents_of_year(year)] if tab == AGENTS else [None, *units_of_year(year)]
    kinds = (OwnerKind.AGENT,) if tab == AGENTS else (OwnerKind.DISTRICT, OwnerKind.COMMUNE)
    data = request.POST if request.method == "POST" else None
    return TargetGrid(data, year=year, owners=owners, held=held_targets(year, kinds), editable=editable)


def _year(request: HttpRequest) -> int:
    """The year asked for, this year when none or out of reason."""
    text = request.GET.get("nam", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return asked if FIRST_YEAR <= asked <= LAST_YEAR else today().year


def _told(done: TargetsSet) -> str:
    parts = [
        f"{count} {word}"
        for count, word in ((done.created, "mới"), (done.changed, "thay đổi"), (done.removed, "bỏ"))
        if count
    ]
    return f"Đã lưu chỉ tiêu: {', '.join(parts)}." if parts else "Không có gì thay đổi."
