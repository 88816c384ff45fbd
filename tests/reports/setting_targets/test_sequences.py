"""Whatever is split, revised, merged or handed over: parts add up to their parent, and what was
told stays told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.access import Scope
from agents.models import (
    Collector,
    Commune,
    CommuneAssignment,
    CommuneSuccession,
    Metric,
    Target,
    User,
)
from agents.operations.assignments import do_hand_over
from agents.operations.labour import LabourRow, do_set_labour_forces
from agents.operations.targets import Figure, do_set_targets
from agents.operations.territory import do_merge_communes
from agents.targets.in_force import histories_of_year
from agents.territory import load_lineage
from enrollment.operations.handover import do_end_collector
from reports.question import Asked
from reports.registry import REPORTS
from reports.renderers.data import to_json
from reports.setting_targets.grid import AGENTS, COLLECTORS, COMMUNES, board_of
from reports.setting_targets.split_proposals import Way, Wish, propose
from tests import builders
from tests.cast import Cast, gather
from tests.shipped import load_shipped
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

YEAR = today().year
EVERYTHING = Scope(everything=True)
BIG = {Metric.NEW: 600, Metric.ACTIVE: 900, Metric.COLLECTED: 900_000_001}
SHOWN = (
    ("targets", "officer"),
    ("targets", "agent"),
    ("targets", "collector"),
    ("growth", "commune"),
)
Key = tuple[str, str, int | None]


@dataclass(frozen=True)
class Deed:
    """One act in a month of the year; ``way`` and ``share`` are for revisions, ``pick`` chooses
    among what there is.
    """

    what: str
    month: int
    way: Way
    metric: Metric
    share: int
    pick: int


deeds = st.builds(
    Deed,
    st.sampled_from(["revise"] * 4 + ["merge", "hand_over", "leave"]),
    st.integers(2, 12),
    st.sampled_from(Way),
    st.sampled_from([Metric.NEW, Metric.NEW, Metric.COLLECTED, Metric.ACTIVE]),
    st.integers(-40, 60),
    st.integers(0, 99),
)


class TestSequences(TestCase):
    """Each example starts from January's decision and leaves nothing behind."""

    cast: ClassVar[Cast]
    staff: ClassVar[list[Collector]]

    @classmethod
    def setUpTestData(cls) -> None:
        load_shipped()
        cls.cast = gather()
        cls.staff = [
            cls.cast.collector_a,
            *(builders.collector(cls.cast.agent_a, number) for number in (2, 3)),
        ]
        _last_year(cls.cast, cls.staff)
        for metric, way in zip(BIG, (Way.SEASON, Way.EVEN, Way.POTENTIAL), strict=True):
            assert _split(cls.cast, metric, way, BIG[metric], 0, 1)

    @settings(
        max_examples=int(os.environ.get("LEVER_SEQUENCES", "3")),
        deadline=None,
        database=None,
        derandomize="LEVER_SEQUENCES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.lists(deeds, min_size=4, max_size=7), st.integers(1, 12))
    def test_parts_add_up_and_no_past_month_moves(self, acts: list[Deed], shown: int) -> None:
        self._assert_whole()
        told = _told(Month(YEAR, shown))
        for number, deed in enumerate(sorted(acts, key=lambda one: one.month), 1):
            months = _levels()
            first = self._do(deed, number)
            self._assert_whole()
            after = _levels()
            for key in months.keys() & after.keys():
                assert after[key][: first - 1] == months[key][: first - 1], (deed, key)
            now = _told(Month(YEAR, shown))
            assert now == told or shown >= first, deed
            told = now

    def _do(self, deed: Deed, number: int) -> int:
        """Do it, or be refused; gives the first month that it may change."""
        acts: dict[str, Callable[[Deed, int], int]] = {
            "revise": self._revise,
            "merge": self._merge,
            "hand_over": self._hand_over,
            "leave": self._leave,
        }
        return acts[deed.what](deed, number)

    def _revise(self, deed: Deed, number: int) -> int:
        value = _now(deed.metric, "district", None) or 0
        _split(
            self.cast, deed.metric, deed.way, value * (100 + deed.share) // 100, number, deed.month
        )
        return deed.month

    def _merge(self, deed: Deed, number: int) -> int:
        there = list(Commune.objects.filter(valid_to=None).order_by("code"))
        chosen = [there[(deed.pick + step) % len(there)] for step in range(2 + deed.pick % 2)]
        _tried(
            lambda: do_merge_communes(
                actor=self.cast.manager,
                predecessors=chosen,
                code=f"1399{number}",
                name=f"Mẫu Sáp Nhập {number}",
                kind="xã",
                on=this_month().first_day,
                source="Nghị quyết mẫu",
                officer=self.cast.officer_b,
            )
        )
        return this_month().month

    def _hand_over(self, deed: Deed, number: int) -> int:
        on = date(YEAR, deed.month, 15)
        held = list(CommuneAssignment.objects.officers().valid_on(on).order_by("pk"))
        term = held[deed.pick % len(held)]
        taker = next(
            one for one in (self.cast.officer_a, self.cast.officer_b) if one.pk != term.user_id
        )
        _tried(
            lambda: do_hand_over(
                actor=self.cast.manager,
                giver=User.objects.get(pk=term.user_id),
                taker=taker,
                communes=[term.commune],
                on=on,
            )
        )
        return deed.month

    def _leave(self, deed: Deed, number: int) -> int:
        """A hand-over among collectors moves no figure of any month, whatever its day."""
        there = [
            one for one in Collector.objects.filter(point__agent=self.cast.agent_a, ended_on=None)
        ]
        if len(there) > 1:
            day = min(date(YEAR, deed.month, 10), today())
            _tried(
                lambda: do_end_collector(
                    actor=self.cast.manager, collector=there[0], ended_on=day, successor=there[1]
                )
            )
        return 13

    def _assert_whole(self) -> None:
        """Σ communes = Σ agents = district, and Σ the collectors of A = agent A, by the rows as
        they were written.
        """
        for metric in BIG:
            district = _now(metric, "district", None)
            standing = Commune.objects.filter(valid_to=None)
            assert sum(_of_commune(metric, one.pk) for one in standing) == district, metric
            agents = (self.cast.agent_a, self.cast.agent_b)
            assert sum(_now(metric, "agent", one.pk) or 0 for one in agents) == district, metric
            staff = [_now(metric, "collector", one.pk) or 0 for one in self.staff]
            assert sum(staff) == _now(metric, "agent", self.cast.agent_a.pk), metric


def _last_year(cast: Cast, staff: list[Collector]) -> None:
    """Results of the year before to weigh by, and the labour forces that communes have."""
    for who, where, month, number in (
        (staff[0], cast.commune_a, 8, 3),
        (staff[1], cast.commune_a, 9, 2),
        (cast.collector_b, cast.commune_b, 11, 2),
    ):
        for _ in range(number):
            builders.paid(cast.manager, where, who, date(YEAR - 1, month, 4))
    units = Commune.objects.filter(valid_to=None).order_by("code")
    do_set_labour_forces(
        actor=cast.manager,
        rows=[
            LabourRow(unit, date(YEAR - 1, 12, 1), 100 + 37 * number, "UBND xã")
            for number, unit in enumerate(units)
        ],
    )


def _tried(act: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refused:
        return False
    return True


def _split(cast: Cast, metric: Metric, way: Way, value: int, number: int, month: int) -> bool:
    """One decision for the district, its communes, its agents, and the collectors of agent A; all
    of it or none.
    """
    decided = (f"{number + 10}/QĐ-BHXH", date(YEAR, month, 5 + number))

    def write() -> None:
        wish = Wish(metric, way, value, *decided)
        parts: dict[Any, int] = {None: value}
        for tab in (COMMUNES, AGENTS):
            found = propose(board_of(YEAR, tab), wish)
            assert found.kept + sum(part.proposed for part in found.parts) == value
            parts |= {part.owner: part.proposed for part in found.parts}
        of_agent = Wish(metric, Way.EVEN, parts[cast.agent_a], *decided)
        found = propose(board_of(YEAR, COLLECTORS, cast.agent_a), of_agent)
        parts |= {part.owner: part.proposed for part in found.parts}
        do_set_targets(
            actor=cast.manager,
            figures=[
                Figure(YEAR, metric, owner, part, *decided, season=found.season)
                for owner, part in parts.items()
            ],
        )

    return _tried(write)


def _now(metric: str, kind: str, owner: int | None) -> int | None:
    """The value of the latest version on record."""
    mine = Target.objects.filter(year=YEAR, metric=metric, owner_kind=kind)
    if owner is not None:
        mine = mine.filter(**{f"{kind}_id": owner})
    row = mine.order_by("-revision_no").first()
    return row.value if row else None


def _of_commune(metric: str, commune: int) -> int:
    """Its own figure, else that of everything that went into it."""
    own = _now(metric, "commune", commune)
    if own is not None:
        return own
    parts = CommuneSuccession.objects.filter(successor=commune).values_list(
        "predecessor", flat=True
    )
    return sum(_of_commune(metric, part) for part in parts)


def _levels() -> dict[Key, tuple[int, ...]]:
    found = histories_of_year(YEAR, load_lineage())
    return {
        key: levels for key, one in found.items() if (levels := one.levels(lambda _: 0)) is not None
    }


def _told(month: Month) -> list[dict[str, Any]]:
    """What the reports of targets and of growth say up to a month of the year."""
    return [
        to_json(REPORTS[code].build(EVERYTHING, Asked(Month(YEAR, 1), month, by, "as_of", "grace")))
        for code, by in SHOWN
    ]


def test_a_figure_withdrawn_or_revised_later_is_still_told_for_the_months_before(
    cast: Cast,
) -> None:
    """By hand: 120 in January, 180 from May on, withdrawn in September (of a year that is over)."""
    figures = [
        Figure(YEAR - 1, "new", cast.agent_a, value, number, date(YEAR - 1, month, 6))
        for value, number, month in ((120, "15/QĐ", 1), (180, "77/QĐ", 5), (None, "99/QĐ", 9))
    ]
    for figure in figures:
        do_set_targets(actor=cast.manager, figures=[figure])
    told = {}
    for month in (4, 5, 8, 9):
        asked = Asked(Month(YEAR - 1, 1), Month(YEAR - 1, month), "agent", "as_of", "grace", "new")
        row = to_json(REPORTS["targets"].build(EVERYTHING, asked))["rows"][0]
        told[month] = [
            row[key] for key in ("target_first", "target_now", "revision_no", "decision_no")
        ]
        told[month].append(row["expected_today"])
        growth = Asked(Month(YEAR - 1, month), Month(YEAR - 1, month), "agent", "as_of", "grace")
        assert (
            to_json(REPORTS["growth"].build(EVERYTHING, growth))["rows"][0]["target_new"]
            == told[month][1]
        )
    # 40 by April; then 140 over eight months, 17.5 each, every level rounded half up.
    assert told == {
        4: [120, 120, 0, "15/QĐ", 40],
        5: [120, 180, 1, "77/QĐ", 58],
        8: [120, 180, 1, "77/QĐ", 110],
        9: [120, None, 2, None, None],
    }


def test_a_decision_set_right_again_cannot_fall_below_the_months_before_it(cast: Cast) -> None:
    def assign(value: int, number: str, month: int) -> None:
        do_set_targets(
            actor=cast.manager,
            figures=[Figure(YEAR, "new", cast.commune_a, value, number, date(YEAR, month, 6))],
        )

    assign(120, "15/QĐ", 1)
    assign(180, "77/QĐ", 7)
    assert not _tried(lambda: assign(59, "77/QĐ", 7))
    assert _now("new", "commune", cast.commune_a.pk) == 180
    assign(60, "77/QĐ", 7)
    key = ("new", "commune", cast.commune_a.pk)
    assert _levels()[key] == (10, 20, 30, 40, 50, 60, *[60] * 6)


def test_a_successor_is_asked_for_what_its_predecessors_were_only_from_the_merger_on(
    cast: Cast,
) -> None:
    units = [cast.commune_a, cast.commune_b]
    do_set_targets(
        actor=cast.manager,
        figures=[
            Figure(YEAR, "new", unit, value, "15/QĐ", date(YEAR, 1, 5))
            for unit, value in zip(units, (24, 36), strict=True)
        ],
    )
    do_merge_communes(
        actor=cast.manager,
        predecessors=units,
        code="13999",
        name="Mẫu Mới",
        kind="xã",
        source="Nghị quyết mẫu",
        on=this_month().first_day,
    )
    told = {}
    for month in {max(this_month() - 1, Month(YEAR, 1)), this_month()}:
        asked = Asked(Month(YEAR, 1), month, "commune", "as_of", "grace", "new")
        answer = to_json(REPORTS["targets"].build(EVERYTHING, asked))
        told[month] = {
            row["unit_code"]: row["target_now"]
            for row in answer["rows"]
            if row["target_now"] is not None
        }
        assert answer["total"]["target_now"] == 60
    assert told.pop(this_month()) == {"13999": 60}
    assert all(found == {"12922": 24, "12865": 36} for found in told.values())
