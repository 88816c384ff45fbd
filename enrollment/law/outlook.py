"""When a pension could begin, and what joining later costs. Estimates (``ước tính``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from enrollment.law import keys
from enrollment.law.indexation import IncomePeriod, average_income
from enrollment.law.parameters import ParameterTable
from enrollment.law.pensions import ESTIMATE, Pension, PensionRequest, pension
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import refuse_outside
from enrollment.law.retirement import after_months, early_rule, reaches_age
from thaithuy_bhxh.months import Month

FIVE_YEARS = 60


@dataclass(frozen=True, slots=True)
class OutlookRequest:
    """Somebody who pays ``income`` (đồng a month) from ``start`` on, after the ``paid`` periods
    behind them.

    ``joined_on`` is the first day of voluntary insurance, where there is one.
    """

    sex: str
    birth_date: date
    income: int
    start: Month
    paid: tuple[IncomePeriod, ...] = ()
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """``age_month`` in which the retirement age is reached; ``months_by_age`` paid by then;
    ``months_missing`` for a pension; ``pension_month`` the first with a pension when paid without a
    break, ``months_to_pension`` until then.

    ``early`` is the same life with the pension of those who joined before 2021, where it may begin
    sooner.
    """

    age_month: Month
    months_by_age: int
    months_missing: int
    pension_month: Month
    months_to_pension: int
    average_income: int
    pension: Pension
    warnings: tuple[str, ...]
    early: Outlook | None = None
    label: str = ESTIMATE


def outlook(table: ParameterTable, request: OutlookRequest) -> Outlook:
    """What paying every month from ``start`` leads to. :class:`LawRefused` for people whom no row
    covers.
    """
    refuse_outside("income", "Mức thu nhập", request.income, 1)
    reached = Month.of(reaches_age(table, request.birth_date, request.sex))
    # A pension begins by the law of the day on which it begins, however long ago the age was
    # reached.
    least = table.require(
        keys.PENSION_MIN_MONTHS, _day(max(reached + 1, request.start)), "birth_date"
    )
    behind = sum(period.months for period in request.paid)
    ahead = max(0, int(reached) - int(request.start) + 1)
    enough = request.start + max(0, int(least.number) - behind)
    begins = max(reached + 1, enough, request.start)
    found = _settle(table, request, reached, begins, behind + ahead, int(least.number))
    return replace(found, early=_early(table, request, begins, behind))


def _early(
    table: ParameterTable, request: OutlookRequest, usual: Month, behind: int
) -> Outlook | None:
    """The pension by the ages of old (Decree 159/2025 Art. 13), if it may begin before the usual
    one.
    """
    rule = early_rule(table, request.sex, request.joined_on, _day(usual))
    if rule is None:
        return None
    least = int(rule.months.number)
    reached = Month.of(after_months(request.birth_date, int(rule.age.number)))
    begins = max(reached + 1, request.start + max(0, least - behind), request.start)
    if begins >= usual or early_rule(table, request.sex, request.joined_on, _day(begins)) != rule:
        return None
    by_age = behind + max(0, int(reached) - int(request.start) + 1)
    return _settle(table, request, reached, begins, by_age, least)


def five_years_later(table: ParameterTable, request: OutlookRequest) -> Outlook:
    """The same person who starts 60 months later."""
    return outlook(table, replace(request, start=request.start + FIVE_YEARS))


def _settle(
    table: ParameterTable,
    request: OutlookRequest,
    reached: Month,
    begins: Month,
    by_age: int,
    least: int,
) -> Outlook:
    to_come = int(begins) - int(request.start)
    periods = (*request.paid, IncomePeriod(request.start, to_come, request.income))
    mean = average_income(table, periods, _day(begins))
    asked = PensionRequest(
        request.sex, mean.months, mean.average, _day(begins), request.birth_date, request.joined_on
    )
    found = pension(table, asked)
    return Outlook(
        age_month=reached,
        months_by_age=by_age,
        months_missing=max(0, least - by_age),
        pension_month=begins,
        months_to_pension=to_come,
        average_income=mean.average,
        pension=found,
        warnings=(*mean.warnings, *found.warnings),
    )


def _day(month: Month) -> date:
    if not 1900 <= month.year <= 2199:
        raise LawRefused("start", "Tháng bắt đầu nằm ngoài khoảng 1900–2199.")
    return month.first_day
