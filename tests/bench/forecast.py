"""How far the forecasts of year-ends erred over the years of the demonstration: ``python -m
tests.bench forecast``.

Prints, per metric and month at whose end one asks, the median and the worst error in per cent, of
the method in use and of those that it was chosen before; reads the demonstration that
``DATABASE_URL`` names and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from statistics import median

from agents.models import Metric
from reports.counting.measures import Period, PeriodTally, tallies
from reports.progress.forecast import PAST_YEARS, PastYear, of_flow, of_stock
from reports.progress.pace import year_gone
from reports.progress.year_so_far import METRICS, district_figure
from tests.bench.figures import Figure, hand_over
from thaithuy_bhxh.months import Month

FIRST, LAST = 2019, 2025
MONTHS = range(1, 12)
Levels = Mapping[tuple[int, int], int]
"""Year and month → the district's figure from January to the end of that month (month 0: the year's
start).
"""
Method = Callable[[Levels, int, int, Sequence[PastYear]], float]


def main(first: str = str(FIRST), last: str = str(LAST)) -> None:
    years = range(int(first), int(last) + 1)
    read = _read(range(years[0] - PAST_YEARS - 1, years[-1] + 1))
    found = []
    for metric in METRICS:
        levels = {key: district_figure(tally, metric) for key, tally in read.items()}
        for name, method in _methods(metric).items():
            errors = {
                month: [error(levels, metric, year, month, method) for year in years]
                for month in MONTHS
            }
            print(
                f"{metric:<10}{name:<12}" + " ".join(f"{median(errors[m]):5.1f}" for m in MONTHS),
                flush=True,
            )
            if name == "in use":
                found += [
                    Figure(
                        f"forecast of {metric}, end of month {m}: median error",
                        median(errors[m]),
                        "%",
                        plain=f" (worst {max(errors[m]):.0f})",
                    )
                    for m in (3, 6, 9)
                ]
    hand_over(found)


def _read(years: Sequence[int]) -> dict[tuple[int, int], PeriodTally]:
    keys = [(year, month) for year in years for month in range(1, 13)]
    told: list[PeriodTally] = []
    for start in range(0, len(keys), 24):
        told += tallies(
            briefly=[
                Period(Month(year, 1), Month(year, month))
                for year, month in keys[start : start + 24]
            ]
        )
    return dict(zip(keys, told, strict=True))


def error(levels: Levels, metric: str, year: int, month: int, method: Method) -> float:
    """How far off the year-end a forecast of the end of this month is, in per cent."""
    past = [
        past_year(levels, metric, one, month)
        for one in range(year - PAST_YEARS, year)
        if levels.get((one, 12))
    ]
    end = levels[year, 12]
    return float(abs(method(levels, year, month, past) - end) * 100 / end)


def past_year(levels: Levels, metric: str, year: int, month: int) -> PastYear:
    base = levels.get((year - 1, 12), 0) if metric == Metric.ACTIVE else 0
    return PastYear(base, Fraction(levels[year, month]), levels[year, 12])


def in_use(metric: str) -> Method:
    """The portal's own forecast."""

    def method(levels: Levels, year: int, month: int, past: Sequence[PastYear]) -> float:
        gone = year_gone(Month(year, month).last_day)
        if metric == Metric.ACTIVE:
            return of_stock(levels[year - 1, 12], levels[year, month], gone, past).centre or 0
        return of_flow(levels[year, month], gone, past).centre or 0

    return method


def _methods(metric: str) -> dict[str, Method]:
    return {
        "in use": in_use(metric),
        "ratio": _ratio,
        "added rest": _rest,
        "even": _even,
        "unchanged": _unchanged,
    }


def _ratio(levels: Levels, year: int, month: int, past: Sequence[PastYear]) -> float:
    return float(levels[year, month] * sum(one.end for one in past) / sum(one.then for one in past))


def _rest(levels: Levels, year: int, month: int, past: Sequence[PastYear]) -> float:
    return float(levels[year, month] + sum(one.end - one.then for one in past) / len(past))


def _even(levels: Levels, year: int, month: int, past: Sequence[PastYear]) -> float:
    return float(levels[year, month] / year_gone(Month(year, month).last_day))


def _unchanged(levels: Levels, year: int, month: int, past: Sequence[PastYear]) -> float:
    return float(levels[year, month])
