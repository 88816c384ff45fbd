"""Working days of Viet Nam: Monday to Friday without the public holidays (Labour Code 2019, Art.
112).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    """Whether offices are open on this day."""
    return day.weekday() < 5 and day not in _days_off(day.year)


@lru_cache(maxsize=4096)
def working_days(first: date, last: date) -> int:
    """How many working days there are from ``first`` to ``last``, both included; 0 when ``last`` is
    earlier.
    """
    return sum(is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


def add_working_days(day: date, number: int) -> date:
    """The day that lies ``number`` working days after this one."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day
