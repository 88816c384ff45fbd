"""The year's targets on one grid (communes, agents, collectors of an agent), and splitting a figure
among them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader
from agents.models import CollectionAgent, Metric, OwnerKind
from agents.operations.targets import FIRST_YEAR, LAST_YEAR, TargetsSet, do_set_targets
from agents.querysets import agents_of_year
from agents.roles import Can
from agents.targets.in_force import years_with_targets
from reports.setting_targets.forms import TargetGrid
from reports.setting_targets.grid import (
    AGENTS,
    COLLECTORS,
    COMMUNES,
    KIND_OF,
    TABS,
    TargetBoard,
    board_of,
    kind_of,
)
from reports.setting_targets.split_forms import ProposedGrid, SplitForm
from reports.setting_targets.split_proposals import Proposal, Way, Wish, propose
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.web.form_pages import FORM, attempt


@require_http_methods(FORM)
@for_capability(Can.SEE_TARGET_DECISIONS)
def grid(request: HttpRequest) -> HttpResponse:
    """``?nam=2026&cap=xa``; officers and auditors read, a manager saves what was changed in
    one go.
    """
    board, agents = board_asked(request)
    editable = reader(request).may(Can.SET_TARGETS)
    form = _grid(request, board, editable=editable)
    if request.method == "POST" and form.is_valid() and saved(request, form):
        return redirect(f"{reverse('targets:grid')}?{query_of(board)}")
    context = {
        **page_of(board, agents),
        "form": form,
        "metrics": Metric.labels,
        "editable": editable,
    }
    return render(request, "reports/targets_grid.html", context)


def _grid(request: HttpRequest, board: TargetBoard, *, editable: bool) -> TargetGrid:
    data = request.POST if request.method == "POST" else None
    owners = (
        [] if board.tab == COLLECTORS and board.parent is None else [board.parent, *board.parts]
    )
    return TargetGrid(
        data,
        year=board.year,
        owners=owners,
        held=board.history,
        editable=editable,
        above=board.parent,
        counted=board.is_counted,
    )


@require_http_methods(FORM)
@for_capability(Can.SET_TARGETS)
def split(request: HttpRequest) -> HttpResponse:
    """What a split would give each owner, and why; written only when the manager saves it, as
    proposed or changed.
    """
    board, agents = board_asked(request)
    ask = SplitForm(request.GET, board=board)
    proposal = _proposal(board, ask)
    context: dict[str, Any] = {**page_of(board, agents), "ask": ask, "proposal": proposal}
    if proposal:
        form = _proposed_grid(request, board, proposal)
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["decision_date"] != proposal.wish.decision_date:
                return _proposed_anew(request, form)
            if saved(request, form):
                return redirect(f"{reverse('targets:grid')}?{query_of(board)}")
        context |= _shown(form, proposal)
    return render(request, "reports/targets_split.html", context)


def _proposed_anew(request: HttpRequest, form: ProposedGrid) -> HttpResponse:
    """The preview for another day of the decision: what is left to divide begins there."""
    asked, day = request.GET.copy(), form.cleaned_data["decision_date"]
    asked["so"] = form.cleaned_data["decision_no"]
    asked["ngay"] = f"{day:%d/%m/%Y}" if day else ""
    messages.warning(
        request,
        "Chưa lưu: ngày quyết định đã đổi nên các số đề nghị được tính lại; hãy xem rồi bấm Lưu.",
    )
    return redirect(f"{reverse('targets:split')}?{asked.urlencode()}")


def _proposal(board: TargetBoard, ask: SplitForm) -> Proposal | None:
    """The proposal asked for; ``None`` while nothing is asked, or when the form says why not."""
    if not ask.is_valid() or (board.tab == COLLECTORS and board.parent is None):
        return None
    data = ask.cleaned_data
    wish = Wish(Metric(data["chi_tieu"]), Way(data["cach"]), data["goc"], data["so"], data["ngay"])
    try:
        return propose(board, wish)
    except Refused as refusal:
        ask.add_error(refusal.field if refusal.field in ask.fields else None, refusal.message)
        return None


def _proposed_grid(request: HttpRequest, board: TargetBoard, proposal: Proposal) -> ProposedGrid:
    """The grid of the metric, filled with the proposal; the figure above is written with it when it
    changes.
    """
    wish = proposal.wish
    cells = {
        (
            str(kind_of(part.owner)),
            part.owner.pk if part.owner else None,
            wish.metric.value,
        ): part.proposed
        for part in proposal.parts
    }
    cells[
        str(kind_of(board.parent)), board.parent.pk if board.parent else None, wish.metric.value
    ] = wish.value
    return ProposedGrid(
        request.POST if request.method == "POST" else None,
        proposal=proposal,
        year=board.year,
        held=board.history,
        editable=True,
        owners=[board.parent, *(part.owner for part in proposal.parts)],
        above=board.parent,
        proposed=cells,
        initial={"decision_no": wish.decision_no, "decision_date": wish.decision_date},
    )


def _shown(form: TargetGrid, proposal: Proposal) -> dict[str, Any]:
    return {
        "form": form,
        "above": form.row(proposal.parent),
        "rows": [(form.row(part.owner), part) for part in proposal.parts],
        "season": proposal.season_months,
        "unfinished": proposal.known.last < Month(form.year - 1, 12),
        "metric": proposal.wish.metric,
        "way": proposal.wish.way,
    }


def saved(request: HttpRequest, form: TargetGrid) -> bool:
    """Write what the form says; a refusal becomes the form's error."""
    done: list[TargetsSet] = []
    if not attempt(
        form, lambda: done.append(do_set_targets(actor=reader(request), figures=form.figures))
    ):
        return False
    messages.success(request, _summed_up(done[0]))
    return True


