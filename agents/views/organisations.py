"""Agents and their service points: list, page, adding, editing, closing."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.contracts import contract_state, state_of_term
from agents.forms.lists import AgentListForm
from agents.forms.organisations import AgentEditForm, AgentForm, CloseForm, PointEditForm, PointForm
from agents.models import CollectionAgent, CollectionPoint
from agents.operations.organisations import (
    do_add_agent,
    do_add_point,
    do_close_agent,
    do_close_point,
    do_edit_agent,
    do_edit_point,
    do_reopen_agent,
    do_reopen_point,
)
from agents.querysets import (
    agents_visible_to,
    collectors_of_agent,
    get_agent_for,
    get_point_for,
    with_staff,
)
from agents.roles import Can
from agents.staffing import staff_of, with_contracts
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.storing import stamp
from thaithuy_bhxh.terms import lasts_to
from thaithuy_bhxh.text import place_key
from thaithuy_bhxh.web.form_pages import FORM, act_now, attempt, done, form_page

HISTORY = 50


@require_safe
@for_capability(Can.SEE_AGENTS)
def agents(request: HttpRequest) -> HttpResponse:
    """Agents of the reader's scope with their points, collectors and valid cards."""
    form = AgentListForm(request.GET)
    day = today()
    found = list(
        with_contracts(with_staff(form.narrow(agents_visible_to(reader(request))), day)).order_by(
            "code"
        )
    )
    found.sort(key=lambda one: bool(one.closed_on and one.closed_on < day))
    rows = [(one, contract_state(one.contracts.all(), day, one.closed_on)) for one in found]
    context = {
        "form": form,
        "rows": rows,
        "agents": found,
        "day": day,
        "may_edit": reader(request).may(Can.KEEP_AGENTS),
    }
    return render(request, "agents/agents.html", context)


@require_safe
@for_capability(Can.SEE_AGENTS)
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """One agent: points with the communes served, contracts, collectors with their cards, targets,
    history.
    """
    one, day = get_agent_for(reader(request), pk), today()
    points = list(one.points.prefetch_related("communes").order_by("code"))
    staff = staff_of(collectors_of_agent(one), day)
    at_work = [who for who in staff if not who.has_left]
    contracts = list(one.contracts.annotate(territory=Count("communes")).order_by("valid_from"))
    context: dict[str, Any] = {
        "agent": one,
        "day": day,
        "points": [(point, _served(point, day)) for point in points],
        "staff": sorted(at_work, key=lambda who: who.state.tone == "ok"),
        "left": [who for who in staff if who.has_left],
        "watched": sum(who.state.tone != "ok" for who in at_work),
        "contracts": [(contract, state_of_term(contract, day)) for contract in reversed(contracts)],
        "contract_state": contract_state(contracts, day, one.closed_on),
        "targets": list(one.targets.current().order_by("-year", "metric")[:9]),
        "history": acts_of(audit.history_of(one, *points)[:HISTORY]),
        "may_edit": reader(request).may(Can.KEEP_AGENTS),
        "may_write_letter": reader(request).may(Can.PRINT_LETTERS_TO_AGENTS),
    }
    return render(request, "agents/agent.html", context)


