"""The path of the campaign, month by month: how many join, come back and should be active, and what
is collected.

The anchors are the published figures (docs/rules.md 1) and a plausible continuation: the poverty
line of 2022 costs members, the support of July 2025 wins them. Months are indexes ``year * 12 +
month - 1``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from thaithuy_bhxh.months import Month

FIRST = Month(2016, 1)
_ANCHORS = {
    Month(2016, 12): 1_575,
    Month(2017, 12): 1_802,
    Month(2018, 12): 1_721,
    Month(2019, 12): 3_118,
    Month(2020, 12): 4_296,
    Month(2021, 2): 4_341,
    Month(2021, 12): 4_624,
    Month(2022, 12): 3_372,
    Month(2023, 12): 3_488,
    Month(2024, 12): 3_722,
    Month(2025, 6): 3_834,
    Month(2025, 12): 4_198,
    Month(2026, 6): 4_468,
    Month(2026, 12): 4_606,
}
"""Active participants at the end of the month."""

_JOINS = {
    2016: 1_640,
    2017: 436,
    2018: 254,
    2019: 1_502,
    2020: 1_423,
    2021: 596,
    2022: 192,
    2023: 428,
    2024: 566,
    2025: 704,
    2026: 668,
}
_RETURNS = {
    2016: 4,
    2017: 16,
    2018: 22,
    2019: 34,
    2020: 40,
    2021: 48,
    2022: 58,
    2023: 110,
    2024: 92,
    2025: 176,
    2026: 118,
}
_LATER_GROWTH, _LATER_JOINS, _LATER_RETURNS = 1.028, 0.125, 0.022

_SEASON = (0.85, 0.70, 1.20, 1.25, 1.10, 0.65, 1.00, 1.15, 0.85, 0.80, 1.25, 1.15)
"""Conferences in spring, August and at the year's end; dips at the lunar new year and both harvests
(June, autumn).
"""
_EXCEPTIONS = {
    (2016, 1): 2.4,
    (2016, 2): 1.1,
    (2017, 1): 0.55,
    (2019, 1): 0.60,
    (2019, 2): 0.75,
    (2020, 1): 0.50,
    (2020, 2): 0.60,
    (2020, 4): 0.35,
    (2021, 1): 1.10,
    (2021, 8): 0.60,
    (2021, 11): 1.50,
    (2021, 12): 1.90,
    (2023, 1): 0.45,
    (2025, 4): 0.80,
    (2025, 5): 0.50,
    (2025, 6): 0.30,
    (2025, 7): 1.90,
    (2025, 8): 1.90,
    (2025, 9): 1.20,
}

COLLECTED = {
    Month(2020, 1): 478_000_000,
    Month(2020, 2): 582_000_000,
    Month(2021, 1): 1_030_000_000,
}
"""Participants' money of the months that the published comparison is made of, in đồng."""
COMPARED = Month(2021, 2)
COMPARED_TO = (Month(2020, 1), Month(2020, 2))
GROWTH_PERCENT = 184
"""January and February 2021 together are this share of the same months of 2020."""
STEERED = frozenset({*COLLECTED, COMPARED})


@dataclass(frozen=True, slots=True)
class Goal:
    """New and returning people of one month, and who should be active at its end."""

    month: int
    joins: int
    returns: int
    active: int


def goals(last_month: int, seed: str) -> Iterator[Goal]:
    """The goals of every month from the first on; the earlier ones do not depend on
    ``last_month``.
    """
    last_year = last_month // 12
    joins, returns, anchors = _per_month(last_year, seed)
    for month, active in _path(joins, returns, anchors):
        if month <= last_month:
            yield Goal(month, joins[month], returns[month], active)


def _per_month(last_year: int, seed: str) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    joins: dict[int, int] = {}
    returns: dict[int, int] = {}
    anchors = {int(month): active for month, active in _ANCHORS.items()}
    active = _ANCHORS[Month(2026, 12)]
    for year in range(FIRST.year, last_year + 1):
        rng = Random(f"{seed}/plan/{year}")
        new, back = _JOINS.get(year), _RETURNS.get(year)
        if new is None or back is None:
            new, back = round(active * _LATER_JOINS), round(active * _LATER_RETURNS)
            active = round(active * _LATER_GROWTH)
            anchors[year * 12 + 11] = active
        weights = [
            _EXCEPTIONS.get((year, m), _SEASON[m - 1]) * rng.uniform(0.9, 1.1) for m in range(1, 13)
        ]
        for table, total in ((joins, new), (returns, back)):
            table.update(zip(range(year * 12, year * 12 + 12), shared(total, weights), strict=True))
    return joins, returns, anchors


def _path(
    joins: dict[int, int], returns: dict[int, int], anchors: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Between two anchors people leave evenly, so that the path rises with those who come."""
    start, active = int(FIRST) - 1, 0
    for end in sorted(month for month in anchors if month <= max(joins)):
        months = range(start + 1, end + 1)
        leaving = active + sum(joins[m] + returns[m] for m in months) - anchors[end]
        for month, left in zip(months, shared(leaving, [1.0] * len(months)), strict=True):
            active += joins[month] + returns[month] - left
            yield month, active
        start = end


def shared(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total."""
    whole, done = sum(weights), 0.0
    cuts = [0]
    for weight in weights:
        done += weight
        cuts.append(round(total * done / whole))
    return [after - before for before, after in zip(cuts, cuts[1:], strict=False)]
