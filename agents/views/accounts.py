"""Accounts, for the administrator: list, adding, editing, one-time passwords, stopping and using
again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.forms.accounts import AccountEditForm, AccountForm
from agents.forms.lists import AccountListForm
from agents.log_in_limits import attacks
from agents.models import AuditEntry, User
from agents.operations.account_requests import gives_office_role
from agents.operations.accounts import (
    NewAccount,
    do_activate_account,
    do_create_account,
    do_deactivate_account,
    do_edit_account,
)
from agents.operations.log_ins import do_open_account, do_open_address
from agents.operations.sessions import do_end_sessions
from agents.querysets import account_requests, accounts_by_name, get_account, open_sessions
from agents.reauthentication import before_form
from agents.roles import Can
from agents.views.organisations import HISTORY
from thaithuy_bhxh.text import clean
from thaithuy_bhxh.web.form_pages import FORM, act_now, attempt, done, form_page

PER_PAGE = 20
_WAITS = "Đã gửi yêu cầu. Cần một quản trị khác hoặc lãnh đạo xác nhận rồi mới dùng được."


@require_safe
@for_capability(Can.KEEP_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts by name of log-in, with role, post and state."""
    form = AccountListForm(request.GET)
    found = form.narrow(accounts_by_name())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request, "agents/accounts.html", {"form": form, "page": page, "attacks": attacks()}
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_ACCOUNTS)
@before_form
def account_add(request: HttpRequest) -> HttpResponse:
    """A new account; it waits for a second person, who is shown its one-time password."""
    form = AccountForm(request.POST or None)
    made: list[NewAccount] = []
    if form.is_valid() and attempt(form, lambda: made.append(_create(reader(request), form))):
        return done(request, _WAITS, "agents:account_edit", made[0].user.pk)
    return form_page(
        request,
        form,
        title="Thêm tài khoản",
        button="Tạo tài khoản",
        back=reverse("agents:accounts"),
        note="Một quản trị khác hoặc lãnh đạo xác nhận tài khoản; mật khẩu dùng một lần chỉ "
        "hiện cho người đó, một lần."
        " Người dùng phải đổi khi đăng nhập lần đầu.",
    )


def _create(actor: User, form: AccountForm) -> NewAccount:
    data = form.cleaned_data
    return do_create_account(
        actor=actor, username=data["username"], full_name=data["full_name"], post=form.post
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_ACCOUNTS)
@before_form
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and post; beside it the other acts on the account and its history."""
    user = get_account(pk)
    form = AccountEditForm(request.POST or None, initial=AccountEditForm.initial_of(user))
    if form.is_valid() and attempt(
        form,
        lambda: do_edit_account(
            actor=reader(request),
            user=user,
            full_name=form.cleaned_data["full_name"],
            post=form.post,
        ),
    ):
        asked = gives_office_role(form.post.role, user.role)
        return done(request, _WAITS if asked else "Đã lưu tài khoản.", "agents:account_edit", pk)
    waiting = list(account_requests().filter(account=user, outcome=""))
    context: dict[str, Any] = {
        "form": form,
        "account": user,
        "joins": any(one.kind == one.Kind.JOIN for one in waiting),
        "history": acts_of(_changes_of(user)[:HISTORY]),
        "is_own": user.pk == reader(request).pk,
        "sessions": open_sessions(user),
        "waiting": waiting,
        "attack": next((one for one in attacks() if one.account == user.pk), None),
    }
    return render(request, "agents/account.html", context)


def _changes_of(user: User) -> QuerySet[AuditEntry]:
    """What was done to an account; who tried to log in stands in the log, where it hides nothing
    else.
    """
    return audit.history_of(user).exclude(action__startswith="login.")


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
def account_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_account(pk)
    said = f"Đã ngừng tài khoản {user.username}."
    act = partial(do_deactivate_account, actor=reader(request), user=user)
    return act_now(request, act, said, "agents:account_edit", pk)


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
def account_activate(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_account(pk)
    said = f"Tài khoản {user.username} dùng lại được."
    act = partial(do_activate_account, actor=reader(request), user=user)
    return act_now(request, act, said, "agents:account_edit", pk)


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
def account_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account be tried again at once."""
    user = get_account(pk)
    said = f"Đã mở khóa đăng nhập {user.username}."
    return act_now(
        request,
        partial(do_open_account, actor=reader(request), user=user),
        said,
        "agents:account_edit",
        pk,
    )


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
def account_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End every session of an account."""
    user = get_account(pk)
    act = partial(do_end_sessions, actor=reader(request), user=user)
    return act_now(
        request, act, f"Đã kết thúc mọi phiên của {user.username}.", "agents:account_edit", pk
    )


@require_POST
@for_capability(Can.KEEP_ACCOUNTS)
def address_open(request: HttpRequest) -> HttpResponse:
    """Let new names log in from an address although many failed there."""
    address = clean(request.POST.get("dia_chi", ""))[:64]
    act = partial(do_open_address, actor=reader(request), address=address)
    return act_now(request, act, f"Đã mở khóa đăng nhập tại {address}.", "agents:accounts")
