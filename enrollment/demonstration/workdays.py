"""Days on which money is taken: Monday to Saturday without the public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_FIXED = {(1, 1), (4, 30), (5, 1), (9, 2)}
_NEW_YEAR = {
    2016: (2, 8),
    2017: (1, 28),
    2018: (2, 16),
    2019: (2, 5),
    2020: (1, 25),
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
}
"""First day of the lunar year."""


@lru_cache(maxsize=1024)
def workdays(month: int) -> tuple[date, ...]:
    """The working days of a month (index ``year * 12 + month - 1``); Saturdays once, other days
    twice, to draw from.
    """
    day = date(month // 12, month % 12 + 1, 1)
    found: list[date] = []
    while day.month == month % 12 + 1:
        if day.weekday() != 6 and not _is_holiday(day):
            found.extend([day] * (1 if day.weekday() == 5 else 2))
        day += timedelta(days=1)
    return tuple(found)


def _is_holiday(day: date) -> bool:
    if (day.month, day.day) in _FIXED:
        return True
    lunar = _NEW_YEAR.get(day.year)
    return lunar is not None and -2 <= (day - date(day.year, *lunar)).days <= 4
