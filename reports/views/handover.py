"""Handing communes over: form, check page, and the record to print and sign."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability, reader
from agents.commune_hand_overs import (
    get_giver_for,
    get_hand_over_for,
    givers,
    hand_overs_for,
    kind_of,
)
from agents.forms.assignments import GiverForm, HandOverForm
from agents.models import User
from agents.operations.assignments import do_hand_over
from agents.roles import Can
from reports.letterhead import letterhead
from reports.officers.commune_hand_over import later_terms, open_matters, record_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt, done

SHOWN = 50


@require_http_methods(FORM)
@for_capability(Can.HAND_COMMUNES_OVER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Who → to whom, which communes, from when; checked on a page of its own before anything is
    written.
    """
    giver = get_giver_for(reader(request), request.GET.get("tu"))
    if giver is None:
        return render(
            request, "reports/hand_over_who.html", {"form": GiverForm(people=givers(today()))}
        )
    if request.method != "POST":
        return _page(request, giver, HandOverForm(giver=giver, initial=_initial(request, giver)))
    form = HandOverForm(request.POST, giver=giver)
    if not form.is_valid():
        return _page(request, giver, form)
    if request.POST.get("buoc") != "ghi":
        return _check(request, giver, form)
    return _write(request, giver, form)


def _initial(request: HttpRequest, giver: User) -> dict[str, Any]:
    communes = list(HandOverForm(giver=giver).fields["communes"].queryset)  # type: ignore[attr-defined]
    note = open_matters(reader(request), communes, today())
    return {"communes": [one.pk for one in communes], "on": today(), "note": note}


def _page(request: HttpRequest, giver: User, form: HandOverForm) -> HttpResponse:
    return render(
        request, "reports/hand_over.html", {"form": form, "giver": giver, "kind": kind_of(giver)}
    )


def _check(request: HttpRequest, giver: User, form: HandOverForm) -> HttpResponse:
    """What will be, before it is."""
    values = form.cleaned_data
    later = later_terms(values["communes"], kind_of(giver), values["on"])
    rows = [(commune, later.get(commune.pk)) for commune in values["communes"]]
    context = {"form": form, "giver": giver, "kind": kind_of(giver), "rows": rows, "values": values}
    return render(request, "reports/hand_over_check.html", context)


def _write(request: HttpRequest, giver: User, form: HandOverForm) -> HttpResponse:
    kind = kind_of(giver)
    if not attempt(
        form,
        lambda: do_hand_over(actor=reader(request), giver=giver, kind=kind, **form.cleaned_data),
    ):
        return _page(request, giver, form)
    said = f"Đã bàn giao {len(form.cleaned_data['communes'])} xã cho {form.cleaned_data['taker']}."
    # The giver reads the record as a party to it, and a manager reads all, so that the newest one
    # is the right one.
    return done(request, said, "officers:record", hand_overs_for(reader(request), 1)[0].pk)


@require_safe
@for_capability(Can.WATCH_COMMUNES)
def hand_overs(request: HttpRequest) -> HttpResponse:
    """The latest hand-overs with their records."""
    return render(
        request, "reports/hand_overs.html", {"entries": hand_overs_for(reader(request), SHOWN)}
    )


@require_safe
@for_capability(Can.WATCH_COMMUNES)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of one hand-over, to print and sign."""
    found = record_of(reader(request), get_hand_over_for(reader(request), pk))
    context = {"record": found, "letterhead": letterhead(found.day)}
    return render(request, "reports/hand_over_record.html", context)
