"""A second, slow and plain reading of the law of voluntary social insurance.

Written only from the rules (docs/rules.md 4), the parameters, the worked examples and the shape of
a quote. Every amount is an exact Fraction until the one rounding (half up) on each total. The
decisions are in DECISIONS.md.
"""

import calendar
import json
import re
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

POLICY = Path(__file__).with_name("policy.json")

CHOICES = {  # the first is the default
    "paid_after_change": ("at_payment", "month_by_month", "as_registered"),
    "miss_support": ("no", "yes"),
    "back_payment": ("refused", "allowed"),
    "off_step": ("warn", "refuse"),
    "miss_counts_toward_120": ("no", "yes"),
}
READINGS = {name: choices[0] for name, choices in CHOICES.items()}
# Decision 1: what changes after the day of payment never changes a payment (True). False =
# INTERFACE.md to the letter.
NO_ADJUSTMENT_AFTER_PAYMENT = True

NEW_LAW = date(2025, 7, 1)
PERIOD_MONTHS = {"1": 1, "3": 3, "6": 6, "12": 12}
WINDOW_MONTHS = {
    "1": 1,
    "3": 3,
    "6": 4,
    "12": 7,
}  # money may come until the end of this month of the period
GROUPS = ("poor", "near_poor", "ethnic_minority", "island", "other")


class No(Exception):
    """Refused; the text says why."""


@cache
def rows_of(path):
    return json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Fraction)["params"]


def find(key, day):
    """The value of a dated parameter on a day, or None. A row without a first day is never in
    force.
    """
    found = None
    for row in rows_of(POLICY):
        if row["key"] != key or row["valid_from"] is None:
            continue
        if not row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999-12-31"):
            continue
        if found is not None:
            raise No(f"two values of {key} on {day}")
        found = row["value"]
    return found


def need(key, day):
    value = find(key, day)
    if value is None:
        raise No(f"no {key} on {day}")
    return value


def half_up(amount):
    return floor(amount + Fraction(1, 2))


def next_month(month):
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)


def months_from(first, count):
    months = [first]
    while len(months) < count:
        months.append(next_month(months[-1]))
    return months[:count]


def end_of_month(month):
    return date(month[0], month[1], calendar.monthrange(*month)[1])


def month_of(day):
    return (day.year, day.month)


def window_end(first, method):
    return end_of_month(months_from(first, WINDOW_MONTHS[method])[-1])


def support_base(day):
    """22 % of the poverty line: what the state's and the province's percentages are taken of."""
    return Fraction(need("contribution_rate", day)) * need("rural_poverty_line", day)


def percent_on(groups, day):
    """The highest percentage of the groups on the day; None where the state supports nobody (before
    2018).
    """
    best = find("state_support_pct.other", day)
    for group in groups:
        if group not in GROUPS:
            raise No(f"unknown group {group}")
        name = "island_commune_or_special_zone" if group == "island" else group
        own = find(f"state_support_pct.{name}", day)
        if own is not None and own > best:
            best = own
    return None if best is None else Fraction(best)


def fund_rate(override, day):
    if override is None and day is None:
        raise No("no monthly rate and no day of payment")
    rate = Fraction(need("investment_rate_monthly", day) if override is None else override)
    if rate < 0:
        raise No("negative monthly rate")
    return rate


def check_income(income, day, off_step):
    low = need("rural_poverty_line", day)
    high = need("max_base_multiplier", day) * need("base_salary_or_reference_level", day)
    if income < low:
        raise No(f"income below the floor of {day}: {low}")
    if income > high:
        raise No(f"income above the ceiling of {day}: {high}")
    step = find("income_step", day) or (50000 if off_step == "refuse" else 1)
    if (income - low) % step != 0:
        raise No(f"income is not the floor plus a multiple of {step}")
    return low, high


def parameter_day(month, first, paid_on, reading):
    """The day by whose parameters one month of a payment is reckoned."""
    if reading == "at_payment":
        return paid_on
    day = date(*first, 1) if reading == "as_registered" else date(*month, 1)
    return min(day, paid_on) if NO_ADJUSTMENT_AFTER_PAYMENT else day


