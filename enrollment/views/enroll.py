"""Taking money: “Là ai?” first, then the steps of the receipt form, then once and for all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from agents.access import for_roles, reader
from agents.alarms import card_gap
from agents.views.acts import blame
from enrollment.access import RECORDERS, drafts_of, get_draft_for, get_participant_for, get_receipt_for
from enrollment.answers import about, answers_of
from enrollment.forms.people import WhoForm
from enrollment.identity import mismatches
from enrollment.lateness import late_period
from enrollment.models import Draft, Receipt
from enrollment.operations.drafts import do_discard_draft, do_fill_draft, do_start_draft
from enrollment.operations.receipts import receipt_of_submission
from enrollment.recognition import Found, by_number, recognise
from enrollment.views.acts import FIELDS
from enrollment.views.rating import place_of
from enrollment.wizard import CHECK, PAYMENT, PERSON, TITLES, Wizard, participant_of, step_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

DONE, DONE_KEPT = "recorded_forms", 20
"""Session key of the forms that became receipts (draft → receipt), and how many of them are remembered."""


@require_http_methods(["GET", "POST"])
@for_roles(*RECORDERS)
def enroll(request: HttpRequest) -> HttpResponse:
    """“Là ai?”: an active person is shown with until when, a lapsed one may pay again, likely twins side by side."""
    form = WhoForm(request.POST or None)
    found: Found | None = None
    if form.is_valid():
        found = recognise(reader(request), form.cleaned_data)
        if not found:
            return redirect(_step_url(_new_draft(request, form)))
    context = {
        "form": form,
        "found": found,
        "drafts": drafts_of(reader(request)).filled()[:10],
        "card_gap": card_gap(reader(request), today()),
    }
    return render(request, "enrollment/enroll_who.html", context)


@require_POST
@for_roles(*RECORDERS)
def enroll_new(request: HttpRequest) -> HttpResponse:
    """None of the people shown: go on with somebody new, what was typed stays."""
    form = WhoForm(request.POST)
    if not form.is_valid():
        return render(request, "enrollment/enroll_who.html", {"form": form})
    return redirect(_step_url(_new_draft(request, form)))


def _new_draft(request: HttpRequest, form: WhoForm) -> Draft:
    typed = {name: form.data.get(name, "") for name in ("full_name", "birth", "citizen_id", "bhxh_no", "phone")}
    title = form.cleaned_data["full_name"] or "Người mới"
    return do_start_draft(actor=reader(request), title=title, data={"who": typed})


@require_POST
@for_roles(*RECORDERS)
def enroll_known(request: HttpRequest) -> HttpResponse:
    """Take money from somebody on record elsewhere, whose full number the collector has at hand."""
    person = by_number(request.POST.get("so", ""))
    if person is None:
        raise Http404
    return redirect(_step_url(do_start_draft(actor=reader(request), title=person.full_name, participant=person)))


@require_POST
@for_roles(*RECORDERS)
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Take money from somebody of one's own."""
    person = get_participant_for(reader(request), pk)
    return redirect(_step_url(do_start_draft(actor=reader(request), title=person.full_name, participant=person)))


