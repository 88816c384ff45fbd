"""Contracts with agents: the list by need, the next one, an early end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability, reader
from agents.contracts import RENEW, contract_state
from agents.forms.lists import AgentListForm
from agents.forms.staffing import ContractEndForm, ContractForm
from agents.models import CollectionAgent
from agents.operations.contracts import do_add_contract, do_end_contract
from agents.querysets import agents_visible_to, get_agent_for
from agents.roles import Can
from agents.staffing import contracts_by_need, get_contract_for
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page


@require_safe
@for_capability(Can.SEE_AGENTS)
def contracts(request: HttpRequest) -> HttpResponse:
    """All agents of the reader's scope by what their contracts need."""
    form, day = AgentListForm(request.GET), today()
    found = contracts_by_need(form.narrow(agents_visible_to(reader(request))), day)
    rows = [(agent, state, list(agent.contracts.all())[-1:]) for agent, state in found]
    context = {
        "form": form,
        "day": day,
        "rows": [(agent, state, last[0] if last else None) for agent, state, last in rows],
        "urgent": sum(state.is_alarm for _, state in found),
        "renew": RENEW,
        "may_edit": reader(request).may(Can.KEEP_AGENTS),
    }
    return render(request, "agents/contracts.html", context)


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def contract_add(request: HttpRequest, pk: int) -> HttpResponse:
    """The next contract of the agent with this key."""
    owner = get_agent_for(reader(request), pk)
    form = ContractForm(request.POST or None, initial=_next_term(owner))
    if form.is_valid() and attempt(
        form, lambda: do_add_contract(actor=reader(request), agent=owner, **form.cleaned_data)
    ):
        return done(request, f"Đã ghi hợp đồng {form.cleaned_data['number']}.", "agents:agent", pk)
    return form_page(
        request,
        form,
        title="Ghi hợp đồng",
        button="Ghi hợp đồng",
        back=_page(owner),
        lead=owner.name,
        note="Hợp đồng hiện nay: "
        f"{contract_state(owner.contracts.all(), today(), owner.closed_on).word}.",
    )


def _next_term(owner: CollectionAgent) -> dict[str, Any]:
    """The day after the latest contract, today when that is past, with its territory."""
    latest = owner.contracts.order_by("-valid_from").prefetch_related("communes").first()
    if latest is None:
        served = {
            commune.pk
            for point in owner.points.prefetch_related("communes")
            for commune in point.communes.all()
        }
        return {"valid_from": today(), "signed_on": today(), "communes": sorted(served)}
    following = latest.last_day + timedelta(days=1)
    return {
        "valid_from": max(following, today()),
        "communes": [commune.pk for commune in latest.communes.all()],
    }


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def contract_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a contract before its term."""
    contract = get_contract_for(reader(request), pk)
    form = ContractEndForm(request.POST or None, initial={"ended_on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_end_contract(actor=reader(request), contract=contract, **form.cleaned_data)
    ):
        return done(
            request,
            f"Hợp đồng {contract} chấm dứt sau ngày đã ghi.",
            "agents:agent",
            contract.agent_id,
        )
    return form_page(
        request,
        form,
        title="Chấm dứt hợp đồng",
        button="Ghi chấm dứt",
        back=_page(contract.agent),
        lead=f"{contract.agent}, hợp đồng {contract}, {contract.valid_from:%d/%m/%Y} – "
        f"{contract.valid_to:%d/%m/%Y}",
        note="Đại lý và thẻ nhân viên thu không đổi; muốn ngừng thu, hãy ngừng hoạt động đại lý.",
    )


def _page(one: CollectionAgent) -> str:
    return reverse("agents:agent", args=[one.pk])
