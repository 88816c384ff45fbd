"""Who is supported on a day, at how many per cent, for how many months.

Decree 134/2015 Art. 14 until 2025-06-30, Decree 159/2025 Art. 5 since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from enrollment.law.parameters import (
    GROUPS,
    LOCAL_PERCENT,
    STATE_MAX_MONTHS,
    STATE_PERCENT,
    Parameter,
    ParameterTable,
)
from enrollment.law.refusals import LawRefused
from thaithuy_bhxh.text import clean

OTHER = "other"
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Support:
    """The group whose percentages apply, and those percentages; ``None`` = that budget gives
    nothing on the day.
    """

    group: str
    state: Parameter | None
    local: Parameter | None

    @property
    def state_percent(self) -> Decimal:
        return self.state.number if self.state else _ZERO

    @property
    def local_percent(self) -> Decimal:
        return self.local.number if self.local else _ZERO


def support_on(table: ParameterTable, day: date, groups: tuple[str, ...]) -> Support:
    """The most favourable of a person's groups on a day; of equals the one named first; no group
    means other.
    """
    for code in groups:
        if code not in GROUPS:
            raise LawRefused(
                "groups",
                f"Không có đối tượng “{clean(code)[:20]}”; hãy chọn {', '.join(GROUPS.values())}.",
            )
    offers = [_support_of(table, day, code) for code in groups or (OTHER,)]
    if len(offers) == 1:
        return offers[0]
    return max(offers, key=lambda offer: (offer.state_percent, offer.local_percent))


def _support_of(table: ParameterTable, day: date, group: str) -> Support:
    return Support(
        group,
        _percent(table, day, STATE_PERCENT, group),
        _percent(table, day, LOCAL_PERCENT, group),
    )


def _percent(table: ParameterTable, day: date, prefix: str, group: str) -> Parameter | None:
    """A group without a percentage of its own on the day counts as other."""
    return table.at(prefix + group, day) or table.at(prefix + OTHER, day)


def months_allowed(table: ParameterTable, day: date) -> int:
    """Most months that the state supports in a person's life (120)."""
    return int(table.require(STATE_MAX_MONTHS, day).number)
