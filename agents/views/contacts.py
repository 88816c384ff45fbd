"""Whom somebody has followed, and the notes of contacts with a commune."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability, lineage_for, reader
from agents.commune_officers import followings_of, get_follower
from agents.contacts import get_commune_for, get_contact_for
from agents.forms.contacts import ContactDoneForm, ContactForm
from agents.navigation import linked
from agents.operations.contacts import do_finish_contact, do_note_contact
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.text import upper_first
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page

FROM_BOARD = "bang"
"""Sent by the buttons of the officers' board, which note a contact with one click."""


@require_safe
@for_capability(Can.SEE_COMMUNES)
def follower(request: HttpRequest, pk: int) -> HttpResponse:
    """The communes that one person follows and has followed, with their days."""
    who, day = get_follower(pk), today()
    rows = followings_of(who, lineage_for(reader(request)), day)
    context = {"who": who, "rows": rows, "running": sum(row.is_running for row in rows), "day": day}
    return render(request, "agents/follower.html", context)


@require_http_methods(FORM)
@for_capability(Can.NOTE_CONTACTS)
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a contact with a commune that the reader follows."""
    unit = get_commune_for(reader(request), pk)
    form = ContactForm(request.POST or None, initial={"happened_on": today(), "kind": "visit"})
    if form.is_valid() and attempt(
        form, lambda: do_note_contact(actor=reader(request), commune=unit, **form.cleaned_data)
    ):
        said = f"Đã ghi lần làm việc với {unit.label}."
        if request.POST.get("ve") == FROM_BOARD:
            return done(request, said, linked("board"))
        return done(request, said, "agents:commune", pk)
    return form_page(
        request,
        form,
        title="Ghi lần làm việc với xã",
        button="Ghi lại",
        back=reverse("agents:commune", args=[pk]),
        lead=upper_first(unit.label),
        note="Ghi rồi không sửa được; ghi nhầm thì ghi thêm lần nữa.",
    )


@require_http_methods(FORM)
@for_capability(Can.NOTE_CONTACTS)
def contact_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that the next step of a contact has been done."""
    contact = get_contact_for(reader(request), pk)
    form = ContactDoneForm(request.POST or None, initial={"done_on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_finish_contact(actor=reader(request), contact=contact, **form.cleaned_data)
    ):
        return done(request, "Đã ghi việc làm xong.", "agents:commune", contact.commune_id)
    return form_page(
        request,
        form,
        title="Ghi việc đã làm xong",
        button="Ghi đã xong",
        lead=contact.commune.label,
        back=reverse("agents:commune", args=[contact.commune_id]),
        note=f"Việc đã hẹn ngày làm việc {contact.happened_on:%d/%m/%Y}: {contact.next_step}",
    )
