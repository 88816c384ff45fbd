"""Cohorts: the persons new in a month, and how many of them are still active k months later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from enrollment.models import Movement
from reports.counting.measures import Period, movements_in
from reports.counting.month_counts import month_number
from reports.counting.units import Units
from thaithuy_bhxh.months import Month, months_between

AFTER = (3, 6, 12, 24)
"""Months after joining in which a cohort is looked at again."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who joined in ``month``, and how many of them were active so many months later; ``None``
    while that month is not over.
    """

    month: Month
    joined: int
    active: Mapping[int, int | None]


def cohorts_of(units: Units, period: Period, this: Month) -> dict[str, list[Cohort]]:
    """Every unit's cohorts of the period's months, in order, as they stand in the running month
    ``this`` (one query).

    A person counts in the unit of the month of joining, wherever they are later.
    """
    found: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * (len(AFTER) + 1))
    for commune, agent, month, *numbers in _rows(period):
        code = units.key(commune, agent)
        if code is not None:
            here = found[code, month]
            found[code, month] = [old + more for old, more in zip(here, numbers, strict=True)]
    return {
        unit.code: [
            _cohort(month, found[unit.code, month], this)
            for month in months_between(period.first, period.last)
        ]
        for unit in units.rows
    }


def _cohort(month: Month, numbers: list[int], this: Month) -> Cohort:
    joined, *active = numbers
    known = {
        after: number if month + after < this else None
        for after, number in zip(AFTER, active, strict=True)
    }
    return Cohort(month, joined, known)


def _rows(period: Period) -> QuerySet[Movement, tuple[int, ...]]:
    """Commune, agent, month of joining, how many joined and how many were active after each of
    :data:`AFTER`.

    Spans of one rule never overlap: of each person at most one holds the month looked at.
    """
    # One filter, so that the counts below look at the same spans.
    joined = Movement.objects.filter(
        movements_in(period), kind=Movement.Kind.NEW, participant__spans__rule=period.rule
    )
    return (
        joined.order_by()
        .values_list("commune_id", "agent_id", month_number("month"))
        .annotate(
            joined=Count("pk", distinct=True),
            **{
                f"active_{after}": Count("participant__spans", filter=_active_after(after))
                for after in AFTER
            },
        )
    )


def _active_after(months: int) -> Q:
    moment = F("month") + months
    return Q(participant__spans__start__lte=moment, participant__spans__end__gte=moment)
