"""The report of sources: every new participant once, and for every unit and month the growth
report's “new”.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.access import Scope, scope_of
from agents.models import Role, User
from enrollment.models import Movement, Participant, Receipt
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.sources import do_set_source
from reports.counting.units import BY
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from tests import builders
from tests.builders import again, paid
from tests.cast import Cast
from tests.counting.ledgers import Deed, Ledger, Stage, deeds, set_the_stage
from tests.pages import markup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

FIRST, LAST = Month(2026, 1), Month(2026, 2)
SOURCES = ("visit", "conference", "walk_in", "renewal_call")
NAMES = (*SOURCES, "unknown")


def rows_of(
    code: str, scope: Scope, first: Month, last: Month, by: str, rule: str = "grace"
) -> list[Any]:
    table = REPORTS[code].build(scope, Asked(first, last, by, "as_of", rule))
    data = to_json(table)
    return [*data["rows"], data["total"]]


def counted(rows: list[Any]) -> dict[Any, tuple[int, ...]]:
    """Unit → new, then the numbers by source in their order."""
    return {
        row["unit_code"]: (row["new"], *(row["by_source"][name] for name in NAMES)) for row in rows
    }


@pytest.fixture
def year(cast: Cast) -> Cast:
    """A: visit, visit, conference, unknown; B: walk-in; a renewal and a returner, who are
    not new.
    """
    slips = [
        paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, day), months=1)
        for day in (5, 6, 7)
    ]
    slips.append(paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 2, 3), months=3))
    slips.append(paid(cast.manager, cast.commune_b, cast.collector_b, date(2026, 2, 4)))
    before = paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 5), months=1)
    months = {"months": 1, "from_month": Month(2026, 2)}
    for old in (slips[0], before):
        paid(
            cast.manager,
            cast.commune_b,
            cast.collector_b,
            date(2026, 2, 5),
            **again(old.participant, **months),
        )
    for slip, source in zip(
        [*slips, before], ("visit", "visit", "conference", "", "walk_in", "visit"), strict=True
    ):
        person = Participant.objects.get(pk=slip.participant_id)
        lead = cast.lead_a if person.agent_id == cast.agent_a.pk else cast.lead_b
        do_set_source(actor=lead, participant=person, source=source)
    return cast


def test_the_agents_stand_as_counted_by_hand(year: Cast):
    rows = rows_of("sources", scope_of(year.manager), FIRST, LAST, "agent")
    assert counted(rows) == {
        "BD001": (4, 2, 1, 0, 0, 1),
        "XA12865": (1, 0, 0, 1, 0, 0),
        None: (5, 2, 1, 1, 0, 1),
    }
    assert [row["known_percent"] for row in rows] == ["75.00", "100.00", "80.00"]


def test_nobody_new_is_no_share_at_all(year: Cast):
    rows = rows_of("sources", scope_of(year.manager), Month(2026, 3), Month(2026, 3), "agent")
    assert {row["known_percent"] for row in rows} == {None} and {row["new"] for row in rows} == {0}


@pytest.mark.parametrize("who", ["manager", "officer_a", "officer_b", "lead_a", "lead_b"])
def test_new_is_the_growth_reports_for_every_reader(year: Cast, who: str):
    scope = scope_of(getattr(year, who))
    for by in BY:
        mine = rows_of("sources", scope, FIRST, LAST, by)
        theirs = rows_of("growth", scope, FIRST, LAST, by)
        assert [(row["unit_code"], row["new"]) for row in mine] == [
            (row["unit_code"], row["new"]) for row in theirs
        ]


def test_the_collector_of_the_months_latest_contribution_is_credited_as_growth_credits_the_agent(
    cast: Cast,
):
    """One who took a receipt that was void before it counted is not, and nobody is credited
    twice.
    """
    other = builders.collector(cast.agent_a, 2)
    first = paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5), months=1)
    paid(
        cast.manager,
        cast.commune_a,
        other,
        date(2026, 1, 6),
        **again(first.participant, months=3, from_month=LAST),
    )
    void = paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 7), months=1)
    do_void_receipt(actor=cast.manager, receipt=void, on=date(2026, 1, 8), reason="Ghi nhầm")
    paid(cast.manager, cast.commune_a, other, date(2026, 1, 9), **again(void.participant, months=1))
    rows = rows_of("sources", scope_of(cast.manager), FIRST, FIRST, "collector")
    assert {row["unit_code"]: row["new"] for row in rows} == {"BD001-02": 2, None: 2}


def test_a_void_of_later_takes_no_credit_away(cast: Cast):
    slip = paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    do_void_receipt(actor=cast.manager, receipt=slip, on=date(2026, 2, 8), reason="Ghi nhầm")
    rows = rows_of("sources", scope_of(cast.manager), FIRST, FIRST, "collector")
    assert {row["unit_code"]: row["new"] for row in rows} == {"BD001-01": 1, None: 1}


def test_an_unknown_grouping_is_refused_in_words(cast: Cast):
    with pytest.raises(Refused, match="collector"):
        rows_of("sources", scope_of(cast.manager), FIRST, LAST, "hamlet")


def test_the_figure_leads_to_the_people_behind_it(year: Cast, logged_in: Any):
    table = REPORTS["sources"].build(
        scope_of(year.manager), Asked(FIRST, LAST, "agent", "as_of", "grace")
    )
    (row,) = (row for row in table.rows if row.cells["unit_code"] == "BD001")
    text = markup(logged_in(year.manager).get(row.links["new"]))
    people = Participant.objects.filter(
        receipts__agent=year.agent_a, receipts__received_on__gte=date(2026, 1, 1)
    )
    assert [one.full_name for one in people if one.full_name not in text] == []
    assert [column.key for column in table.columns if not column.definition] == [
        "unit_code",
        "unit_name",
    ]


some_ledgers = settings(
    max_examples=int(os.environ.get("COUNTING_LEDGERS", "6")),
    deadline=None,
    database=None,
    derandomize="COUNTING_LEDGERS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class TestRandomLedgers(TestCase):
    """Whatever people do, the sources of a unit and month are the growth report's new
    participants.
    """

    stage: ClassVar[Stage]
    leads: ClassVar[dict[int, User]]
    """By the key of their agent."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.stage = set_the_stage()
        agents = {who.point.agent for who in cls.stage.collectors.values()}
        cls.leads = {
            one.pk: builders.user(f"phutrach_{one.code}", Role.LEAD, agent=one) for one in agents
        }

    @some_ledgers
    @given(
        st.lists(deeds(), min_size=15, max_size=60),
        st.lists(st.sampled_from(["", *SOURCES]), min_size=10, max_size=10),
    )
    def test_the_sources_of_every_unit_and_month_are_its_new_participants(
        self, all_deeds: list[Deed], sources: list[str]
    ) -> None:
        Ledger(self.stage).play(all_deeds)
        people = Participant.objects.filter(
            agent__isnull=False, agent__closed_on__isnull=True
        ).order_by("pk")
        for person, source in zip(people, sources, strict=False):
            do_set_source(actor=self.leads[person.agent_id], participant=person, source=source)
        for rule in ("grace", "strict"):
            self._whole_time(rule)
            for month in sorted(
                set(Movement.objects.filter(kind="new").values_list("month", flat=True))
            )[:4]:
                self._one_month(month, rule)

    def _whole_time(self, rule: str) -> None:
        """Every person who was ever new is counted once, whatever the rows are."""
        ever = Movement.objects.filter(kind="new", **{rule: True})
        for by in ("district", "agent", "collector"):
            total = counted(
                rows_of(
                    "sources", Scope(everything=True), Month(2016, 1), Month(2029, 12), by, rule
                )
            )[None]
            assert (
                total[0]
                == sum(total[1:])
                == ever.count()
                == ever.values("participant").distinct().count()
            )

    def _one_month(self, month: Month, rule: str) -> None:
        for by in BY:
            mine = rows_of("sources", Scope(everything=True), month, month, by, rule)
            theirs = rows_of("growth", Scope(everything=True), month, month, by, rule)
            assert [(row["unit_code"], row["new"]) for row in mine] == [
                (row["unit_code"], row["new"]) for row in theirs
            ]
            assert all(numbers[0] == sum(numbers[1:]) for numbers in counted(mine).values())
        agents = counted(rows_of("sources", Scope(everything=True), month, month, "agent", rule))
        staff = counted(rows_of("sources", Scope(everything=True), month, month, "collector", rule))
        collectors = {code: collector.code for code, collector in self.stage.collectors.items()}
        for code, numbers in agents.items():
            if code is not None:
                assert staff.get(collectors[code], (0,) * 6) == numbers
        assert Receipt.objects.exists()
