"""The year-end at today's pace, with bounds from the experience of past years. Pure.

Chosen by back-casting over the demonstration's years 2019–2025 (``tests/bench/forecast.py`` prints
the errors):

* What starts at nothing in January (``new``, ``collected``): the mean of two readings. *Season*:
  done × (Σ year-ends ÷ Σ values at the same point of the past years). *Even*: done ÷ the share of
  the year's working days that are over. The season alone trusts three years too much when the
  months of a campaign move, the even reading misses a season that there is; their mean errs less
  than either. Without past years the even reading stands alone.
* What stands (``active``): the net growth since the year's start goes on at the same pace. Ratios
  of past years, or what past years added until December, erred five times as much, because net
  growth changes its sign from year to year.

The bounds: the same forecast is made for each past year at the same point, and its error there is
applied to this year. The centre always lies between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.progress.pace import half_up

PAST_YEARS = 3
"""How many complete years give the season and the bounds."""


@dataclass(frozen=True, slots=True)
class PastYear:
    """A complete year: its level at the start (0 for what starts at nothing), at the same point,
    and at its end.
    """

    base: int
    then: Fraction
    end: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The year-end with its bounds; bounds are ``None`` without a past year, all are before
    the year has begun.
    """

    centre: int | None = None
    low: int | None = None
    high: int | None = None


def of_flow(done: int, gone: Fraction, past: Sequence[PastYear]) -> Forecast:
    """For a figure that starts at nothing in January; ``gone`` is the part of the year that is
    over.
    """
    known = [year for year in past if year.then > 0 and year.end > 0]
    if gone >= 1:
        return _bounded(Fraction(done), [Fraction(done)] if known else [])
    if gone <= 0:
        return Forecast()
    even = done / gone
    if not known:
        return _bounded(even, [])
    season = done * Fraction(sum(year.end for year in known)) / sum(year.then for year in known)
    return _bounded((season + even) / 2, [Fraction(done * year.end) / year.then for year in known])


def of_stock(base: int, now: int, gone: Fraction, past: Sequence[PastYear]) -> Forecast:
    """For a figure that stands; ``now`` is its level where the part ``gone`` of the year is
    over.
    """
    centre = _going_on(base, Fraction(now), gone)
    past_ends = [(_going_on(year.base, year.then, gone), year.end) for year in past]
    return _bounded(
        centre, [centre * end / forecast for forecast, end in past_ends if forecast > 0 and end > 0]
    )


def _going_on(base: int, now: Fraction, gone: Fraction) -> Fraction:
    return max(Fraction(0), base + (now - base) / gone) if gone > 0 else Fraction(base)


def _bounded(centre: Fraction, others: Sequence[Fraction]) -> Forecast:
    found = half_up(centre)
    if not others:
        return Forecast(found)
    return Forecast(found, min(found, half_up(min(others))), max(found, half_up(max(others))))
