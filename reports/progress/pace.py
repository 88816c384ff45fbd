"""Where a year's target should stand on a day, what is missing per working day, and the word for
it. Pure.

Levels come from :mod:`agents.targets.splitting`: what should stand at the end of each of the
twelve months, in persons or đồng. A day is judged at its end, so that its own work counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from reports.tables import percent
from thaithuy_bhxh.workdays import working_days

Needed = str | int | None
"""Persons as text with two decimals, đồng as an integer."""
CLOSE = 90
"""Per cent of the figure expected to date below which somebody is far behind, unless the office
decides another (:mod:`reports.progress.bound`).
"""

REACHED = "Đạt"
"""The word from the whole year's target on."""
WORDS = {"ok": "Đúng tiến độ", "warn": "Hơi chậm", "bad": "Chậm", "quiet": "Chưa giao"}
"""The words before it, by tone."""
_NEED = {"bad": 0, "warn": 1, "ok": 2, "quiet": 3}


@dataclass(frozen=True, slots=True)
class Progress:
    """Done against a target, and where today should be. ``tone``/``word``: on time, a little
    behind or far behind; ``close`` is the bound between the last two.
    """

    done: int
    target: int | None
    expected: int | None
    close: int = CLOSE

    @property
    def percent(self) -> str | None:
        return percent(self.done, self.target)

    @property
    def gap(self) -> int | None:
        return None if self.expected is None else self.done - self.expected

    @property
    def behind(self) -> int:
        """How many are missing by today; 0 when none."""
        return max(0, -(self.gap or 0))

    @property
    def missing(self) -> int:
        """How many are missing to the year's end; 0 when none, or without a target."""
        return max(0, (self.target or 0) - self.done)

    @property
    def reached(self) -> bool:
        """Whether the whole year's target is done."""
        return self.target is not None and self.done >= self.target

    @property
    def tone(self) -> str:
        if self.expected is None:
            return "quiet"
        if self.reached or self.done >= self.expected:
            return "ok"
        return "warn" if self.done * 100 >= self.expected * self.close else "bad"

    @property
    def state(self) -> str:
        """The tone, or ``met`` once the whole year's target is done."""
        return "met" if self.reached else self.tone

    @property
    def need(self) -> tuple[int, int]:
        """Where it stands in order of need: far behind first, then the widest gap."""
        return _NEED[self.tone], self.gap or 0

    @property
    def word(self) -> str:
        if self.reached and self.expected is not None:
            return REACHED
        return WORDS[self.tone]


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def month_gone(day: date) -> Fraction:
    """Which part of the day's month is over at its end, by working days."""
    first = day.replace(day=1)
    last = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    whole = working_days(first, date.fromordinal(last.toordinal() - 1))
    return Fraction(working_days(first, day), whole)


def year_gone(day: date) -> Fraction:
    """Which part of the day's year is over at its end, by working days."""
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    return Fraction(working_days(first, day), working_days(first, last))


def at_point(before: int, after: int, gone: Fraction) -> Fraction:
    """The level inside a month that leads from one level to another, by the part of it that is
    over.
    """
    return before + (after - before) * gone


def expected_on(levels: Sequence[int], base: int, day: date, year: int) -> int:
    """What should stand at the end of ``day``: the month's way divided by its working days, rounded
    half up.

    ``base`` is the level at the year's start; days before the year expect it, days after it the
    year's last level.
    """
    if day.year != year:
        return base if day.year < year else levels[-1]
    before = levels[day.month - 2] if day.month > 1 else base
    return half_up(at_point(before, levels[day.month - 1], month_gone(day)))


def days_left(day: date, year: int) -> int:
    """Working days of the year after ``day``."""
    first = max(date(year, 1, 1), date.fromordinal(day.toordinal() + 1))
    return working_days(first, date(year, 12, 31))


def needed_per_day(missing: int, day: date, year: int, *, money: bool) -> Needed:
    """What every working day left in the year after ``day`` has to bring; ``None`` when none is
    left.

    Persons are exact to two decimals (half up), đồng are rounded up to whole ones.
    """
    left = days_left(day, year)
    if missing <= 0:
        return 0 if money else "0.00"
    if left == 0:
        return None
    return -(-missing // left) if money else two_decimals(Fraction(missing, left))


def two_decimals(value: Fraction) -> str:
    """``"1.20"``: two decimals, half away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):.2f}"
