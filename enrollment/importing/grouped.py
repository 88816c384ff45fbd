"""A list's errors as they are read: one sentence once, with the rows and people it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment.importing.columns import COLUMNS

NAMED = 12
"""Rows that a group names; the others are counted."""


@dataclass(slots=True)
class ErrorGroup:
    """A reason, the column it is about (name and code), and its rows with whom each names."""

    column: str
    reason: str
    rows: list[tuple[int, str]] = field(default_factory=list)

    @property
    def shown(self) -> list[tuple[int, str]]:
        return self.rows[:NAMED]

    @property
    def others(self) -> int:
        return len(self.rows) - len(self.shown)


def grouped(errors: Iterable[Mapping[str, Any]]) -> list[ErrorGroup]:
    """Stored errors by column and reason, the commonest first, else in the order of the list."""
    found: dict[tuple[str, str], ErrorGroup] = {}
    for error in errors:
        key = error["column"], error["reason"]
        group = found.setdefault(key, ErrorGroup(_title(error["column"]), error["reason"]))
        group.rows.append((error["row"], error.get("name", "")))
    return sorted(found.values(), key=lambda one: -len(one.rows))


def _title(code: str) -> str:
    return COLUMNS[code].title if code in COLUMNS else code
