"""Every new participant, active person and đồng is credited once, as a slow count of the same
ledger says.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.models import Collector, Role, User
from enrollment.models import Acquisition, Participant, Receipt, Source
from enrollment.operations.handover import do_end_collector
from enrollment.operations.sources import do_set_source
from tests import builders
from tests.counting import slow_counter as slow
from tests.counting.ledgers import AGENTS, FIRST, Deed, Ledger, Stage, set_the_stage
from tests.counting.slow_counter import Question
from tests.counting.test_reports_against_slow_counter import BY, lists_of_deeds
from thaithuy_bhxh.months import Month

KEYS = {"active": "closing", "new": "new_ytd", "collected": "collected"}
BEFORE = {"active": "same_period_last_year", "collected": "collected_same_period_last_year"}
months = st.integers(0, 98).map(lambda at: FIRST + at)


class TestCredit(TestCase):
    """Each example starts from the stage and leaves nothing behind."""

    stage: ClassVar[Stage]
    leads: ClassVar[dict[int, User]]
    """By the key of their agent."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()
        for who in cls.stage.collectors.values():
            builders.collector(who.point.agent, 2)
        agents = {who.point.agent for who in cls.stage.collectors.values()}
        cls.leads = {
            one.pk: builders.user(f"phutrach_{one.code}", Role.LEAD, agent=one) for one in agents
        }

    @settings(
        max_examples=int(os.environ.get("LEVER_LEDGERS", "3")),
        deadline=None,
        database=None,
        derandomize="LEVER_LEDGERS" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(
        lists_of_deeds,
        st.lists(months, min_size=2, max_size=3, unique=True),
        st.lists(st.integers(0, 4)),
    )
    def test_every_grouping_tells_each_once(
        self, deeds: list[Deed], asked: list[int], told_by: list[int]
    ) -> None:
        ledger = Ledger(self.stage)
        ledger.play(deeds)
        self._brought_by(told_by)
        answers = [
            (by, month, _report("targets", by, month))
            for month in asked
            for by in (*BY, "collector")
        ]
        for by, month, answer in answers:
            self._assert_targets(ledger, by, month, answer["rows"])
        for month in asked:
            for by in (*BY, "collector"):
                self._assert_sources(ledger, by, month)
        self._one_leaves()
        for by, month, before in answers:
            assert _without_names(_report("targets", by, month)["rows"]) == _without_names(
                before["rows"]
            ), by

    def _assert_targets(
        self, ledger: Ledger, by: str, month: int, rows: list[dict[str, Any]]
    ) -> None:
        table = self._table(ledger, by, month)
        for metric, key in KEYS.items():
            mine = [row for row in rows if row["metric"] == metric]
            assert len({row["unit_code"] for row in mine}) == len(mine)
            for row in mine:
                expected = self._row(table, by, row["unit_code"])
                assert row["done"] == expected[key], (by, month, row)
                if metric in BEFORE:
                    assert row["same_period_last_year"] == expected[BEFORE[metric]], (
                        by,
                        month,
                        row,
                    )
            assert sum(row["done"] for row in mine) == table.total()[key], (by, month, metric)

    def _assert_sources(self, ledger: Ledger, by: str, month: int) -> None:
        table = self._table(ledger, by, month)
        answer = _report("sources", by, month)
        for row in answer["rows"]:
            assert (
                row["new"]
                == sum(row["by_source"].values())
                == self._row(table, by, row["unit_code"])["new_ytd"]
            )
            assert row["known"] == row["new"] - row["by_source"]["unknown"]
        assert (
            sum(row["new"] for row in answer["rows"])
            == answer["total"]["new"]
            == table.total()["new_ytd"]
        )
        assert set(answer["total"]["by_source"]) == {*Source.values, "unknown"}

    def _table(self, ledger: Ledger, by: str, month: int) -> slow.Table:
        """January to the month; each agent has one collector with receipts, who is told as the
        agent.
        """
        by = "agent" if by == "collector" else by
        people = list(ledger.people.values())
        return slow.Table(
            self.stage.world, people, Question(month - month % 12, month, by, None, "grace")
        )

    def _row(self, table: slow.Table, by: str, code: str) -> dict[str, Any]:
        if by != "collector":
            return table.row(code)
        agent = next((one for one in AGENTS if self.stage.collectors[one].code == code), "nobody")
        return table.row(agent)

    def _brought_by(self, told: Iterable[int]) -> None:
        """Some people's source is known, some people's is corrected, most people's is not known."""
        followed = Participant.objects.filter(
            agent__isnull=False, agent__closed_on__isnull=True
        ).order_by("pk")
        for person, number in zip(followed, told, strict=False):
            lead = self.leads[person.agent_id]  # type: ignore[index]
            do_set_source(actor=lead, participant=person, source=["", *Source.values][number])
            do_set_source(actor=lead, participant=person, source=Source.values[number % 4])
        assert Acquisition.objects.count() <= Participant.objects.count()

    def _one_leaves(self) -> None:
        """The collector with most receipts hands over to the colleague after the last of them."""
        who = self.stage.collectors["BD001"]
        last = Receipt.objects.filter(collector=who).order_by("-received_on").first()
        if last:
            heir = Collector.objects.get(code="BD001-02")
            do_end_collector(
                actor=self.stage.manager,
                collector=who,
                ended_on=last.received_on + timedelta(days=3),
                successor=heir,
            )


def _without_names(rows: list[dict[str, Any]]) -> list[Any]:
    """What every unit has done; a colleague without any credit is no difference."""
    return [(row["unit_code"], row["metric"], row["done"]) for row in rows if row["done"]]


def _report(code: str, by: str, month: int) -> dict[str, Any]:
    out = io.StringIO()
    last = Month.from_index(month)
    call_command(
        "report",
        code,
        "--from",
        str(Month(last.year, 1)),
        "--to",
        str(last),
        "--by",
        by,
        "--format",
        "json",
        stdout=out,
    )
    return json.loads(out.getvalue())  # type: ignore[no-any-return]
