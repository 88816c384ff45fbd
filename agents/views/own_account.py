"""What everybody keeps of the own account: second factor, sessions, password."""

from __future__ import annotations

from functools import partial

from allauth.mfa.recovery_codes import views as codes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.access import for_everybody, reader
from agents.operations.factors import hash_printed_codes
from agents.operations.sessions import do_end_other_sessions, do_end_session
from agents.querysets import factors_of, get_session, open_sessions, untold_requests
from agents.reauthentication import recently_authenticated
from agents.second_factor import lacks_factor
from thaithuy_bhxh.web.form_pages import act_now, done

HOME = "mfa_index"


@require_safe
@for_everybody
def own_account(request: HttpRequest) -> HttpResponse:
    """The own account: how it is protected and where it is open."""
    user = reader(request)
    kinds = factors_of(user)
    context = {
        "app": kinds["totp"],
        "keys": kinds["webauthn"],
        "codes": kinds["recovery_codes"],
        "must_set_up": lacks_factor(request),
        "sessions": open_sessions(user),
        "untold": untold_requests(user),
        "current": request.session.session_key,
    }
    return render(request, "account/own.html", context)


@require_POST
@for_everybody
@recently_authenticated
def session_end(request: HttpRequest, mark: str) -> HttpResponse:
    """End one of the own sessions."""
    user = reader(request)
    session = get_session(user, mark)
    if session is None:
        raise Http404
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    return act_now(
        request, partial(do_end_session, actor=user, session=session), "Đã kết thúc phiên đó.", HOME
    )


@require_POST
@for_everybody
@recently_authenticated
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End every session of the own account but this one."""
    ended = do_end_other_sessions(actor=reader(request), keep=request.session.session_key or "")
    return done(request, f"Đã kết thúc {ended} phiên khác.", HOME)


@require_safe
@for_everybody
def printed_codes(request: HttpRequest) -> HttpResponse:
    """allauth's page of the printed codes, which it shows once; afterwards only their hashes are
    kept.
    """
    page: HttpResponse = codes.view_recovery_codes(request)
    hash_printed_codes(reader(request))
    return page


@require_safe
@for_everybody
def keys(request: HttpRequest) -> HttpResponse:
    """Where allauth returns to after removing a passkey."""
    return redirect(HOME)
