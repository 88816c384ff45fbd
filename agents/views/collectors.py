"""Collectors and their cards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.cards import card_state
from agents.forms.organisations import CardEndForm, CardForm, CollectorEditForm, CollectorForm
from agents.models import Collector, CourseResult
from agents.operations.collectors import (
    do_add_card,
    do_add_collector,
    do_edit_collector,
    do_end_card,
)
from agents.querysets import get_agent_for, get_card_for, get_collector_for
from agents.roles import Can
from agents.staffing import attendances_of, certificates_of, handover_of, taken_over_by
from agents.views.organisations import HISTORY
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.terms import lasts_to
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page


@require_safe
@for_capability(Can.SEE_AGENTS)
def collector(request: HttpRequest, pk: int) -> HttpResponse:
    """One collector: post, cards with their state, account, targets, history."""
    who, day = get_collector_for(reader(request), pk), today()
    cards = list(who.cards.order_by("-valid_from"))
    context: dict[str, Any] = {
        "collector": who,
        "state": card_state(cards, day),
        "cards": [(card, card_state([card], day), lasts_to(card, day)) for card in cards],
        "targets": list(who.targets.current().order_by("-year", "metric")[:9]),
        "history": acts_of(audit.history_of(who)[:HISTORY]),
        "courses": list(attendances_of(who)),
        "handover": handover_of(who) if who.ended_on else None,
        "taken_over": list(taken_over_by(who)),
        "may_edit": reader(request).may(Can.KEEP_AGENTS),
        "may_see_people": reader(request).may(Can.SEE_PEOPLE),
    }
    return render(request, "agents/collector.html", context)


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def collector_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new collector of the agent with this key."""
    owner = get_agent_for(reader(request), pk)
    form = CollectorForm(request.POST or None, agent=owner)
    made: list[Collector] = []
    if form.is_valid() and attempt(
        form, lambda: made.append(do_add_collector(actor=reader(request), **form.cleaned_data))
    ):
        return done(
            request,
            "Đã thêm nhân viên thu. Hãy cấp thẻ để thu được tiền.",
            "agents:collector",
            made[0].pk,
        )
    back = reverse("agents:agent", args=[pk])
    return form_page(
        request,
        form,
        title="Thêm nhân viên thu",
        button="Thêm nhân viên thu",
        back=back,
        lead=owner.name,
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def collector_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, phone, first day, and the point within the agent."""
    who = get_collector_for(reader(request), pk)
    form = CollectorEditForm(
        request.POST or None,
        agent=who.point.agent,
        current=who.point,
        initial=CollectorEditForm.initial_of(who),
    )
    if form.is_valid() and attempt(
        form, lambda: do_edit_collector(actor=reader(request), collector=who, **form.cleaned_data)
    ):
        return done(request, "Đã lưu thông tin nhân viên thu.", "agents:collector", pk)
    return form_page(
        request, form, title="Sửa nhân viên thu", button="Lưu", back=_page(who), lead=str(who)
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def card_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A card for the collector with this key."""
    who = get_collector_for(reader(request), pk)
    courses = list(attendances_of(who))
    certified = [one for one in courses if one.certificate_no]
    initial = {"valid_from": today(), "attendance": certified[0].pk if certified else None}
    form = CardForm(request.POST or None, initial=initial, certificates=certificates_of(who))
    if form.is_valid() and attempt(
        form, lambda: do_add_card(actor=reader(request), collector=who, **form.cleaned_data)
    ):
        return done(request, "Đã cấp thẻ.", "agents:collector", pk)
    passed = any(one.result == CourseResult.PASSED for one in courses)
    note = (
        ""
        if passed
        else f"{who.full_name} chưa đạt lớp tập huấn nào. Vẫn cấp được thẻ, nhưng hãy mời học sớm."
    )
    return form_page(
        request,
        form,
        title="Cấp thẻ nhân viên thu",
        button="Cấp thẻ",
        back=_page(who),
        lead=str(who),
        note=note,
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def card_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a card."""
    card = get_card_for(reader(request), pk)
    form = CardEndForm(request.POST or None, initial={"valid_to": card.valid_to})
    if form.is_valid() and attempt(
        form, lambda: do_end_card(actor=reader(request), card=card, **form.cleaned_data)
    ):
        return done(request, "Đã ghi ngày cuối của thẻ.", "agents:collector", card.collector_id)
    return form_page(
        request,
        form,
        title="Kết thúc thẻ",
        button="Ghi ngày cuối",
        back=_page(card.collector),
        lead=f"{card.collector}, thẻ {card}, có giá trị từ {card.valid_from:%d/%m/%Y}",
    )


def _page(who: Collector) -> str:
    return reverse("agents:collector", args=[who.pk])