def years_ahead(q):
    if q.get("months") not in (24, 36, 48, 60):
        raise No("years ahead: 24, 36, 48 or 60 months")
    return q["months"]


def check_missing_months(q, count, paid_on):
    most = 60 if paid_on >= NEW_LAW else 120
    if count is None or count < 1 or count > most:
        raise No(f"missing months must be 1 to {most}")
    if q.get("months_paid") is not None:
        missing = need("pension.min_months", paid_on) - q["months_paid"]
        if missing <= 0:
            raise No("no months are missing")
        if (
            count > missing
        ):  # settled: fewer are lawful, because other offices may know of further months
            raise No(f"{missing} months are missing, not {count}")
    if q.get("birth_date") is not None and q.get("sex") is not None:
        reached = reaches_age(q["birth_date"], q["sex"])
        if next_month(month_of(paid_on)) < month_of(reached):
            raise No(f"too early: the pension age is reached on {reached}")


def contribution(q, readings=READINGS):
    office = {**READINGS, **readings}
    for name, value in office.items():
        if value not in CHOICES.get(name, ()):
            raise No(f"unknown reading {name}={value}")
    method, income, paid_on = q["method"], q["income"], q["paid_on"]
    first = q.get("from_month")
    late = False
    if method in PERIOD_MONTHS:
        count = PERIOD_MONTHS[method]
        if first is None:
            raise No("no first month")
        last_day = window_end(first, method)
        late = paid_on > last_day
        if late and not q.get("back_payment"):
            raise No(f"late: the last day was {last_day}")
        if not late and q.get("back_payment"):
            raise No("back-payment is for money whose window has closed")
        if late and paid_on >= NEW_LAW and office["back_payment"] == "refused":
            raise No("back-payment is refused since 2025-07-01")
    elif method == "ADV":
        count = years_ahead(q)
        if first is None or first < month_of(paid_on):
            raise No("years ahead begin in the month of payment or later")
        last_day = paid_on  # the day of registration
    elif method == "MISS":
        count = q.get("months")
        check_missing_months(q, count, paid_on)
        first = first or month_of(paid_on)
        last_day = paid_on  # the day of registration
    else:
        raise No(f"unknown method {method}")

    if q.get("back_payment") and method not in PERIOD_MONTHS:
        raise No("only months 1, 3, 6, 12 can be paid back")

    months = months_from(first, count)
    if late and months[-1] >= month_of(
        paid_on
    ):  # settled: months still to come are not made up for
        raise No("the period is not over yet")
    # Settled: the first reading is about money inside a window; floor and ceiling are those of the
    # day of payment.
    reading = office["paid_after_change"] if method in PERIOD_MONTHS and not late else "at_payment"
    days = [parameter_day(month, first, paid_on, reading) for month in months]
    bounds = days[0] if reading == "as_registered" else paid_on
    low, high = check_income(income, bounds, office["off_step"])

    # gross: each month's money, discounted (years ahead) or with compound interest (missing months,
    # back-payment)
    gross = Fraction(0)
    factor = Fraction(1)
    grows = method == "MISS" or late
    rate = fund_rate(q.get("monthly_rate"), paid_on) if grows or method == "ADV" else Fraction(0)
    for day in days:
        if grows:
            factor = factor * (1 + rate)
        gross += Fraction(need("contribution_rate", day)) * income * factor
        if method == "ADV":
            factor = factor / (1 + rate)

    # support: the first months of the period that have a percentage, while any of the 120 are left
    prior = q.get("prior_supported_months") or 0
    other_support = q.get("other_support") or 0
    local_percent = Fraction(q.get("local_percent") or 0)
    if prior < 0 or other_support < 0 or local_percent < 0:
        raise No("negative months or support")
    state = local = Fraction(0)
    supported = 0
    for day in days:
        local += (
            local_percent / 100 * support_base(day)
        )  # settled: the province's own months, whatever the state gives
        percent = percent_on(q.get("groups") or [], day)
        if percent is None or (method == "MISS" and office["miss_support"] == "no"):
            continue
        if prior + supported >= need("state_support_max_months", day):
            continue
        state += percent / 100 * support_base(day)
        supported += 1

    # Settled: no budget gives more than is left to pay.
    gross = half_up(gross)
    state = min(half_up(state), gross)
    local = min(half_up(local), gross - state)
    participant = gross - state - local - other_support
    if participant < 0:
        raise No("the supports exceed the contribution")
    counted = supported
    if method == "MISS":
        # Settled: the fifth reading counts the months of participation, supported or not, once
        # there is a support.
        counts = (
            office["miss_counts_toward_120"] == "yes"
            and percent_on(q.get("groups") or [], paid_on) is not None
        )
        counted = (
            min(count, max(0, need("state_support_max_months", paid_on) - prior)) if counts else 0
        )
    result = {
        "gross": gross,
        "state_support": state,
        "local_support": local,
        "participant": participant,
    }
    result |= {"supported_months": supported, "counted_months": counted, "last_day": last_day}
    return result | {"min_income": low, "max_income": high}


