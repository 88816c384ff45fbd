"""Communes of a day with who follows them; assigning, handing over, ending."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, lineage_for, reader, scope_of
from agents.audit_trail import acts_of
from agents.commune_officers import Followed, followed_on, in_charge
from agents.contacts import contacts_of
from agents.forms.assignments import AssignForm, AssignmentEndForm
from agents.forms.contacts import DayForm
from agents.forms.lists import CommuneListForm
from agents.models import Commune, CommuneAssignment, Metric, OwnerKind, User
from agents.operations.assignments import do_assign_commune, do_end_assignment
from agents.querysets import communes_on, get_commune, get_term, terms_on
from agents.roles import Can
from agents.targets.in_force import histories_by_year
from agents.views.organisations import HISTORY
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import upper_first
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page

Kind = CommuneAssignment.Kind
CONTACTS = 50


@require_safe
@for_capability(Can.SEE_COMMUNES)
def communes(request: HttpRequest) -> HttpResponse:
    """The units of a day with their officer and leader; those without an officer are an alarm."""
    form = CommuneListForm(request.GET)
    terms = Prefetch("assignments", queryset=terms_on(form.day))
    found = form.narrow(communes_on(form.day)).prefetch_related(terms)
    rows = [Followed(one, *in_charge(one.assignments.all())) for one in found]
    context = {
        "form": form,
        "rows": rows,
        "without_officer": sum(row.officer is None for row in rows),
        "may_assign": reader(request).may(Can.KEEP_COMMUNES),
    }
    return render(request, "agents/communes.html", context)


@require_safe
@for_capability(Can.SEE_COMMUNES)
def commune(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: its days, what it came from and went into, who follows it, points, targets,
    history.
    """
    one, day = get_commune(pk), today()
    terms = list(one.assignments.select_related("user").order_by("kind", "-valid_from"))
    on_day = [term for term in terms if holds_on(term, day)]
    origins = list(one.origins.select_related("predecessor"))
    exists = _exists(one, day)
    context: dict[str, Any] = {
        "commune": one,
        "exists": exists,
        # The letter tells of the month before this one.
        "has_letter": exists and one.valid_from < day.replace(day=1),
        "predecessors": [edge.predecessor for edge in origins],
        "successors": [edge.successor for edge in one.successions.select_related("successor")],
        "in_charge": Followed(one, *in_charge(on_day)),
        "terms": [(term, term in on_day or term.valid_from > day) for term in terms],
        "points": one.points.select_related("agent").order_by("code"),
        "targets": list(one.targets.current().order_by("-year", "metric")[:9]),
        "inherited": _inherited(one, reader(request)) if origins else [],
        "history": acts_of(audit.history_of(one)[:HISTORY]),
        "may_assign": reader(request).may(Can.KEEP_COMMUNES),
        **_following(reader(request), one, DayForm(request.GET)),
    }
    return render(request, "agents/commune.html", context)


def _inherited(unit: Commune, user: User) -> list[tuple[int, str, int]]:
    """Year, metric and figure of what a merged commune is asked for by its predecessors' targets,
    this year and next.

    The same figures as the grid and the reports show; a decision of its own is shown as such.
    """
    found, years = [], (today().year + 1, today().year)
    for year, histories in histories_by_year(
        years, lineage_for(user), (OwnerKind.COMMUNE,)
    ).items():
        for metric in Metric:
            one = histories.get((metric.value, OwnerKind.COMMUNE.value, unit.pk))
            if one and one.inherited and not one.versions and one.now is not None:
                found.append((year, str(metric.label), one.now))
    return found


def _following(user: User, unit: Commune, form: DayForm) -> dict[str, Any]:
    """Who followed the commune on the day asked for, and the notes of contacts that the reader may
    see.
    """
    inside = scope_of(user).holds(agent=None, commune=unit.pk)
    return {
        "day_form": form,
        "asked_day": form.day if form["ngay"].data else None,
        "followed": followed_on(unit, form.day, lineage_for(user)) if form["ngay"].data else [],
        "contacts": list(contacts_of(user, unit)[:CONTACTS]) if inside else None,
        "may_note": inside and user.may(Can.NOTE_CONTACTS),
        "today": today(),
    }


@require_http_methods(FORM)
@for_capability(Can.KEEP_COMMUNES)
def assign(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Put somebody in charge of the commune; the one before stays until the day before."""
    if kind not in Kind.values:
        raise Http404
    unit = get_commune(pk)
    form = AssignForm(
        request.POST or None, kind=kind, initial={"valid_from": max(today(), unit.valid_from)}
    )
    if form.is_valid() and attempt(
        form,
        lambda: do_assign_commune(
            actor=reader(request), kind=kind, commune=unit, **form.cleaned_data
        ),
    ):
        return done(
            request, f"Đã giao {unit.label} cho {form.cleaned_data['user']}.", "agents:commune", pk
        )
    now = unit.assignments.valid_on(today()).filter(kind=kind).select_related("user").first()
    return form_page(
        request,
        form,
        title=f"Giao {Kind(kind).label.lower()}",
        button="Giao địa bàn",
        back=_page(unit),
        lead=upper_first(unit.label),
        note=f"Hiện nay: {now.user} từ {now.valid_from:%d/%m/%Y}."
        if now
        else "Hiện nay chưa có ai.",
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_COMMUNES)
def assignment_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of somebody in charge, without a successor."""
    term = get_term(pk)
    form = AssignmentEndForm(request.POST or None, initial={"valid_to": term.valid_to})
    if form.is_valid() and attempt(
        form, lambda: do_end_assignment(actor=reader(request), assignment=term, **form.cleaned_data)
    ):
        said = f"{term.user} thôi phụ trách {term.commune.label} sau ngày đã ghi."
        return done(request, said, "agents:commune", term.commune_id)
    return form_page(
        request,
        form,
        title=f"Kết thúc giao {term.get_kind_display().lower()}",
        button="Ghi ngày cuối",
        back=_page(term.commune),
        lead=f"{term.user}, {term.commune.label}, từ {term.valid_from:%d/%m/%Y}",
    )


def _exists(unit: Commune, day: date) -> bool:
    return holds_on(unit, day)


def _page(unit: Commune) -> str:
    return reverse("agents:commune", args=[unit.pk])
