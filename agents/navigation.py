"""The navigation's entries: each app registers its own when it is ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agents.roles import Can


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A group of pages in the head of every page: its word and the name of its icon."""

    label: str
    icon: str
    short: str
    """The word under the thumb, where five stand in the width of a telephone."""


TODAY = NavGroup("Hôm nay", "house", "Hôm nay")
PEOPLE = NavGroup("Người & thu", "users", "Người")
NETWORK = NavGroup("Mạng lưới", "network", "Mạng lưới")
TARGETS = NavGroup("Chỉ tiêu & báo cáo", "chart-column", "Báo cáo")
ADMINISTRATION = NavGroup("Quản trị", "settings", "Quản trị")
GROUPS = (TODAY, PEOPLE, NETWORK, TARGETS, ADMINISTRATION)
"""The groups in the order of the head."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One page of the navigation, for whoever has the capability; lower ``place`` stands first."""

    label: str
    page: str
    """Name of its URL."""
    capability: Can
    place: int
    group: NavGroup
    icon: str = ""
    """Where the entry stands in the bar under the thumb; the group's icon elsewhere."""
    covers: tuple[str, ...] = ()
    """First parts of addresses that stand under this entry although its own begins otherwise."""
    steps: tuple[str, ...] = ()
    """Names of the URLs that are further steps of this page."""


_entries: dict[str, NavEntry] = {}
_thumb: dict[str, NavEntry] = {}
_links: dict[str, str] = {}


def register(*entries: NavEntry) -> None:
    """Add entries to the navigation."""
    _entries.update({one.page: one for one in entries})


def register_thumb(*entries: NavEntry) -> None:
    """Add entries to the bar under the thumb that agents' staff have on a telephone."""
    _thumb.update({one.page: one for one in entries})


def register_links(**pages: str) -> None:
    """Pages that templates of this app or the base lead to by a plain name: ``search``, say."""
    _links.update(pages)


def linked(name: str) -> str:
    """Name of the URL registered as this; ``LookupError`` when there is none."""
    return _links[name]


def entries() -> list[NavEntry]:
    """The navigation's entries in their order."""
    return _in_order(_entries.values())


def thumb_entries() -> list[NavEntry]:
    """The entries of the bar under the thumb in their order."""
    return _in_order(_thumb.values())


def covering(word: str) -> str:
    """The page under which addresses beginning with this word stand; empty when there is none."""
    return next((one.page for one in entries() if word in one.covers), "")


def page_of_step(name: str) -> str:
    """The page of which the URL of this name is a further step; empty when it is none."""
    found = [*entries(), *thumb_entries()]
    return next((one.page for one in found if name in one.steps), "")


def _in_order(found: Iterable[NavEntry]) -> list[NavEntry]:
    return sorted(found, key=lambda one: one.place)


OWN = (
    NavEntry(
        "Đại lý & nhân viên thu",
        "agents:agents",
        Can.SEE_AGENTS,
        40,
        NETWORK,
        covers=("hop-dong", "nhan-vien-thu", "diem-thu", "the-nhan-vien-thu"),
    ),
    NavEntry("Tập huấn", "agents:courses", Can.SEE_AGENTS, 50, NETWORK, covers=("nguoi-hoc",)),
    NavEntry(
        "Địa bàn", "agents:communes", Can.SEE_COMMUNES, 60, NETWORK, covers=("phan-cong", "lien-he")
    ),
    NavEntry("Tài khoản", "agents:accounts", Can.KEEP_ACCOUNTS, 140, ADMINISTRATION),
    NavEntry("Nhật ký", "agents:audit", Can.READ_THE_TRAIL, 150, ADMINISTRATION),
)
"""The entries of this app itself."""
