"""A collector stops working: one form, one step."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader
from agents.querysets import get_collector_for
from agents.roles import Can
from agents.staffing import successors_of
from enrollment.collector_of_person import left_behind
from enrollment.forms.handover import HandoverForm
from enrollment.operations.handover import do_end_collector
from enrollment.views.acts import FORM, attempt
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import done


@require_http_methods(FORM)
@for_capability(Can.KEEP_AGENTS)
def collector_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a collector, with the hand-over."""
    who, day = get_collector_for(reader(request), pk), today()
    form = HandoverForm(
        request.POST or None, successors=successors_of(who, day), initial={"ended_on": day}
    )
    if form.is_valid() and attempt(
        form, lambda: do_end_collector(actor=reader(request), collector=who, **form.cleaned_data)
    ):
        said = f"{who.full_name} đã nghỉ; mọi việc đã chuyển cho {form.cleaned_data['successor']}."
        return done(request, said, "agents:collector", pk)
    context = {
        "form": form,
        "title": "Nghỉ việc và bàn giao",
        "button": "Ghi nghỉ việc và bàn giao",
        "lead": str(who),
        "back": reverse("agents:collector", args=[pk]),
        "note": _consequences(*left_behind(who, day)),
    }
    return render(request, "includes/form_page.html", context)


def _consequences(people: int, drafts: int) -> str:
    more = f" và {drafts} bản nháp" if drafts else ""
    return (
        f"Một lần ghi: thẻ kết thúc, tài khoản ngừng, {people} người đang theo dõi{more} "
        "chuyển cho người nhận. "
        "Số đã thu và chỉ tiêu đã đạt vẫn tính cho người nghỉ."
    )
