"""Merging communes: the form, a look at what follows from it, and the act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader
from agents.forms.territory import MergeForm
from agents.models import Commune
from agents.operations.territory import Consequences, consequences_of, do_merge_communes
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt


@require_http_methods(FORM)
@for_capability(Can.KEEP_COMMUNES)
def merge(request: HttpRequest) -> HttpResponse:
    """First what the merger would do; done only when it is sent again from there (``xac_nhan``)."""
    form = MergeForm(request.POST or None, initial={"on": today(), "kind": "xã"})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if "xac_nhan" in request.POST:
            made: list[Commune] = []
            if attempt(
                form,
                lambda: made.append(do_merge_communes(actor=reader(request), **form.cleaned_data)),
            ):
                messages.success(
                    request, f"Đã nhập thành {made[0].label} từ {made[0].valid_from:%d/%m/%Y}."
                )
                return redirect("agents:commune", made[0].pk)
        elif "sua" not in request.POST:
            seen: list[Consequences] = []
            if attempt(form, lambda: seen.append(consequences_of(**_asked(form)))):
                context |= {"check": seen[0], "data": form.cleaned_data}
    return render(request, "agents/merge.html", context)


def _asked(form: MergeForm) -> dict[str, Any]:
    names = ("predecessors", "code", "name", "kind", "on", "source")
    return {name: form.cleaned_data[name] for name in names}
