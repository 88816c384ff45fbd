"""The office's own numbers: how many days, times or minutes its rules allow, each from a day on.

A room registers what it leaves to the office where it uses it; :func:`office_setting` gives the
number in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import monotonic

from agents.models import OfficeSetting
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.figures import dots


@dataclass(frozen=True, slots=True)
class Definition:
    """A number that the office decides; ``default`` holds as long as it has not."""

    key: str
    """A slug: it stands in the address of its page."""
    label: str
    meaning: str
    """What follows from the number, in a sentence."""
    unit: str
    default: int
    least: int = 0
    most: int = 100_000

    def in_words(self, value: int) -> str:
        """“7 ngày”."""
        return f"{dots(value)} {self.unit}"


_DEFINED: dict[str, Definition] = {}


def define(definition: Definition) -> str:
    """Register a setting; gives its key, so that a room can keep it as a constant. A key is defined
    once.
    """
    if _DEFINED.setdefault(definition.key, definition) != definition:
        raise ValueError(f"The office setting {definition.key} is defined twice.")
    return definition.key


def definitions() -> list[Definition]:
    """Every setting of the portal, by label."""
    return sorted(_DEFINED.values(), key=lambda one: one.label)


def definition_of(key: str) -> Definition | None:
    """The setting of this key, if there is one."""
    return _DEFINED.get(key)


def office_setting(key: str, on: date | None = None) -> int:
    """The number in force on a day, today unless given."""
    day = on or today()
    chosen = (value for since, value in _chosen().get(key, ()) if since <= day)
    return next(chosen, _DEFINED[key].default)


KEPT_FOR = 20.0
"""Seconds for which a process answers without asking: every request needs some setting, and they
hardly ever change.
"""


@dataclass(slots=True)
class _Kept:
    """The rows as last read: key → (first day, value), the last that holds first."""

    rows: dict[str, list[tuple[date, int]]]
    until: float


_kept: list[_Kept] = []


def _chosen() -> dict[str, list[tuple[date, int]]]:
    if not _kept or _kept[0].until < monotonic():
        rows: dict[str, list[tuple[date, int]]] = {}
        for key, since, value in OfficeSetting.objects.order_by("-valid_from", "-id").values_list(
            "key", "valid_from", "value"
        ):
            rows.setdefault(key, []).append((since, value))
        _kept[:] = [_Kept(rows, monotonic() + KEPT_FOR)]
    return _kept[0].rows


def forget_kept() -> None:
    """Ask the database again next time: after a change, and between tests."""
    _kept.clear()


def chosen_rows() -> dict[str, list[OfficeSetting]]:
    """What the office chose of each setting through time, latest first."""
    rows: dict[str, list[OfficeSetting]] = {}
    for row in OfficeSetting.objects.select_related("set_by").order_by("-valid_from", "-id"):
        rows.setdefault(row.key, []).append(row)
    return rows