@require_http_methods(["GET", "POST"])
@for_roles(*RECORDERS)
def enroll_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of the form; a step is kept even when it is not yet right, so that nothing typed is lost."""
    if done := _sent_before(request, pk):
        return done
    if slip := _recorded(request, pk):
        return slip
    wizard = _wizard(request, pk)
    if step not in wizard.steps:
        raise Http404
    if step == CHECK:
        return _check(request, wizard)
    if request.method == "GET":
        return _show(request, wizard, step, wizard.form(step))
    return _take(request, wizard, step)


def _sent(request: HttpRequest) -> Receipt | None:
    """The receipt that the form with the key sent along became, recorded by the same person."""
    done = receipt_of_submission(_key(request.POST.get("khoa", "")))
    return done if done and done.recorded_by_id == reader(request).pk else None


def _sent_before(request: HttpRequest, draft: int) -> HttpResponse | None:
    """The way to the receipt that this very form became already."""
    done = _sent(request)
    if done is None:
        return None
    _remember(request, draft, done)
    return redirect("enrollment:receipt", done.pk)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _remember(request: HttpRequest, draft: int, receipt: Receipt) -> None:
    """Know the form again when its author goes back to it: the draft itself is gone by then."""
    known = {**request.session.get(DONE, {}), str(draft): receipt.pk}
    request.session[DONE] = dict(list(known.items())[-DONE_KEPT:])


def _remembered(request: HttpRequest, draft: int) -> int | None:
    """The receipt that this browser knows a form to have become."""
    known: dict[str, int] = request.session.get(DONE, {})
    return known.get(str(draft))


def _recorded(request: HttpRequest, draft: int) -> HttpResponse | None:
    """The page that says which receipt this form became, if it did; a live amount asked for leads to the page too."""
    receipt = _remembered(request, draft)
    if receipt is None:
        return None
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(request.path)
    slip = get_receipt_for(reader(request), receipt)
    return render(request, "enrollment/enroll_done.html", {"receipt": slip, **place_of(request, slip)})


def _wizard(request: HttpRequest, pk: int) -> Wizard:
    draft = get_draft_for(reader(request), pk)
    return Wizard(draft, reader(request), participant_of(draft))


def _take(request: HttpRequest, wizard: Wizard, step: str) -> HttpResponse:
    form = wizard.form(step, request.POST)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "enrollment/_quote.html", _quoted(wizard, form))
    typed = {name: request.POST.get(name, "") for name in form.fields}
    wizard.draft = do_fill_draft(
        actor=reader(request), draft=wizard.draft, step=step, values=typed, title=typed.get("full_name", "")
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
    try:
        wizard.quote(form)
    except Refused as refusal:
        blame(form, refusal, FIELDS)
        return False
    return True


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
        # Judged afresh: a refusal put beside its field does not hide what else may be done about it.
        context.update(_quoted(wizard, wizard.form(PAYMENT, form.data) if form.is_bound else form))
    return render(request, "enrollment/enroll_step.html", context)


def _warnings(form: Any) -> list[str]:
    if not form.is_bound or not form.is_valid():
        return []
    data = form.cleaned_data
    return mismatches(data["citizen_id"], data["sex"], data["birth"][1])


def _quoted(wizard: Wizard, form: Any) -> dict[str, Any]:
    """``quote`` or ``refusal`` for what the payment form holds; an untouched form is judged by its defaults."""
    if not form.is_bound:
        names = [name for name in form.fields if name != "collector"]
        defaults = {
            name: form.fields[name].prepare_value(form.get_initial_for_field(form.fields[name], name)) for name in names
        }
        defaults["received_on"] = format(form.initial["received_on"], "%d/%m/%Y")
        if "collector" in form.fields:
            defaults["collector"] = next((pk for pk, _ in form.fields["collector"].choices), "")
        form = wizard.form(PAYMENT, {name: value or "" for name, value in defaults.items()})
    if not form.is_valid():
        return {"refusal": next(iter(form.errors.values()))[0]}
    late = late_period(wizard, form)
    try:
        quote = late.quote if late and late.chosen and late.quote else wizard.quote(form)
        left = wizard.support_left(quote)
        return {"quote": quote, "payment": form.cleaned_data, "support_left": left, "late": late}
    except Refused as refusal:
        return {"refusal": refusal.message, "late": late}


def _check(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    open_step = wizard.first_open_step()
    if open_step != CHECK:
        # Sent twice at once, the other one may have put this very person on record since the page began.
        return _sent_before(request, wizard.draft.pk) or redirect(_step_url(wizard.draft, open_step))
    form = wizard.form(PAYMENT)
    form.is_valid()
    if request.method == "POST":
        return _record(request, wizard)
    try:
        quote = wizard.quote(form)
    except Refused as refusal:
        return _back_to(request, wizard, refusal)
    person = wizard.form(PERSON) if wizard.participant is None else None
    context = {
        "wizard": wizard,
        "quote": quote,
        "payment": form.cleaned_data,
        "support_left": wizard.support_left(quote),
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
    try:
        receipt = wizard.record()
    except Refused as refusal:
        return _back_to(request, wizard, refusal)
    draft = wizard.draft.pk
    do_discard_draft(actor=reader(request), draft=wizard.draft)
    _remember(request, draft, receipt)
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
@for_roles(*RECORDERS)
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away; one that became a receipt meanwhile, as a page gone back to may not know, leads there."""
    done = _sent(request)
    receipt = done.pk if done else _remembered(request, pk)
    if receipt is not None:
        number = get_receipt_for(reader(request), receipt).number
        messages.warning(request, f"Biên lai này đã được ghi, số {number}. Nếu không thu nữa, hãy hủy biên lai.")
        return redirect("enrollment:receipt", receipt)
    do_discard_draft(actor=reader(request), draft=get_draft_for(reader(request), pk))
    messages.success(request, "Đã bỏ bản nháp.")
    return redirect("enrollment:enroll")
