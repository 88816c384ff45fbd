"""Three eras of communes: every unit folds to exactly one later unit, and nothing is ever split."""

from __future__ import annotations

from datetime import date

import pytest

from agents.models import BEGINNING, Commune, CommuneAssignment, CommuneBoundary, CommuneSuccession
from agents.operations.assignments import do_assign_commune, do_end_assignment
from agents.operations.reference import load_territory
from agents.territory import load_lineage
from tests import builders
from tests.cast import ERA_C, Cast
from tests.shipped import unguarded
from thaithuy_bhxh.errors import Refused

ERAS = ((date(2019, 6, 1), 48), (date(2022, 6, 1), 36), (date(2026, 6, 1), 11))


@pytest.mark.parametrize(("day", "units"), ERAS)
def test_an_era_has_its_units(reference: None, day: date, units: int):
    assert len(load_lineage().existing(day)) == units


@pytest.mark.parametrize(("earlier", "later"), [(0, 1), (0, 2), (1, 2)])
def test_every_unit_folds_into_exactly_one_of_a_later_era_and_each_of_those_has_history(
    reference: None, earlier: int, later: int
):
    lineage, day = load_lineage(), ERAS[later][0]
    folded = {unit.id: lineage.at(unit.id, day) for unit in lineage.existing(ERAS[earlier][0])}
    assert set(folded.values()) == {unit.id for unit in lineage.existing(day)}
    members = [lineage.members([unit.id], day) for unit in lineage.existing(day)]
    assert sum(map(len, members)) == len(set().union(*members))


def test_a_younger_unit_cannot_be_told_in_an_older_era(reference: None):
    lineage = load_lineage()
    young = [unit for unit in lineage.existing(ERAS[2][0]) if unit.valid_from == ERA_C]
    assert len(young) == 11 and {lineage.at(unit.id, ERAS[0][0]) for unit in young} == {None}


def test_loaded_again_nothing_changes_and_an_offices_edits_stay(reference: None):
    commune = Commune.objects.get(code="12826", valid_from=ERA_C)
    Commune.objects.filter(pk=commune.pk).update(name="Tên của cơ quan")
    CommuneBoundary.objects.filter(commune=commune).update(coordinates=[])
    with unguarded(Commune):
        Commune.objects.filter(valid_to=date(2020, 3, 31)).update(valid_to=date(2020, 4, 30))
        Commune.objects.filter(valid_from=date(2020, 4, 1)).update(valid_from=date(2020, 5, 1))
    assert load_territory() == 0
    commune.refresh_from_db()
    assert (commune.name, commune.boundary.coordinates) == ("Tên của cơ quan", [])
    assert (Commune.objects.count(), CommuneSuccession.objects.count()) == (68, 57)


def test_each_present_commune_has_an_outline_of_closed_rings(reference: None):
    outlines = list(CommuneBoundary.objects.select_related("commune"))
    assert {one.commune_id for one in outlines} == {
        unit.id for unit in load_lineage().existing(ERAS[2][0])
    }
    rings = [ring for one in outlines for polygon in one.coordinates for ring in polygon]
    assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings)


def test_a_hand_over_ends_the_former_officer_the_day_before(cast: Cast):
    new = do_assign_commune(
        actor=cast.manager,
        kind="officer",
        commune=cast.commune_a,
        user=cast.officer_b,
        valid_from=date(2026, 3, 1),
    )
    former = CommuneAssignment.objects.get(commune=cast.commune_a, user=cast.officer_a)
    assert (former.valid_to, new.valid_to) == (date(2026, 2, 28), None)
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        assert (
            CommuneAssignment.objects.officers()
            .valid_on(day)
            .filter(commune=cast.commune_a)
            .count()
            == 1
        )


def test_a_hand_over_on_the_first_day_replaces_the_person(cast: Cast):
    do_assign_commune(
        actor=cast.manager,
        kind="officer",
        commune=cast.commune_a,
        user=cast.officer_b,
        valid_from=ERA_C,
    )
    assert [one.user for one in cast.commune_a.assignments.all()] == [cast.officer_b]


def test_an_ended_term_is_not_ended_later_or_before_it_began(cast: Cast):
    term = cast.commune_a.assignments.get()
    do_end_assignment(actor=cast.manager, assignment=term, valid_to=date(2026, 1, 31))
    for day in (date(2026, 2, 1), date(2025, 6, 30)):
        with pytest.raises(Refused):
            do_end_assignment(actor=cast.manager, assignment=term, valid_to=day)


def test_only_the_right_people_are_in_charge_of_a_unit_of_the_day(cast: Cast):
    leader = {
        "actor": cast.manager,
        "kind": "leader",
        "commune": cast.commune_a,
        "valid_from": ERA_C,
    }
    with pytest.raises(Refused, match="không phải"):
        do_assign_commune(**leader, user=cast.officer_a)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="không có vào ngày"):
        do_assign_commune(**{**leader, "valid_from": BEGINNING}, user=cast.manager)  # type: ignore[arg-type]
    gone = builders.user("nghi_viec", "manager", is_active=False)
    with pytest.raises(Refused, match="đã ngừng dùng"):
        do_assign_commune(**leader, user=gone)  # type: ignore[arg-type]
