"""A second, slow reading of domain.md section 4, in fractions and plain loops; nothing here imports the engine.

Every table is typed in again from the office's policy file, so that a slip in the shipped reference is seen as well.
Dates are ``datetime.date``, months are ``(year, month)`` pairs, amounts are đồng. ``No`` = the law refuses.
"""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction as F
from math import floor

READINGS = {"paid_after_change": "at_payment", "miss_support": "no", "back_payment": "refused", "off_step": "warn",
            "miss_counts_toward_120": "no"}  # fmt: skip

LINE = [(date(2016, 1, 1), 700_000), (date(2022, 1, 1), 1_500_000)]
BASE = [
    (date(2013, 7, 1), 1_150_000),
    (date(2016, 5, 1), 1_210_000),
    (date(2017, 7, 1), 1_300_000),
    (date(2018, 7, 1), 1_390_000),
    (date(2019, 7, 1), 1_490_000),
    (date(2023, 7, 1), 1_800_000),
    (date(2024, 7, 1), 2_340_000),
    (date(2026, 7, 1), 2_530_000),
]
OLD_PERCENT = {"poor": 30, "near_poor": 25, "other": 10}
NEW_PERCENT = {"poor": 50, "island": 50, "near_poor": 40, "ethnic_minority": 30, "other": 20}
NEW_LAW = date(2025, 7, 1)
INVESTMENT = {2026: F(31, 10_000)}
_FROM_2008_IN_2025 = "2.21 2.07 1.9 1.6 1.47 1.37 1.32 1.31 1.28 1.23 1.19 1.16 1.12 1.1 1.07 1.04 1 1"
_FROM_2008_IN_2026 = "2.29 2.14 1.96 1.65 1.51 1.42 1.36 1.36 1.32 1.28 1.23 1.2 1.16 1.14 1.11 1.07 1.03 1 1"
CPI = {
    2025: dict(zip(range(2008, 2026), _FROM_2008_IN_2025.split(), strict=True)),
    2026: dict(zip(range(2008, 2027), _FROM_2008_IN_2026.split(), strict=True)),
}  # fmt: skip


class No(Exception):
    """Refused."""


def half_up(x):
    return floor(F(x) + F(1, 2))


def value(rows, day):
    found = None
    for since, amount in rows:
        if since <= day:
            found = amount
    if found is None:
        raise No("unknown parameter")
    return found


def end_of(ym):
    return date(ym[0], ym[1], calendar.monthrange(*ym)[1])


def later(ym, n):
    y, m = ym
    while n > 0:
        m += 1
        n -= 1
        if m == 13:
            y, m = y + 1, 1
    while n < 0:
        m -= 1
        n += 1
        if m == 0:
            y, m = y - 1, 12
    return (y, m)


def percent(day, groups):
    if day < date(2018, 1, 1):
        return 0
    table = OLD_PERCENT if day < NEW_LAW else NEW_PERCENT
    best = table["other"]
    for g in groups:
        if g in table and table[g] > best:
            best = table[g]
    return best


def window_end(method, first, paid):
    if method in ("ADV", "MISS"):
        return paid
    months_allowed = {"1": 1, "3": 3, "6": 4, "12": 7}[method]
    return end_of(later(first, months_allowed - 1))


def month_days(method, first, n, paid, reading):
    """The day whose parameters hold for each month of the payment."""
    days = []
    for i in range(n):
        if method in ("ADV", "MISS") or reading == "at_payment":
            days.append(paid)
        elif reading == "as_registered":
            days.append(min(date(first[0], first[1], 1), paid))
        else:
            days.append(min(end_of(later(first, i)), paid))
    return days


def how_many(method, months, paid):
    if method in ("1", "3", "6", "12"):
        if months is not None and months != int(method):
            raise No("months")
        return int(method)
    if months is None:
        raise No("months")
    if method == "ADV" and months not in (24, 36, 48, 60):
        raise No("months")
    if method == "MISS" and not 1 <= months <= (60 if paid >= NEW_LAW else 120):
        raise No("months")
    return months


def interest(rate, paid):
    if rate is not None:
        return F(rate)
    if paid.year not in INVESTMENT:
        raise No("no rate for the year")
    return INVESTMENT[paid.year]


