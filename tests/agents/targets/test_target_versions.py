"""Decisions on targets: the first figure is kept, a revision speaks for its own months, merged
communes inherit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from agents.models import Commune, CommuneSuccession, Target
from agents.operations.targets import Figure, TargetsSet, do_set_targets
from agents.targets.in_force import TargetHistory, histories_of_year
from agents.territory import load_lineage
from tests.cast import Cast
from thaithuy_bhxh.errors import Refused

JANUARY, JULY = ("15/QĐ-BHXH", date(2026, 1, 12)), ("77/QĐ-BHXH", date(2026, 7, 6))


def assign(
    cast: Cast, value: int | None, decision: tuple[str, date | None], **more: object
) -> TargetsSet:
    figure = Figure(2026, "new", cast.commune_a, value, *decision)
    return do_set_targets(actor=cast.manager, figures=[replace(figure, **more)])  # type: ignore[arg-type]


def standing(owner: Commune | None, year: int = 2026, metric: str = "new") -> TargetHistory:
    kind = "commune" if owner else "district"
    return histories_of_year(year, load_lineage())[metric, kind, owner.pk if owner else None]


def levels(owner: Commune | None, **more: object) -> tuple[int, ...] | None:
    return standing(owner, **more).levels(lambda _: 0)  # type: ignore[arg-type]


def test_a_revision_keeps_the_first_figure_and_the_months_before_it(cast: Cast):
    assign(cast, 120, JANUARY)
    done = assign(cast, 180, JULY)
    now = standing(cast.commune_a)
    assert (done.created, done.changed) == (0, 1)
    assert (now.first, now.now, now.revision_no, now.decision) == (120, 180, 1, JULY)
    assert levels(cast.commune_a) == (10, 20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180)
    assert list(Target.objects.order_by("revision_no").values_list("value", "decision_no")) == [
        (120, "15/QĐ-BHXH"),
        (180, "77/QĐ-BHXH"),
    ]


def test_the_same_decision_again_corrects_its_figure(cast: Cast):
    assign(cast, 120, JANUARY)
    assign(cast, 130, JANUARY)
    assert (standing(cast.commune_a).now, standing(cast.commune_a).revision_no) == (130, 0)
    assert Target.objects.count() == 1


def test_a_draft_becomes_the_first_figure_when_its_number_is_known(cast: Cast):
    assign(cast, 120, ("", None))
    assign(cast, 120, JANUARY)
    assert (standing(cast.commune_a).revision_no, standing(cast.commune_a).decision) == (0, JANUARY)


@pytest.mark.parametrize(
    ("value", "decision", "field"),
    [
        (150, ("", None), "decision_no"),
        (150, ("77/QĐ-BHXH", None), "decision_date"),
        (150, ("9/QĐ-BHXH", date(2026, 1, 5)), "decision_date"),
        (150, ("1/QĐ-BHXH", date(2027, 1, 5)), "decision_date"),
        (59, JULY, "value"),
    ],
)
def test_what_a_decided_figure_cannot_become(
    cast: Cast, value: int, decision: tuple[str, date | None], field: str
):
    assign(cast, 120, JANUARY)
    with pytest.raises(Refused) as refusal:
        assign(cast, value, decision)
    assert refusal.value.field == field
    assert Target.objects.count() == 1 and Target.objects.get().value == 120


def test_withdrawing_a_target_keeps_its_history(cast: Cast):
    assign(cast, 120, JANUARY)
    done = assign(cast, None, JULY)
    assert done.removed == 1
    assert (standing(cast.commune_a).first, standing(cast.commune_a).now) == (120, None)
    assert levels(cast.commune_a) is None
    assert not Target.objects.current().exists() and Target.objects.count() == 2


def test_only_the_version_in_force_is_current_for_every_kind_of_owner(cast: Cast):
    owners = [None, cast.commune_a, cast.commune_b, cast.agent_a, cast.collector_a]
    for decision, value in ((JANUARY, 100), (JULY, 200)):
        do_set_targets(
            actor=cast.manager,
            figures=[Figure(2026, "new", owner, value, *decision) for owner in owners],
        )
    assert Target.objects.count() == 10
    assert list(Target.objects.current().values_list("value", flat=True)) == [200] * 5


def test_a_commune_formed_in_the_year_goes_on_where_its_predecessors_were(cast: Cast):
    heir = cast.commune_a
    parts = [
        edge.predecessor
        for edge in CommuneSuccession.objects.filter(successor=heir).order_by("predecessor")
    ]
    decided = ("3/QĐ-BHXH", date(2025, 1, 10))
    do_set_targets(
        actor=cast.manager,
        figures=[Figure(2025, "new", part, 24 + 12 * n, *decided) for n, part in enumerate(parts)],
    )
    whole = sum(24 + 12 * n for n in range(len(parts)))
    inherited = standing(heir, year=2025)
    assert (inherited.first, inherited.now, inherited.revision_no) == (whole, whole, 0)
    before = levels(heir, year=2025)
    assert before is not None
    revision = Figure(2025, "new", heir, whole + 50, "90/QĐ-BHXH", date(2025, 7, 15))
    do_set_targets(actor=cast.manager, figures=[revision])
    after = standing(heir, year=2025)
    assert (after.first, after.now, after.revision_no) == (whole, whole + 50, 1)
    assert levels(heir, year=2025)[:6] == before[:6]  # type: ignore[index]


def test_one_list_may_hold_a_decision_and_its_revision(cast: Cast):
    figures = [
        Figure(2026, "new", cast.commune_a, value, *decided)
        for value, decided in ((120, JANUARY), (180, JULY))
    ]
    done = do_set_targets(actor=cast.manager, figures=figures)
    assert (done.created, done.changed) == (1, 1)
    assert (standing(cast.commune_a).first, standing(cast.commune_a).now) == (120, 180)
    assert do_set_targets(actor=cast.manager, figures=figures).unchanged == 2


def test_who_is_hired_in_the_year_is_asked_from_that_month_on(cast: Cast):
    who = cast.collector_a
    who.hired_on = date(2026, 7, 1)
    who.save()
    assign(cast, 12, JULY, owner=who)
    row = Target.objects.get()
    assert row.effective_month == 7
    assert histories_of_year(2026, load_lineage())["new", "collector", who.pk].levels(
        lambda _: 0
    ) == (
        0,
        0,
        0,
        0,
        0,
        0,
        2,
        4,
        6,
        8,
        10,
        12,
    )
