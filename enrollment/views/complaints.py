"""Complaints about agents: the list, one of them, writing one down, answering it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.querysets import agents_visible_to
from agents.roles import Can
from enrollment.complaints import (
    agents_to_complain_of,
    comments_visible_to,
    complaints_visible_to,
    get_complaint_for,
)
from enrollment.forms.service import AnswerForm, ComplaintForm, ComplaintListForm
from enrollment.models import Complaint, Receipt
from enrollment.operations.service import do_answer_complaint, do_record_complaint
from enrollment.views.acts import attempt
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, done, form_page

PER_PAGE, COMMENTS = 20, 10


@require_safe
@for_capability(Can.SEE_COMPLAINTS)
def complaints(request: HttpRequest) -> HttpResponse:
    """Complaints of the reader's scope, those that wait first, and what payers wrote in their
    ratings.
    """
    user = reader(request)
    form = ComplaintListForm(request.GET, agents_visible_to(user))
    page = Paginator(form.narrow(complaints_visible_to(user)), PER_PAGE).get_page(
        request.GET.get("trang")
    )
    context = {
        "form": form,
        "page": page,
        "day": today(),
        "may_answer": user.may(Can.ANSWER_COMPLAINTS),
        "comments": comments_visible_to(user)[:COMMENTS],
    }
    return render(request, "enrollment/complaints.html", context)


@require_safe
@for_capability(Can.SEE_COMPLAINTS)
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint with its answer."""
    user, one = reader(request), get_complaint_for(reader(request), pk)
    # The receipt shows who complains; the office may know it, the agent complained of may not.
    may_know = one.receipt_id is not None and user.may(Can.KNOW_WHO_COMPLAINS)
    seen = may_know and Receipt.objects.visible_to(user).filter(complaints=one).exists()
    context = {
        "complaint": one,
        "day": today(),
        "history": audit.history_of(one),
        "receipt_is_visible": seen,
        "may_answer": user.may(Can.ANSWER_COMPLAINTS) and not one.answered_on,
    }
    return render(request, "enrollment/complaint.html", context)


@require_http_methods(FORM)
@for_capability(Can.ANSWER_COMPLAINTS)
def complaint_add(request: HttpRequest) -> HttpResponse:
    """Write down what came by telephone, in person or by letter."""
    user = reader(request)
    form = ComplaintForm(
        request.POST or None,
        initial={"received_on": today(), "agent": request.GET.get("dai_ly", "")},
        agents=agents_to_complain_of(user),
        receipts=Receipt.objects.visible_to(user),
    )
    made: list[Complaint] = []
    if form.is_valid() and attempt(
        form, lambda: made.append(do_record_complaint(actor=user, **form.cleaned_data))
    ):
        said = f"Đã ghi phản ánh, hạn trả lời {made[0].due_on:%d/%m/%Y}"
        if complaints_visible_to(user).filter(pk=made[0].pk).exists():
            return done(request, f"{said}.", "enrollment:complaint", made[0].pk)
        # About a receipt from before the person moved here.
        return done(
            request,
            f"{said}; chuyên quản của xã ghi trên biên lai trả lời.",
            "enrollment:complaints",
        )
    return form_page(
        request,
        form,
        title="Ghi phản ánh",
        button="Ghi phản ánh",
        back=reverse("enrollment:complaints"),
        note="Đừng ghi số giấy tờ của người phản ánh vào nội dung.",
    )


@require_http_methods(FORM)
@for_capability(Can.ANSWER_COMPLAINTS)
def complaint_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer, once."""
    one = get_complaint_for(reader(request), pk)
    if one.answered_on and request.method == "GET":
        raise Http404
    form = AnswerForm(request.POST or None, initial={"answered_on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_answer_complaint(actor=reader(request), complaint=one, **form.cleaned_data)
    ):
        return done(request, "Đã ghi trả lời phản ánh.", "enrollment:complaint", pk)
    return form_page(
        request,
        form,
        title="Trả lời phản ánh",
        button="Ghi trả lời",
        back=reverse("enrollment:complaint", args=[pk]),
        lead=f"{one.agent.name} · nhận {one.received_on:%d/%m/%Y} · hạn {one.due_on:%d/%m/%Y}",
        note=one.content,
    )
