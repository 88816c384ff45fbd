"""Decree 159/2025 Art. 13: who joined before 2021 and paid 20 years may retire at 60 (men) and 55
(women).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import enrollment
from enrollment.law import (
    IncomePeriod,
    LawRefused,
    OutlookRequest,
    ParameterTable,
    PensionRequest,
    outlook,
    parameters_from_policy,
    pension,
)
from enrollment.law.lines import answer
from thaithuy_bhxh.months import Month


@pytest.fixture(scope="module")
def table() -> ParameterTable:
    shipped = Path(enrollment.__file__).parent / "reference" / "policy.json"
    return ParameterTable(parameters_from_policy(json.loads(shipped.read_text(encoding="utf-8"))))


MAN = {
    "sex": "male",
    "birth_date": date(1966, 4, 1),
}  # 60 on 2026-04-01, of the Labour Code's age on 2028-04-01
WOMAN = {"sex": "female", "birth_date": date(1972, 3, 10)}  # 55 on 2027-03-10, of age on 2030-07-10


@pytest.mark.parametrize(
    ("who", "months", "retires_on", "joined_on", "eligible"),
    [
        (MAN, 240, date(2026, 4, 1), date(2020, 12, 31), True),
        (MAN, 240, date(2026, 4, 1), date(2021, 1, 1), False),
        (MAN, 240, date(2026, 4, 1), None, False),
        (MAN, 239, date(2026, 4, 1), date(2006, 1, 1), False),
        (MAN, 240, date(2026, 3, 31), date(2006, 1, 1), False),
        (
            MAN,
            180,
            date(2028, 4, 1),
            date(2013, 1, 1),
            True,
        ),  # of full age: fifteen years are enough again
        (WOMAN, 240, date(2027, 3, 10), date(2008, 1, 1), True),
        (WOMAN, 240, date(2027, 3, 9), date(2008, 1, 1), False),
    ],
)
def test_age_months_and_the_day_of_joining_decide(
    table: ParameterTable,
    who: Mapping[str, Any],
    months: int,
    retires_on: date,
    joined_on: date | None,
    eligible: bool,
) -> None:
    asked = PensionRequest(
        months=months, average_income=2_000_000, retires_on=retires_on, joined_on=joined_on, **who
    )
    assert pension(table, asked).eligible is eligible


def test_the_rule_begins_with_the_decree(table: ParameterTable) -> None:
    """Born 15/01/1965: 60 in January 2025, of age only in July 2026; the decree is of 1
    July 2025.
    """
    who: dict[str, Any] = {
        "sex": "male",
        "birth_date": date(1965, 1, 15),
        "joined_on": date(2005, 1, 1),
    }
    days = (date(2025, 6, 30), date(2025, 7, 1))
    found = [
        pension(table, PensionRequest(months=240, average_income=1, retires_on=day, **who))
        for day in days
    ]
    assert [one.eligible for one in found] == [False, True]


def test_the_rate_is_the_usual_one_and_a_step_names_the_article(table: ParameterTable) -> None:
    asked = PensionRequest(
        "male", 240, 2_000_000, date(2026, 4, 1), date(1966, 4, 1), date(2006, 1, 1)
    )
    found = pension(table, asked)
    assert (found.rate_percent, found.pension) == (Decimal(45), 900_000)
    step = next(step for step in found.steps if "01/01/2021" in step.label)
    assert "60 tuổi" in step.label and "240 tháng" in step.label and "159/2025" in step.source
    assert {row.key for row in step.parameters} == {
        "early_pension_age_months.male",
        "early_pension.min_months",
    }


def test_who_is_of_full_age_needs_no_such_step(table: ParameterTable) -> None:
    asked = PensionRequest(
        "male", 240, 2_000_000, date(2028, 4, 1), date(1966, 4, 1), date(2006, 1, 1)
    )
    assert not any("01/01/2021" in step.label for step in pension(table, asked).steps)


def test_a_refusal_says_what_the_rule_still_asks(table: ParameterTable) -> None:
    asked = PensionRequest(
        "male", 200, 2_000_000, date(2026, 4, 1), date(1966, 4, 1), date(2009, 8, 1)
    )
    reason = pension(table, asked).reason
    assert "đủ 62 tuổi vào ngày 01/04/2028" in reason
    assert (
        "từ khi đủ 60 tuổi (ngày 01/04/2026)" in reason
        and "ít nhất 240 tháng; đã đóng 200 tháng" in reason
    )


@pytest.mark.parametrize("joined_on", [date(1966, 4, 1), date(2026, 4, 2)])
def test_a_day_of_joining_that_nobody_can_mean_is_refused(
    table: ParameterTable, joined_on: date
) -> None:
    with pytest.raises(LawRefused, match="Ngày bắt đầu tham gia"):
        pension(
            table, PensionRequest("male", 240, 1, date(2026, 4, 1), date(1966, 4, 1), joined_on)
        )


def test_quote_takes_the_day_of_joining(table: ParameterTable) -> None:
    line = {
        "kind": "pension",
        "sex": "male",
        "months": 240,
        "average_income": 2_000_000,
        "retires_on": "2026-04-01",
        "birth_date": "1966-04-01",
    }
    assert answer(table, line)["eligible"] is False
    early = answer(table, {**line, "joined_on": "2006-01-01"})
    assert (early["eligible"], early["pension"], early["rate_percent"]) == (True, 900_000, "45.00")
    assert "joined_on" in answer(table, {**line, "joined_on": "2006"})["error"]


def _life(joined_on: date | None) -> OutlookRequest:
    """174 months from 01/2012 to 06/2026; 240 are full at the end of 12/2031; 55 in 05/2030, 60 in
    05/2035.
    """
    paid = (IncomePeriod(Month(2012, 1), 174, 1_500_000),)
    return OutlookRequest("female", date(1975, 5, 20), 1_500_000, Month(2026, 7), paid, joined_on)


def test_a_life_shows_the_usual_pension_and_the_early_one(table: ParameterTable) -> None:
    found = outlook(table, _life(date(2012, 1, 10)))
    assert (found.pension_month, found.pension.rate_percent) == (
        Month(2035, 6),
        Decimal(62),
    )  # 281 months = 23½ years
    early = found.early
    assert early is not None and early.pension.eligible
    assert (early.pension_month, early.pension.rate_percent) == (Month(2032, 1), Decimal(55))
    assert (early.age_month, early.months_to_pension) == (Month(2030, 5), 66)


@pytest.mark.parametrize("joined_on", [None, date(2021, 1, 1)])
def test_a_life_that_joined_later_has_no_early_pension(
    table: ParameterTable, joined_on: date | None
) -> None:
    assert outlook(table, _life(joined_on)).early is None