def refund(q):
    method, income, remaining, paid_on = q["method"], q["income"], q["remaining"], q.get("paid_on")
    if method in ("3", "6", "12"):
        count = PERIOD_MONTHS[method]
    elif method == "ADV":
        count = years_ahead(q)
    else:
        raise No(f"no refund for method {method}")
    if remaining < 0 or remaining > count:
        raise No(f"remaining months must be 0 to {count}")

    if method == "ADV" and q.get("state_support_removed") is not None:
        support = q["state_support_removed"]
    elif paid_on is None:
        raise No("no day of payment and no support to remove")
    else:
        percent = percent_on(q.get("groups") or [], paid_on) or 0
        support = half_up(
            sum(Fraction(percent, 100) * support_base(paid_on) for _ in range(remaining))
        )

    month_money = Fraction(need("contribution_rate", paid_on or NEW_LAW)) * income
    rate = fund_rate(q.get("monthly_rate"), paid_on) if method == "ADV" else Fraction(0)
    # Settled: the sum over the last months is rounded itself (docs/rules.md 4.4); what was used is
    # the rest.
    rest = sum(
        (month_money / (1 + rate) ** (i - 1) for i in range(count - remaining + 1, count + 1)),
        Fraction(0),
    )
    back = half_up(rest) - support
    if back < 0 or support < 0:
        raise No("the support to remove exceeds the money of the remaining months")
    return {"refund": back, "returned_to_budget": support}


def age_in_months(sex, year):
    """The pension age of a calendar year, walked up step by step from 2021; one step lower before
    2021.
    """
    table = need("retirement_age", date(max(year, 2021), 1, 1))[sex]
    years, months = map(int, re.findall(r"\d+", table["2021"]))
    age, step = years * 12 + months, int(re.findall(r"\d+", table["step"])[0])
    last = int(re.findall(r"\d+", table["final"])[0]) * 12
    if year < 2021:
        return age - step
    for _ in range(2021, year):
        age = min(age + step, last)
    return age


def reaches_age(born, sex):
    """The day on which the pension age is reached; the age is that of the year in which the person
    reaches it.
    """
    for year in range(born.year, born.year + 100):
        month = months_from(month_of(born), age_in_months(sex, year) + 1)[-1]
        day = date(month[0], month[1], min(born.day, end_of_month(month).day))
        if day.year <= year:
            return day
    raise No("the pension age is never reached")


def years_of(months):
    """Years with the odd months: 1 to 6 make half a year, 7 to 11 a year."""
    odd = months % 12
    extra = Fraction(0) if odd == 0 else Fraction(1, 2) if odd <= 6 else Fraction(1)
    return months // 12 + extra


