"""Growth reports of random ledgers, recorded through the portal's operations, against the slow
counter.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any, ClassVar

from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from enrollment.models import ActivitySpan, Movement
from enrollment.operations.check import differences
from tests.counting import slow_counter as slow
from tests.counting.ledgers import FIRST, Deed, Ledger, Stage, deeds, growth, set_the_stage
from tests.counting.slow_counter import Question

BY = ("commune", "agent", "network", "officer", "district")
ADDITIVE = (
    "closing",
    "new",
    "decreased",
    "collected",
    "opening",
    "returned",
    "renewed",
    "covered",
    "in_grace",
    "net",
)
ERAS = (date(2018, 1, 1), date(2020, 4, 1), date(2025, 7, 1))
some_ledgers = settings(
    max_examples=int(os.environ.get("COUNTING_LEDGERS", "12")),
    deadline=None,
    database=None,
    derandomize="COUNTING_LEDGERS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
periods = st.builds(
    lambda last, back: (last - back, last),
    st.sampled_from([0, 9, 18, 20, 22, 24, 30, 36, 78, 84, 86])
    .flatmap(lambda at: st.integers(at, at + 14))
    .map(lambda at: FIRST + at),
    st.sampled_from([0, 0, 1, 2, 5, 11]),
)
lists_of_deeds = st.lists(deeds(), min_size=15, max_size=60)


def territories(last: int) -> list[date | None]:
    """As of the period's end, and each era that is not older than it."""
    end = slow.last_day(last)
    since = max(era for era in ERAS if era <= end)
    return [None, *(era for era in ERAS if era >= since)]


def assert_same(world: slow.World, ledger: Ledger, asked: Question) -> dict[str, Any]:
    """Every row and the total of the portal's table are the slow counter's."""
    answer = growth(asked)
    table = slow.Table(world, list(ledger.people.values()), asked)
    rows = {row["unit_code"]: row for row in answer["rows"]}
    if asked.by == "officer":
        assert set(rows) <= {"chuyenquan1", "chuyenquan2", "none"}
    else:
        assert [row["unit_code"] for row in answer["rows"]] == table.codes()
    for code, row in rows.items():
        expected = table.row(code)
        assert (asked, code, {name: row[name] for name in expected}) == (asked, code, expected)
        assert row["closing"] == (
            row["opening"]
            + row["new"]
            + row["returned"]
            + row["moved_in"]
            - row["moved_out"]
            - row["decreased"]
        )
    expected = table.total()
    assert (asked, {name: answer["total"][name] for name in expected}) == (asked, expected)
    return answer


class TestReports(TestCase):
    """Each example starts from the stage and leaves nothing behind."""

    stage: ClassVar[Stage]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()

    def _ledger(self, *parts: list[Deed]) -> Ledger:
        ledger = Ledger(self.stage)
        for part in parts:
            ledger.play(part)
        return ledger

    @some_ledgers
    @given(lists_of_deeds, lists_of_deeds, st.data())
    def test_every_table_is_the_slow_counters(
        self, early: list[Deed], late: list[Deed], data: Any
    ) -> None:
        ledger = self._ledger(early, late)
        for by in BY:
            first, last = data.draw(periods)
            territory = data.draw(st.sampled_from(territories(last)))
            for rule in ("grace", "strict"):
                assert_same(self.stage.world, ledger, Question(first, last, by, territory, rule))
        assert list(differences()) == []

    @some_ledgers
    @given(lists_of_deeds, periods, st.sampled_from(["grace", "strict"]))
    def test_units_add_up_to_the_district_whatever_they_are(
        self, all_deeds: list[Deed], period: Any, rule: str
    ) -> None:
        self._ledger(all_deeds)
        answers = {by: growth(Question(*period, by, None, rule)) for by in BY}
        for name in ADDITIVE:
            sums = {by: sum(row[name] for row in answer["rows"]) for by, answer in answers.items()}
            assert set(sums.values()) == {answers["district"]["total"][name]}, (name, sums)

    @some_ledgers
    @given(lists_of_deeds, periods, st.sampled_from(BY), st.sampled_from(["grace", "strict"]))
    def test_later_facts_move_no_earlier_figure(
        self, all_deeds: list[Deed], period: Any, by: str, rule: str
    ) -> None:
        end = slow.last_day(period[1])
        ledger = self._ledger(
            [deed for deed in all_deeds if deed.day <= end and deed.what != "void"]
        )
        asked = Question(*period, by, None, rule)
        before = assert_same(self.stage.world, ledger, asked)
        ledger.play(deed for deed in all_deeds if deed.day > end)
        assert growth(asked) == before

    @some_ledgers
    @given(lists_of_deeds, st.integers(0, 10**6))
    def test_a_planted_drift_is_found(self, all_deeds: list[Deed], pick: int) -> None:
        self._ledger(all_deeds)
        call_command("check_figures")
        spans = list(ActivitySpan.objects.order_by("pk").values_list("pk", "end"))
        if spans:
            pk, end = spans[pick % len(spans)]
            ActivitySpan.objects.filter(pk=pk).update(end=end + 1)
            with self.assertRaises(CommandError):
                call_command("check_figures")
            ActivitySpan.objects.filter(pk=pk).update(end=end)
            Movement.objects.filter(pk=Movement.objects.order_by("pk").first().pk).update(
                reason="death", kind="new"
            )
            assert list(differences())
