"""Today in the office's time zone: the one place that reads the clock for business dates."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from thaithuy_bhxh.months import Month


def today() -> date:
    """The current date in Vietnam."""
    return timezone.localdate()


def this_month() -> Month:
    """The current month in Vietnam."""
    return Month.of(today())


def start_of(day: date) -> datetime:
    """The first moment of a day in Vietnam."""
    return timezone.make_aware(datetime.combine(day, time.min))
