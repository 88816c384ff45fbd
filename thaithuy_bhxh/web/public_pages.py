"""The door of pages for everybody: no log-in, and strangers throttled by address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")


def open_to_all(action: str, *methods: str) -> Callable[[View], View]:
    """No log-in; strangers are throttled by ``action``'s limit of the settings, people of the
    portal are not.
    """

    def decorate(view: View) -> View:
        @login_not_required
        @require_http_methods([*READ, *methods])
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                refused = ratelimit.consume_or_429(request, action=action, limit_get=True)
                if refused:
                    return refused
            return view(request, *args, **kwargs)

        return guarded

    return decorate
