"""How long the portal keeps what is no fact: each kind with its term, which the office sets.

Facts and the audit trail are no kind of this: they never go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agents.office_settings import Definition, define

Sweep = Callable[[datetime, bool], int]
"""Takes what is older than a moment away, or only counts it (second argument); gives the number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that ends: ``term`` is the office setting with its days, empty = as soon as
    it has expired.
    """

    name: str
    label: str
    act: str
    """What is done with it: “xóa”, “bỏ tệp”."""
    term: str
    sweep: Sweep


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Have a kind of data end at its term; an app does it when it is ready."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """Every kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def term(key: str, what: str, default: int) -> str:
    """An office setting in days: how long something is kept after its last use."""
    label = f"Số ngày giữ {what}"
    meaning = "Quá hạn thì cổng dọn đi. Biên lai, số liệu và nhật ký không bao giờ bị dọn."
    return define(Definition(key, label, meaning, "ngày", default=default, least=1, most=3650))
