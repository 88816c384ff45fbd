"""What may be done about a person or a receipt, one form each: the form's values go to one
operation.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader
from agents.roles import Can
from enrollment.access import by_number, get_participant_for, get_receipt_for
from enrollment.forms.payments import StopForm, VoidForm, WithdrawStopForm
from enrollment.forms.people import EvidenceForm, HouseholdForm, MoveForm
from enrollment.forms.service import SourceForm
from enrollment.models import Participant
from enrollment.operations.participants import do_add_support_status, do_join_household, do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.sources import do_set_source
from enrollment.operations.stops import do_stop, do_withdraw_stop
from enrollment.write_scope import require_following, require_voiding
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import FORM, attempt

FIELDS = {"birth_date": "birth", "birth_year": "birth", "other": "number"}
"""The operations' words for the forms' fields."""


def person_to_change(
    request: HttpRequest, pk: int, capability: Can = Can.CORRECT_RECORDS
) -> Participant:
    """The person of the reader's scope, 404 otherwise; 403 for who may see but not change."""
    person = get_participant_for(reader(request), pk)
    require_following(reader(request), person, capability)
    return person


def act_page(
    request: HttpRequest,
    form: forms.Form,
    person: Participant,
    title: str,
    button: str,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "person": person, "title": title, "button": button, **more}
    return render(request, "enrollment/act.html", context)


def done(request: HttpRequest, person: Participant, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("enrollment:participant", person.pk)


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_to_change(request, pk)
    form = StopForm(request.POST or None, initial={"month": this_month() + 1})
    if form.is_valid() and attempt(
        form, lambda: do_stop(actor=reader(request), participant=person, **form.cleaned_data)
    ):
        return done(request, person, "Đã ghi dừng đóng.")
    note = (
        "Biên lai đã ghi vẫn giữ nguyên; từ tháng dừng, người này không còn tính là đang tham gia."
    )
    return act_page(request, form, person, "Dừng đóng", "Ghi dừng đóng", note=note)


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def stop_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_to_change(request, pk)
    held = person.stops.filter(withdrawal__isnull=True).order_by("-month", "-id").first()
    if held is None:
        raise Http404
    form = WithdrawStopForm(request.POST or None, initial={"on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_withdraw_stop(actor=reader(request), stop=held, **form.cleaned_data)
    ):
        return done(request, person, "Đã rút lại việc dừng đóng.")
    note = f"Đang ghi: dừng từ {held.month.vi}, {held.get_reason_display().lower()}."
    return act_page(request, form, person, "Rút lại việc dừng đóng", "Rút lại việc dừng", note=note)


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_to_change(request, pk)
    form = MoveForm(request.POST or None, initial={"since": today(), "hamlet": person.hamlet})
    if form.is_valid() and attempt(
        form, lambda: do_move(actor=reader(request), participant=person, **form.cleaned_data)
    ):
        messages.success(request, "Đã ghi nơi ở mới.")
        visible = Participant.objects.visible_to(reader(request)).filter(pk=person.pk).exists()
        # A person who moved out of the own communes is no longer ours to look at.
        return (
            redirect("enrollment:participant", person.pk)
            if visible
            else redirect("enrollment:participants")
        )
    return act_page(request, form, person, "Chuyển nơi ở", "Ghi nơi ở mới")


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def support(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_to_change(request, pk)
    form = EvidenceForm(request.POST or None, initial={"evidence_from": today()})
    if form.is_valid():
        evidence = form.as_evidence
        if evidence is None:
            form.add_error(
                "group", "“Đối tượng khác” không cần ghi; hãy chọn một đối tượng có giấy tờ."
            )
        elif attempt(
            form,
            lambda: do_add_support_status(
                actor=reader(request), participant=person, evidence=evidence
            ),
        ):
            return done(request, person, "Đã ghi đối tượng hỗ trợ.")
    return act_page(request, form, person, "Đối tượng hỗ trợ", "Ghi đối tượng")


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def household(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_to_change(request, pk)
    form = HouseholdForm(request.POST or None)
    if form.is_valid():
        other = by_number(form.cleaned_data["number"])
        if (
            other is None
            or not Participant.objects.visible_to(reader(request)).filter(pk=other.pk).exists()
        ):
            form.add_error("number", "Không có người mang số này trong phạm vi của bạn.")
        elif attempt(
            form,
            lambda: do_join_household(
                actor=reader(request),
                participant=person,
                other=other,
                relation=form.cleaned_data["relation"],
            ),
            FIELDS,
        ):
            return done(request, person, f"Đã ghi cùng hộ với {other.full_name}.")
    return act_page(request, form, person, "Hộ gia đình", "Ghi cùng hộ")


@require_http_methods(FORM)
@for_capability(Can.RECORD_RECEIPTS)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """What brought the person in: said late, or corrected."""
    person = person_to_change(request, pk, Can.RECORD_RECEIPTS)
    known = getattr(person, "acquisition", None)
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        initial={"source": known.source if known else ""},
    )
    if form.is_valid() and attempt(
        form, lambda: do_set_source(actor=reader(request), participant=person, **form.cleaned_data)
    ):
        return done(request, person, "Đã ghi nguồn tiếp cận.")
    return act_page(request, form, person, "Biết đến BHXH tự nguyện qua đâu?", "Lưu")


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def receipt_void(request: HttpRequest, pk: int) -> HttpResponse:
    receipt = get_receipt_for(reader(request), pk)
    try:
        require_voiding(reader(request), receipt)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("enrollment:receipt", receipt.pk)
    form = VoidForm(request.POST or None, initial={"on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_void_receipt(actor=reader(request), receipt=receipt, **form.cleaned_data)
    ):
        messages.success(request, f"Đã hủy biên lai {receipt.number}.")
        return redirect("enrollment:receipt", receipt.pk)
    back = reverse("enrollment:receipt", args=[receipt.pk])
    warning = (
        "Biên lai ở lại trong sổ với dấu hủy và không còn được tính từ tháng của ngày hủy; "
        "nếu thu lại, hãy ghi biên lai mới."
    )
    title = f"Hủy biên lai {receipt.number}"
    more = {"back": back, "warning": warning, "receipt": receipt}
    return act_page(request, form, receipt.participant, title, "Hủy biên lai", **more)
