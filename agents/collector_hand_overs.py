"""Who follows the people of a collector now: hand-overs lead on from one to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Handed:
    """From the day after ``on``, the people of ``giver`` are followed by ``taker`` (keys of
    collectors).
    """

    giver: int
    taker: int
    on: date


class Following:
    """All hand-overs as they stand on a day."""

    def __init__(self, handovers: Iterable[Handed], day: date) -> None:
        self._next: Mapping[int, int] = {one.giver: one.taker for one in handovers if one.on < day}

    def follower(self, collector: int) -> int:
        """Who follows the people whose latest receipt this collector wrote; oneself when nothing
        was handed over.
        """
        met = {collector}
        while (taker := self._next.get(collector)) is not None and taker not in met:
            met.add(taker)
            collector = taker
        return collector

    def followed_by(self, collector: int) -> frozenset[int]:
        """The collectors whose people this one follows; empty for somebody who has handed over."""
        if self.follower(collector) != collector:
            return frozenset()
        return frozenset(
            {collector} | {giver for giver in self._next if self.follower(giver) == collector}
        )
