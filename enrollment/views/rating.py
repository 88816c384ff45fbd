"""The payer's page: judge the service by the code on the receipt. Public, throttled, and naming
nobody.
"""

from __future__ import annotations

from typing import Any

from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from agents.origin import origin_of
from enrollment.access import receipt_of_code
from enrollment.forms.service import RatingForm
from enrollment.models import Complaint, Receipt
from enrollment.operations.service import do_rate
from enrollment.rating_code import code_of
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.public_pages import open_to_all

SENT = "da-gui"
_sender = Signer(salt="enrollment.rating_sent")
"""Marks the address to which who has sent the form is led: the agent's staff know the code, but
not this.
"""


def place_of(request: HttpRequest, receipt: Receipt) -> dict[str, str]:
    """``rating_code`` and the whole ``rating_address`` for a receipt's page."""
    code = code_of(receipt.pk)
    return {
        "rating_code": code,
        "rating_address": request.build_absolute_uri(reverse("rating:rate", args=[code])),
    }


@open_to_all("rating")
def find(request: HttpRequest) -> HttpResponse:
    """Type the code; a known one leads to its page, anything else is answered alike."""
    typed = request.GET.get("ma", "")
    if not typed:
        return render(request, "enrollment/rating_find.html")
    receipt = receipt_of_code(typed)
    return redirect("rating:rate", code_of(receipt.pk)) if receipt else _unknown(request)


def _unknown(request: HttpRequest) -> HttpResponse:
    """The one answer to a code that was never printed, mistyped or made up."""
    return render(request, "enrollment/rating_find.html", {"unknown": True}, status=404)


@open_to_all("rating", "POST")
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """The form, also for a receipt that was rated before; once it is sent, the page that says
    thanks.
    """
    receipt = receipt_of_code(code)
    if receipt is None:
        return _unknown(request)
    form = RatingForm(request.POST or None)
    if form.is_valid() and _sent(request, form, receipt):
        return redirect(
            f"{reverse('rating:rate', args=[code_of(receipt.pk)])}?{SENT}={_mark(receipt)}"
        )
    return render(request, "enrollment/rating.html", {"form": form, **_shown(request, receipt)})


def _sent(request: HttpRequest, form: RatingForm, receipt: Receipt) -> bool:
    if request.user.is_authenticated:
        form.add_error(
            None, "Trang này dành cho người nộp tiền; người của cổng không gửi đánh giá."
        )
        return False
    try:
        do_rate(receipt=receipt, origin=origin_of(request), **form.values)
    except Refused as refusal:
        form.add_error("diem" if refusal.field == "score" else None, refusal.message)
        return False
    return True


def _mark(receipt: Receipt) -> str:
    return _sender.signature(str(receipt.pk))


def _shown(request: HttpRequest, receipt: Receipt) -> dict[str, Any]:
    """Nothing that shows who paid, how much, or to which collector; a complaint is confirmed to
    its sender only.
    """
    sent = constant_time_compare(request.GET.get(SENT, ""), _mark(receipt))
    complaint = (
        receipt.complaints.filter(channel=Complaint.Channel.ONLINE).first() if sent else None
    )
    return {
        "agent": receipt.agent.name,
        "month": receipt.received_month,
        "rated": receipt.ratings.exists(),
        "voided": receipt.is_voided,
        "just_sent": sent,
        "answer_by": complaint.due_on if complaint and not complaint.answered_on else None,
    }
