"""Who is there: before what cannot be taken back, a password or code of some minutes ago is asked
for.

What was sent is kept over the question and carried out after it, so that nothing is typed twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from agents.access import View, reader
from agents.models import User
from agents.operations.log_ins import do_enter_again
from agents.origin import origin_of
from agents.querysets import factors_of

RECENT = 15 * 60
"""Seconds for which a password or code is good for further acts."""
FORM_OPEN = 60 * 60
"""Seconds for which a form that was opened just after one may be sent."""

AnyView = TypeVar("AnyView", bound=View)


def is_recent(request: HttpRequest, within: int = RECENT) -> bool:
    """Whether a password or second factor was shown in this session within so many seconds."""
    shown = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return bool(shown) and time.time() - max(one["at"] for one in shown) < within


def ask_again(request: HttpRequest, *, within: int = RECENT) -> HttpResponse | None:
    """The way to the question when it is due, with what was sent kept for afterwards; ``None`` when
    it is not.
    """
    if not settings.REAUTHENTICATION_REQUIRED or is_recent(request, within):
        return None
    return _to(request, "account_reauthenticate")


def _to(request: HttpRequest, page: str) -> HttpResponse:
    if request.method == "POST":
        request.session[STATE_SESSION_KEY] = {"request": _kept(request)}
        way = request.path
    else:
        way = request.get_full_path()
    return redirect(f"{reverse(page)}?{urlencode({'next': way})}")


def lacking(request: HttpRequest) -> str:
    """The name of the page that asks for the next thing to show before the account's protection is
    changed.

    The password and, where there is one, the second factor, both of the last minutes; empty when
    both are there.
    """
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    shown = {one["method"] for one in records if time.time() - one["at"] < RECENT}
    if not settings.REAUTHENTICATION_REQUIRED:
        return ""
    if "password" not in shown:
        return "account_reauthenticate"
    kinds = factors_of(reader(request))
    if "mfa" in shown or not any(kinds.values()):
        return ""
    return "mfa_reauthenticate" if kinds["totp"] else "mfa_reauthenticate_webauthn"


def fully_authenticated(view: AnyView) -> AnyView:
    """Decorator of a page that changes how the account is protected: every factor that it has is
    asked for again.

    Whoever must choose a first password has just shown all there is, and the form asks for the
    present one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        page = lacking(request) if isinstance(user, User) and not user.must_change_password else ""
        return _to(request, page) if page else view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def note_again(
    request: HttpRequest, user: User, method: str, reauthenticated: bool = False, **kwargs: Any
) -> None:
    """Who showed again who is there goes on under a new key of the session; the trail says under
    which.
    """
    if reauthenticated:
        request.session.cycle_key()
        do_enter_again(actor=user, origin=origin_of(request), how=method)


def _kept(request: HttpRequest) -> str:
    """What was sent, without the cookies that came along: the session's key does not belong into
    the session.
    """
    kept = json.loads(serialize_request(request))
    kept["META"].pop("HTTP_COOKIE", None)
    return json.dumps(kept)


def recently_authenticated(view: AnyView) -> AnyView:
    """Decorator of a view, inside ``for_capability``: an act, or a form that is asked for before it
    opens.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = getattr(view, "opens_form", False) and request.method == "POST"
        return ask_again(request, within=FORM_OPEN if opened else RECENT) or view(
            request, *args, **kwargs
        )

    return guarded  # type: ignore[return-value]


def before_form(view: Callable[..., Any]) -> Any:
    """The same for a view that shows its form on GET: the question comes before anything is
    typed.
    """
    view.opens_form = True  # type: ignore[attr-defined]
    return recently_authenticated(view)
