"""Methods: months, windows, grace, next periods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from enrollment.law import (
    METHODS,
    LawRefused,
    Parameter,
    ParameterTable,
    grace_months,
    last_day,
    method_of,
    next_period,
)
from enrollment.law.methods import latest_start, refuse_far, refuse_late, remark_on_gap
from thaithuy_bhxh.months import Month


def test_grace_is_the_part_of_the_window_that_ends_before_it(law_table: ParameterTable) -> None:
    found = {code: grace_months(law_table, code, date(2020, 2, 10)) for code in METHODS}
    assert found == {"1": 0, "3": 2, "6": 3, "12": 6, "ADV": 0, "MISS": 0}


@pytest.fixture
def longer_from_2027(law_rows: list[Parameter]) -> ParameterTable:
    """Half-yearly money lawful until the end of the fifth month, as of 2027."""
    row = Parameter(
        "payment_window_months.6", Decimal(5), date(2027, 1, 1), None, "văn bản mới", "high"
    )
    return ParameterTable([*law_rows, row])


def test_the_window_is_that_of_the_day_of_payment(longer_from_2027: ParameterTable) -> None:
    table, first = longer_from_2027, Month(2026, 9)
    assert last_day(table, "6", first, date(2026, 12, 31)) == date(2026, 12, 31)
    assert last_day(table, "6", first, date(2027, 1, 1)) == date(2027, 1, 31)
    assert [grace_months(table, "6", day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [
        3,
        4,
    ]
    assert next_period(table, Month(2026, 12), "6").last_day == date(2027, 5, 31)
    refuse_late(table, METHODS["6"], first, date(2027, 1, 31))
    with pytest.raises(LawRefused, match="31/01/2027"):
        refuse_late(table, METHODS["6"], first, date(2027, 2, 1))
    with pytest.raises(LawRefused, match="30/11/2026"):
        refuse_late(table, METHODS["6"], Month(2026, 8), date(2026, 12, 1))


def test_a_day_without_a_window_is_refused_by_name(law_table: ParameterTable) -> None:
    with pytest.raises(LawRefused, match="Hạn nộp của kỳ 6 tháng vào ngày 31/12/2007"):
        last_day(law_table, "6", Month(2007, 12), date(2007, 12, 31))


@pytest.mark.parametrize(
    ("covered_to", "method", "next_from", "last"),
    [
        (Month(2026, 8), "6", Month(2026, 9), date(2026, 12, 31)),
        (Month(2026, 8), "1", Month(2026, 9), date(2026, 9, 30)),
        (Month(2023, 11), "3", Month(2023, 12), date(2024, 2, 29)),
        (Month(2025, 12), "12", Month(2026, 1), date(2026, 7, 31)),
        (Month(2027, 1), "ADV", Month(2027, 2), date(2027, 2, 28)),
    ],
)
def test_next_period(
    law_table: ParameterTable, covered_to: Month, method: str, next_from: Month, last: date
) -> None:
    assert next_period(law_table, covered_to, method) == (next_from, last)


def test_missing_months_have_no_next_period(law_table: ParameterTable) -> None:
    with pytest.raises(LawRefused, match="đóng một lần") as refusal:
        next_period(law_table, Month(2026, 8), "MISS")
    assert refusal.value.field == "method"


@pytest.mark.parametrize(
    ("months", "missing", "method"),
    [
        (1, False, "1"),
        (3, False, "3"),
        (6, False, "6"),
        (12, False, "12"),
        (24, False, "ADV"),
        (36, False, "ADV"),
        (48, False, "ADV"),
        (60, False, "ADV"),
        (24, True, "MISS"),
        (5, True, "MISS"),
        (12, True, "MISS"),
    ],
)
def test_method_follows_from_the_months(months: int, missing: bool, method: str) -> None:
    assert method_of(months, missing) == method


@pytest.mark.parametrize("months", [0, -1, 2, 5, 13, 30, 72, 10**30])
def test_other_numbers_of_months_are_no_method(months: int) -> None:
    with pytest.raises(LawRefused, match="1, 3, 6, 12, 24, 36, 48, 60") as refusal:
        method_of(months, False)
    assert refusal.value.field == "months"


def test_unknown_method_is_refused(law_table: ParameterTable) -> None:
    with pytest.raises(LawRefused, match="Không có phương thức đóng “24”"):
        grace_months(law_table, "24", date(2026, 1, 1))
    with pytest.raises(LawRefused, match="Không có phương thức đóng “24”"):
        last_day(law_table, "24", Month(2026, 1), date(2026, 1, 1))


@pytest.mark.parametrize("index", [-1, 0, 10**9, -(10**30)])
def test_months_out_of_the_calendar_are_refused(law_table: ParameterTable, index: int) -> None:
    with pytest.raises(LawRefused) as refusal:
        next_period(law_table, Month.from_index(index), "6")
    assert refusal.value.field == "from_month"


@pytest.mark.parametrize(
    ("covered_to", "latest"),
    [(None, Month(2027, 11)), (Month(2026, 12), Month(2027, 11)), (Month(2029, 6), Month(2029, 7))],
)
def test_payment_ahead_begins_with_what_can_come_next(
    covered_to: Month | None, latest: Month
) -> None:
    paid_on = date(2026, 11, 26)
    assert latest_start(paid_on, covered_to) == latest
    refuse_far(latest, paid_on, covered_to)
    with pytest.raises(LawRefused, match="quá xa ngày nộp"):
        refuse_far(latest + 1, paid_on, covered_to)


@pytest.mark.parametrize(
    ("first", "covered_to", "told"),
    [
        (Month(2026, 11), None, False),
        (Month(2026, 12), None, False),
        (Month(2027, 1), None, True),
        (Month(2027, 1), Month(2026, 12), False),
        (Month(2027, 2), Month(2026, 12), True),
        (Month(2026, 9), Month(2026, 6), False),
    ],
)
def test_months_left_out_are_remarked_upon(
    first: Month, covered_to: Month | None, told: bool
) -> None:
    assert bool(remark_on_gap(first, date(2026, 11, 26), covered_to)) == told
