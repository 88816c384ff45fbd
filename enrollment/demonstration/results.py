"""The campaign's results per year and leaf, agent or collector: the base of its targets.

Persons, and participants' money in đồng.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from enrollment.demonstration.ledger import MonthLedger, SimulatedReceipt
from enrollment.demonstration.members import Member
from enrollment.demonstration.population import Population

Owner = int | str
"""Leaf id, or code of an agent or a collector."""


@dataclass(slots=True)
class YearResult:
    """Figures of one year up to its last simulated month; ``months`` is their number."""

    months: int = 0
    active: Counter[Owner] = field(default_factory=Counter)
    new: Counter[Owner] = field(default_factory=Counter)
    collected: Counter[Owner] = field(default_factory=Counter)


class ResultsByYear:
    """Adds up month after month."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self.years: dict[int, YearResult] = {}

    def add(self, ledger: MonthLedger, active: Sequence[Member]) -> None:
        """Count a month that is complete, with those who are active at its end."""
        year = self.years.setdefault(ledger.month // 12, YearResult())
        year.months += 1
        newcomers = set(ledger.newcomers)
        for draft in ledger.drafts:
            year.collected.update(dict.fromkeys(self._owners(draft), draft.amount))
        for draft, _, _ in ledger.voids:
            year.collected.subtract(dict.fromkeys(self._owners(draft), draft.amount))
        year.active = Counter(owner for m in active if m.last for owner in self._owners(m.last))
        year.new.update(
            owner
            for m in active
            if m.last and m.person.id in newcomers
            for owner in self._owners(m.last)
        )

    def _owners(self, draft: SimulatedReceipt) -> tuple[Owner, Owner, Owner]:
        code = draft.collector.code
        return self._population.homes[draft.person.id].leaf.id, code.rpartition("-")[0], code
