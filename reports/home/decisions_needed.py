"""What needs a decision, for the home pages: items that any part of the portal may bring.

A provider is ``provider(user, day) -> list of items``; an item has ``kind`` (a short code),
``text`` (a sentence), ``url`` (where to act, may be empty) and ``tone`` (bad, warn, ok or quiet).
It answers for the user's own scope, with one query at best: every provider is asked each time that
a home page is opened. To add one, append it to
:data:`PROVIDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from agents.alarms import KINDS, AgentAlarm, alarms_for
from agents.models import User
from enrollment.complaints import open_complaints

_NEED = {"bad": 0, "warn": 1}
_ICONS = {
    "uncarded": "id-card",
    "card": "id-card",
    "contract": "file-pen-line",
    "candidate": "user-plus",
    "complaint": "message-square-warning",
    "request": "user-round-check",
}


@dataclass(frozen=True, slots=True)
class DecisionNeeded:
    """One thing that needs a decision."""

    kind: str
    text: str
    url: str = ""
    tone: str = "warn"

    @property
    def icon(self) -> str:
        """Name of the line icon beside it."""
        return _ICONS.get(self.kind, "circle-alert")


def of_agents(user: User, day: date) -> list[DecisionNeeded]:
    """What the agents and their people need: one line per kind, the sentence itself where there is
    only one.
    """
    found = alarms_for(user, day)
    return [
        _in_one(kind, mine)
        for kind in KINDS
        if (mine := [one for one in found if one.kind == kind])
    ]


def _in_one(kind: str, mine: Sequence[AgentAlarm]) -> DecisionNeeded:
    if len(mine) == 1:
        return DecisionNeeded(
            kind, mine[0].text, mine[0].url or reverse("agents:alarms"), mine[0].tone
        )
    return DecisionNeeded(
        kind, f"{mine[0].label}: {len(mine)}", reverse("agents:alarms"), mine[0].tone
    )


def of_complaints(user: User, day: date) -> list[DecisionNeeded]:
    """Complaints that wait for an answer, the overdue ones named."""
    waiting = open_complaints(user, day)
    if not waiting.number:
        return []
    late = len(waiting.overdue)
    text = f"Phản ánh chờ trả lời: {waiting.number}" + (
        f", trong đó quá hạn: {late}" if late else ""
    )
    return [
        DecisionNeeded(
            "complaint", text, reverse("enrollment:complaints"), "bad" if late else "warn"
        )
    ]


def of_log_ins(user: User, day: date) -> list[DecisionNeeded]:
    """Whether somebody is guessing at passwords; read when the account was loaded, so that
    it costs no query.
    """
    if not getattr(user, "hears_of_attack", False):
        return []
    text = "Có tài khoản hoặc mạng đang bị thử đăng nhập sai; quản trị hệ thống mở khóa được"
    return [DecisionNeeded("log_in", text, reverse("agents:audit"), "bad")]


def of_requests(user: User, day: date) -> list[DecisionNeeded]:
    """Whether accounts wait for a second person; read in the same way."""
    if not getattr(user, "hears_of_request", False):
        return []
    text = "Yêu cầu về tài khoản đang chờ người thứ hai xác nhận"
    return [DecisionNeeded("request", text, reverse("agents:account_requests"), "warn")]


Provider = Callable[[User, date], Sequence[Any]]
PROVIDERS: list[Provider] = [of_agents, of_complaints, of_log_ins, of_requests]
"""Asked in this order for every home page."""


def needing_decision(user: User, day: date, more: Iterable[DecisionNeeded] = ()) -> list[Any]:
    """The page's own items and those of all providers, the worst first."""
    found = [*more, *(item for provider in PROVIDERS for item in provider(user, day))]
    return sorted(found, key=lambda item: _NEED.get(item.tone, 2))
