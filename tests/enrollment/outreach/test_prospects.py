"""Prospects: written down once, in scope, joined without retyping, left alone, made anonymous."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents.models import AuditEntry
from enrollment.models import Acquisition, Exclusion, Prospect, ProspectOrigin
from enrollment.operations.participants import Person, do_enroll
from enrollment.operations.retention import PROSPECTS
from enrollment.outreach.operations.prospects import (
    Known,
    NewProspect,
    anonymise,
    do_add_prospect,
    do_correct_prospect,
    do_exclude,
)
from enrollment.outreach.operations.sharing import do_share_out
from enrollment.outreach.operations.visits import Result
from enrollment.outreach.people import who
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

pytestmark = pytest.mark.django_db


def test_a_prospect_is_written_down_with_its_audit_row(cast: Cast):
    row = builders.prospect(cast.staff_a, cast.commune_a, phone="0912 345 678")
    assert (row.phone, row.origin, row.recorded_by) == ("0912345678", "list", cast.staff_a)
    assert AuditEntry.objects.filter(action="outreach.prospect", object_id=row.pk).count() == 1


def test_the_same_key_twice_is_one_prospect(cast: Cast):
    key = uuid4()
    new = NewProspect("Phạm Thị Mai", cast.commune_a, birth_year=1990)
    first, again = (
        do_add_prospect(actor=cast.staff_a, prospect=new, origin=ProspectOrigin.VISIT, key=key)
        for _ in range(2)
    )
    assert first == again
    assert Prospect.objects.count() == 1


@pytest.mark.parametrize(
    "shared",
    [
        {"citizen_id": "034180000123"},
        {"bhxh_no": "3420000123"},
        {"phone": "0912345678"},
        {"birth_date": date(1980, 5, 6)},
    ],
)
def test_who_is_on_the_list_is_recognised(cast: Cast, shared: dict[str, object]):
    known = builders.prospect(cast.staff_a, cast.commune_a, full_name="Hoàng Thị Hòa", **shared)
    with pytest.raises(Known) as refused:
        builders.prospect(cast.staff_a, cast.commune_a, full_name="HOÀNG THỊ HOÀ", **shared)
    assert refused.value.person == known


def test_who_participates_is_no_prospect(cast: Cast):
    paid = builders.paid(cast.lead_a, cast.commune_a, cast.collector_a, today())
    with pytest.raises(Known, match="sổ người tham gia"):
        builders.prospect(
            cast.staff_a, cast.commune_a, citizen_id=paid.participant.citizen_id or ""
        )


def test_a_child_and_a_foreign_commune_are_refused(cast: Cast):
    with pytest.raises(Refused):
        builders.prospect(cast.staff_a, cast.commune_a, birth_year=today().year - 10)
    with pytest.raises(Refused) as refused:
        builders.prospect(cast.staff_a, cast.commune_b)
    assert refused.value.field == "commune"
    assert Prospect.objects.count() == 0


def test_an_agent_sees_the_pool_it_serves_and_whom_it_holds(cast: Cast):
    free = builders.prospect(cast.manager, cast.commune_a)
    far = builders.prospect(cast.manager, cast.commune_b)
    assert set(Prospect.objects.visible_to(cast.staff_a)) == {free}
    assert set(Prospect.objects.visible_to(cast.officer_b)) == {far}
    do_share_out(actor=cast.manager, people=[who(free)], workers=[cast.collector_b])
    assert set(Prospect.objects.visible_to(cast.staff_a)) == set()
    assert set(Prospect.objects.visible_to(cast.staff_b)) == {free, far}
    assert set(Prospect.objects.visible_to(cast.officer_a)) == {free}
    assert set(Prospect.objects.visible_to(cast.administrator)) == set()


def test_only_who_sees_somebody_corrects_or_excludes(cast: Cast):
    far = builders.prospect(cast.manager, cast.commune_b)
    changed = NewProspect("Phạm Văn Khác", cast.commune_b)
    with pytest.raises(PermissionDenied):
        do_correct_prospect(actor=cast.staff_a, prospect=far, changed=changed)
    with pytest.raises(PermissionDenied):
        do_exclude(actor=cast.officer_a, person=far, reason="asked")
    far.refresh_from_db()
    assert far.full_name != "Phạm Văn Khác"
    assert Exclusion.objects.count() == 0


def test_joining_takes_the_history_along(cast: Cast):
    row = builders.prospect(cast.staff_a, cast.commune_a, citizen_id="034180000123")
    visit = builders.visit(cast.staff_a, cast.commune_a, Result(who(row), "agreed"))
    receipt = do_enroll(
        actor=cast.staff_a,
        person=Person(row.full_name, citizen_id="034180000123", birth_year=1980),
        payment=builders.payment(cast.commune_a, cast.collector_a),
    )
    row.refresh_from_db()
    assert (row.participant, row.joined_on) == (receipt.participant, today())
    source = Acquisition.objects.get(participant=receipt.participant)
    assert (source.source, source.visit) == ("visit", visit)
    assert not Prospect.objects.open().exists()


def test_untouched_prospects_are_made_anonymous_and_still_counted(cast: Cast):
    row = builders.prospect(cast.staff_a, cast.commune_a, phone="0912345678")
    touched = builders.prospect(cast.staff_a, cast.commune_a)
    builders.visit(cast.staff_a, cast.commune_a, Result(who(touched), "undecided"))
    moment = timezone.now() + timedelta(seconds=1)
    Prospect.objects.filter(pk=touched.pk).update(recorded_at=moment - timedelta(days=800))
    before = moment - timedelta(days=730)
    assert anonymise(before, False) == 0
    Prospect.objects.filter(pk=row.pk).update(recorded_at=moment - timedelta(days=731))
    assert anonymise(before, True) == 1
    assert anonymise(before, False) == 1
    row.refresh_from_db()
    assert (row.full_name, row.phone, row.search_key, row.birth_date) == ("", "", "", None)
    assert (row.commune, row.origin) == (cast.commune_a, "list")
    assert PROSPECTS == "keep_prospects"
