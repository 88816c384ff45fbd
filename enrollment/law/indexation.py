"""Average income: what was paid on, brought to the prices of the year of settlement (Decree
159/2025 Art. 10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from enrollment.law.exact import EXACT, rounded
from enrollment.law.keys import CPI, CPI_YEARS
from enrollment.law.parameters import Parameter, ParameterTable
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import refuse_outside
from enrollment.law.steps import Step, plain
from enrollment.law.wording import TO_CONFIRM, dong
from thaithuy_bhxh.months import Month

MOST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class IncomePeriod:
    """``months`` from ``first`` on at one income (đồng a month); missing months paid at once are
    not indexed.
    """

    first: Month
    months: int
    income: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class AverageIncome:
    """Đồng a month over ``months`` paid, ``before_2014`` of them before that year; always ``ước
    tính``.
    """

    average: int
    months: int
    before_2014: int
    warnings: tuple[str, ...]
    steps: tuple[Step, ...]


def average_income(
    table: ParameterTable, periods: Iterable[IncomePeriod], settled_on: date
) -> AverageIncome:
    """Mean of income × coefficient of its year; years after the announced ones count 1.

    :class:`LawRefused` when no coefficients are known for the settlement or a year lies before the
        first of them.
    """
    with localcontext(EXACT):
        by_year = _by_year(periods)
        if not by_year:
            raise LawRefused("months", "Chưa có tháng đóng nào để tính mức bình quân.")
        rows = {key: _coefficient(table, key[0], settled_on) for key in by_year if not key[2]}
        return _settle(by_year, rows, settled_on)


_Key = tuple[int, int, bool]
"""Year, income, whether the months were missing ones."""


def _by_year(periods: Iterable[IncomePeriod]) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    for period in periods:
        refuse_outside("months", "Số tháng đóng", period.months, 0, MOST_MONTHS)
        refuse_outside("income", "Mức thu nhập", period.income, 0)
        for i in range(period.months):
            key = ((period.first + i).year, period.income, period.missing)
            found[key] = found.get(key, 0) + 1
    return found


def _coefficient(table: ParameterTable, year: int, day: date) -> Parameter | None:
    """The row in force or the last announced before; ``None`` = 1, for years after the announced
    ones.
    """
    known = table.latest(f"{CPI}{CPI_YEARS[0]}", day)
    if known is None or year < CPI_YEARS[0]:
        raise LawRefused(
            "periods",
            f"Hệ số điều chỉnh thu nhập năm {year} khi giải quyết năm {day.year} chưa có trong "
            "bảng tham số.",
        )
    return table.latest(f"{CPI}{year}", day)


def _settle(
    by_year: dict[_Key, int], rows: dict[_Key, Parameter | None], day: date
) -> AverageIncome:
    months = sum(by_year.values())
    terms = [
        [str(key[1]), str(count), _text(rows.get(key))] for key, count in sorted(by_year.items())
    ]
    total = sum((Decimal(a) * Decimal(b) * Decimal(c) for a, b, c in terms), Decimal(0))
    average = rounded(total / months)
    used = tuple({row.key: row for row in rows.values() if row is not None}.values())
    step = Step(
        f"Mức bình quân thu nhập của {months} tháng đã điều chỉnh theo chỉ số giá: "
        f"{dong(rounded(total))} / {months}",
        average,
        "Nghị định 159/2025/NĐ-CP, Điều 10; "
        + "; ".join(dict.fromkeys(row.source for row in used)),
        "product",
        {"terms": terms, "by": str(months)},
        used,
    )
    before = sum(count for (year, _, _), count in by_year.items() if year < 2014)
    return AverageIncome(average, months, before, tuple(_warnings(used, day)), (step,))


def _text(row: Parameter | None) -> str:
    return "1" if row is None else plain(row.number)


def _warnings(used: tuple[Parameter, ...], day: date) -> list[str]:
    found = []
    stale = {row.first for row in used if row.last < day.toordinal()}
    if stale:
        found.append(f"Hệ số điều chỉnh năm {day.year} chưa công bố; dùng hệ số công bố gần nhất.")
    if any(row.confidence != "high" for row in used):
        found.append(f"Hệ số điều chỉnh thu nhập đang dùng: {TO_CONFIRM}.")
    return found
