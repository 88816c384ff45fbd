"""Which row holds on which day; reading the shipped document; words for numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from enrollment.law import LABELS, LawRefused, Parameter, ParameterTable, parameters_from_policy
from enrollment.law.keys import unit_of
from enrollment.law.wording import day, dong, percent

KEY = "rural_poverty_line"


def row(value: int | None, first: str | None, last: str | None = None, key: str = KEY) -> Parameter:
    return Parameter(
        key,
        None if value is None else Decimal(value),
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
        "văn bản",
        "high",
    )


def value_at(rows: list[Parameter], on: str) -> Decimal | None:
    found = ParameterTable(rows).at(KEY, date.fromisoformat(on))
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("on", "value"),
    [
        ("2015-12-31", None),
        ("2016-01-01", 7),
        ("2021-12-31", 7),
        ("2022-01-01", None),
        ("2022-02-01", 15),
        ("9999-12-31", 15),
        ("0001-01-01", None),
    ],
)
def test_days_of_validity_include_both_ends(on: str, value: int | None) -> None:
    assert value_at([row(15, "2022-02-01"), row(7, "2016-01-01", "2021-12-31")], on) == value


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("on", "value"), [("2019-12-31", 1), ("2020-01-01", 2), ("2020-12-31", 2), ("2021-01-01", 1)]
)
def test_the_later_row_wins_while_it_holds(on: str, value: int, reverse: bool) -> None:
    rows = [row(1, "2016-01-01"), row(2, "2020-01-01", "2020-12-31")]
    assert value_at(rows[::-1] if reverse else rows, on) == value


def test_a_row_without_a_value_ends_an_open_one() -> None:
    rows = [row(50_000, "2016-01-01"), row(None, "2025-07-01")]
    assert value_at(rows, "2025-06-30") == 50_000
    assert value_at(rows, "2025-07-01") is None
    latest = ParameterTable(rows).latest(KEY, date(2026, 1, 1))
    assert latest is not None and latest.value == 50_000


def test_open_ends() -> None:
    assert value_at([row(3, None)], "0001-01-01") == 3
    assert value_at([row(3, None, "2020-01-01")], "2020-01-02") is None


def test_the_latest_row_before_a_day_is_not_a_later_one() -> None:
    table = ParameterTable([row(5, "2020-01-01", "2020-12-31")])
    assert table.latest(KEY, date(2019, 12, 31)) is None
    assert table.latest("unknown", date(2019, 12, 31)) is None


def test_require_says_what_is_missing_and_when() -> None:
    with pytest.raises(
        LawRefused, match="Chuẩn nghèo nông thôn vào ngày 05/03/2015 chưa có"
    ) as refusal:
        ParameterTable([]).require(KEY, date(2015, 3, 5))
    assert refusal.value.field == "paid_on"


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-1", "1e-9999", "1e9999"])
def test_a_row_that_no_document_could_state_is_an_error(value: str) -> None:
    with pytest.raises(ValueError, match="Chuẩn nghèo nông thôn"):
        Parameter(KEY, Decimal(value), None, None, "", "low")


def policy_row(
    key: str, value: object, first: str | None, last: str | None = None
) -> dict[str, object]:
    return {
        "key": key,
        "value": value,
        "unit": "",
        "valid_from": first,
        "valid_to": last,
        "source": " văn bản",
        "confidence": "medium",
        "note": "",
    }


def test_policy_document_gives_the_rows_of_the_engine_only() -> None:
    document = {
        "generated": "2026-11-23",
        "params": [
            policy_row("contribution_rate", "0.22", "2014-01-01"),
            policy_row("rural_poverty_line", 700000, "2016-01-01", "2021-12-31"),
            policy_row("rural_poverty_line_next", 2200000, "2027-01-01"),
            policy_row("state_support_pct.island_commune_or_special_zone", 50, "2025-07-01"),
            policy_row("income_step", None, "2025-07-01"),
            policy_row("investment_rate_monthly", "0.00363", None),
            policy_row("local_support", '{"Ha Noi":{"poor":30}}', "2022-08-01"),
            policy_row("local_support.hanoi_other_2026", 20, "2026-01-01"),
            policy_row("state_support_midperiod_adjustment", False, "2016-01-01"),
            policy_row("method.1", {"months": 1}, "2025-07-01"),
        ],
    }
    rows = parameters_from_policy(document)
    assert [(one.key, one.value, one.valid_from, one.valid_to) for one in rows] == [
        ("contribution_rate", Decimal("0.22"), date(2014, 1, 1), None),
        ("rural_poverty_line", Decimal(700000), date(2016, 1, 1), date(2021, 12, 31)),
        ("state_support_pct.island", Decimal(50), date(2025, 7, 1), None),
        ("income_step", None, date(2025, 7, 1), None),
    ]
    assert {(one.source, one.confidence) for one in rows} == {("văn bản", "medium")}


def test_words_for_numbers() -> None:
    assert [dong(n) for n in (0, 999, 1000, 1234567, -5000)] == [
        "0 đ",
        "999 đ",
        "1.000 đ",
        "1.234.567 đ",
        "-5.000 đ",
    ]
    assert day(date(2021, 3, 5)) == "05/03/2021"
    texts = ["22.00", "0.310", "12.5", "100", "0"]
    assert [percent(Decimal(text)) for text in texts] == [
        "22 %",
        "0,31 %",
        "12,5 %",
        "100 %",
        "0 %",
    ]


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("rural_poverty_line", " đ"),
        ("maternity.per_child", " đ"),
        ("social_pension", " đ"),
        ("social_pension_age_months", " tháng tuổi"),
        ("retirement_age_months.male", " tháng tuổi"),
        ("pension.min_months", " tháng"),
        ("pension.base_years.male", " năm"),
        ("pension.step_percent.female", "%"),
        ("pension.short_base_percent.male", "%"),
        ("one_off.from_2014", " tháng bình quân"),
        ("cpi_coefficient.2018", " lần"),
    ],
)
def test_every_parameter_has_its_unit(key: str, unit: str) -> None:
    assert key in LABELS
    assert unit_of(key) == unit