def contribution(q, readings=READINGS):
    method, income, first, paid = q["method"], q["income"], q["from_month"], q["paid_on"]
    groups, prior = q.get("groups", ["other"]), q.get("prior_supported_months", 0)
    n = how_many(method, q.get("months"), paid)
    if method == "MISS" and q.get("birth_date"):
        y, m = reaches_age(q["birth_date"], q["sex"]).timetuple()[:2]
        if (paid.year, paid.month) < later((y, m), -1):
            raise No("too young")
    missing = (180 if paid >= NEW_LAW else 240) - (q.get("months_paid") or 0)
    if method == "MISS" and q.get("months_paid") is not None and n > missing:
        raise No("more than what is missing")
    back = bool(q.get("back_payment"))
    end = window_end(method, first, paid)
    if method == "ADV" and end_of(first) < paid:
        raise No("months that have gone cannot be paid ahead")
    if back and (method not in ("1", "3", "6", "12") or paid <= end):
        raise No("not late")
    if back and end_of(later(first, n - 1)) >= paid:
        raise No("back payment is of months that have gone")
    if back and paid >= NEW_LAW and readings["back_payment"] != "allowed":
        raise No("back payment")
    if not back and paid > end:
        raise No("late")
    days = [paid] * n if back else month_days(method, first, n, paid, readings["paid_after_change"])
    bound_day = days[0] if readings["paid_after_change"] == "as_registered" else paid
    low, high = value(LINE, bound_day), 20 * value(BASE, bound_day)
    if not low <= income <= high:
        raise No("income")
    off = (income - low) % 50_000 != 0
    if off and (bound_day < NEW_LAW or readings["off_step"] == "refuse"):
        raise No("step")
    gross = F(0)
    one = F(22, 100) * income
    if method == "ADV":
        r = interest(q.get("monthly_rate"), paid)
        for i in range(1, n + 1):
            gross += one / (1 + r) ** (i - 1)
    elif method == "MISS" or back:
        r = interest(q.get("monthly_rate"), paid)
        for i in range(1, n + 1):
            gross += one * (1 + r) ** i
    else:
        for _ in range(n):
            gross += one
    gross = half_up(gross)
    state, local, given = F(0), F(0), 0
    local_percent = F(q.get("local_percent") or 0)
    for d in days:
        p = percent(d, groups)
        wanted = p > 0 and given < 120 - prior
        if method == "MISS" and readings["miss_support"] == "no":
            wanted = False
        if wanted:
            given += 1
            state += F(p, 100) * F(22, 100) * value(LINE, d)
        local += local_percent / 100 * F(22, 100) * value(LINE, d)
    state = min(half_up(state), gross)
    local = min(half_up(local), gross - state)
    other = q.get("other_support", 0)
    if other > gross - state - local:
        raise No("other support")
    counted = given
    if method == "MISS":
        counted = min(n, 120 - prior) if readings["miss_counts_toward_120"] == "yes" and paid.year >= 2018 else 0
    return {
        "gross": gross,
        "state_support": state,
        "local_support": local,
        "participant": gross - state - local - other,
        "supported_months": given,
        "counted_months": max(counted, 0),
        "min_income": low,
        "max_income": high,
        "last_day": end,
        "off_step": off,
    }


def refund(q, readings=READINGS):
    method, income, left = q["method"], q["income"], q["remaining"]
    one = F(22, 100) * income
    if method == "ADV":
        n = q["months"]
        if n not in (24, 36, 48, 60) or not 0 <= left <= n:
            raise No("months")
        r = interest(q.get("monthly_rate"), q["paid_on"])
        total = F(0)
        for i in range(n - left + 1, n + 1):
            total += one / (1 + r) ** (i - 1)
        removed = q["state_support_removed"]
        total = half_up(total)
        if removed > total:
            raise No("support above the money")
        return {"refund": total - removed, "returned_to_budget": removed}
    if method not in ("3", "6", "12") or not 0 <= left <= int(method):
        raise No("months")
    paid = q["paid_on"]
    low, high = value(LINE, paid), 20 * value(BASE, paid)
    if not low <= income <= high or ((income - low) % 50_000 and (paid < NEW_LAW or readings["off_step"] == "refuse")):
        raise No("income")
    share = F(percent(paid, q["groups"]), 100) * F(22, 100) * low
    total = F(0)
    back = F(0)
    for _ in range(left):
        total += one
        back += share
    back = min(half_up(back), half_up(total))
    return {"refund": half_up(total) - back, "returned_to_budget": back}


def years_of(months):
    whole, odd = months // 12, months % 12
    if odd == 0:
        return F(whole)
    return whole + (F(1, 2) if odd <= 6 else F(1))


def pension(q):
    when, sex, months, average = q["retires_on"], q["sex"], q["months"], q["average_income"]
    if when < date(2018, 1, 1):
        raise No("no rate in the table")
    new = when >= NEW_LAW
    if q.get("birth_date") and reaches_age(q["birth_date"], sex) > when:
        return {"eligible": False}
    if months < (180 if new else 240):
        return {"eligible": False}
    years = years_of(months)
    if sex == "female":
        rate = 45 + 2 * (years - 15)
    elif new and years < 20:
        rate = 40 + (years - 15)
    else:
        start = 20 if new else {2018: 16, 2019: 17, 2020: 18, 2021: 19}.get(when.year, 20)
        rate = 45 + 2 * (years - start)
    rate = min(rate, F(75))
    return {"eligible": True, "rate_percent": rate, "pension": half_up(rate * average / 100)}


def age_in(year, sex):
    """Months of age at which one retires in that year (Labour Code: +3 months for men, +4 for women a year)."""
    if year < 2021:
        return 720 if sex == "male" else 660
    age = 723 if sex == "male" else 664
    for _ in range(2021, year):
        age += 3 if sex == "male" else 4
    return min(age, 744 if sex == "male" else 720)


def reaches_age(born, sex):
    """The first day on which the person has the age asked for in that day's own year."""
    year = born.year + 54
    while True:
        y, m = later((born.year, born.month), age_in(year, sex))
        if y <= year:
            return date(y, m, min(born.day, calendar.monthrange(y, m)[1]))
        year += 1


def average_income(periods, year):
    """Mean of income × coefficient; ``periods`` = [((year, month), months, income)]; future years 1."""
    if year < 2025:
        raise No("no coefficients")
    table = CPI[min(year, 2026)]
    total, count = F(0), 0
    for start, n, income in periods:
        ym = start
        for _ in range(n):
            if ym[0] < 2008:
                raise No("no coefficient")
            total += income * F(table.get(ym[0], "1"))
            count += 1
            ym = later(ym, 1)
    if count == 0:
        raise No("nothing paid")
    return half_up(total / count)


def renewal(covered_to, method):
    first = later(covered_to, 1)
    if method == "MISS":
        raise No("paid once")
    return {"next_from": first, "last_day": end_of(first) if method == "ADV" else window_end(method, first, None)}
