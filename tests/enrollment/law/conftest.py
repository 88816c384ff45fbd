"""The law's table for these tests, written out by hand from docs/rules.md 4."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from enrollment.law import Parameter, ParameterTable

ROWS = """
contribution_rate                0.22     2014-01-01 -
rural_poverty_line               700000   2016-01-01 2021-12-31
rural_poverty_line               1500000  2022-01-01 -
base_salary_or_reference_level   1150000  2013-07-01 2016-04-30
base_salary_or_reference_level   1210000  2016-05-01 2017-06-30
base_salary_or_reference_level   1300000  2017-07-01 2018-06-30
base_salary_or_reference_level   1390000  2018-07-01 2019-06-30
base_salary_or_reference_level   1490000  2019-07-01 2023-06-30
base_salary_or_reference_level   1800000  2023-07-01 2024-06-30
base_salary_or_reference_level   2340000  2024-07-01 2026-06-30
base_salary_or_reference_level   2530000  2026-07-01 -
max_base_multiplier              20       2008-01-01 -
payment_window_months.1          1        2008-01-01 -
payment_window_months.3          3        2008-01-01 -
payment_window_months.6          4        2008-01-01 -
payment_window_months.12         7        2008-01-01 -
income_step                      50000    2016-01-01 2025-06-30
income_step                      -        2025-07-01 -
state_support_pct.poor           30       2018-01-01 2025-06-30
state_support_pct.near_poor      25       2018-01-01 2025-06-30
state_support_pct.other          10       2018-01-01 2025-06-30
state_support_pct.poor           50       2025-07-01 -
state_support_pct.island         50       2025-07-01 -
state_support_pct.near_poor      40       2025-07-01 -
state_support_pct.ethnic_minority 30      2025-07-01 -
state_support_pct.other          20       2025-07-01 -
state_support_max_months         120      2018-01-01 -
investment_rate_monthly          -        2023-01-01 2023-12-31
investment_rate_monthly          0.0031   2026-01-01 2026-12-31
"""


def _row(line: str) -> Parameter:
    key, value, first, last = line.split()
    return Parameter(
        key=key,
        value=None if value == "-" else Decimal(value),
        valid_from=date.fromisoformat(first),
        valid_to=None if last == "-" else date.fromisoformat(last),
        source=f"văn bản của {key}",
        confidence="high",
    )


@pytest.fixture(scope="session")
def law_rows() -> list[Parameter]:
    return [_row(line) for line in ROWS.strip().splitlines()]


@pytest.fixture(scope="session")
def law_table(law_rows: list[Parameter]) -> ParameterTable:
    return ParameterTable(law_rows)


AGES = """
pension.min_months               180      2025-07-01 -
retirement_age_months.female     680      2025-01-01 2025-12-31
retirement_age_months.female     684      2026-01-01 2026-12-31
retirement_age_months.female     688      2027-01-01 2027-12-31
"""


@pytest.fixture(scope="session")
def law_table_of_ages(law_rows: list[Parameter]) -> ParameterTable:
    return ParameterTable([*law_rows, *(_row(line) for line in AGES.strip().splitlines())])
