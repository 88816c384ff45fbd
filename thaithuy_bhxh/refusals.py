"""What is said when a page cannot be given: pages of their own, which ask neither the database nor
the session.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone

from thaithuy_bhxh.migrated import undone_migrations
from thaithuy_bhxh.outages import UNMIGRATED, Outage, outage_of

Handler = Callable[[HttpRequest], HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")
SUPERVISED = ("/healthz", "/readyz")

_BAD_REQUESTS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (SessionInterrupted,),
        "Phiên làm việc này vừa kết thúc ở nơi khác; hãy đăng nhập lại rồi xem lại việc vừa gửi.",
    ),
    (
        (DisallowedHost,),
        "Cổng không phục vụ dưới tên máy chủ này; hãy mở lại bằng địa chỉ cơ quan đã cho.",
    ),
    (
        (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent),
        "Biểu mẫu vừa gửi quá lớn nên không được đọc.",
    ),
)


def _page(name: str, status: int, request: HttpRequest, **context: Any) -> HttpResponse:
    sent = request.method not in SAFE
    shown = {
        "sheets": _sheets(),
        "sent": sent,
        "form": _form_of(request),
        "now": timezone.localtime(),
        **context,
    }
    return HttpResponse(render_to_string(name, shown), status=status)


def _sheets() -> list[str]:
    """The style sheets; none when the static files were not collected, which must not break the
    page that says so.
    """
    try:
        return [static(name) for name in ("bootstrap/css/bootstrap.min.css", "css/portal.css")]
    except ValueError:
        return []


def _form_of(request: HttpRequest) -> str:
    """The page of the portal from which the request was sent, else the address that it was
    sent to.
    """
    came = urlsplit(request.META.get("HTTP_REFERER", ""))
    is_path = came.path.startswith("/") and not came.path.startswith("//")
    if is_path and came.netloc and came.netloc == request.META.get("HTTP_HOST"):
        return urlunsplit(("", "", came.path, came.query, ""))
    return request.path


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, with the reason where it is known."""
    known = (words for kinds, words in _BAD_REQUESTS if isinstance(exception, kinds))
    return _page("400.html", 400, request, words=next(known, ""))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nobody knows how far it came, and the page says so."""
    return _page("500.html", 500, request)


def out_of_service(request: HttpRequest, outage: Outage) -> HttpResponse:
    """503 with the fault in words and when to try again."""
    response = _page("503.html", 503, request, outage=outage)
    response["Retry-After"] = str(outage.seconds)
    return response


def _note_outage(*, request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None:
        request.outage = outage_of(sys.exc_info()[1])  # type: ignore[attr-defined]


got_request_exception.connect(_note_outage, dispatch_uid="thaithuy_bhxh.refusals")


class OutageMiddleware:
    """Says what a broken page is when the server and not the program is at fault, wherever inside
    it broke.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        outage = getattr(request, "outage", None)
        return (
            out_of_service(request, outage) if outage and response.status_code == 500 else response
        )


class MigratedMiddleware:
    """No page before the database is that of the running version; asked until it is, then never
    again.
    """

    is_migrated = False

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not MigratedMiddleware.is_migrated and request.path not in SUPERVISED:
            if undone_migrations():
                return out_of_service(request, UNMIGRATED)
            MigratedMiddleware.is_migrated = True
        return self.get_response(request)
