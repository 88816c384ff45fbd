"""Which commune needs its officer most, and why: counts of signals weighed against each other.
Pure.

Every signal gives ``weight`` points for each thing that it counts, ``most`` points at the most, so
that one signal alone cannot hide the others. A commune's need is the sum; the reasons are the parts
of it, the largest first, and what to do next is the advice of the largest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FIRST = 30
"""Points from which a commune is visited before the others; a small matter alone has fewer."""
WORDS = {"bad": "Cần đến trước", "warn": "Trong tuần", "ok": "Ổn"}
"""How soon a commune needs its officer, by tone."""
QUIET = "Không có việc gấp; giữ liên lạc với xã và đại lý như thường lệ."


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that calls for the officer. ``advice`` is a sentence with ``{n}`` for the count."""

    name: str
    label: str
    definition: str
    weight: int
    most: int
    advice: str
    unit: str = "người"

    def points(self, count: int) -> int:
        """What ``count`` things add to the need."""
        return min(self.most, self.weight * max(0, count))


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal's part in the need of a commune."""

    signal: Signal
    count: int
    points: int

    @property
    def words(self) -> str:
        """“Chậm chỉ tiêu 4 người”; what is either so or not has no number."""
        if not self.signal.unit:
            return self.signal.label
        return f"{self.signal.label} {self.count} {self.signal.unit}"


@dataclass(frozen=True, slots=True)
class Need:
    """How much a commune needs its officer: points and the reasons for them, the largest first."""

    code: str
    points: int
    reasons: tuple[Reason, ...]

    @property
    def tone(self) -> str:
        if not self.points:
            return "ok"
        return "bad" if self.points >= FIRST else "warn"

    @property
    def word(self) -> str:
        """How soon the officer is needed there."""
        return WORDS[self.tone]

    @property
    def next_step(self) -> str:
        """What to do next: the advice of the largest reason."""
        if not self.reasons:
            return QUIET
        return self.reasons[0].signal.advice.format(n=self.reasons[0].count)

    @property
    def why(self) -> str:
        """All reasons in one line."""
        return "; ".join(reason.words for reason in self.reasons)


def need_of(code: str, counts: Mapping[str, int], signals: Sequence[Signal]) -> Need:
    """The need of one commune by the counts of its signals; of equal parts the earlier signal comes
    first.
    """
    reasons = [
        Reason(one, counts[one.name], one.points(counts[one.name]))
        for one in signals
        if counts.get(one.name)
    ]
    ordered = sorted((one for one in reasons if one.points), key=lambda one: -one.points)
    return Need(code, sum(one.points for one in ordered), tuple(ordered))


def ranked(needs: Iterable[Need]) -> list[Need]:
    """The communes with the greatest need first; of equal need in order of code."""
    return sorted(needs, key=lambda one: (-one.points, one.code))
