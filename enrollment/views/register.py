"""The register: list with search and filters, and the person's page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.access import for_capability, lineage_for, reader, scope_of
from agents.lineage import place_now
from agents.models import User
from agents.office_settings import office_setting
from agents.operations.noticing import do_note_reading
from agents.reauthentication import ask_again
from agents.roles import Can
from enrollment.access import get_participant_for
from enrollment.collector_of_person import follower_of
from enrollment.filters import ParticipantFilter
from enrollment.forms.imports import TakeOutForm
from enrollment.law import METHODS
from enrollment.law.parameters import STATE_MAX_MONTHS
from enrollment.looking import SETTLING_DAYS, UNMASK_REASONS, looked_often
from enrollment.models import Participant
from enrollment.operations.exports import do_take_people
from enrollment.operations.unmask import do_take_number_to_call, do_unmask, read_by, unmasked_by
from enrollment.parameters_in_force import current_table
from enrollment.person_status import status_of
from enrollment.person_timeline import Event, timeline_of
from enrollment.querysets import just_came
from enrollment.support_groups import statuses_on
from enrollment.write_scope import may, require_following
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean
from thaithuy_bhxh.web.form_pages import FORM, blame, form_page

PER_PAGE = 20
BOOK = "Danh sách người tham gia.xlsx"
SEARCH = "participant_search"
SEARCHING = "tim"
"""In the address: that the list is narrowed by the words in the session. Any other link to the
list means what it says, and ends the search.
"""


@require_safe
@for_capability(Can.SEE_PEOPLE)
def participants(request: HttpRequest) -> HttpResponse:
    """People of the reader's scope: what is searched for comes from the session, never from the
    address.
    """
    chosen = ParticipantFilter(request.GET, reader(request), _words(request))
    listed = chosen.people.annotate(new_here=just_came(scope_of(reader(request))))
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("trang"))
    day = today()
    context = {
        "page": page,
        "filter": chosen,
        "rows": [
            (one, status_of(one, day), chosen.place_now(one.commune_id)) for one in page.object_list
        ],
        "may_enroll": reader(request).may(Can.RECORD_RECEIPTS),
        "may_call": reader(request).may(Can.CORRECT_RECORDS),
    }
    return render(request, "enrollment/participants.html", context)


@require_http_methods(FORM)
@for_capability(Can.SEE_PEOPLE)
def participants_take(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered and ordered, as a workbook, once it is said what for."""
    chosen = ParticipantFilter(request.GET, reader(request), _words(request))
    form = TakeOutForm(request.POST or None)
    if form.is_valid():
        try:
            content = do_take_people(
                actor=reader(request),
                people=chosen.people,
                title=chosen.sentence,
                reason=form.cleaned_data["reason"],
                place=chosen.place_now,
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            return FileResponse(BytesIO(content), as_attachment=True, filename=BOOK)
    return form_page(
        request,
        form,
        title="Tải danh sách người tham gia",
        button="Tải danh sách (Excel)",
        lead=chosen.sentence,
        back=f"{reverse('enrollment:participants')}?{request.GET.urlencode()}",
        note="Số giấy tờ và điện thoại được che; việc tải về và lý do được ghi vào nhật ký.",
    )


def _words(request: HttpRequest) -> str:
    """What is searched for, when the address says that a search goes on."""
    if SEARCHING in request.GET:
        return str(request.session.get(SEARCH, ""))
    if SEARCH in request.session:
        del request.session[SEARCH]
    return ""


@require_POST
@for_capability(Can.SEE_PEOPLE)
def participant_search(request: HttpRequest) -> HttpResponse:
    """Keep the search words in the session; a single hit opens the person straight away."""
    text = clean(request.POST.get("tim", ""))[:100]
    address = reverse("enrollment:participants")
    if not text:
        return redirect(address)
    request.session[SEARCH] = text
    hits = list(Participant.objects.visible_to(reader(request)).matching(text).order_by()[:2])
    if len(hits) == 1:
        return redirect("enrollment:participant", hits[0].pk)
    return redirect(f"{address}?{SEARCHING}=1")


@require_safe
@for_capability(Can.SEE_PEOPLE)
def participant(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: state in words, everything that happened, the household."""
    user = reader(request)
    person = get_participant_for(
        user, pk, shown=unmasked_by(user), new_here=just_came(scope_of(user)), read=read_by(user)
    )
    if not getattr(person, "read"):  # noqa: B009 - annotated above, unknown to the model
        do_note_reading(actor=user, record=person)
    new_here: bool = getattr(person, "new_here")  # noqa: B009 - annotated above, unknown to the model
    context: dict[str, Any] = {
        "new_here": new_here,
        "settling_days": office_setting(SETTLING_DAYS),
        "place": place_now(lineage_for(user), person.commune_id, today()),
        **_facts(user, person, today(), new_here),
        "may_record": user.may(Can.RECORD_RECEIPTS),
        "may_call": user.may(Can.CORRECT_RECORDS) and not new_here,
        "may_correct": may(require_following, user, person),
        "shown": not new_here and getattr(person, "shown"),  # noqa: B009 - annotated above, unknown to the model
        "unmask_reasons": UNMASK_REASONS,
    }
    return render(request, "enrollment/participant.html", context)


def _facts(user: User, person: Participant, day: date, new_here: bool) -> dict[str, Any]:
    """The person on a day with receipts, household and support; less of who has just come here."""
    timeline = timeline_of(person)
    members = () if new_here else _household(user, person)
    return {
        "person": person,
        "status": status_of(person, day),
        "timeline": _of_agent(timeline, user) if new_here else timeline,
        "follower": follower_of((event.receipt for event in timeline if event.receipt), day),
        "members": [(one, status_of(one, day)) for one in members],
        "statuses": statuses_on(person, day),
        "support_limit": _support_limit(day),
        "method": METHODS[person.method].label if person.method in METHODS else "",
    }


def _of_agent(timeline: Iterable[Event], user: User) -> list[Event]:
    """The receipts of the reader's own agent: others of a payer who has just come over are not
    shown yet.
    """
    return [
        event for event in timeline if event.receipt and event.receipt.agent_id == user.agent_id
    ]


def _household(user: User, person: Participant) -> Iterable[Participant]:
    """The others of the household whom the reader may see."""
    if person.household_id is None:
        return ()
    members = Participant.objects.visible_to(user).filter(household=person.household_id)
    return members.exclude(pk=person.pk).order_by("birth_year", "pk")


def _support_limit(day: date) -> int | None:
    """Most months that the state supports, by the law of the day."""
    limit = current_table().at(STATE_MAX_MONTHS, day)
    return int(limit.number) if limit else None


@require_POST
@for_capability(Can.SEE_PEOPLE)
def participant_unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the full numbers for a while; who asked, when and why goes into the audit trail."""
    person = get_participant_for(reader(request), pk)
    if looked_often(reader(request)) and (question := ask_again(request)):
        return question
    reason = clean(request.POST.get("ly_do_khac", "")) or request.POST.get("ly_do", "")
    try:
        do_unmask(actor=reader(request), participant=person, reason=reason)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("enrollment:participant", person.pk)


@require_POST
@for_capability(Can.CORRECT_RECORDS)
def participant_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The number to call: a link in place of the button that a script dials at once, or a small
    page.
    """
    person = get_participant_for(reader(request), pk)
    try:
        phone = do_take_number_to_call(actor=reader(request), participant=person)
    except Refused as refusal:
        context = {"person": person, "refusal": refusal.message}
    else:
        context = {"person": person, "phone": phone}
    name = "_call_number.html" if request.htmx else "call.html"  # type: ignore[attr-defined]
    return render(request, f"enrollment/{name}", context)
