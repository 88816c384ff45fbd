"""What a cell of a workbook can hold once it has been read from the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

REASONS = "Lý do lỗi"
"""Header of the reasons in a workbook that was handed back; when read again, no part of the
list.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value; ``reason`` is a Vietnamese sentence for the keeper of the
    list.
    """

    reason: str


Cell = str | int | float | bool | date | Fault
"""Texts are cleaned and never empty; whole numbers are ``int``; a date has lost its time of day."""


class SheetRow(NamedTuple):
    """One row: its number in the sheet from 1, and its filled cells by position (column A = 0)."""

    number: int
    cells: dict[int, Cell]


def is_number(value: Cell | None) -> bool:
    """Whether the cell holds a number; a true/false cell does not."""
    return type(value) is int or type(value) is float
