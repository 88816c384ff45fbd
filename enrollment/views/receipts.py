"""Receipts: the list of the reader's scope and the page of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.models import User
from agents.querysets import office_on
from agents.roles import Can
from enrollment.access import get_receipt_for
from enrollment.forms.lists import ReceiptListForm
from enrollment.models import Participant, Receipt
from enrollment.operations.slips import do_print_slip
from enrollment.steps_of_receipt import steps_of
from enrollment.views.proof import proof_of
from enrollment.views.rating import place_of
from enrollment.write_scope import may, require_printing, require_settled, require_voiding
from thaithuy_bhxh.clock import today

PER_PAGE = 20
NEXT_DAYS = 60
"""How soon somebody of the household has to be due to be proposed as the next payer."""
A4 = "a4"


@require_safe
@for_capability(Can.SEE_PEOPLE)
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts between two days, latest first, with their number and sum; voided ones are shown and
    not summed.
    """
    form = ReceiptListForm(request.GET or None)
    found = form.narrow(Receipt.objects.visible_to(reader(request)))
    sums = found.aggregate(
        count=Count("id"),
        voided=Count("id", filter=Q(void__isnull=False)),
        total=Sum("participant_amount", filter=Q(void__isnull=True), default=0),
    )
    listed = found.select_related("participant", "collector", "commune", "void").order_by(
        "-received_on", "-id"
    )
    paginator = Paginator(listed, PER_PAGE)
    paginator.count = sums["count"]
    page = paginator.get_page(request.GET.get("trang"))
    return render(request, "enrollment/receipts.html", {"form": form, "page": page, "sums": sums})


@require_safe
@for_capability(Can.SEE_PEOPLE)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt: amounts, months, who, whether voided, and what the audit trail says."""
    return _page(request, get_receipt_for(reader(request), pk))


def _page(request: HttpRequest, one: Receipt, **more: Any) -> HttpResponse:
    history = list(audit.history_of(one))
    context: dict[str, Any] = {
        "receipt": one,
        "history": history,
        "steps": steps_of(one, history),
        "office": office_on(one.received_on),
        "person_is_visible": Participant.objects.visible_to(reader(request))
        .filter(pk=one.participant_id)
        .exists(),
        "may_void": not one.is_voided and may(require_voiding, reader(request), one),
        "may_print": may(require_printing, reader(request), one),
        "next_person": _next_of_household(reader(request), one),
        **proof_of(request, one),
        **more,
    }
    return render(request, "enrollment/receipt.html", context)


def _next_of_household(user: User, one: Receipt) -> Participant | None:
    """Who of the payer's household, among the reader's own people, is the next to be due."""
    payer = one.participant
    if payer.household_id is None or not user.may(Can.RECORD_RECEIPTS):
        return None
    if not may(require_settled, user, payer):
        return None
    people = Participant.objects.visible_to(user).exclude(pk=payer.pk)
    soon = people.filter(
        household=payer.household_id,
        stopped_from__isnull=True,
        due_on__lte=today() + timedelta(days=NEXT_DAYS),
    )
    return soon.order_by("due_on", "sort_key", "id").first()


@require_POST
@for_capability(Can.CORRECT_RECORDS)
def receipt_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The slip on its way to the printer, alone on A5 or with the agent's copy on A4; only the
    first one has the payer's code, and only on paper.
    """
    one = get_receipt_for(reader(request), pk)
    with_code = do_print_slip(actor=reader(request), receipt=one)
    code = place_of(request, one) if with_code else {}
    two = request.POST.get("kho") == A4
    return _page(request, one, printing=True, with_code=with_code, two_copies=two, **code)
