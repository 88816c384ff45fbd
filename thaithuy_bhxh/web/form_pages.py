"""What the pages of one act share: running the operation, the form page, the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import Stale

FORM = ["GET", "POST"]


def attempt(
    form: forms.Form, act: Callable[[], Any], fields: Mapping[str, str] | None = None
) -> bool:
    """Run an operation; its refusal becomes the form's error. True when it was done.

    ``fields`` maps the operation's field names to the form's, where they differ.
    """
    try:
        act()
    except Refused as refusal:
        blame(form, refusal, fields)
        if isinstance(refusal, Stale):
            _renew(form, refusal.now)
        return False
    return True


def blame(form: forms.Form, refusal: Refused, fields: Mapping[str, str] | None = None) -> None:
    """Put a refusal beside the field that it names (``fields`` as for :func:`attempt`), or over the
    whole form.
    """
    name = (fields or {}).get(refusal.field, refusal.field)
    form.add_error(name if name in form.fields else None, refusal.message)


def _renew(form: forms.Form, stamp: str) -> None:
    """Having read of the other edit, whoever sends the form again means it."""
    sent: Any = form.data
    form.data = sent = sent.copy()
    sent["seen"] = stamp


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    button: str,
    back: str,
    lead: str = "",
    note: str = "",
) -> HttpResponse:
    """A page with one form: ``lead`` says what it is about, ``note`` what follows from it, ``back``
    is the way out.
    """
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "lead": lead,
        "note": note,
    }
    return render(request, "includes/form_page.html", context)


def act_now(
    request: HttpRequest, act: Callable[[], Any], message: str, to: str, *args: Any
) -> HttpResponse:
    """Run an operation that needs no form and go to a page, saying what was done or why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(to, *args)
    return done(request, message, to, *args)


def done(request: HttpRequest, message: str, to: str, *args: Any) -> HttpResponse:
    """Say what was done and go to a page."""
    messages.success(request, message)
    return redirect(to, *args)
