"""However a report is grouped, its total is the same for one reader: everybody of a scope is in
every grouping.

Random ledgers are read with every scope that an account can have, and the totals are compared with
each other, with the sums of their rows, with the lists behind them, and with the slow counter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.access import Scope, scope_of
from agents.models import CollectionAgent, Role, User
from reports.counting.measures import REASONS
from reports.counting.units import BY
from reports.drill_down import list_behind
from reports.question import Asked
from reports.registry import REPORTS
from reports.tables import Table
from tests import builders
from tests.counting import slow_counter as slow
from tests.counting.ledgers import AGENTS, Deed, Ledger, Stage, set_the_stage
from tests.counting.test_reports_against_slow_counter import (
    lists_of_deeds,
    periods,
    some_ledgers,
    territories,
)
from thaithuy_bhxh.months import Month

STOCKS = ("opening", "closing", "covered", "in_grace", "same_period_last_year")
FLOWS = (
    "new",
    "returned",
    "renewed",
    "decreased",
    "new_ytd",
    *(f"decreased_by_reason.{one}" for one in REASONS),
)
MONEY = ("collected", "collected_gross", "collected_state", "collected_same_period_last_year")
ADDED = (*STOCKS, *FLOWS, *MONEY, "net")
"""Figures whose rows add up to the total."""
BORDER = ("moved_in", "moved_out")
"""Figures whose rows count moves between them, too."""
DONE = ("done", "same_period_last_year")
SERVED = ("receipts", "receipts_voided", "voids", "late_voids", "new", "net", "closing")


def accounts(stage: Stage) -> dict[str, User]:
    """One account per role and place: the management, both officers, the staff of every agent."""
    found = {"manager": stage.manager, "auditor": builders.user("thanhtra", Role.AUDITOR)}
    found |= {user.username: user for user in User.objects.filter(role=Role.OFFICER)}
    for code in AGENTS:
        agent = CollectionAgent.objects.get(code=code)
        found[f"lead {code}"] = builders.user(f"phutrach_{code}".lower(), Role.LEAD, agent=agent)
        found[f"collector {code}"] = builders.user(
            f"nhanvien_{code}".lower(),
            Role.COLLECTOR,
            agent=agent,
            collector=stage.collectors[code],
        )
    return found


def summed(table: Table, names: Any, **only: Any) -> dict[str, int]:
    rows = [
        row.cells
        for row in table.rows
        if all(row.cells[key] == value for key, value in only.items())
    ]
    return {name: sum(row[name] for row in rows) for name in names}


def totals(table: Table, names: Any) -> dict[str, Any]:
    assert table.total is not None
    return {name: table.total.cells[name] for name in names}


def tables(
    code: str, scope: Scope, first: Month, last: Month, rule: str, groupings: Any
) -> Iterator[tuple[str, Table]]:
    """The report by each grouping, as of the period's end."""
    for by in groupings:
        yield by, REPORTS[code].build(scope, Asked(first, last, by, "as_of", rule))


def only_one(told: dict[Any, dict[str, Any]], *where: Any) -> dict[str, Any]:
    """What all groupings say, which is the same."""
    first, *others = told.items()
    for key, other in others:
        assert other == first[1], (*where, key, first[0])
    return first[1]


class Slow:
    """The slow counter's figures of one scope: whoever is inside it, wherever the groupings put
    them.
    """

    def __init__(self, stage: Stage, ledger: Ledger, scope: Scope, rule: str) -> None:
        self.stage, self.scope = stage, scope
        self.agents = dict(CollectionAgent.objects.values_list("code", "pk"))
        people = list(ledger.people.values())
        self.lives = [slow.life(person, rule) for person in people]
        self.events = [event for person in people for event in slow.events(person, rule)]

    def holds(self, place: Any) -> bool:
        commune, agent = place
        return self.scope.everything or (
            self.agents[agent] == self.scope.agent
            if self.scope.agent is not None
            else self.stage.communes[commune].pk in self.scope.communes
        )

    def active(self, when: int) -> int:
        return len([1 for lived in self.lives if when in lived and self.holds(lived[when])])

    def figures(self, first: int, last: int) -> dict[str, int]:
        inside = [event for event in self.events if first <= event.when <= last]
        moves = [
            (self.holds(e.came_from), self.holds(e.place)) for e in inside if e.kind == "moved"
        ]
        kinds = {
            kind: len([1 for event in inside if event.kind == kind and self.holds(event.place)])
            for kind in ("new", "returned", "renewed", "decreased")
        }
        return kinds | {
            "opening": self.active(first - 1),
            "closing": self.active(last),
            "same_period_last_year": self.active(last - 12),
            "moved_in": moves.count((False, True)),
            "moved_out": moves.count((True, False)),
        }


