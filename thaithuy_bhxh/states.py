"""Life cycles: which state of a row may follow which, in one table per kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LifeCycle:
    """The states of one kind of row.

    ``follows`` maps each state to those that may follow it; a state that none follows is final.
    ``begins`` are the states of a new row.
    """

    begins: tuple[str, ...]
    follows: Mapping[str, tuple[str, ...]]

    def step(self, now: str, then: str) -> str:
        """``then``, where it may follow ``now``; ``ValueError`` elsewhere: operations refuse in
        words of their own before they come here.
        """
        if then not in self.follows[now]:
            raise ValueError(f"{then!r} does not follow {now!r}")
        return then

    @property
    def open(self) -> tuple[str, ...]:
        """The states that are not final."""
        return tuple(state for state, then in self.follows.items() if then)
