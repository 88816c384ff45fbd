"""Pages of outreach: the list of potentials, today's round, the household, somebody new."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.access import for_capability, reader, require
from agents.roles import Can
from enrollment.models import Participant, Prospect, ProspectOrigin
from enrollment.operations.drafts import do_start_draft
from enrollment.outreach.forms import ExcludeForm, ProspectForm, VisitForm
from enrollment.outreach.household import VisitedHome, home_of
from enrollment.outreach.lists import HOLDERS, PotentialList
from enrollment.outreach.operations.prospects import Known, do_add_prospect, do_exclude
from enrollment.outreach.operations.sharing import do_release, do_share_out, holdings_for
from enrollment.outreach.operations.visits import do_record_visit
from enrollment.outreach.people import (
    get_household_for,
    get_person_for,
    people_for,
    read_who,
    who,
)
from enrollment.outreach.today import round_of
from enrollment.outreach.workers import communes_of, companions_of, workers_for
from enrollment.parameters_in_force import office_law
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page


@require_safe
@for_capability(Can.SEE_OUTREACH)
def potentials(request: HttpRequest) -> HttpResponse:
    """The list made this morning: five lists, by place and holder."""
    user, day = reader(request), today()
    found = PotentialList(request.GET, user, day)
    context = {
        "found": found,
        "rows": found.rows(),
        "holders": HOLDERS,
        "workers": workers_for(user, day),
        "may_record": user.may(Can.RECORD_OUTREACH),
        "day": day,
    }
    return render(request, "enrollment/outreach/potentials.html", context)


@require_POST
@for_capability(Can.SHARE_PROSPECTS)
def share(request: HttpRequest) -> HttpResponse:
    """Give the people that are ticked to the workers that are chosen."""
    workers = workers_for(reader(request), today())
    chosen = [workers[code] for code in request.POST.getlist("nhan") if code in workers]
    people = [one for one in map(read_who, request.POST.getlist("nguoi")) if one]
    back = f"{reverse('enrollment:potentials')}?{request.POST.get('ve', '')[:200]}"
    try:
        shared = do_share_out(actor=reader(request), people=people, workers=chosen)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    words = f"Đã giao {shared.given} người."
    if shared.held:
        words += f" {shared.held} người không giao: đang có người giữ hoặc thuộc đại lý khác."
    messages.success(request, words)
    return redirect(back)


@require_safe
@for_capability(Can.RECORD_OUTREACH)
def outreach_today(request: HttpRequest) -> HttpResponse:
    """Whom to visit today, by hamlet."""
    user, day = reader(request), today()
    context = {"stops": round_of(user, day), "day": day}
    return render(request, "enrollment/outreach/today.html", context)


@require_http_methods(FORM)
@for_capability(Can.SEE_OUTREACH)
def household(request: HttpRequest, code: str) -> HttpResponse:
    """One household: its members, what each would pay, and one visit for all of them."""
    user, day = reader(request), today()
    if request.method == "POST":
        require(user, Can.RECORD_OUTREACH)
    person, members = get_household_for(user, code)
    home = home_of(person, members, office_law(), day)
    form = VisitForm(request.POST or None, home=home, companions=companions_of(user, home, day))
    if form.is_valid() and attempt(form, lambda: do_record_visit(actor=user, visit=form.visit())):
        return _after_visit(request, form)
    context = _household(request, person, home, form)
    return render(request, "enrollment/outreach/household.html", context)


def _household(
    request: HttpRequest, person: Prospect | Participant, home: VisitedHome, form: VisitForm
) -> dict[str, Any]:
    user = reader(request)
    about = who(person).columns
    holding = holdings_for(user).filter(**about).select_related("collector", "collaborator").first()
    return {
        "person": person,
        "named": who(person),
        "home": home,
        "form": form,
        "holding": holding,
        "may_record": user.may(Can.RECORD_OUTREACH),
        "may_collect": user.may(Can.RECORD_RECEIPTS),
        "day": today(),
    }


def _after_visit(request: HttpRequest, form: VisitForm) -> HttpResponse:
    """Who agreed goes on to the receipt; everybody else back to the round."""
    agreed = next((one for one in form.results() if one.outcome == "agreed"), None)
    if agreed and reader(request).may(Can.RECORD_RECEIPTS):
        messages.success(request, "Đã ghi lần đến. Người này đồng ý tham gia: thu tiền ngay được.")
        return redirect("enrollment:household_visit", str(agreed.person))
    messages.success(request, "Đã ghi lần đến; việc tiếp theo đã vào danh sách.")
    return redirect("enrollment:outreach_today")


@require_POST
@for_capability(Can.RECORD_RECEIPTS)
def join(request: HttpRequest, code: str) -> HttpResponse:
    """“Tham gia”: the receipt form with all that is known, nothing typed twice."""
    user = reader(request)
    person = get_person_for(user, code)
    if isinstance(person, Participant):
        draft = do_start_draft(actor=user, title=person.full_name, participant=person)
        return redirect("enrollment:enroll_step", draft.pk, "muc-dong")
    draft = do_start_draft(actor=user, title=person.full_name, data={"who": _typed(person)})
    return redirect("enrollment:enroll_step", draft.pk, "ca-nhan")


def _typed(prospect: Prospect) -> dict[str, Any]:
    """What the form of a new participant would have been told."""
    born = f"{prospect.birth_date:%d/%m/%Y}" if prospect.birth_date else ""
    return {
        "full_name": prospect.full_name,
        "birth": born or str(prospect.birth_year or ""),
        "sex": prospect.sex,
        "citizen_id": prospect.citizen_id or "",
        "bhxh_no": prospect.bhxh_no or "",
        "phone": prospect.phone,
        "commune": prospect.commune_id,
        "hamlet": prospect.hamlet,
        "source": "visit",
        "prospect": prospect.pk,
    }


@require_http_methods(FORM)
@for_capability(Can.RECORD_OUTREACH)
def prospect_add(request: HttpRequest) -> HttpResponse:
    """Write somebody down who may join; ``ho`` in the address puts the person into a household."""
    user = reader(request)
    beside = get_person_for(user, request.GET["ho"]) if "ho" in request.GET else None
    communes = [one.id for one in communes_of(user, today())]
    initial = {"commune": beside.commune_id, "hamlet": beside.hamlet} if beside else None
    if beside is None and len(communes) == 1:
        initial = {"commune": communes[0]}
    form = ProspectForm(request.POST or None, communes=communes, initial=initial)
    if form.is_valid():
        try:
            row = do_add_prospect(
                actor=user,
                prospect=form.prospect(household=beside.household if beside else None),
                origin=ProspectOrigin.HOUSEHOLD if beside else ProspectOrigin.VISIT,
                key=form.cleaned_data["key"],
            )
        except Known as known:
            return _known(request, known)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return done(
                request, f"Đã ghi {row.full_name}.", "enrollment:household_visit", str(who(row))
            )
    return form_page(
        request,
        form,
        title="Ghi người tiềm năng",
        button="Ghi lại",
        back=reverse("enrollment:potentials"),
        lead="Chỉ cần họ tên và nơi ở; số giấy tờ để đến lúc thu tiền.",
    )


def _known(request: HttpRequest, known: Known) -> HttpResponse:
    """Somebody on record is shown, where the reader sees the person; else only told of."""
    named = who(known.person)
    if named in people_for(reader(request), [named]):
        return done(request, known.message, "enrollment:household_visit", str(named))
    message = "Người này đã có trong sổ hoặc do đại lý khác vận động."
    return done(request, message, "enrollment:potentials")


@require_http_methods(FORM)
@for_capability(Can.RECORD_OUTREACH)
def exclude(request: HttpRequest, code: str) -> HttpResponse:
    """Leave somebody alone from today on."""
    user = reader(request)
    person = get_person_for(user, code)
    form = ExcludeForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: do_exclude(actor=user, person=person, **form.cleaned_data)
    ):
        return done(request, "Từ nay không vận động người này nữa.", "enrollment:potentials")
    return form_page(
        request,
        form,
        title="Không vận động nữa",
        button="Ghi lại",
        back=reverse("enrollment:household_visit", args=[code]),
        lead=str(person),
        note="Người này ra khỏi mọi danh sách, số đếm và tệp tải về ngay lập tức.",
    )


@require_POST
@for_capability(Can.RECORD_OUTREACH)
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Give a person back to the pool."""
    user = reader(request)
    person = get_person_for(user, code)
    holding = holdings_for(user).filter(**who(person).columns).first()
    if holding:
        try:
            do_release(actor=user, holding=holding)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("enrollment:household_visit", code)
    return done(request, "Đã trả về danh sách chung.", "enrollment:potentials")
