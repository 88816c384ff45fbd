"""Forecasts of year-ends, back-cast over the years of the campaign: asked in June and September,
they nearly hit.
"""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from agents.models import Metric
from enrollment.demonstration import Campaign
from reports.progress.pace import CLOSE
from tests.bench.forecast import FIRST, LAST, Levels, error, in_use
from tests.enrollment.demonstration.test_campaign_figures import active_months
from thaithuy_bhxh.months import Month

YEARS = range(FIRST, LAST + 1)
BOUND = (100 - CLOSE) / 2
"""Per cent: half the way from “Hơi chậm” to “Chậm”. A forecast that errs more could not tell one
from the other.
"""


@pytest.fixture(scope="module")
def levels(campaign: Campaign) -> dict[str, Levels]:
    """Each year's figures from January to the end of each month, counted from the lists
    themselves.
    """
    standing = Counter(month for months in active_months(campaign).values() for month in months)
    new = {batch.month: len(batch.newcomers) for batch in campaign.months}
    money = {batch.month: batch.participants_money for batch in campaign.months}
    told: dict[str, Levels] = {
        Metric.ACTIVE: {(m.year, m.month): standing[m] for m in new},
        Metric.NEW: {(m.year, m.month): _since_january(new, m) for m in new},
        Metric.COLLECTED: {(m.year, m.month): _since_january(money, m) for m in new},
    }
    return told


def _since_january(monthly: dict[Month, int], month: Month) -> int:
    return sum(monthly.get(Month(month.year, n), 0) for n in range(1, month.month + 1))


@pytest.mark.parametrize("metric", Metric.values)
@pytest.mark.parametrize("month", [6, 9])
def test_half_of_the_years_are_foretold_within_half_a_word(
    levels: dict[str, Levels], metric: str, month: int
) -> None:
    errors = [error(levels[metric], metric, year, month, in_use(metric)) for year in YEARS]
    assert median(errors) < BOUND


@pytest.mark.parametrize("metric", Metric.values)
def test_the_nearer_december_the_nearer_the_forecast(
    levels: dict[str, Levels], metric: str
) -> None:
    mean = {
        month: sum(error(levels[metric], metric, year, month, in_use(metric)) for year in YEARS)
        for month in (3, 11)
    }
    assert mean[11] < mean[3]
