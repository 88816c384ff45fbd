"""Taking money: “Là ai?” first, then the steps of the receipt form, then once and for all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from agents.access import for_capability, reader
from agents.alarms import card_gap
from agents.roles import Can
from enrollment.access import (
    drafts_of,
    get_draft_of,
    get_participant_for,
    get_receipt_for,
    get_recorded_for,
)
from enrollment.forms.people import WhoForm
from enrollment.identity import mismatches
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.drafts import do_discard_draft, do_fill_draft, do_start_draft
from enrollment.operations.lookups import do_look_up
from enrollment.operations.receipts import AlreadyRecorded, refuse_recorded
from enrollment.receipt_form.answers_in_words import about, answers_of
from enrollment.receipt_form.who_is_it import WHO, Found, masked_name, recognise
from enrollment.receipt_form.wizard import (
    CHECK,
    PAYMENT,
    PERSON,
    TITLES,
    PaymentShown,
    Wizard,
    participant_of,
    step_of,
)
from enrollment.views.acts import FIELDS
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import blame


@require_http_methods(["GET", "POST"])
@for_capability(Can.RECORD_RECEIPTS)
def enroll(request: HttpRequest) -> HttpResponse:
    """“Là ai?”: an active person is shown with until when, a lapsed one may pay again, likely twins
    side by side.
    """
    form = WhoForm(request.POST or None)
    found: Found | None = None
    if form.is_valid():
        try:
            found = recognise(reader(request), form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    if form.is_valid() and not found:
        return redirect(_step_url(_new_draft(request, form)))
    context = {
        "form": form,
        "found": found,
        "drafts": drafts_of(reader(request)).filled()[:10],
        "card_gap": card_gap(reader(request), today()),
    }
    return render(request, "enrollment/enroll_who.html", context)


@require_POST
@for_capability(Can.RECORD_RECEIPTS)
def enroll_new(request: HttpRequest) -> HttpResponse:
    """None of the people shown: go on with somebody new, what was typed stays."""
    form = WhoForm(request.POST)
    if not form.is_valid():
        return render(request, "enrollment/enroll_who.html", {"form": form})
    return redirect(_step_url(_new_draft(request, form)))


def _new_draft(request: HttpRequest, form: WhoForm) -> Draft:
    typed = {
        name: form.data.get(name, "")
        for name in ("full_name", "birth", "citizen_id", "bhxh_no", "phone")
    }
    title = form.cleaned_data["full_name"] or "Người mới"
    return do_start_draft(actor=reader(request), title=title, data={"who": typed})


@require_POST
@for_capability(Can.RECORD_RECEIPTS)
def enroll_known(request: HttpRequest) -> HttpResponse:
    """Take money from somebody on record elsewhere, whose full number the collector has at hand."""
    try:
        person, own = do_look_up(
            actor=reader(request), number=request.POST.get("so", ""), where=WHO
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("enrollment:enroll")
    if person is None:
        raise Http404
    title = person.full_name if own else masked_name(person.full_name)
    return redirect(
        _step_url(do_start_draft(actor=reader(request), title=title, participant=person))
    )


@require_POST
@for_capability(Can.RECORD_RECEIPTS)
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Take money from somebody of one's own."""
    person = get_participant_for(reader(request), pk)
    return redirect(
        _step_url(do_start_draft(actor=reader(request), title=person.full_name, participant=person))
    )


