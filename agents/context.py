"""What every page needs: the reader's navigation and whether this is the demonstration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from agents import navigation
from agents.hints import HINTS
from agents.models import Marker, User
from agents.navigation import NavEntry
from agents.roles import Can, Rights


class NavItem(NamedTuple):
    """One entry of the navigation."""

    label: str
    url: str
    active: bool


def _items(request: HttpRequest, entries: Iterable[NavEntry]) -> list[NavItem]:
    urls = [(one.label, reverse(one.page)) for one in entries]
    path = _path_of(request)
    home = reverse("home")
    here = max(
        (url for _, url in urls if path.startswith(url) and url != home), key=len, default=""
    )
    if not here:
        here = home if path == home else _entry_of(path)
    return [NavItem(label, url, url == here) for label, url in urls]


def _entry_of(path: str) -> str:
    """The entry that a page of another address belongs to, if any."""
    page = navigation.covering(path.strip("/").split("/")[0])
    return reverse(page) if page else ""


def _path_of(request: HttpRequest) -> str:
    """Where the reader is in the navigation: the steps of a form belong to its first page."""
    match = request.resolver_match
    page = navigation.page_of_step(match.view_name) if match else ""
    return reverse(page) if page else request.path


def portal(request: HttpRequest) -> dict[str, Any]:
    """``nav``, ``thumb_actions`` (agents' staff), ``may_search`` and ``is_demonstration`` for the
    base template.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"nav": [], "thumb_actions": [], "may_search": False, "is_demonstration": False}
    nav = [one for one in navigation.entries() if user.may(one.capability)]
    thumb = [one for one in navigation.thumb_entries() if user.may(one.capability)]
    # The demonstration runs with DEBUG only, so that an office's pages are spared the question.
    demonstration = settings.DEBUG and Marker.objects.filter(name=Marker.DEMONSTRATION).exists()
    return {
        "nav": _items(request, nav),
        "thumb_actions": _items(request, thumb),
        "may": Rights(user.role),
        "may_search": user.may(Can.SEE_PEOPLE),
        "is_demonstration": demonstration,
        "hints": HINTS[user.role] if demonstration and request.path == reverse("home") else (),
    }
