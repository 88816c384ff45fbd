"""Which day's parameters hold for which months of a payment: the first of the unsettled readings at
work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from enrollment.law.conditions import Conditions, conditions_on
from enrollment.law.methods import MISSING, Method
from enrollment.law.parameters import LOCAL_PERCENT, Parameter, ParameterTable, given, plausible
from enrollment.law.readings import AS_REGISTERED, MONTH_BY_MONTH, Readings
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import ContributionRequest
from enrollment.law.support import Support, months_allowed, support_on

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Segment:
    """``months`` of the payment under the same parameters; ``granted`` of them with state
    support.
    """

    conditions: Conditions
    support: Support
    months: int
    granted: int


def bounds_day(request: ContributionRequest, readings: Readings, method: Method) -> date:
    """The day whose floor and ceiling the income must respect."""
    if readings.paid_after_change == AS_REGISTERED and _readings_matter(request, method):
        return min(request.paid_on, request.from_month.first_day)
    return request.paid_on


def segments_of(
    table: ParameterTable,
    request: ContributionRequest,
    method: Method,
    months: int,
    readings: Readings,
) -> tuple[Segment, ...]:
    """The payment cut where parameters change, in the order of its months."""
    used, found = request.prior_supported_months, []
    for day, count in _days(request, method, months, readings):
        support = _support(table, request, day)
        granted = _granted(table, support, day, count, used, _supports(method, readings))
        used += granted
        found.append(Segment(conditions_on(table, day), support, count, granted))
    return tuple(found)


def _readings_matter(request: ContributionRequest, method: Method) -> bool:
    """Only where a window lets people pay after the period has begun, and not for money that comes
    later still.
    """
    return method.months is not None and not request.back_payment


def _days(
    request: ContributionRequest, method: Method, months: int, readings: Readings
) -> Iterator[tuple[date, int]]:
    """Each day whose parameters count, with the number of months that it counts for.

    Month by month: a month that has gone takes its last day, the month of payment and later ones
    the day of payment, because nothing is adjusted inside a paid period.
    """
    if readings.paid_after_change != MONTH_BY_MONTH or not _readings_matter(request, method):
        yield bounds_day(request, readings, method), months
        return
    first = request.from_month
    days = (min((first + i).last_day, request.paid_on) for i in range(months))
    for day, same in groupby(days):
        yield day, len(list(same))


def _supports(method: Method, readings: Readings) -> bool:
    return method.code != MISSING or readings.miss_support == "yes"


def _granted(
    table: ParameterTable, support: Support, day: date, months: int, used: int, supports: bool
) -> int:
    if not supports or not support.state_percent:
        return 0
    return min(months, max(0, months_allowed(table, day) - used))


def counted_months(
    table: ParameterTable,
    request: ContributionRequest,
    method: Method,
    segments: tuple[Segment, ...],
    readings: Readings,
) -> int:
    """Months of this payment that use up the 120; for missing months the fifth reading decides."""
    granted = sum(one.granted for one in segments)
    if method.code != MISSING:
        return granted
    if readings.miss_counts_toward_120 == "no" or not segments[-1].support.state_percent:
        return 0
    left = months_allowed(table, request.paid_on) - request.prior_supported_months
    return min(sum(one.months for one in segments), max(0, left))


def _support(table: ParameterTable, request: ContributionRequest, day: date) -> Support:
    found = support_on(table, day, request.groups)
    percent = request.local_percent
    if percent is None:
        return found
    if not plausible(percent, most=_HUNDRED):
        raise LawRefused("local_percent", "Tỷ lệ NSĐP hỗ trợ phải từ 0 đến 100 %.")
    return Support(found.group, found.state, given(LOCAL_PERCENT + found.group, percent))


def used_rows(segments: tuple[Segment, ...]) -> Iterator[Parameter | None]:
    """Every row that the amounts were computed from."""
    for one in segments:
        conditions = one.conditions
        yield from (conditions.rate, conditions.line, conditions.base, conditions.multiplier)
        yield one.support.state if one.granted else None
        yield one.support.local
