"""Inviting to a course and taking an invitation back."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import for_capability, reader
from agents.forms.staffing import InviteForm
from agents.models import TrainingCourse, User
from agents.operations.training import do_invite, do_invite_collectors, do_withdraw_invitation
from agents.querysets import agents_visible_to
from agents.roles import Can
from agents.staffing import EXPIRING, get_attendance_for, get_course, invitable
from agents.views.training import inviting
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, act_now, attempt, done


@require_http_methods(FORM)
@for_capability(Can.INVITE_AND_HIRE)
def course_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick collectors, those who need the course first, or name a candidate."""
    user, one, day = reader(request), get_course(pk), today()
    over = one.ends_on < day
    open_agents = agents_visible_to(user).open_on(min(day, one.starts_on))  # type: ignore[attr-defined]
    form = InviteForm(
        request.POST or None,
        offered=invitable(user, one, day),
        agents=open_agents,
        own=None if user.may(Can.SEE_EVERY_AGENT) else user.agent,
    )
    if form.is_valid() and attempt(form, lambda: _invite(user, one, form)):
        return done(
            request, "Đã bổ sung vào danh sách." if over else "Đã mời.", "agents:course", pk
        )
    context = {
        "form": form,
        "course": one,
        "inviting": inviting(one),
        "over": over,
        "expiring": EXPIRING,
        "needed": [guest for guest in form.offered if guest.reason],
        "others": [guest for guest in form.offered if not guest.reason],
    }
    return render(request, "agents/course_invite.html", context)


def _invite(user: User, one: TrainingCourse, form: InviteForm) -> None:
    """Everybody who was ticked and the candidate, or nobody."""
    with transaction.atomic():
        do_invite_collectors(actor=user, course=one, collectors=form.chosen)
        if form.candidate:
            do_invite(actor=user, course=one, **form.candidate)


@require_POST
@for_capability(Can.INVITE_AND_HIRE)
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one person's invitation back."""
    row = get_attendance_for(reader(request), pk)
    act = partial(do_withdraw_invitation, actor=reader(request), attendance=row)
    return act_now(request, act, f"Đã rút lời mời {row.full_name}.", "agents:course", row.course_id)