def _served(point: CollectionPoint, day: Any) -> str:
    """The communes of today that a point serves, in words."""
    names = (c.name for c in point.communes.all() if lasts_to(c, day))
    return ", ".join(sorted(names, key=place_key))


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def agent_add(request: HttpRequest) -> HttpResponse:
    form = AgentForm(request.POST or None)
    made: list[CollectionAgent] = []
    if form.is_valid() and attempt(
        form, lambda: made.append(do_add_agent(actor=reader(request), **form.cleaned_data))
    ):
        said = f"Đã thêm đại lý {made[0].name}. Hãy thêm điểm thu và nhân viên thu."
        return done(request, said, "agents:agent", made[0].pk)
    return form_page(
        request, form, title="Thêm đại lý", button="Thêm đại lý", back=reverse("agents:agents")
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def agent_edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_agent_for(reader(request), pk)
    form = AgentEditForm(
        request.POST or None,
        initial={"name": one.name, "opened_on": one.opened_on, "seen": stamp(one)},
    )
    if form.is_valid() and attempt(
        form, lambda: do_edit_agent(actor=reader(request), agent=one, **form.cleaned_data)
    ):
        return done(request, "Đã lưu thông tin đại lý.", "agents:agent", pk)
    return form_page(
        request,
        form,
        title="Sửa đại lý",
        button="Lưu",
        back=_page(one),
        lead=f"{one.name} ({one.code})",
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def agent_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of an agent."""
    one = get_agent_for(reader(request), pk)
    form = CloseForm(request.POST or None, initial={"closed_on": one.closed_on})
    if form.is_valid() and attempt(
        form, lambda: do_close_agent(actor=reader(request), agent=one, **form.cleaned_data)
    ):
        return done(request, f"{one.name} ngừng hoạt động sau ngày đã ghi.", "agents:agent", pk)
    return form_page(
        request,
        form,
        title="Ngừng hoạt động đại lý",
        button="Ghi ngày ngừng",
        back=_page(one),
        lead=f"{one.name} ({one.code})",
        note="Các điểm thu, thẻ nhân viên thu và hợp đồng còn hiệu lực cũng kết thúc vào ngày này. "
        "Người tham gia vẫn thuộc đại lý cho đến biên lai tiếp theo.",
    )


@require_POST
@for_capability(Can.KEEP_AGENTS)
def agent_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_agent_for(reader(request), pk)
    said = f"{one.name} hoạt động trở lại; hãy mở lại điểm thu và cấp thẻ."
    return act_now(
        request, lambda: do_reopen_agent(actor=reader(request), agent=one), said, "agents:agent", pk
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def point_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new point of the agent with this key."""
    owner = get_agent_for(reader(request), pk)
    form = PointForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: do_add_point(actor=reader(request), agent=owner, **form.cleaned_data)
    ):
        return done(request, "Đã thêm điểm thu.", "agents:agent", pk)
    return form_page(
        request,
        form,
        title="Thêm điểm thu",
        button="Thêm điểm thu",
        back=_page(owner),
        lead=owner.name,
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def point_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, first day and today's communes; communes of earlier eras stay as history."""
    point = get_point_for(reader(request), pk)
    served, day = list(point.communes.all()), today()
    former = [commune for commune in served if commune.valid_to and commune.valid_to < day]
    initial: dict[str, Any] = {
        "name": point.name,
        "opened_on": point.opened_on,
        "seen": stamp(point),
    }
    initial["communes"] = [commune.pk for commune in served]
    form = PointEditForm(request.POST or None, initial=initial)
    if form.is_valid():
        values = {**form.cleaned_data, "communes": [*former, *form.cleaned_data["communes"]]}
        if attempt(form, lambda: do_edit_point(actor=reader(request), point=point, **values)):
            return done(request, "Đã lưu điểm thu.", "agents:agent", point.agent_id)
    earlier = ", ".join(sorted((commune.name for commune in former), key=place_key))
    return form_page(
        request,
        form,
        title="Sửa điểm thu",
        button="Lưu",
        back=_page(point.agent),
        lead=f"{point.name} ({point.code})",
        note=f"Trước đây còn phục vụ: {earlier}." if earlier else "",
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def point_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a point."""
    point = get_point_for(reader(request), pk)
    form = CloseForm(request.POST or None, initial={"closed_on": point.closed_on})
    if form.is_valid() and attempt(
        form, lambda: do_close_point(actor=reader(request), point=point, **form.cleaned_data)
    ):
        return done(
            request,
            f"{point.name} ngừng hoạt động sau ngày đã ghi.",
            "agents:agent",
            point.agent_id,
        )
    return form_page(
        request,
        form,
        title="Ngừng hoạt động điểm thu",
        button="Ghi ngày ngừng",
        back=_page(point.agent),
        lead=f"{point.name} ({point.code})",
    )


@require_POST
@for_capability(Can.KEEP_AGENTS)
def point_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    point = get_point_for(reader(request), pk)
    return act_now(
        request,
        lambda: do_reopen_point(actor=reader(request), point=point),
        f"{point.name} hoạt động trở lại.",
        "agents:agent",
        point.agent_id,
    )


def _page(one: CollectionAgent) -> str:
    return reverse("agents:agent", args=[one.pk])
