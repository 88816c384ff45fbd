"""What needs a decision, for the home pages: items that any part of the portal may bring.

A provider is ``provider(user, day) -> list of items``; an item has ``kind`` (a short code), ``text`` (a sentence),
``url`` (where to act, may be empty) and ``tone`` (bad, warn, ok or quiet). It answers for the user's own scope, with
one query at best: every provider is asked each time that a home page is opened. To add one, append it to
:data:`PROVIDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.models import User

_NEED = {"bad": 0, "warn": 1}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that needs a decision."""

    kind: str
    text: str
    url: str = ""
    tone: str = "warn"


Provider = Callable[[User, date], Sequence[Any]]
PROVIDERS: list[Provider] = []
"""Asked in this order for every home page."""


def needing_decision(user: User, day: date, more: Iterable[Alarm] = ()) -> list[Any]:
    """The page's own items and those of all providers, the worst first."""
    found = [*more, *(item for provider in PROVIDERS for item in provider(user, day))]
    return sorted(found, key=lambda item: _NEED.get(item.tone, 2))
