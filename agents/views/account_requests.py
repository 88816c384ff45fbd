"""Requests about accounts that wait for a second person, and what became of the latest ones."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.access import for_capability, for_everybody, reader
from agents.operations.account_requests import do_request_factor_reset, do_request_reset
from agents.operations.confirming import (
    do_confirm_request,
    do_know,
    do_refuse_request,
    why_not_confirm,
)
from agents.querysets import account_requests, get_account, get_account_request
from agents.reauthentication import recently_authenticated
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.web.form_pages import act_now

LIST = "agents:account_requests"
LATEST = 30
_ASKED = "Đã gửi yêu cầu. Một quản trị khác hoặc lãnh đạo xác nhận ở mục Yêu cầu về tài khoản."


@require_safe
@for_capability(Can.CONFIRM_REQUESTS)
def requests(request: HttpRequest) -> HttpResponse:
    """What waits, with why this reader may not be the second person, and the latest decisions."""
    user = reader(request)
    waiting = [
        (one, why_not_confirm(user, one), one.asked_by_id == user.pk)
        for one in account_requests().filter(outcome="")
    ]
    decided = account_requests().exclude(outcome="")[:LATEST]
    return render(request, "agents/account_requests.html", {"waiting": waiting, "decided": decided})


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
@recently_authenticated
def account_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new one-time password for somebody."""
    act = partial(
        do_request_reset,
        actor=reader(request),
        user=get_account(pk),
        reason=request.POST.get("ly_do", ""),
    )
    return act_now(request, act, _ASKED, "agents:account_edit", pk)


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
@recently_authenticated
def account_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that somebody's second factor is set up anew."""
    act = partial(
        do_request_factor_reset,
        actor=reader(request),
        user=get_account(pk),
        reason=request.POST.get("ly_do", ""),
    )
    return act_now(request, act, _ASKED, "agents:account_edit", pk)


@require_POST
@for_capability(Can.CONFIRM_REQUESTS)
@recently_authenticated
def request_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Be the second person; a one-time password stands on the answer to this very request and
    nowhere else.
    """
    asked = get_account_request(pk)
    try:
        issued = do_confirm_request(actor=reader(request), request=asked)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(LIST)
    if issued:
        return render(
            request, "agents/account_password.html", {"account": asked.account, "password": issued}
        )
    messages.success(request, f"Đã xác nhận. {asked}.")
    return redirect(LIST)


@require_POST
@for_capability(Can.CONFIRM_REQUESTS)
def request_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Not to be done."""
    act = partial(do_refuse_request, actor=reader(request), request=get_account_request(pk))
    return act_now(request, act, "Đã ghi là không làm.", LIST)


@require_POST
@for_everybody
def request_know(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner knows of it."""
    act = partial(
        do_know, actor=reader(request), request=get_account_request(pk, owner=reader(request))
    )
    return act_now(request, act, "Đã ghi là bạn biết việc này.", "mfa_index")
