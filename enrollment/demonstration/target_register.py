"""The target figures of one year, decision after decision, so that each starts from what is in
force by then. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from agents.targets.splitting import MONTHS, levels_of, split
from enrollment.demonstration.campaign import CommuneKey, TargetFigure

Subject = tuple[str, CommuneKey | str | None]
"""Kind of owner and its key or code."""
Decision = tuple[str, date]
DISTRICT: Subject = ("district", None)
UNIT = {"active": 1, "new": 1, "collected": 1_000_000}
"""Targets are whole persons and whole millions."""
_EVEN = (1,) * MONTHS


class TargetRegister:
    """Figures in the order in which they were decided."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.figures: list[TargetFigure] = []
        self._now: dict[tuple[str, Subject], int] = {}
        self._levels: dict[tuple[str, Subject], tuple[int, ...]] = {}

    def now(self, metric: str, subject: Subject) -> int | None:
        """The figure in force."""
        return self._now.get((metric, subject))

    def sum(self, metric: str, subjects: Sequence[Subject]) -> int:
        """The figures in force together."""
        return sum(self.now(metric, one) or 0 for one in subjects)

    def past(self, metric: str, subject: Subject, day: date) -> int:
        """The plan for the months before a decision's own, in whole units; no revision goes below
        it.
        """
        levels = self._levels.get((metric, subject))
        if levels is None or metric == "active" or day.month == 1:
            return 0
        return -(-levels[day.month - 2] // UNIT[metric]) * UNIT[metric]

    def decide(
        self,
        metric: str,
        subject: Subject,
        value: int,
        decision: Decision,
        *,
        born: int = 1,
        successor_of: Sequence[Subject] = (),
    ) -> None:
        """Set a figure, unless it is in force already. ``born``: the first month of an owner formed
        in the year, which goes on from the plan of its predecessors (``successor_of``).
        """
        key, (number, day) = (metric, subject), decision
        if self._now.get(key) == value:
            return
        parts = [self._levels[metric, one] for one in successor_of]
        before = self._levels.get(key) or (
            tuple(map(sum, zip(*parts, strict=True))) if parts else None
        )
        self._levels[key] = levels_of(
            value, _EVEN, first=day.month if before else born, before=before
        )
        self._now[key] = value
        kind, owner = subject
        self.figures.append(
            TargetFigure(
                self.year,
                metric,
                kind,
                value,
                number,
                day,
                commune=owner if isinstance(owner, tuple) else None,
                agent_code=str(owner) if kind == "agent" else None,
                collector_code=str(owner) if kind == "collector" else None,
            )
        )

    def divide(
        self,
        metric: str,
        whole: int,
        weights: Mapping[Subject, float],
        decision: Decision,
        *,
        born: int = 1,
    ) -> None:
        """Divide a whole as the portal does: months that are past stay, the parts add up."""
        unit = UNIT[metric]
        past = {one: self.past(metric, one, decision[1]) // unit for one in weights}
        exact = {one: round(weight * 1000) for one, weight in weights.items()}
        for one, part in split(whole // unit, exact, past).items():
            self.decide(metric, one, part * unit, decision, born=born)
