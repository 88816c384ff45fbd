"""The campaign comes to the published figures, counted here by a slow reading of docs/rules.md 4
and 5.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from datetime import date

import pytest

from enrollment.demonstration import Campaign, MonthBatch, simulate
from enrollment.importing.lines import ReceiptLine
from thaithuy_bhxh.months import Month, months_between

GRACE = {"1": 0, "3": 2, "6": 3, "12": 6}


def who(line: object) -> tuple[str | None, str | None]:
    return line.citizen_id, line.bhxh_no  # type: ignore[attr-defined]


def active_months(campaign: Campaign) -> dict[tuple[str | None, str | None], set[Month]]:
    """For every person the set of months in which some activity interval contains them."""
    voided = {
        void.number: Month.of(void.voided_on) for batch in campaign.months for void in batch.voids
    }
    stops = defaultdict(list)
    for batch in campaign.months:
        for stop in batch.stops():
            stops[who(stop)].append(stop.month)
    found: dict[tuple[str | None, str | None], set[Month]] = defaultdict(set)
    for batch in campaign.months:
        for line in batch.receipts():
            received = Month.of(line.received_on)
            last = line.from_month + (line.months - 1) + GRACE[line.method]
            ends = [last, *(stop - 1 for stop in stops[who(line)] if received <= stop)]
            if line.number in voided:
                ends.append(voided[line.number] - 1)
            found[who(line)].update(months_between(received, min(ends)))
    return found


def participants_money(line: ReceiptLine) -> int:
    """Section 4 for the years of the published comparison: line 700,000 đ, support 10, 25 and 30
    per cent.
    """
    assert date(2018, 1, 1) <= line.received_on <= date(2021, 12, 31)
    percent = {"poor": 30, "near_poor": 25}.get(line.group, 10)
    return line.chosen_income * 22 * line.months // 100 - 1_540 * percent * line.months


def collected(batches: list[MonthBatch]) -> int:
    assert not any(batch.voids for batch in batches)
    return sum(participants_money(line) for batch in batches for line in batch.receipts())


@pytest.fixture(scope="module")
def active(campaign: Campaign) -> Counter[Month]:
    return Counter(month for months in active_months(campaign).values() for month in months)


@pytest.fixture(scope="module")
def new(campaign: Campaign) -> Counter[Month]:
    return Counter(min(months) for months in active_months(campaign).values() if months)


def of_months(campaign: Campaign, *months: Month) -> list[MonthBatch]:
    return [batch for batch in campaign.months if batch.month in months]


@pytest.mark.parametrize(
    ("month", "least", "most"),
    [
        (Month(2017, 12), 1_750, 1_850),
        (Month(2018, 12), 1_700, 1_750),
        (Month(2021, 2), 4_301, 4_400),
    ],
)
def test_active_participants_are_as_published(
    active: Counter[Month], month: Month, least: int, most: int
) -> None:
    assert least <= active[month] <= most


@pytest.mark.parametrize(("year", "least", "most"), [(2019, 1_480, 1_520), (2020, 1_401, 1_450)])
def test_new_participants_are_as_published(
    new: Counter[Month], year: int, least: int, most: int
) -> None:
    assert least <= sum(new[Month(year, month)] for month in range(1, 13)) <= most


def test_money_of_early_2021_is_as_published(campaign: Campaign) -> None:
    before = collected(of_months(campaign, Month(2020, 1), Month(2020, 2)))
    after = collected(of_months(campaign, Month(2021, 1), Month(2021, 2)))
    assert 1_900_000_000 <= after <= 1_990_000_000
    assert 1.838 <= after / before <= 1.842


def test_the_poverty_line_of_2022_costs_members_and_the_support_of_2025_wins_them(
    active: Counter[Month],
) -> None:
    assert 0.70 <= active[Month(2022, 12)] / active[Month(2021, 12)] <= 0.75
    assert (
        active[Month(2022, 12)]
        < active[Month(2023, 12)]
        < active[Month(2024, 12)]
        < active[Month(2025, 6)]
    )
    assert 1.15 <= active[Month(2026, 6)] / active[Month(2025, 6)] <= 1.20


def test_people_join_by_the_season(new: Counter[Month]) -> None:
    campaign_years = (2019, 2020, 2023, 2024, 2026)
    spring = sum(new[Month(year, 3)] for year in campaign_years)
    harvest = sum(new[Month(year, 6)] for year in campaign_years)
    lunar_new_year = sum(new[Month(year, 2)] for year in campaign_years)
    assert harvest < 0.7 * spring
    assert lunar_new_year < 0.8 * spring
    assert new[Month(2025, 6)] * 3 < new[Month(2025, 7)]


def test_every_month_collects(campaign: Campaign) -> None:
    assert [batch.month for batch in campaign.months] == list(
        months_between(Month(2016, 1), Month(2026, 10))
    )
    assert all(batch.participants_money > 100_000_000 for batch in campaign.months)


def test_every_year_has_every_kind_of_fact(campaign: Campaign) -> None:
    months = active_months(campaign)
    returns = Counter(
        month.year
        for one in months.values()
        for month in one
        if month - 1 not in one and month != min(one)
    )
    for year in range(2016, 2027):
        batches = [batch for batch in campaign.months if batch.month.year == year]
        methods = {line.method for batch in batches for line in batch.receipts()}
        assert methods == {"1", "3", "6", "12"}
        assert returns[year] > 0
        for kind in ("voids", "corrections", "moves", "newcomers"):
            assert any(getattr(batch, kind) for batch in batches), (year, kind)
        assert any(True for batch in batches for _ in batch.stops())


def test_void_without_a_new_receipt_ends_participation(campaign: Campaign) -> None:
    reasons = {void.reason for batch in campaign.months for void in batch.voids}
    assert len(reasons) > 3
    corrected = sum(len(batch.corrections) for batch in campaign.months)
    assert corrected < sum(len(batch.voids) for batch in campaign.months)


def test_there_is_little_enough_to_load_in_time(campaign: Campaign) -> None:
    assert 35_000 <= campaign.counts()["receipts"] <= 45_000


def digest(campaign: Campaign) -> str:
    return hashlib.sha256(repr(campaign).encode()).hexdigest()


def test_same_seed_same_campaign_and_another_seed_another_one() -> None:
    last = Month(2018, 3)
    assert digest(simulate(last)) == digest(simulate(last))
    assert digest(simulate(last)) != digest(simulate(last, seed="another"))


def assert_continued(other: Campaign, campaign: Campaign, last_month: Month) -> None:
    """Both tell the months that they share alike, to the last detail."""
    assert other.months[-1].month == last_month
    shared = min(len(other.months), len(campaign.months))
    assert other.months[:shared] == campaign.months[:shared]
    assert len(other.months[-1].newcomers) > 10
    assert (
        other.targets == () or max(target.year for target in other.targets) == (last_month + 1).year
    )


@pytest.mark.parametrize("last_month", [Month(2017, 2), Month(2027, 3)])
def test_another_last_month_continues_or_cuts_the_same_campaign(
    campaign: Campaign, last_month: Month
) -> None:
    assert_continued(simulate(last_month), campaign, last_month)


def test_later_years_go_on_growing_slowly(campaign: Campaign) -> None:
    other = simulate(Month(2029, 12))
    assert_continued(other, campaign, Month(2029, 12))
    later = Counter(month for one in active_months(other).values() for month in one)
    assert 1.01 < later[Month(2028, 12)] / later[Month(2027, 12)] < 1.05
    assert 1.01 < later[Month(2029, 12)] / later[Month(2028, 12)] < 1.05


@pytest.mark.parametrize("seed", ["a", "b"])
def test_figures_do_not_hang_on_the_seed(seed: str) -> None:
    campaign = simulate(Month(2021, 2), seed=seed)
    active = Counter(month for one in active_months(campaign).values() for month in one)
    before = collected(of_months(campaign, Month(2020, 1), Month(2020, 2)))
    after = collected(of_months(campaign, Month(2021, 1), Month(2021, 2)))
    assert 1_750 <= active[Month(2017, 12)] <= 1_850
    assert 4_301 <= active[Month(2021, 2)] <= 4_400
    assert 1.838 <= after / before <= 1.842