@require_http_methods(["GET", "POST"])
@for_capability(Can.RECORD_RECEIPTS)
def enroll_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of the form; a step is kept even when it is not yet right, so that nothing typed is
    lost.

    A form that became a receipt says which: that is also how its author learns whether a lost
    answer was a yes.
    """
    draft = _open(request, pk)
    if draft is None:
        return _done(request, get_recorded_for(reader(request), pk, _sent_key(request)))
    wizard = Wizard(draft, reader(request), participant_of(draft))
    if step not in wizard.steps:
        raise Http404
    if step == CHECK:
        return _check(request, wizard)
    if request.method == "GET":
        return _show(request, wizard, step, wizard.form(step))
    return _take(request, wizard, step)


def _sent_key(request: HttpRequest) -> str:
    return str(request.POST.get("khoa", ""))


def _open(request: HttpRequest, pk: int) -> Draft | None:
    """The form, unless it is gone, or the page that was sent shows another one than this."""
    draft, sent = get_draft_of(reader(request), pk), _sent_key(request)
    return draft if draft and sent in ("", draft.data["key"]) else None


def _done(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """The page that says which receipt this form became; a live amount asked for leads to the page
    too.
    """
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(request.path)
    context = {"receipt": receipt, "may_go_on": _is_visible(request, receipt)}
    return render(request, "enrollment/enroll_done.html", context)


def _is_visible(request: HttpRequest, receipt: Receipt) -> bool:
    return (
        Participant.objects.visible_to(reader(request)).filter(pk=receipt.participant_id).exists()
    )


def _earlier(request: HttpRequest, wizard: Wizard) -> HttpResponse | None:
    """The way to say that the form became a receipt, if that is why it may not go on."""
    try:
        refuse_recorded(wizard.draft)
    except AlreadyRecorded as earlier:
        return _done(request, get_receipt_for(reader(request), earlier.receipt.pk))
    return None


def _take(request: HttpRequest, wizard: Wizard, step: str) -> HttpResponse:
    form = wizard.form(step, request.POST)
    if request.htmx and step == PAYMENT:  # type: ignore[attr-defined]
        return render(request, "enrollment/_quote.html", _quoted(wizard, form))
    typed = {name: request.POST.get(name, "") for name in form.fields}
    wizard.draft = do_fill_draft(
        actor=reader(request),
        draft=wizard.draft,
        step=step,
        values=typed,
        title=typed.get("full_name", ""),
    )
    if "nhap" in request.POST:
        messages.success(request, "Đã lưu nháp; mở lại ở trang Hôm nay.")
        return redirect("home")
    if not form.is_valid() or "tinh" in request.POST or not _agrees(wizard, step, form):
        return _show(request, wizard, step, form)
    if step == PERSON and _warnings(form) and "da_doi_chieu" not in request.POST:
        return _show(request, wizard, step, form)
    return redirect(_step_url(wizard.draft, wizard.after(step)))


def _agrees(wizard: Wizard, step: str, form: Any) -> bool:
    """Whether the law admits the payment; otherwise its sentence stands beside the field."""
    if step != PAYMENT:
        return True
    refusal = wizard.judged(form).refusal
    if refusal:
        blame(form, refusal, FIELDS)
    return refusal is None


def _show(request: HttpRequest, wizard: Wizard, step: str, form: Any) -> HttpResponse:
    before = wizard.before(step)
    context: dict[str, Any] = {
        "wizard": wizard,
        "form": form,
        "step": step,
        "title": TITLES[step],
        "about": about(wizard) if step != PERSON else "",
        "number": wizard.number(step),
        "count": len(wizard.steps),
        "back": _step_url(wizard.draft, before) if before else reverse("enrollment:enroll"),
        "warnings": _warnings(form) if step == PERSON else [],
    }
    if step == PAYMENT:
        # Judged afresh: a refusal put beside its field does not hide what else may be done about
        # it.
        context.update(_quoted(wizard, wizard.form(PAYMENT, form.data) if form.is_bound else form))
    return render(request, "enrollment/enroll_step.html", context)


def _warnings(form: Any) -> list[str]:
    if not form.is_bound or not form.is_valid():
        return []
    data = form.cleaned_data
    return mismatches(data["citizen_id"], data["sex"], data["birth"][1])


def _quoted(wizard: Wizard, form: Any) -> dict[str, Any]:
    """``quote`` or ``refusal`` for what the payment form holds; an untouched form is judged by its
    defaults.
    """
    if not form.is_bound:
        names = [name for name in form.fields if name != "collector"]
        defaults = {
            name: form.fields[name].prepare_value(
                form.get_initial_for_field(form.fields[name], name)
            )
            for name in names
        }
        defaults["received_on"] = format(form.initial["received_on"], "%d/%m/%Y")
        if "collector" in form.fields:
            defaults["collector"] = next((pk for pk, _ in form.fields["collector"].choices), "")
        form = wizard.form(PAYMENT, {name: value or "" for name, value in defaults.items()})
    if not form.is_valid():
        return {"refusal": next(iter(form.errors.values()))[0]}
    shown = wizard.judged(form)
    if shown.refusal:
        return {"refusal": shown.refusal.message, "late": shown.late}
    return _amounts(shown, form)


def _amounts(shown: PaymentShown, form: Any) -> dict[str, Any]:
    return {
        "quote": shown.quote,
        "payment": form.cleaned_data,
        "support_left": shown.support_left,
        "late": shown.late,
    }


def _check(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    open_step = wizard.first_open_step()
    if open_step != CHECK:
        # Sent twice at once, the other one may have put this very person on record since the page
        # began.
        return _earlier(request, wizard) or redirect(_step_url(wizard.draft, open_step))
    form = wizard.form(PAYMENT)
    form.is_valid()
    if request.method == "POST":
        return _record(request, wizard)
    shown = wizard.judged(form)
    if shown.refusal:
        return _earlier(request, wizard) or _back_to(request, wizard, shown.refusal)
    person = wizard.form(PERSON) if wizard.participant is None else None
    context = {
        "wizard": wizard,
        "seen": wizard.draft.updated_at.isoformat(),
        **_amounts(shown, form),
        "about": about(wizard) if wizard.participant else "",
        "answers": answers_of(wizard),
        "warnings": _warnings(person) if person else [],
        "number": wizard.number(CHECK),
        "count": len(wizard.steps),
        "back": _step_url(wizard.draft, PAYMENT),
        "title": TITLES[CHECK],
    }
    return render(request, "enrollment/enroll_check.html", context)


def _record(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    if request.POST.get("da_xem", now := wizard.draft.updated_at.isoformat()) != now:
        # The same form in another tab, or a page gone back to: money is recorded as its author saw
        # it, or not at all.
        messages.warning(
            request,
            "Phiếu này đã được sửa sau khi mở trang vừa bấm; chưa ghi gì. Hãy xem lại rồi ghi.",
        )
        return redirect(_step_url(wizard.draft, CHECK))
    shown = request.POST.get("so_tien", "")
    try:
        receipt = wizard.record(int(shown) if shown.isdecimal() else None)
    except AlreadyRecorded as earlier:
        return _done(request, get_receipt_for(reader(request), earlier.receipt.pk))
    except Refused as refusal:
        return _back_to(request, wizard, refusal)
    messages.success(request, f"Đã ghi biên lai {receipt.number}.")
    return redirect("enrollment:receipt", receipt.pk)


def _back_to(request: HttpRequest, wizard: Wizard, refusal: Refused) -> HttpResponse:
    step = step_of(refusal.field)
    step = step if step in wizard.steps else PAYMENT
    form = wizard.form(step)
    form.is_valid()
    blame(form, refusal, FIELDS)
    return _show(request, wizard, step, form)


def _step_url(draft: Draft, step: str = "") -> str:
    first = PAYMENT if draft.data.get("participant") else PERSON
    return reverse("enrollment:enroll_step", args=[draft.pk, step or first])


@require_POST
@for_capability(Can.RECORD_RECEIPTS)
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away; one that became a receipt meanwhile, as a page gone back to may not know,
    leads there.
    """
    draft = _open(request, pk)
    if draft is None:
        receipt = get_recorded_for(reader(request), pk, _sent_key(request))
        said = (
            f"Biên lai này đã được ghi, số {receipt.number}. Nếu không thu nữa, hãy hủy biên lai."
        )
        messages.warning(request, said)
        return redirect("enrollment:receipt", receipt.pk)
    do_discard_draft(actor=reader(request), draft=draft)
    messages.success(request, "Đã bỏ bản nháp.")
    return redirect("enrollment:enroll")
