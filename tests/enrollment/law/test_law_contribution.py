"""Amounts and refusals at every boundary, computed by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest

from enrollment.law import ContributionRequest, LawRefused, Parameter, ParameterTable, quote
from thaithuy_bhxh.months import Month


def asked(
    paid_on: str, income: int = 1_500_000, method: str = "1", first: str = "", **more: Any
) -> ContributionRequest:
    day = date.fromisoformat(paid_on)
    from_month = Month.parse(first) if first else Month.of(day)
    return ContributionRequest(
        method=method, income=income, from_month=from_month, paid_on=day, **more
    )


def refusal_of(table: ParameterTable, request: ContributionRequest) -> LawRefused:
    with pytest.raises(LawRefused) as refusal:
        quote(table, request)
    return refusal.value


@pytest.mark.parametrize(
    ("paid_on", "income", "group", "state", "percent"),
    [
        ("2017-12-31", 700_000, "poor", 0, 0),
        ("2017-12-31", 700_000, "other", 0, 0),
        ("2018-01-01", 700_000, "poor", 46_200, 30),
        ("2018-01-01", 700_000, "near_poor", 38_500, 25),
        ("2018-01-01", 700_000, "other", 15_400, 10),
        ("2018-01-01", 700_000, "ethnic_minority", 15_400, 10),
        ("2018-01-01", 700_000, "island", 15_400, 10),
        ("2021-12-31", 5_000_000, "near_poor", 38_500, 25),
        ("2022-01-01", 5_000_000, "near_poor", 82_500, 25),
        ("2025-06-30", 1_500_000, "poor", 99_000, 30),
        ("2025-06-30", 1_500_000, "island", 33_000, 10),
        ("2025-06-30", 1_500_000, "ethnic_minority", 33_000, 10),
        ("2025-06-30", 1_500_000, "other", 33_000, 10),
        ("2025-07-01", 1_500_000, "poor", 165_000, 50),
        ("2025-07-01", 1_500_000, "island", 165_000, 50),
        ("2025-07-01", 1_500_000, "near_poor", 132_000, 40),
        ("2025-07-01", 1_500_000, "ethnic_minority", 99_000, 30),
        ("2025-07-01", 1_500_000, "other", 66_000, 20),
    ],
)
def test_state_support_follows_the_day_and_the_group(
    law_table: ParameterTable, paid_on: str, income: int, group: str, state: int, percent: int
) -> None:
    result = quote(law_table, asked(paid_on, income, groups=(group,)))
    assert (result.state_support, result.state_percent, result.group) == (
        state,
        Decimal(percent),
        group,
    )
    assert result.participant == income * 22 // 100 - state


@pytest.mark.parametrize(
    ("paid_on", "groups", "group", "state"),
    [
        ("2026-01-10", ("ethnic_minority", "near_poor"), "near_poor", 132_000),
        ("2026-01-10", ("other", "island", "poor"), "island", 165_000),
        ("2020-01-10", ("ethnic_minority", "near_poor"), "near_poor", 38_500),
        ("2020-01-10", ("other", "poor"), "poor", 46_200),
        ("2020-01-10", (), "other", 15_400),
    ],
)
def test_of_several_groups_the_highest(
    law_table: ParameterTable, paid_on: str, groups: tuple[str, ...], group: str, state: int
) -> None:
    result = quote(law_table, asked(paid_on, groups=groups))
    assert (result.group, result.state_support) == (group, state)


@pytest.mark.parametrize(
    ("request_", "gross", "state"),
    [
        (asked("2017-12-31", 700_000, "12", "2018-01"), 1_848_000, 0),
        (asked("2018-01-01", 700_000, "12", "2017-10"), 1_848_000, 184_800),
        (asked("2022-01-01", 1_500_000, "3", "2021-11"), 990_000, 99_000),
        (asked("2021-12-31", 700_000, "6", "2021-12"), 924_000, 92_400),
        (asked("2025-07-01", 1_500_000, "12", "2025-01"), 3_960_000, 792_000),
        (asked("2025-06-30", 1_500_000, "6", "2025-07"), 1_980_000, 198_000),
    ],
)
def test_the_day_of_payment_decides_for_all_months(
    law_table: ParameterTable, request_: ContributionRequest, gross: int, state: int
) -> None:
    result = quote(law_table, request_)
    assert (result.gross, result.state_support, result.participant) == (gross, state, gross - state)
    assert result.supported_months == (result.months if state else 0)
    assert result.reading == "at_payment"


@pytest.mark.parametrize(
    ("paid_on", "ceiling"),
    [
        ("2016-01-01", 23_000_000),
        ("2016-04-30", 23_000_000),
        ("2016-05-01", 24_200_000),
        ("2017-06-30", 24_200_000),
        ("2017-07-01", 26_000_000),
        ("2018-06-30", 26_000_000),
        ("2018-07-01", 27_800_000),
        ("2019-06-30", 27_800_000),
        ("2019-07-01", 29_800_000),
        ("2023-06-30", 29_800_000),
        ("2023-07-01", 36_000_000),
        ("2024-06-30", 36_000_000),
        ("2024-07-01", 46_800_000),
        ("2026-06-30", 46_800_000),
        ("2026-07-01", 50_600_000),
    ],
)
def test_ceiling_changes_with_the_base_salary(
    law_table: ParameterTable, paid_on: str, ceiling: int
) -> None:
    assert quote(law_table, asked(paid_on, ceiling)).max_income == ceiling
    refusal = refusal_of(law_table, asked(paid_on, ceiling + 50_000))
    assert refusal.field == "income"
    assert (
        f"mức tối đa {ceiling // 1_000_000}.{ceiling % 1_000_000 // 1000:03d}.000 đ"
        in refusal.message
    )


def test_floor_names_both_numbers(law_table: ParameterTable) -> None:
    assert refusal_of(law_table, asked("2019-03-05", 650_000)).message == (
        "Mức thu nhập 650.000 đ thấp hơn chuẩn nghèo nông thôn 700.000 đ vào ngày 05/03/2019; "
        "hãy chọn từ 700.000 đ."
    )


@pytest.mark.parametrize(
    ("paid_on", "income", "accepted"),
    [
        ("2025-06-30", 1_550_000, True),
        ("2025-06-30", 1_550_001, False),
        ("2025-07-01", 1_550_001, True),
        ("2021-12-31", 725_000, False),
        ("2021-12-31", 750_000, True),
    ],
)
def test_step_above_the_floor(
    law_table: ParameterTable, paid_on: str, income: int, accepted: bool
) -> None:
    if accepted:
        warned = bool(quote(law_table, asked(paid_on, income)).warnings)
        assert warned == bool(income % 50_000)
    else:
        assert refusal_of(law_table, asked(paid_on, income)).field == "income"


def test_rounds_half_up_once_on_the_total(law_table: ParameterTable) -> None:
    # 22 % of 1,500,075 = 330,016.5; of 1,500,002 × 12 = 3,960,005.28, where twelve rounded months
    # would be 3,960,000
    assert quote(law_table, asked("2026-03-10", 1_500_075)).gross == 330_017
    assert quote(law_table, asked("2026-03-10", 1_500_002, "12")).gross == 3_960_005


@pytest.mark.parametrize(
    ("method", "months", "prior", "supported"),
    [
        ("12", None, 108, 12),
        ("12", None, 109, 11),
        ("12", None, 115, 5),
        ("12", None, 120, 0),
        ("12", None, 300, 0),
        ("ADV", 60, 60, 60),
        ("ADV", 60, 90, 30),
        ("1", None, 119, 1),
    ],
)
def test_at_most_120_supported_months(
    law_table: ParameterTable, method: str, months: int | None, prior: int, supported: int
) -> None:
    result = quote(
        law_table, asked("2026-03-10", method=method, months=months, prior_supported_months=prior)
    )
    assert (result.supported_months, result.state_support) == (supported, 66_000 * supported)
    assert result.state_percent == (20 if supported else 0)
    assert any(f"đã hỗ trợ {prior} tháng trên tối đa 120" in one for one in result.warnings) == (
        supported < result.months
    )


@pytest.mark.parametrize(
    ("method", "first", "last"),
    [
        ("1", "2024-02", date(2024, 2, 29)),
        ("1", "2023-02", date(2023, 2, 28)),
        ("1", "2023-12", date(2023, 12, 31)),
        ("3", "2023-12", date(2024, 2, 29)),
        ("3", "2022-12", date(2023, 2, 28)),
        ("6", "2023-11", date(2024, 2, 29)),
        ("6", "2019-03", date(2019, 6, 30)),
        ("12", "2023-08", date(2024, 2, 29)),
        ("12", "2025-06", date(2025, 12, 31)),
    ],
)
def test_paid_on_the_last_day_but_not_on_the_next(
    law_table: ParameterTable, method: str, first: str, last: date
) -> None:
    assert quote(law_table, asked(last.isoformat(), 1_500_000, method, first)).last_day == last
    next_day = date.fromordinal(last.toordinal() + 1)
    refusal = refusal_of(law_table, asked(next_day.isoformat(), 1_500_000, method, first))
    assert refusal.field == "from_month"
    assert f"chậm nhất ngày {last:%d/%m/%Y}" in refusal.message
    assert f"nộp ngày {next_day:%d/%m/%Y} là quá hạn" in refusal.message


def test_refusal_of_a_late_payment_names_a_month_that_is_accepted(
    law_table: ParameterTable,
) -> None:
    refusal = refusal_of(law_table, asked("2026-07-01", 1_500_000, "6", "2026-03"))
    assert refusal.message.endswith("hãy chọn đóng từ tháng 04/2026.")
    assert quote(law_table, asked("2026-07-01", 1_500_000, "6", "2026-04")).gross == 1_980_000


def test_early_payment_is_lawful(law_table: ParameterTable) -> None:
    assert quote(law_table, asked("2020-02-10", 700_000, "6", "2020-06")).last_day == date(
        2020, 9, 30
    )


@pytest.mark.parametrize("months", [24, 36, 48, 60])
def test_years_ahead_equal_the_sum_of_discounted_months(
    law_table: ParameterTable, months: int
) -> None:
    rate = Fraction(31, 10_000)
    exact = sum(Fraction(22, 100) * 2_000_000 / (1 + rate) ** (i - 1) for i in range(1, months + 1))
    result = quote(law_table, asked("2026-01-05", 2_000_000, "ADV", months=months))
    assert result.gross == int(exact + Fraction(1, 2))
    assert result.state_support == 66_000 * months
    assert result.last_day == date(2026, 1, 5)


@pytest.mark.parametrize("months", [1, 7, 60])
def test_missing_months_equal_the_sum_of_compounded_months(
    law_table: ParameterTable, months: int
) -> None:
    rate = Fraction(31, 10_000)
    exact = sum(Fraction(22, 100) * 1_500_000 * (1 + rate) ** i for i in range(1, months + 1))
    result = quote(
        law_table,
        asked("2026-09-10", 1_500_000, "MISS", "2021-01", months=months, groups=("poor",)),
    )
    assert result.gross == result.participant == int(exact + Fraction(1, 2))
    assert (result.supported_months, result.state_percent) == (0, Decimal(0))


@pytest.mark.parametrize(
    ("paid_on", "months", "accepted"),
    [
        ("2025-06-30", 120, True),
        ("2025-06-30", 121, False),
        ("2025-07-01", 60, True),
        ("2025-07-01", 61, False),
        ("2025-07-01", 1, True),
        ("2025-07-01", 0, False),
        ("2025-06-30", -1, False),
    ],
)
def test_missing_months_have_a_limit(
    law_table: ParameterTable, paid_on: str, months: int, accepted: bool
) -> None:
    request = asked(paid_on, method="MISS", months=months, monthly_rate=Decimal("0.003"))
    if accepted:
        assert quote(law_table, request).months == months
    else:
        assert refusal_of(law_table, request).field == "months"


@pytest.mark.parametrize("paid_on", ["2023-05-10", "2025-05-10", "2027-01-04"])
@pytest.mark.parametrize("method", ["ADV", "MISS"])
def test_no_rate_for_the_year_is_refused(
    law_table: ParameterTable, method: str, paid_on: str
) -> None:
    refusal = refusal_of(law_table, asked(paid_on, method=method, months=24))
    assert refusal.field == "monthly_rate"
    assert paid_on[:4] in refusal.message and "Lãi suất" in refusal.message


def test_given_rate_goes_before_the_table(law_table: ParameterTable) -> None:
    request = asked("2026-01-05", method="ADV", months=24, monthly_rate=Decimal(0))
    assert quote(law_table, request).gross == 330_000 * 24


def test_years_ahead_may_not_begin_in_the_past(law_table: ParameterTable) -> None:
    assert (
        refusal_of(law_table, asked("2026-02-01", method="ADV", first="2026-01", months=24)).field
        == "from_month"
    )


def test_local_support_from_the_dated_table(law_rows: list[Parameter]) -> None:
    local = [
        Parameter(
            "local_support_pct.poor", Decimal(30), date(2026, 1, 1), None, "Nghị quyết", "high"
        ),
        Parameter(
            "local_support_pct.other", Decimal("12.5"), date(2026, 1, 1), None, "Nghị quyết", "high"
        ),
    ]
    table = ParameterTable([*law_rows, *local])
    assert quote(table, asked("2025-12-31", groups=("poor",))).local_support == 0
    assert quote(table, asked("2026-01-01", groups=("poor",))).local_support == 99_000
    island = quote(table, asked("2026-01-01", method="12", groups=("island",)))
    assert island.local_support == 495_000
    assert island.participant == 3_960_000 - 1_980_000 - 495_000


def test_support_never_passes_the_gross(law_table: ParameterTable) -> None:
    result = quote(law_table, asked("2026-03-10", groups=("poor",), local_percent=Decimal(80)))
    assert (result.state_support, result.local_support, result.participant) == (165_000, 165_000, 0)
    assert any("99.000 đ" in one for one in result.warnings)


def test_other_support_lowers_the_participants_share_and_no_further(
    law_table: ParameterTable,
) -> None:
    result = quote(law_table, asked("2026-03-10", other_support=264_000))
    assert (result.other_support, result.participant) == (264_000, 0)
    refusal = refusal_of(law_table, asked("2026-03-10", other_support=264_001))
    assert refusal.field == "other_support"
    assert "264.001 đ" in refusal.message and "264.000 đ" in refusal.message


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (asked("2026-03-10", method="2"), "method"),
        (asked("2026-03-10", method="12", months=6), "months"),
        (asked("2026-03-10", method="ADV"), "months"),
        (asked("2026-03-10", method="ADV", months=12), "months"),
        (asked("2026-03-10", method="ADV", months=72), "months"),
        (asked("2026-03-10", method="MISS"), "months"),
        (asked("2026-03-10", groups=("other", "rich")), "groups"),
        (asked("2026-03-10", prior_supported_months=-1), "months"),
        (asked("2026-03-10", other_support=-1), "other_support"),
        (asked("2026-03-10", local_percent=Decimal(101)), "local_percent"),
        (
            asked("2026-03-10", method="ADV", months=24, monthly_rate=Decimal("0.31")),
            "monthly_rate",
        ),
        (
            asked("2026-03-10", method="ADV", months=24, monthly_rate=Decimal("-0.001")),
            "monthly_rate",
        ),
        (
            asked("2026-03-10", method="MISS", months=24, monthly_rate=Decimal("NaN")),
            "monthly_rate",
        ),
        (asked("2015-12-31", 700_000), "paid_on"),
        (asked("2026-03-10", 10**5000), "income"),
        (asked("2026-03-10", -5), "income"),
    ],
)
def test_what_is_refused(
    law_table: ParameterTable, request_: ContributionRequest, field: str
) -> None:
    assert refusal_of(law_table, request_).field == field


@pytest.mark.parametrize(
    ("confidence", "warned"), [("high", False), ("medium", True), ("low", True)]
)
def test_values_that_nobody_confirmed_are_named(
    law_rows: list[Parameter], confidence: str, warned: bool
) -> None:
    line = Parameter(
        "rural_poverty_line", Decimal(2_200_000), date(2027, 1, 1), None, "dự thảo", confidence
    )
    result = quote(ParameterTable([*law_rows, line]), asked("2027-01-01", 2_200_000))
    assert result.min_income == 2_200_000
    assert any("Chuẩn nghèo nông thôn" in one for one in result.warnings) == warned


def test_steps_show_the_figures_and_their_documents(law_table: ParameterTable) -> None:
    result = quote(
        law_table,
        asked("2026-03-02", 2_000_000, "12", other_support=10_000, local_percent=Decimal(10)),
    )
    assert [(step.label, step.amount, step.source) for step in result.steps] == [
        ("Mức thu nhập chọn đóng", 2_000_000, ""),
        ("Mức thấp nhất: chuẩn nghèo nông thôn", 1_500_000, "văn bản của rural_poverty_line"),
        (
            "Mức cao nhất: 20 × 2.340.000 đ",
            46_800_000,
            "văn bản của base_salary_or_reference_level",
        ),
        (
            "Số tiền phải đóng: 22 % × 2.000.000 đ × 12 tháng",
            5_280_000,
            "văn bản của contribution_rate",
        ),
        (
            "NSNN hỗ trợ: 20 % × 22 % × 1.500.000 đ × 12 tháng, đối tượng khác",
            792_000,
            "văn bản của state_support_pct.other",
        ),
        ("NSĐP hỗ trợ: 10 % × 22 % × 1.500.000 đ × 12 tháng", 396_000, "Số liệu nhập khi tính"),
        ("Hỗ trợ khác ghi trên biên lai", 10_000, ""),
        ("Người tham gia đóng", 4_082_000, ""),
        (
            "Nộp chậm nhất ngày 30/09/2026",
            None,
            "Luật Bảo hiểm xã hội 41/2024/QH15, Điều 36 (12 tháng một lần)",
        ),
        (
            "Cách hiểu áp dụng: Nộp trong hạn sau khi tham số thay đổi: theo tham số của ngày "
            "nộp cho cả kỳ",
            None,
            "",
        ),
    ]


@pytest.mark.parametrize(
    ("method", "first", "words", "source"),
    [
        ("ADV", "", "chiết khấu 0,31 % mỗi tháng", "Nghị định 159/2025/NĐ-CP, Điều 6; văn bản của"),
        (
            "MISS",
            "2020-01",
            "lãi gộp 0,31 % mỗi tháng",
            "Nghị định 159/2025/NĐ-CP, Điều 7; văn bản của",
        ),
    ],
)
def test_steps_name_the_rate_of_the_fund(
    law_table: ParameterTable, method: str, first: str, words: str, source: str
) -> None:
    result = quote(law_table, asked("2026-03-02", method=method, first=first, months=24))
    step = next(step for step in result.steps if step.amount == result.gross)
    assert words in step.label and step.source.startswith(source)


def test_quotes_do_not_depend_on_the_callers_decimal_context(law_table: ParameterTable) -> None:
    request = asked("2026-01-05", 2_000_000, "ADV", months=24)
    with localcontext(prec=4):
        assert quote(law_table, request).gross == 10_193_069


def test_local_support_is_not_bound_to_the_120_months_of_the_state(
    law_table: ParameterTable,
) -> None:
    request = asked(
        "2026-03-10", method="12", prior_supported_months=120, local_percent=Decimal(10)
    )
    result = quote(law_table, request)
    assert (result.state_support, result.local_support) == (0, 33_000 * 12)


def test_an_unconfirmed_percentage_is_named_only_where_it_is_granted(
    law_rows: list[Parameter],
) -> None:
    row = Parameter(
        "state_support_pct.other", Decimal(25), date(2027, 1, 1), None, "dự thảo", "low"
    )
    table = ParameterTable([*law_rows, row])
    assert any("Tỷ lệ NSNN hỗ trợ" in one for one in quote(table, asked("2027-01-01")).warnings)
    spent = quote(table, asked("2027-01-01", prior_supported_months=120))
    assert not any("Tỷ lệ NSNN hỗ trợ" in one for one in spent.warnings)


def test_no_income_above_the_ceiling_is_suggested(law_rows: list[Parameter]) -> None:
    base = Parameter(
        "base_salary_or_reference_level", Decimal(1_801_000), date(2023, 8, 1), None, "", "high"
    )
    refusal = refusal_of(ParameterTable([*law_rows, base]), asked("2023-08-01", 36_010_000))
    assert refusal.message.endswith("hãy chọn 36.000.000 đ.")
