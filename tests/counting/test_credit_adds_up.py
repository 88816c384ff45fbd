"""Everybody active or new and every đồng is credited exactly once, in random ledgers with voids,
stops and moves.
"""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.access import Scope
from agents.models import CollectionAgent, Collector
from reports.definitions.targets import BY
from reports.progress.year_so_far import METRICS
from reports.question import Asked
from reports.registry import REPORTS
from tests.counting.ledgers import FIRST, Deed, Ledger, Stage, set_the_stage
from tests.counting.test_reports_against_slow_counter import lists_of_deeds, some_ledgers
from thaithuy_bhxh.months import Month

EVERYTHING = Scope(everything=True)
months = st.integers(0, 100).map(lambda at: Month.from_index(FIRST + at))


def rows(by: str, month: Month) -> list[dict[str, Any]]:
    asked = Asked(Month(month.year, 1), month, by, "as_of", "grace")
    return [dict(row.cells) for row in REPORTS["targets"].build(EVERYTHING, asked).rows]


class TestCredit(TestCase):
    """Each example starts from the stage and leaves nothing behind."""

    stage: ClassVar[Stage]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()

    @settings(some_ledgers, max_examples=3)
    @given(lists_of_deeds, st.lists(months, min_size=2, max_size=2, unique=True))
    def test_every_grouping_adds_up_to_the_district(
        self, deeds: list[Deed], asked: list[Month]
    ) -> None:
        Ledger(self.stage).play(deeds)
        agents = dict(Collector.objects.values_list("code", "point__agent__code"))
        for month in asked:
            told = {by: rows(by, month) for by in BY}
            for metric in METRICS:
                for key in ("done", "same_period_last_year"):
                    sums = {
                        by: sum(row[key] for row in told[by] if row["metric"] == metric)
                        for by in BY
                    }
                    assert len(set(sums.values())) == 1, (month, metric, key, sums)
            for code in CollectionAgent.objects.values_list("code", flat=True):
                mine = [row for row in told["collector"] if agents[row["unit_code"]] == code]
                for row in told["agent"]:
                    if row["unit_code"] == code:
                        same = [one["done"] for one in mine if one["metric"] == row["metric"]]
                        assert row["done"] == sum(same), (month, code, row["metric"])