def board_asked(request: HttpRequest) -> tuple[TargetBoard, list[CollectionAgent]]:
    """The year, tab and agent of the address, and the year's agents to choose from on the
    collectors' tab.
    """
    year = year_asked(request)
    tab = request.GET.get("cap", "")
    tab = tab if tab in KIND_OF else COMMUNES
    agents = list(agents_of_year(year)) if tab == COLLECTORS else []
    code = request.GET.get("dai_ly", "")
    agent = next((one for one in agents if one.code == code), agents[0] if agents else None)
    return board_of(year, tab, agent), agents


def year_asked(request: HttpRequest) -> int:
    """The year asked for, this year when none or out of reason."""
    text = request.GET.get("nam", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return asked if FIRST_YEAR <= asked <= LAST_YEAR else today().year


def page_of(board: TargetBoard, agents: list[CollectionAgent]) -> dict[str, Any]:
    """What every page of a tab shows at its head."""
    return {
        "board": board,
        "year": board.year,
        "years": years_to_choose(board.year),
        "tab": board.tab,
        "tabs": TABS,
        "agents": agents,
        "query": query_of(board),
        "balances": board.balances,
        "twins": board.twins if board.tab in (COMMUNES, AGENTS) else [],
        "of_district": board.tab != COLLECTORS,
        "kind": KIND_OF[board.tab],
        "district": OwnerKind.DISTRICT,
    }


def years_to_choose(year: int) -> range:
    """From the first year with targets (three years back at least) to the next one or the last with
    targets, and the year shown.
    """
    first, last = years_with_targets()
    now = today().year
    return range(min(year, now - 3, first or now), max(year, now + 1, last or now) + 1)


def query_of(board: TargetBoard) -> str:
    """The address of this tab: ``nam=2026&cap=xa``."""
    asked = {"nam": str(board.year), "cap": board.tab}
    return urlencode(asked | ({"dai_ly": board.parent.code} if board.parent else {}))


def _summed_up(done: TargetsSet) -> str:
    parts = [
        f"{count} {word}"
        for count, word in ((done.created, "mới"), (done.changed, "thay đổi"), (done.removed, "bỏ"))
        if count
    ]
    return f"Đã lưu chỉ tiêu: {', '.join(parts)}." if parts else "Không có gì thay đổi."
