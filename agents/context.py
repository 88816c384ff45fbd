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

OPEN_WORK = "open_work"
"""Key of the session: how much waits on the home page, which counts it each time it is opened."""
PLACES = 5
"""Places in the bar under the thumb."""


class NavItem(NamedTuple):
    """One entry of the navigation; ``waiting`` is how much open work it leads to."""

    label: str
    url: str
    active: bool
    icon: str = ""
    waiting: int = 0


class Navigation(NamedTuple):
    """Groups of the head, the pages beside the present one, the bar under the thumb, and what that
    bar has no place for.
    """

    groups: list[NavItem]
    tabs: list[NavItem]
    thumb: list[NavItem]
    more: list[NavItem]


NOWHERE = Navigation([], [], [], [])


def navigation_of(user: User, request: HttpRequest) -> Navigation:
    """The reader's navigation, with where the request is in it."""
    entries = _addressed(user, navigation.entries())
    here = _here(request, [url for _, url in entries])
    waiting = request.session.get(OPEN_WORK, 0)
    groups, tabs, places = [], [], []
    for group in navigation.GROUPS:
        pages = [(one, url) for one, url in entries if one.group == group]
        if not pages:
            continue
        inside = any(url == here for _, url in pages)
        count = waiting if group == navigation.TODAY else 0
        groups.append(NavItem(group.label, pages[0][1], inside, group.icon, count))
        places.append(groups[-1]._replace(label=group.short))
        if inside:
            tabs = [_item(one, url, here) for one, url in pages]
    thumb = _addressed(user, navigation.thumb_entries())
    if not thumb:
        return Navigation(groups, tabs, places[:PLACES], [])
    there = _here(request, [url for _, url in thumb])
    bar = [_item(one, url, there, waiting) for one, url in thumb]
    shown = {one.url for one in bar}
    more = [_item(one, url, here) for one, url in entries if url not in shown]
    return Navigation(groups, tabs, bar, more)


def _addressed(user: User, entries: Iterable[NavEntry]) -> list[tuple[NavEntry, str]]:
    """The entries that the user may open, with their addresses."""
    return [(one, reverse(one.page)) for one in entries if user.may(one.capability)]


def _item(entry: NavEntry, url: str, here: str, waiting: int = 0) -> NavItem:
    count = waiting if entry.group == navigation.TODAY else 0
    return NavItem(entry.label, url, url == here, entry.icon, count)


def _here(request: HttpRequest, urls: Iterable[str]) -> str:
    """The address of the entry that the present page belongs to; empty when there is none."""
    path, home = _path_of(request), reverse("home")
    inside = [url for url in urls if path.startswith(url) and url != home]
    return max(inside, key=len, default="") or (home if path == home else _entry_of(path))


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
    """``nav`` (:class:`Navigation`), ``may_search`` and ``is_demonstration`` for the base."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"nav": NOWHERE, "may_search": False, "is_demonstration": False}
    # The demonstration runs with DEBUG only, so that an office's pages are spared the question.
    demonstration = settings.DEBUG and Marker.objects.filter(name=Marker.DEMONSTRATION).exists()
    # Until the first password is changed every page leads back to the change.
    ready = not user.must_change_password
    return {
        "nav": navigation_of(user, request) if ready else NOWHERE,
        "may": Rights(user.role),
        "may_search": ready and user.may(Can.SEE_PEOPLE),
        "is_demonstration": demonstration,
        "hints": HINTS.get(user.role, ())
        if demonstration and request.path == reverse("home")
        else (),
    }


def _is_home(request: HttpRequest) -> bool:
    return request.path == reverse("home")
