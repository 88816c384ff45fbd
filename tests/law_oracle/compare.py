"""Random cases put to the engine and to the second reading of the law; where they differ is
printed.

``python -m tests.law_oracle.compare [cases] [seed]`` from the project's root.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from enrollment.law import (
    ContributionRequest,
    IncomePeriod,
    LawRefused,
    ParameterTable,
    PensionRequest,
    Readings,
    RefundRequest,
    average_income,
    next_period,
    parameters_from_policy,
    pension,
    quote,
    reaches_age,
    refund,
    replay,
)
from enrollment.law.benefits import Benefit, History, funeral, maternity, one_off, survivors
from tests.law_oracle import oracle
from thaithuy_bhxh.months import Month

SHIPPED = Path(__file__).resolve().parents[2] / "enrollment" / "reference" / "policy.json"
EDGES = [
    date(*ymd)
    for ymd in (
        (2016, 5, 1),
        (2017, 7, 1),
        (2018, 1, 1),
        (2018, 7, 1),
        (2019, 7, 1),
        (2020, 2, 29),
        (2021, 1, 1),
        (2022, 1, 1),
        (2023, 7, 1),
        (2024, 2, 29),
        (2024, 7, 1),
        (2025, 7, 1),
        (2026, 1, 1),
        (2026, 7, 1),
        (2027, 1, 1),
    )
]
CHOICES = {
    "paid_after_change": ["at_payment", "month_by_month", "as_registered"],
    "miss_support": ["no", "yes"],
    "back_payment": ["refused", "allowed"],
    "off_step": ["warn", "refuse"],
    "miss_counts_toward_120": ["no", "yes"],
}
GROUPS = ["poor", "near_poor", "ethnic_minority", "island", "other"]
REFUSED = "refused"


def shipped_table() -> ParameterTable:
    return ParameterTable(parameters_from_policy(json.loads(SHIPPED.read_text(encoding="utf-8"))))


def a_day(rng: random.Random) -> date:
    if rng.random() < 0.5:
        return rng.choice(EDGES) + timedelta(
            days=rng.choice([-31, -1, 0, 1, 30, rng.randint(-200, 200)])
        )
    return date(2016, 1, 1) + timedelta(days=rng.randint(0, 4400))


def an_income(rng: random.Random, day: date) -> int:
    low = 700_000 if day < date(2022, 1, 1) else 1_500_000
    top = 20 * oracle.need("base_salary_or_reference_level", max(day, date(2016, 5, 1)))
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(
            [low, low - 50_000, low + 50_000, top, top + 1, top - 50_000, 700_000, 1_500_000]
        )
    income = low + 50_000 * rng.randint(0, (top - low) // 50_000)
    return income + (rng.randint(1, 49_999) if kind > 0.9 else 0)


def pair(day_or_month: Any) -> tuple[int, int]:
    return (day_or_month.year, day_or_month.month)


def rate_of(rng: random.Random) -> str | None:
    return rng.choice([None, "0.0031", "0.00363", "0", f"0.{rng.randint(0, 2000):05d}"])


def contribution_case(rng: random.Random) -> dict[str, Any]:
    method, day = rng.choice(["1", "3", "6", "12", "ADV", "MISS"]), a_day(rng)
    back = rng.random() < 0.1
    first = Month.of(day) + (
        rng.randint(-14, -1) if back else rng.choice([0, 0, 0, -1, -2, -3, -4, -6, -7, 1, 5])
    )
    case: dict[str, Any] = {
        "method": method,
        "income": an_income(rng, day),
        "from_month": first,
        "paid_on": day,
        "months": None,
        "groups": rng.sample(GROUPS, rng.randint(1, 3)),
        "prior_supported_months": rng.choice([0, 0, 100, 115, 119, 120, 130]),
        "monthly_rate": rate_of(rng),
        "local_percent": rng.choice([None, None, "10", "12.5", "100"]),
        "other_support": rng.choice([0, 0, 0, 30_000, 500_000]),
        "back_payment": back,
    }
    if method == "ADV":
        case["months"] = rng.choice([24, 36, 48, 60, 60, 12, 72])
    if method == "MISS":
        case["months"] = rng.choice([rng.randint(1, 60), 60, 61, 120, 121, 0])
        if rng.random() < 0.5:
            case["sex"] = rng.choice(["male", "female"])
            case["birth_date"] = date(
                day.year - rng.randint(54, 63), rng.randint(1, 12), rng.randint(1, 28)
            )
        if rng.random() < 0.3:
            case["months_paid"] = rng.randint(100, 240)
    return case


def both_contributions(
    table: ParameterTable, case: dict[str, Any], choice: dict[str, str]
) -> tuple[Any, Any]:
    rate, local = case["monthly_rate"], case["local_percent"]
    asked = ContributionRequest(
        **{
            **case,
            "groups": tuple(case["groups"]),
            "monthly_rate": None if rate is None else Decimal(rate),
            "local_percent": None if local is None else Decimal(local),
        }
    )
    try:
        found = quote(table, asked, Readings(**choice))
        first = {
            name: getattr(found, name)
            for name in (
                "gross",
                "state_support",
                "local_support",
                "participant",
                "supported_months",
                "counted_months",
                "min_income",
                "max_income",
            )
        }
        if not case["back_payment"]:
            first["last_day"] = found.last_day
        again = replay([step.as_dict() for step in found.steps])
        assert again["gross"] == found.gross and again["participant"] == found.participant
    except LawRefused:
        first = REFUSED
    try:
        second = oracle.contribution({**case, "from_month": pair(case["from_month"])}, choice)
        if case["back_payment"]:
            second.pop("last_day")
    except oracle.No:
        second = REFUSED
    return first, second


def both_refunds(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    day, method = a_day(rng), rng.choice(["1", "3", "6", "12", "ADV", "ADV", "MISS"])
    months = rng.choice([24, 36, 48, 60]) if method == "ADV" else None
    income, left = an_income(rng, day), rng.randint(0, months or 12)
    low = oracle.find("rural_poverty_line", day) or 700_000
    percent = oracle.percent_on(["other"], day) or 0
    removed = int(Fraction(22 * percent * low * left, 10_000)) if method == "ADV" else None
    case = {
        "method": method,
        "income": income,
        "remaining": left,
        "months": months,
        "paid_on": day,
        "groups": rng.sample(GROUPS, 2),
        "state_support_removed": removed,
        "monthly_rate": rate_of(rng),
    }
    rate = case["monthly_rate"]
    asked = RefundRequest(
        **{
            **case,
            "groups": tuple(case["groups"]),
            "monthly_rate": None if rate is None else Decimal(rate),
        }
    )
    try:
        found = refund(table, asked)
        first: Any = {"refund": found.refund, "returned_to_budget": found.returned_to_budget}
    except LawRefused:
        first = REFUSED
    try:
        oracle.check_income(income, day, "warn")
        second: Any = oracle.refund(case)
    except oracle.No:
        second = REFUSED
    return case, first, second


def both_pensions(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    when = date(rng.randint(2018, 2040), rng.randint(1, 12), rng.randint(1, 28))
    case: dict[str, Any] = {
        "sex": rng.choice(["male", "female"]),
        "months": rng.choice([179, 180, 239, 240, rng.randint(0, 500)]),
        "average_income": rng.randint(0, 30_000_000),
        "retires_on": when,
    }
    if rng.random() < 0.5:
        case["birth_date"] = date(
            when.year - rng.randint(54, 63), rng.randint(1, 12), rng.randint(1, 31 - 3)
        )
    found = pension(table, PensionRequest(**case))
    first: dict[str, Any] = {"eligible": found.eligible}
    if found.eligible:
        first |= {"rate_percent": Fraction(found.rate_percent), "pension": found.pension}
    return case, first, oracle.pension(case)


def both_averages(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    year = rng.randint(2024, 2030)
    periods = [
        (
            (rng.randint(2007, 2030), rng.randint(1, 12)),
            rng.randint(0, 60),
            rng.randint(700, 20_000) * 1000,
        )
        for _ in range(rng.randint(1, 4))
    ]
    asked = [IncomePeriod(Month(*start), months, income) for start, months, income in periods]
    try:
        first: Any = average_income(table, asked, date(year, 5, 1)).average
    except LawRefused:
        first = REFUSED
    try:
        second: Any = oracle.average_income(periods, year)
    except oracle.No:
        second = REFUSED
    return (year, periods), first, second


def both_ages(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    born, sex = (
        date(1958, 1, 1) + timedelta(days=rng.randint(0, 22_000)),
        rng.choice(["male", "female"]),
    )
    return (born, sex), reaches_age(table, born, sex), oracle.reaches_age(born, sex)


def both_renewals(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    covered, method = (
        Month(rng.randint(2016, 2040), rng.randint(1, 12)),
        rng.choice(["1", "3", "6", "12", "ADV", "MISS"]),
    )
    try:
        found = next_period(table, covered, method)
        first: Any = {"next_from": pair(found.next_from), "last_day": found.last_day}
    except LawRefused:
        first = REFUSED
    try:
        second: Any = oracle.renewal(pair(covered), method)
    except oracle.No:
        second = REFUSED
    return (covered, method), first, second


def both_benefits(table: ParameterTable, rng: random.Random) -> tuple[Any, Any, Any]:
    """Funeral, maternity, one-off and survivors' lump; income of 2026 and later, whose coefficients
    are 1.
    """
    day = date(2025, 7, 1) + timedelta(days=rng.randint(0, 2000))
    months, income = (
        rng.choice([12, 59, 60, 61, rng.randint(12, 300)]),
        rng.randint(1_500, 30_000) * 1000,
    )
    children, support, paid = rng.randint(1, 4), rng.randint(0, 9) * 100_000, rng.randint(0, 10**8)
    history, periods = History(months, income), [((2026, 1), months, income)]
    first = [
        _amount(lambda: funeral(table, on=day, months=months)),
        maternity(table, on=day, children=children, months_in_window=6).amount,
        one_off(table, history, on=day, state_support=support).amount,
        survivors(table, history, on=day, money_paid=paid).amount,
    ]
    second = [
        oracle.funeral(months, day),
        oracle.maternity(children, day),
        oracle.one_off(periods, 2026, support),
        oracle.survivors_lump(periods, 2026, paid),
    ]
    return (day, months, income, children, support, paid), first, second


def _amount(benefit: Callable[[], Benefit]) -> int:
    """The engine refuses what the second reading calls nothing."""
    try:
        return benefit().amount
    except LawRefused:
        return 0


OTHERS = (
    both_benefits,
    both_refunds,
    both_refunds,
    both_pensions,
    both_averages,
    both_ages,
    both_renewals,
)


def compare(cases: int, seed: int) -> tuple[Counter[str], list[Any]]:
    """How many cases of each kind came out (``refused`` apart), and those on which the two readings
    differ.
    """
    rng, table = random.Random(seed), shipped_table()
    counts: Counter[str] = Counter()
    different: list[Any] = []
    for _ in range(cases):
        if rng.random() < 0.6:
            asked = contribution_case(rng)
            choice = (
                {name: rng.choice(all_) for name, all_ in CHOICES.items()}
                if rng.random() < 0.6
                else oracle.READINGS
            )
            first, second = both_contributions(table, asked, choice)
            name, case = "both_contributions", (asked, choice)
        else:
            both = rng.choice(OTHERS)
            name = both.__name__
            case, first, second = both(table, rng)
        counts[name + (" refused" if first == REFUSED else "")] += 1
        if first != second:
            different.append((name, case, first, second))
    return counts, different


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 2026
    start = time.perf_counter()
    counts, different = compare(cases, seed)
    for name, count in sorted(counts.items()):
        print(f"{count:>8}  {name}")
    for one in different[:10]:
        print("DIFFERENT", *one, sep="\n   ")
    print(
        f"{cases} cases, seed {seed}, {len(different)} differences, "
        f"{time.perf_counter() - start:.0f} s"
    )
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