def pension(q):
    sex, months, retires_on = q["sex"], q["months"], q["retires_on"]
    if sex not in ("male", "female"):
        raise No(f"unknown sex {sex}")
    new_law = retires_on >= NEW_LAW
    if sex == "male" and retires_on < date(2018, 1, 1):
        raise No("men who retire before 2018: no rule")
    if months < need("pension.min_months", retires_on):
        return {"eligible": False}
    if q.get("birth_date") is not None and retires_on < reaches_age(q["birth_date"], sex):
        return {"eligible": False}

    years = years_of(months)
    start_years, start_rate, step = Fraction(15), Fraction(45), Fraction(2)
    if sex == "female" and retires_on < date(2018, 1, 1):
        step = Fraction(3)
    elif sex == "male" and not new_law:
        start_years = {2018: 16, 2019: 17, 2020: 18, 2021: 19}.get(retires_on.year, 20)
    elif sex == "male" and years < 20:
        start_rate, step = Fraction(40), Fraction(1)
    elif sex == "male":
        start_years = Fraction(20)
    rate = min(start_rate + step * (years - start_years), Fraction(75))
    return {
        "eligible": True,
        "rate_percent": rate,
        "pension": half_up(rate / 100 * q["average_income"]),
    }


def exact_average(periods, year):
    """Mean of income x CPI coefficient; the tables are of 2025 and 2026, the latter serves every
    later year.
    """
    if year < 2025:
        raise No(f"no CPI coefficients for {year}")
    if year == 2025:
        table = need("cpi_coefficients_settlement_2025", date(2025, 1, 1))
    else:
        table = need("cpi_income_coefficients_settlement_2026", date(2026, 1, 1))
    total, count = Fraction(0), 0
    for first, number, income in periods:
        for month in months_from(first, number):
            if month[0] < 2008:
                raise No("no CPI coefficient before 2008")
            total += income * Fraction(table.get(str(month[0]), 1))
            count += 1
    if count == 0:
        raise No("no month was paid")
    return total / count


def average_income(periods, year):
    return half_up(exact_average(periods, year))


def renewal(covered_to, method):
    if method not in (*PERIOD_MONTHS, "ADV"):
        raise No(f"method {method} has no last day: it is paid on the day of registration")
    following = next_month(
        covered_to
    )  # settled: years ahead go on without a break when registered in the next month
    return {
        "next_from": following,
        "last_day": window_end(following, "1" if method == "ADV" else method),
    }


def lump(periods, year):
    """1.5 times the average per year before 2014 and 2 times per year from 2014 (exact)."""
    before = after = 0
    for first, number, _ in periods:
        for month in months_from(first, number):
            before, after = (before + 1, after) if month[0] < 2014 else (before, after + 1)
    if before % 12 != 0:
        raise No("the sources do not say where odd months before 2014 go")
    return exact_average(periods, year) * (Fraction(3, 2) * years_of(before) + 2 * years_of(after))


def one_off(periods, year, supported):
    """policy row benefit.one_off. `supported`: đồng of state support to take off (0 where the case
    does not).
    """
    amount = half_up(lump(periods, year)) - supported
    if supported < 0 or amount < 0:
        raise No("the state support to take off is negative or exceeds the one-off sum")
    return amount


def survivors_lump(periods, year, money_paid):
    """policy row benefit.survivor_lump. `money_paid`: đồng paid in all, given back when under 60
    months.
    """
    if sum(number for _, number, _ in periods) < 60:
        return money_paid
    return half_up(lump(periods, year))


def maternity(children, day):
    """policy row benefit.maternity, per child; the 6 paid months in the 12 before birth are the
    caller's to check.
    """
    if children < 1:
        raise No("no child")
    return children * need("benefit.maternity", day)


def funeral(months, day):
    """policy row benefit.funeral_multiplier: times the reference level of the day; 0 when under 60
    months paid.
    """
    amount = need("benefit.funeral_multiplier", day) * need("base_salary_or_reference_level", day)
    return amount if months >= 60 else 0
