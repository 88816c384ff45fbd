"""What holds for every request: its size and origin, what a refusal looks like, the first password,
no copies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from agents.access import OutOfReach, reader
from agents.operations.noticing import do_note_refusal
from agents.origin import origin_of
from agents.second_factor import lacks_factor
from agents.sessions import keep_alive
from thaithuy_bhxh.refusals import SUPERVISED

Handler = Callable[[HttpRequest], HttpResponse]
_TITLES = {405: "Không làm được theo cách này", 413: "Tệp hoặc biểu mẫu quá lớn"}
_WORDS = {
    405: "Địa chỉ này không nhận thao tác vừa gửi. Hãy quay lại trang trước và dùng nút trên "
    "trang.",
    413: "Cổng nhận tệp đến 20 MB. Hãy tách bảng kê thành nhiều tệp nhỏ hơn.",
}


class SpokenRefusalMiddleware:
    """Refuses oversized requests before anything reads them, and says in words what the framework
    leaves empty.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.MAX_REQUEST_BYTES:
            return _spoken(request, HttpResponse(status=413))
        response = self.get_response(request)
        return (
            _spoken(request, response)
            if response.status_code == 405 and not response.content
            else response
        )


def _length(request: HttpRequest) -> int:
    """Bytes that the request announces; without an announcement the server hands over none."""
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) < 16
        else settings.MAX_REQUEST_BYTES + 1
    )


def _spoken(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    code = response.status_code
    page = render(
        request, "refusal.html", {"title": _TITLES[code], "words": _WORDS[code]}, status=code
    )
    if "Allow" in response:
        page["Allow"] = response["Allow"]
    return page


class OriginMiddleware:
    """Whoever is logged in knows where the request came from (``user.origin``), for the audit
    trail.

    The account stays unread until somebody asks for it: public pages do not even look at the
    session.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.origin = SimpleLazyObject(lambda: origin_of(request))  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _with_origin(request))  # type: ignore[assignment]
        return self.get_response(request)


def _with_origin(request: HttpRequest) -> Any:
    user = get_user(request)
    user.origin = origin_of(request)  # type: ignore[union-attr]
    return user


class RefusalsOnRecordMiddleware:
    """Whoever is logged in and meets a refusal is in the audit trail with it; the answer stays as
    it is.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = {403: "role", 405: "method"}.get(response.status_code)
        if kind and request.user.is_authenticated:
            do_note_refusal(actor=reader(request), kind=kind, address=_asked(request))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A record out of scope reads as absent; one that is there was asked for by somebody who
        may not see it.
        """
        if not isinstance(exception, OutOfReach) or not request.user.is_authenticated:
            return
        if found := exception.model._base_manager.filter(pk=exception.key).first():
            do_note_refusal(
                actor=reader(request), kind="scope", address=_asked(request), record=found
            )


def _asked(request: HttpRequest) -> str:
    return f"{request.method} {request.path}"


class DenyByDefaultMiddleware(LoginRequiredMiddleware):
    """Every view asks for log-in unless it is named public; a public one does not even look at the
    session.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> Any:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """To the log-in and back; whoever sent something from a session that has ended reads what
        became of it.
        """
        if request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES:
            messages.warning(request, _ENDED)
        return super().handle_no_permission(request, view_func)


_ENDED = (
    "Phiên làm việc đã kết thúc nên nội dung vừa gửi chưa được ghi. Hãy đăng nhập lại; cổng mở "
    "lại đúng trang đó"
    " và các bước thu tiền đã lưu nháp vẫn còn."
)


class KeepAliveMiddleware:
    """A session that is used goes on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            keep_alive(request)
        return response


class ForcedPasswordChangeMiddleware:
    """A first password is good for one thing only: to choose one's own; then comes the second
    factor.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The supervisor's questions are answered whoever asks, even while the database with the
        # sessions is away.
        if request.path in SUPERVISED:
            return self.get_response(request)
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = (
                reverse("account_change_password"),
                reverse("account_logout"),
                reverse("account_reauthenticate"),
            )
            if request.path not in allowed:
                return redirect("account_change_password")
        elif (
            user.is_authenticated
            and lacks_factor(request)
            and not request.path.startswith("/tai-khoan/")
        ):
            return redirect("mfa_index")
        return self.get_response(request)
