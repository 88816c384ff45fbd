"""What every page needs: the reader's navigation and whether this is the demonstration."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from agents.models import Marker, User
from agents.roles import Can, Rights


class NavItem(NamedTuple):
    """One entry of the navigation."""

    label: str
    url: str
    active: bool


_NAV: tuple[tuple[str, str, Can], ...] = (
    ("Hôm nay", "home", Can.SEE_ALARMS),
    ("Người tham gia", "enrollment:participants", Can.SEE_PEOPLE),
    ("Biên lai", "enrollment:receipts", Can.SEE_PEOPLE),
    ("Đại lý & nhân viên thu", "agents:agents", Can.SEE_AGENTS),
    ("Tập huấn", "agents:courses", Can.SEE_AGENTS),
    ("Địa bàn", "agents:communes", Can.SEE_COMMUNES),
    ("Chuyên quản", "officers:board", Can.WATCH_COMMUNES),
    ("Thư tháng", "letters:letters", Can.WORK_FOR_AN_AGENT),
    ("Chỉ tiêu", "targets:grid", Can.SEE_TARGET_DECISIONS),
    ("Phản ánh", "enrollment:complaints", Can.SEE_COMPLAINTS),
    ("Nhập bảng kê", "enrollment:imports", Can.IMPORT_LISTS),
    ("Báo cáo", "reports:index", Can.SEE_REPORTS),
    ("Tham số", "enrollment:parameters", Can.SEE_PARAMETERS),
    ("Tài khoản", "agents:accounts", Can.KEEP_ACCOUNTS),
    ("Nhật ký", "agents:audit", Can.READ_THE_TRAIL),
)
_THUMB: tuple[tuple[str, str], ...] = (
    ("Hôm nay", "home"),
    ("Người", "enrollment:participants"),
    ("+ Thu", "enrollment:enroll"),
    ("Biên lai", "enrollment:receipts"),
)

_INSIDE = {
    "hop-dong": "agents:agents",
    "nhan-vien-thu": "agents:agents",
    "diem-thu": "agents:agents",
    "the-nhan-vien-thu": "agents:agents",
    "nguoi-hoc": "agents:courses",
    "phan-cong": "agents:communes",
    "lien-he": "agents:communes",
    "thu-thang": "officers:board",
    "can-xu-ly": "home",
    "quan-tri": "enrollment:parameters",
}
"""Under which entry a page stands whose address does not say so."""


def _items(request: HttpRequest, entries: list[tuple[str, str]]) -> list[NavItem]:
    urls = [(label, reverse(name)) for label, name in entries]
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
    name = _INSIDE.get(path.strip("/").split("/")[0])
    return reverse(name) if name else ""


def _path_of(request: HttpRequest) -> str:
    """Where the reader is in the navigation: the steps of a receipt belong to its first page."""
    match = request.resolver_match
    return (
        reverse("enrollment:enroll")
        if match and match.view_name == "enrollment:enroll_step"
        else request.path
    )


def portal(request: HttpRequest) -> dict[str, Any]:
    """``nav``, ``thumb_actions`` (agents' staff), ``may_search`` and ``is_demonstration`` for the
    base template.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"nav": [], "thumb_actions": [], "may_search": False, "is_demonstration": False}
    nav = [(label, name) for label, name, capability in _NAV if user.may(capability)]
    return {
        "nav": _items(request, nav),
        "thumb_actions": _items(request, list(_THUMB)) if user.may(Can.RECORD_RECEIPTS) else [],
        "may": Rights(user.role),
        "may_search": user.may(Can.SEE_PEOPLE),
        # The demonstration runs with DEBUG only, so that an office's pages are spared the question.
        "is_demonstration": settings.DEBUG
        and Marker.objects.filter(name=Marker.DEMONSTRATION).exists(),
    }
