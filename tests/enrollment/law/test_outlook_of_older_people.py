"""Who reached the retirement age long ago needs the months that the law asks today, not those of
that day.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import enrollment
from enrollment.law import ParameterTable, parameters_from_policy
from enrollment.law.indexation import IncomePeriod
from enrollment.law.outlook import OutlookRequest, outlook
from enrollment.law.pensions import PensionRequest, pension
from thaithuy_bhxh.months import Month

START = Month(2026, 11)


@pytest.fixture(scope="module")
def table() -> ParameterTable:
    shipped = Path(enrollment.__file__).parent / "reference" / "policy.json"
    return ParameterTable(parameters_from_policy(json.loads(shipped.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    ("sex", "born", "paid", "to_come"),
    [
        ("female", date(1968, 6, 15), 100, 80),
        ("female", date(1968, 6, 15), 200, 0),
        ("male", date(1958, 3, 2), 0, 180),
        ("male", date(1950, 1, 20), 170, 10),
        ("male", date(1940, 1, 1), 100, 80),
        ("female", date(1930, 5, 5), 0, 180),
        ("female", date(1969, 2, 15), 179, 1),
    ],
)
def test_the_months_asked_are_those_of_today(
    table: ParameterTable, sex: str, born: date, paid: int, to_come: int
):
    periods = (IncomePeriod(START - paid, paid, 1_500_000),) if paid else ()
    found = outlook(table, OutlookRequest(sex, born, 1_500_000, START, periods))
    assert (found.months_to_pension, found.pension_month) == (to_come, START + to_come)
    assert found.months_missing == to_come
    for months in (to_come, to_come - 1):
        day = (START + months).first_day
        asked = PensionRequest(sex, paid + months, 1_500_000, day, born)
        assert months < 0 or pension(table, asked).eligible == (months == to_come)
