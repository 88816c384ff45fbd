"""Dividing a whole into parts that always add up to it (largest remainder), and a year's target
into months. Pure.

A target's months are given as *levels*: what should stand at the end of each month, December being
the target itself. Persons, or đồng for ``collected``.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from math import floor
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Weight = int | Fraction
MONTHS = 12


def largest_remainder(whole: int, weights: Sequence[Weight]) -> list[int]:
    """Whole parts in proportion to the weights, adding up to ``whole``; what rounding leaves goes
    to the largest remainders, the earlier part first. Weights that are all 0 count as equal. A
    negative whole is divided likewise.

    Raises ``ValueError`` for no parts or a negative weight.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("Needs at least one part and no negative weight.")
    sign, amount = (-1, -whole) if whole < 0 else (1, whole)
    shares = [Fraction(weight) for weight in weights]
    if not any(shares):
        shares = [Fraction(1)] * len(shares)
    together = sum(shares)
    exact = [amount * share / together for share in shares]
    parts = [int(part) for part in exact]
    left = amount - sum(parts)
    for index in sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))[:left]:
        parts[index] += 1
    return [sign * part for part in parts]


def split(
    whole: int, weights: Mapping[Key, Weight], frozen: Mapping[Key, int] | None = None
) -> dict[Key, int]:
    """Each part = what is frozen for it already + its share of the remainder; the parts add up to
    ``whole``.
    """
    fixed = {key: (frozen or {}).get(key, 0) for key in weights}
    shares = largest_remainder(whole - sum(fixed.values()), list(weights.values()))
    return {key: fixed[key] + share for key, share in zip(weights, shares, strict=True)}


def levels_of(
    value: int,
    season: Sequence[Weight],
    *,
    base: int = 0,
    first: int = 1,
    before: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """The level at the end of each of the twelve months that leads to ``value`` in December.

    From month ``first`` on the way from the level before it follows the season's weights, each
    level rounded by itself (half up) so that a small target spreads over the year; earlier months
    keep the levels ``before`` (``base``, the level at the year's start, where there are none).
    """
    kept = list((before or [base] * MONTHS)[: first - 1])
    start = kept[-1] if kept else base
    ahead = list(season[first - 1 :])
    weights = ahead if any(ahead) else [1] * len(ahead)
    reached = accumulate(Fraction(weight) for weight in weights)
    way = Fraction(value - start) / sum(weights)
    return (*kept, *(start + floor(way * gone + Fraction(1, 2)) for gone in reached))
