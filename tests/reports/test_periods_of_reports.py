"""Which months a report begins with, and what it says of months to come: one rule for all."""

from __future__ import annotations

import pytest

from agents.access import Scope
from reports.forms import GrowthForm, ReportForm
from reports.question import Asked
from reports.registry import REPORTS
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

pytestmark = pytest.mark.django_db
FOLLOWED_TODAY = {"targets", "progress"}
"""Reports of the running year, which begin with the running month."""


def asked_until(code: str, last: Month) -> Asked:
    choices = REPORTS[code].choices
    by, metric = choices.get("by", ("commune",))[0], choices.get("metric", ("",))[0]
    return Asked(Month(last.year, 1), last, by, "as_of", "grace", metric)


def said_of_what_is_to_come(code: str, last: Month) -> list[str]:
    table = REPORTS[code].build(Scope(everything=True), asked_until(code, last))
    return [note for note in table.notes if "tháng chưa tới" in note]


@pytest.mark.parametrize("code", REPORTS)
def test_every_report_says_that_months_are_to_come(cast: Cast, code: str):
    following = this_month() + 1
    (said,) = said_of_what_is_to_come(code, following)
    assert following.vi in said
    assert said_of_what_is_to_come(code, this_month()) == []


@pytest.mark.parametrize("code", REPORTS)
def test_every_report_begins_with_the_year_to_date(cast: Cast, code: str):
    report = REPORTS[code]
    form = GrowthForm({}, cast.manager) if code == "growth" else None
    form = form or ReportForm({}, cast.manager, report)
    assert form.is_valid(), form.errors
    last = this_month() if code in FOLLOWED_TODAY else this_month() - 1
    assert (form.asked.first, form.asked.last) == (Month(last.year, 1), last)
