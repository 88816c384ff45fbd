"""How generated people behave: what they pay, how, when they come again, and why they stop."""

from __future__ import annotations

from random import Random

from enrollment.demonstration.tariff import STEP
from thaithuy_bhxh.months import Month

_LINE_OF_2022 = Month(2022, 1)
_LAST_BEFORE = Month(2021, 12)
_LINE_IS_OLD_NEWS = Month(2023, 3)
_SUPPORT_OF_2025 = Month(2025, 7)
_NETWORK_SHARE = ((Month(2019, 1), 0.40), (Month(2025, 7), 0.52))

_DELAYS = {
    "12": ((-1, 15), (0, 36), (1, 20), (2, 11), (3, 7), (4, 5), (5, 3), (6, 3)),
    "6": ((-1, 15), (0, 42), (1, 22), (2, 13), (3, 8)),
    "3": ((-1, 10), (0, 52), (1, 25), (2, 13)),
    "1": ((0, 1),),
}
"""Months after the paid ones in which people come again, with their shares."""

_POSTPONED = {Month(2020, 4): 0.6, Month(2025, 4): 0.25, Month(2025, 5): 0.4, Month(2025, 6): 0.5}
"""Who would come stays away: social distancing; waiting for the higher support."""


def method(rng: Random, month: int) -> str:
    """Most people pay for a year; a few more in short steps at the beginning."""
    weights = (84, 11, 4, 1) if month >= Month(2018, 1) else (78, 14, 6.5, 1.5)
    return rng.choices(("12", "6", "3", "1"), weights)[0]


def wanted_income(rng: Random, month: int) -> int:
    """The income that a person has in mind, whatever the floor."""
    draw = rng.random()
    lifted = 500_000 if month >= _LINE_OF_2022 else 0
    if draw < 0.60:
        return 700_000 + lifted
    if draw < 0.84:
        return 700_000 + lifted + STEP * rng.randint(1, 8)
    if draw < 0.95:
        return 1_100_000 + lifted + STEP * rng.randint(0, 12)
    return 2_000_000 + lifted + 500_000 * rng.randint(0, 6)


def prefers_post_office(rng: Random, month: int) -> bool:
    share = next((share for before, share in _NETWORK_SHARE if month < before), 0.64)
    return rng.random() < share


def comes_again(rng: Random, how: str, paid_to: int) -> int | None:
    """The month in which the person means to pay next; ``None`` = does not mean to."""
    delays = _DELAYS[how]
    month = paid_to + 1 + rng.choices([d for d, _ in delays], [w for _, w in delays])[0]
    if rng.random() >= _gives_up(month, how):
        return month
    # Some of those whom the higher minimum would put off still pay in December 2021, at the old
    # one.
    return int(_LAST_BEFORE) if _hurries(rng, month, paid_to) else None


def _hurries(rng: Random, month: int, paid_to: int) -> bool:
    return month >= _LINE_OF_2022 and paid_to <= int(_LAST_BEFORE) and rng.random() < 0.2


def _gives_up(month: int, how: str) -> float:
    if month < Month(2017, 1):
        share = 0.05
    elif month < Month(2019, 1):
        share = 0.24
    elif month < _LINE_OF_2022:
        share = 0.10
    elif month < _LINE_IS_OLD_NEWS:
        share = 0.55
    elif month < _SUPPORT_OF_2025:
        share = 0.17
    else:
        share = 0.10
    return share * int(how) / 12


def stays_away(rng: Random, month: int) -> bool:
    """Whether somebody who meant to pay this month puts it off."""
    return rng.random() < _POSTPONED.get(Month.from_index(month), 0.0)


def retirement_year(sex: str, birth_year: int) -> int:
    """Year in which the person reaches the retirement age, by the path of the Labour Code to 62 and
    60.
    """
    age = 60 if sex == "male" else 55
    while birth_year + age >= 2021 and age < _age_in(sex, birth_year + age):
        age += 1
    return birth_year + age


def _age_in(sex: str, year: int) -> float:
    if sex == "male":
        return min(62.0, 60 + (year - 2020) * 0.25)
    return min(60.0, 55 + (year - 2020) / 3)


def stop_reason(rng: Random, sex: str, birth_year: int, year: int) -> str:
    if year >= retirement_year(sex, birth_year):
        return rng.choices(("retired", "one_off", "death"), (70, 20, 10))[0]
    if year - birth_year > 47:
        return rng.choices(
            ("death", "compulsory", "left_area", "one_off", "not_renewed"), (35, 25, 12, 20, 8)
        )[0]
    reasons = ("compulsory", "left_area", "one_off", "death", "error", "not_renewed")
    return rng.choices(reasons, (62, 14, 12, 4, 2, 6))[0]
