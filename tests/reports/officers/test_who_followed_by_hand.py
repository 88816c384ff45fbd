"""Who followed which commune on which day: one table by hand over three eras, hand-overs and a
merger.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agents.access import Scope
from agents.commune_officers import followed_on
from agents.models import Commune, CommuneAssignment
from agents.operations.assignments import do_assign_commune, do_end_assignment, do_hand_over
from agents.operations.territory import do_merge_communes
from agents.territory import load_lineage
from reports.question import Asked
from reports.registry import REPORTS
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month

A, B, NOBODY = "chuyenquan_a", "chuyenquan_b", ""
MERGED = this_month().first_day


@pytest.fixture
def units(cast: Cast) -> dict[str, Commune]:
    """``one`` and ``two`` went into ``now`` (Thái Ninh) in 2025, which merged with ``beside`` this
    month.
    """
    one, two, *_ = Commune.objects.filter(successions__successor=cast.commune_a).order_by("code")
    assigned = {"actor": cast.manager, "kind": "officer"}
    do_assign_commune(**assigned, commune=one, user=cast.officer_a, valid_from=date(2020, 4, 1))
    do_assign_commune(**assigned, commune=two, user=cast.officer_b, valid_from=date(2020, 5, 1))
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[one],
        on=date(2021, 2, 1),
        note="Luân chuyển",
    )
    term = CommuneAssignment.objects.get(commune=one, user=cast.officer_b)
    do_end_assignment(actor=cast.manager, assignment=term, valid_to=date(2024, 12, 31))
    do_hand_over(
        actor=cast.manager,
        giver=cast.officer_a,
        taker=cast.officer_b,
        communes=[cast.commune_a],
        on=date(2026, 1, 15),
    )
    do_assign_commune(
        actor=cast.manager,
        kind="leader",
        commune=cast.commune_b,
        user=cast.manager,
        valid_from=date(2025, 9, 1),
    )
    merged = do_merge_communes(
        actor=cast.manager,
        predecessors=[cast.commune_a, cast.commune_b],
        code="13999",
        name="Mẫu Mới",
        kind="xã",
        on=MERGED,
        source="Nghị quyết mẫu",
        officer=cast.officer_a,
    )
    return {
        "one": one,
        "two": two,
        "now": cast.commune_a,
        "beside": cast.commune_b,
        "merged": merged,
    }


def told(asked: Commune, day: date) -> dict[int, tuple[str, str]]:
    return {
        row.commune.pk: tuple(
            term.user.username if term else NOBODY for term in (row.officer, row.leader)
        )
        for row in followed_on(asked, day, load_lineage())
    }  # type: ignore[misc]


TABLE = [
    # day, whom to look up, who stood there then, officer, leader
    (date(2020, 3, 31), "one", "one", NOBODY, NOBODY),
    (date(2020, 4, 1), "one", "one", A, NOBODY),
    (date(2020, 4, 30), "two", "two", NOBODY, NOBODY),
    (date(2020, 5, 1), "two", "two", B, NOBODY),
    (date(2021, 1, 31), "one", "one", A, NOBODY),
    (date(2021, 2, 1), "one", "one", B, NOBODY),
    (date(2021, 3, 15), "one", "one", B, NOBODY),
    (date(2024, 12, 31), "one", "one", B, NOBODY),
    (date(2025, 1, 1), "one", "one", NOBODY, NOBODY),
    (date(2025, 6, 30), "two", "two", B, NOBODY),
    (date(2025, 7, 1), "one", "now", A, NOBODY),
    (date(2025, 7, 1), "two", "now", A, NOBODY),
    (date(2026, 1, 14), "now", "now", A, NOBODY),
    (date(2026, 1, 15), "now", "now", B, NOBODY),
    (date(2025, 8, 31), "beside", "beside", B, NOBODY),
    (date(2025, 9, 1), "beside", "beside", B, "lanhdao"),
    (MERGED - timedelta(days=1), "now", "now", B, NOBODY),
    (MERGED - timedelta(days=1), "beside", "beside", B, "lanhdao"),
    (MERGED, "one", "merged", A, NOBODY),
    (MERGED, "beside", "merged", A, NOBODY),
    (today(), "merged", "merged", A, NOBODY),
]


def test_every_day_has_the_person_of_that_day(units: dict[str, Commune]) -> None:
    for day, asked, stood, officer, leader in TABLE:
        found = told(units[asked], day)
        assert found == {units[stood].pk: (officer, leader)}, (day, asked)


def test_a_merged_commune_is_told_by_all_that_stood_there(units: dict[str, Commune]) -> None:
    on_march_15 = told(units["merged"], date(2021, 3, 15))
    named = {units["one"].pk: (B, NOBODY), units["two"].pk: (B, NOBODY)}
    assert {pk: on_march_15.pop(pk) for pk in named} == named
    assert on_march_15 and set(on_march_15.values()) == {(NOBODY, NOBODY)}
    assert told(units["merged"], MERGED - timedelta(days=1)) == {
        units["now"].pk: (B, NOBODY),
        units["beside"].pk: (B, "lanhdao"),
    }


def test_the_report_by_officer_counts_with_who_held_the_commune_at_the_months_end(
    cast: Cast, units: dict[str, Commune]
) -> None:
    builders.paid(cast.manager, units["one"], cast.collector_a, date(2021, 1, 5), months=12)
    found = {}
    for month in (Month(2021, 1), Month(2021, 2), Month(2021, 12)):
        table = REPORTS["growth"].build(
            Scope(everything=True), Asked(month, month, "officer", "as_of", "grace")
        )
        found[month] = {
            row.cells["unit_code"]: row.cells["closing"]
            for row in table.rows
            if row.cells["closing"]
        }
    assert found == {Month(2021, 1): {A: 1}, Month(2021, 2): {B: 1}, Month(2021, 12): {B: 1}}
