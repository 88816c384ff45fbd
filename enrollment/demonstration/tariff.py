"""Amounts and limits of payments by month, from the law engine's own dated table.

The parameters change on the first day of a month only, so that one look-up per month is enough.
Amounts in đồng.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from enrollment.law import ParameterTable, parameters_from_policy
from enrollment.law.methods import FIXED_METHODS, grace_months
from enrollment.law.parameters import (
    BASE_SALARY,
    CONTRIBUTION_RATE,
    GROUPS,
    MAX_MULTIPLIER,
    POVERTY_LINE,
)
from enrollment.law.support import months_allowed, support_on

SHIPPED = Path(__file__).resolve().parents[1] / "reference" / "policy.json"
STEP = 50_000
"""Income stands on the floor plus a multiple of this (until June 2025 by law, later by habit)."""


class Terms(NamedTuple):
    """Lowest and highest income, the state's money for one month of each group, and the grace of
    each method.
    """

    floor: int
    ceiling: int
    per_mille: int
    support: dict[str, int]
    most_supported: int
    grace: dict[str, int]


class Tariff:
    """Terms of any month (an index ``year * 12 + month - 1``)."""

    def __init__(self, table: ParameterTable) -> None:
        self._table = table
        self._known: dict[int, Terms] = {}

    @classmethod
    def shipped(cls) -> Tariff:
        """With the parameters that the package ships."""
        return cls(
            ParameterTable(parameters_from_policy(json.loads(SHIPPED.read_text(encoding="utf-8"))))
        )

    def terms(self, month: int) -> Terms:
        found = self._known.get(month)
        if found is None:
            found = self._known[month] = self._read(date(month // 12, month % 12 + 1, 1))
        return found

    def _read(self, day: date) -> Terms:
        rate = self._table.require(CONTRIBUTION_RATE, day).number
        line = self._table.require(POVERTY_LINE, day).number
        most = (
            self._table.require(MAX_MULTIPLIER, day).number
            * self._table.require(BASE_SALARY, day).number
        )
        support = {
            group: int(support_on(self._table, day, (group,)).state_percent * rate * line / 100)
            for group in GROUPS
        }
        allowed = months_allowed(self._table, day) if any(support.values()) else 0
        grace = {code: grace_months(self._table, code, day) for code in FIXED_METHODS}
        return Terms(int(line), int(most), int(rate * 1000), support, allowed, grace)

    def grace(self, month: int, method: str) -> int:
        """Months after the paid ones in which somebody who pays in this month still counts."""
        return self.terms(month).grace[method]

    def income(self, month: int, wanted: int) -> int:
        """The lawful income nearest to the wanted one: from the floor in steps, below the
        ceiling.
        """
        terms = self.terms(month)
        steps = max(0, min(wanted, terms.ceiling - STEP) - terms.floor) // STEP
        return terms.floor + steps * STEP

    def supported(self, month: int, group: str, months: int, prior: int) -> int:
        """How many of the months the state supports after ``prior`` supported ones."""
        terms = self.terms(month)
        return min(months, max(0, terms.most_supported - prior)) if terms.support[group] else 0

    def participant(self, month: int, income: int, months: int, group: str, supported: int) -> int:
        """What the participant pays."""
        terms = self.terms(month)
        gross = terms.per_mille * income * months // 1000
        return gross - min(gross, terms.support[group] * supported)