class TestTotals(TestCase):
    """Each example starts from the stage and leaves nothing behind."""

    stage: ClassVar[Stage]
    users: ClassVar[dict[str, User]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()
        cls.users = accounts(cls.stage)

    @settings(some_ledgers, max_examples=max(2, some_ledgers.max_examples // 8))
    @given(lists_of_deeds, periods, st.sampled_from(["grace", "strict"]), st.data())
    def test_each_total_is_the_same_in_every_grouping(
        self, deeds: list[Deed], period: Any, rule: str, data: Any
    ) -> None:
        ledger = Ledger(self.stage)
        ledger.play(deeds)
        territory = data.draw(st.sampled_from(territories(period[1])))
        asked = [Month.from_index(month) for month in period]
        seen: dict[Scope, dict[str, Any]] = {}
        for name, user in self.users.items():
            scope = scope_of(user)
            if scope not in seen:
                seen[scope] = self._growth(name, scope, asked, rule, territory)
                counted = Slow(self.stage, ledger, scope, rule).figures(*period)
                assert {key: seen[scope][key] for key in counted} == counted, (name, asked, rule)
                self._others(name, scope, asked, rule, seen[scope])

    def _growth(
        self, name: str, scope: Scope, asked: list[Month], rule: str, territory: Any
    ) -> dict[str, Any]:
        told = {}
        for by, table in tables("growth", scope, *asked, rule, BY):
            told[by] = totals(table, (*ADDED, *BORDER))
            assert summed(table, ADDED) == totals(table, ADDED), (name, by, asked)
            self._listed(scope, asked, by, rule, table)
        if territory is not None:
            question = Asked(*asked, "commune", territory.isoformat(), rule)
            told["commune", territory] = totals(
                REPORTS["growth"].build(scope, question), (*ADDED, *BORDER)
            )
        return only_one(told, name, asked, rule)

    def _listed(self, scope: Scope, asked: list[Month], by: str, rule: str, table: Table) -> None:
        """The lists behind the total, and behind the last row, have as many people as the figures
        say.
        """
        question = Asked(*asked, by, "as_of", rule)
        assert table.total is not None
        for row in (table.total, *table.rows[-1:]):
            for figure in ("closing", "new", *BORDER):
                behind = list_behind(scope, question, figure, row.cells["unit_code"])
                assert behind.rows.count() == row.cells[figure], (
                    by,
                    figure,
                    row.cells["unit_code"],
                )

    def _others(
        self, name: str, scope: Scope, asked: list[Month], rule: str, growth: dict[str, Any]
    ) -> None:
        sources = {}
        for by, table in tables("sources", scope, *asked, rule, REPORTS["sources"].choices["by"]):
            sources[by] = totals(table, ("new", "by_source.unknown"))
            assert summed(table, ["new"]) == totals(table, ["new"]), (name, by)
        assert only_one(sources, name, "sources")["new"] == growth["new"]
        service = {
            by: totals(table, SERVED)
            for by, table in tables(
                "service", scope, *asked, rule, REPORTS["service"].choices["by"]
            )
        }
        assert only_one(service, name, "service")["closing"] == growth["closing"]
        self._year(name, scope, asked[1])

    def _year(self, name: str, scope: Scope, last: Month) -> None:
        """Targets and progress by month, whose years have no rule."""
        targets, progress = {}, {}
        january = Month(last.year, 1)
        for by, table in tables(
            "targets", scope, january, last, "grace", REPORTS["targets"].choices["by"]
        ):
            targets[by] = {m: summed(table, DONE, metric=m) for m in ("active", "new", "collected")}
        done = only_one(targets, name, "targets", last)
        for by, table in tables(
            "progress", scope, january, last, "grace", REPORTS["progress"].choices["by"]
        ):
            assert table.total is not None
            progress[by] = {
                key: value
                for key, value in table.total.cells.items()
                if key.startswith(("by_mon", "done"))
            }
        assert only_one(progress, name, "progress", last)["done"] == done["new"]["done"]
