"""Rows by plain SQL: ids known beforehand, few rows and many alike."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agents import audit
from agents.models import AuditEntry, Commune
from enrollment.models import Household
from thaithuy_bhxh.bulk import FEW, insert_rows, reserve_keys

pytestmark = pytest.mark.django_db


def test_ids_reserved_for_some_rows_are_given_to_no_other_row():
    before = Household.objects.create().pk
    reserved = reserve_keys(Household, 3) + reserve_keys(Household, 2)
    insert_rows(Household, [Household(pk=key) for key in reserved[:2]], keyed=True)
    after = Household.objects.create().pk
    assert reserved == sorted(reserved)
    assert len({before, *reserved, after}) == 7
    assert set(Household.objects.values_list("pk", flat=True)) == {before, *reserved[:2], after}


def test_ids_can_be_reserved_in_a_table_that_never_held_a_row():
    assert len(set(reserve_keys(Household, 2)) | {Household.objects.create().pk}) == 3


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 3 * FEW])
def test_every_row_arrives_with_its_values(count: int):
    changes = {"tên": 'Đặng "Bé"\t\\N\n', "số": [None, 1], "cờ": True, "lồng": {"a": "1,5"}}
    at = timezone.now()
    audit.record_all(
        audit.entry(
            actor=None,
            action="x.y",
            kind=Commune,
            pk=number,
            summary=f"Dòng\t{number}",
            changes=changes,
            at=at,
        )
        for number in range(count)
    )
    rows = AuditEntry.objects.filter(action="x.y").order_by("object_id")
    assert [(row.object_id, row.summary) for row in rows] == [
        (number, f"Dòng\t{number}") for number in range(count)
    ]
    assert all((row.changes, row.at, row.actor_id) == (changes, at, None) for row in rows)
