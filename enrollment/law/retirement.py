"""When a person reaches the retirement age (Labour Code 2019 Art. 169(2), Decree 135/2020), and who
need not wait.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from enrollment.law.keys import EARLY_AGE, EARLY_MIN_MONTHS, RETIREMENT_AGE, SEXES
from enrollment.law.parameters import Parameter, ParameterTable
from enrollment.law.refusals import LawRefused
from thaithuy_bhxh.months import Month

_EARLIEST, _LATEST = 50, 70
_OLDEST, _YOUNGEST = 1900, 2100

EARLY_JOINED_BEFORE = date(2021, 1, 1)
"""Who joined voluntary insurance before this day may retire by the ages of old (Decree 159/2025
Art. 13(1)).
"""


class EarlyRule(NamedTuple):
    """Age and months of voluntary insurance from which somebody who joined before 2021 may ask for
    a pension.
    """

    age: Parameter
    months: Parameter


def age_row(table: ParameterTable, born: date, sex: str) -> Parameter:
    """The row of the year in which the person reaches the age that this very year asks for.

    The age rises by months each year, so somebody may miss one year's age and fall under the next
    year's.
    """
    if sex not in SEXES:
        raise LawRefused("sex", "Giới tính phải là male (nam) hoặc female (nữ).")
    if not _OLDEST <= born.year <= _YOUNGEST:
        raise LawRefused("birth_date", f"Năm sinh phải từ {_OLDEST} đến {_YOUNGEST}.")
    for year in range(born.year + _EARLIEST, born.year + _LATEST + 1):
        row = table.at(RETIREMENT_AGE + sex, date(year, 1, 1))
        if row is not None and Month.of(born) + int(row.number) <= Month(year, 12):
            return row
    # Who was past the former age when the first row begins had reached it before: it had not
    # changed till then.
    oldest = table.first(RETIREMENT_AGE + sex)
    if oldest is not None and after_months(born, int(oldest.number)).toordinal() < oldest.first:
        return oldest
    raise LawRefused("birth_date", "Chưa có tuổi nghỉ hưu trong bảng tham số cho năm sinh này.")


def reaches_age(table: ParameterTable, born: date, sex: str) -> date:
    """The day on which the person reaches the retirement age; the pension may begin in the
    following month.
    """
    return after_months(born, int(age_row(table, born, sex).number))


def early_rule(
    table: ParameterTable, sex: str, joined_on: date | None, day: date
) -> EarlyRule | None:
    """What Decree 159/2025 Art. 13 (Law 41/2024 Art. 141(9)) asks of this person on the day;
    ``None`` = not for them.

    ``joined_on`` is the first day of voluntary insurance, ``None`` when it is not known.
    """
    if joined_on is None or joined_on >= EARLY_JOINED_BEFORE:
        return None
    age, months = table.at(EARLY_AGE + sex, day), table.at(EARLY_MIN_MONTHS, day)
    return EarlyRule(age, months) if age and months else None


def after_months(day: date, months: int) -> date:
    """The same day of the month that many months later; a month that lacks the day gives its last
    day.
    """
    month = Month.of(day) + months
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))


def birthday_of_year(year: int) -> date:
    """1 January: what counts where only the year of birth is known (Decree 135/2020; to be
    confirmed).
    """
    return date(year, 1, 1)


def age_in_words(months: int) -> str:
    """``738`` → ``61 tuổi 6 tháng``."""
    years, odd = divmod(months, 12)
    return f"{years} tuổi {odd} tháng" if odd else f"{years} tuổi"
