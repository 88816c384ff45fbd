"""What holds for every request of somebody who is logged in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

Handler = Callable[[HttpRequest], HttpResponse]


class ForcedPasswordChangeMiddleware:
    """A first password is good for one thing only: to choose one's own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = (reverse("account_change_password"), reverse("account_logout"), reverse("account_reauthenticate"))
            if request.path not in allowed:
                return redirect("account_change_password")
        return self.get_response(request)


class NoStoreMiddleware:
    """Pages with people's data stay out of shared computers' caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
