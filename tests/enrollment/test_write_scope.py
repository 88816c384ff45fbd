"""Who may change what: reading a record does not give the right to change it, and the operation
itself holds that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from agents.models import User
from enrollment.looking import SETTLING_DAYS
from enrollment.models import ImportBatch, Receipt
from enrollment.operations.exports import do_take_errors
from enrollment.operations.receipts import do_void_receipt
from enrollment.write_scope import may, require_voiding
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused


def void(actor: User, receipt: Receipt) -> None:
    do_void_receipt(actor=actor, receipt=receipt, on=today(), reason="Thu nhầm")


@pytest.fixture
def moved(cast: Cast) -> tuple[Receipt, Receipt]:
    """A payer's receipt of agent and commune B, and the later one with which the payer came over to
    A.
    """
    first = this_month().first_day
    old = builders.paid(cast.manager, cast.commune_b, cast.collector_b, first, months=1)
    again = builders.again(old.participant, months=6, from_month=this_month() + 1)
    return old, builders.paid(cast.manager, cast.commune_a, cast.collector_a, first, **again)


def test_who_reads_a_receipt_only_for_its_payer_does_not_void_it(
    cast: Cast, moved: tuple[Receipt, Receipt]
):
    old, new = moved
    builders.choose(cast.manager, SETTLING_DAYS, 0)
    for actor in (cast.staff_a, cast.lead_a, cast.officer_a):
        assert Receipt.objects.visible_to(actor).filter(pk=old.pk).exists()
        with pytest.raises(PermissionDenied, match="chỉ xem được"):
            void(actor, old)
    for actor in (cast.staff_b, cast.lead_b, cast.officer_b, cast.auditor, cast.administrator):
        with pytest.raises(PermissionDenied):
            void(actor, new)
    assert not Receipt.objects.filter(void__isnull=False).exists()


@pytest.mark.parametrize("who", ["staff_b", "lead_b", "officer_b", "manager"])
def test_the_receipts_own_agent_commune_and_the_manager_void_it(cast: Cast, moved: Any, who: str):
    void(getattr(cast, who), moved[0])
    assert Receipt.objects.get(void__isnull=False) == moved[0]


@pytest.mark.parametrize("who", ["staff_b", "lead_b"])
def test_after_the_offices_days_the_agent_asks_the_office(cast: Cast, moved: Any, who: str):
    old = moved[0]
    old.recorded_at -= timedelta(days=7, seconds=5)
    with pytest.raises(Refused, match="quá 7 ngày.*chuyên quản thu của xã hoặc lãnh đạo"):
        void(getattr(cast, who), old)
    assert [may(require_voiding, user, old) for user in (cast.officer_b, cast.manager)] == [
        True,
        True,
    ]
    void(cast.officer_b, old)


@pytest.mark.parametrize("who", ["lead_b", "officer_a", "auditor"])
def test_the_errors_of_a_list_are_for_whoever_brought_it_and_the_manager(cast: Cast, who: str):
    batch = ImportBatch(created_by=cast.lead_a, file_name="bang-ke.xlsx")
    with pytest.raises(PermissionDenied):
        do_take_errors(actor=getattr(cast, who), batch=batch, reason="sửa bảng kê rồi tải lại")
    for actor in (cast.lead_a, cast.manager):
        with pytest.raises(Refused, match="không còn được giữ"):
            do_take_errors(actor=actor, batch=batch, reason="sửa bảng kê rồi tải lại")
