"""The office's own numbers: each holds from its day on, with its reason, and the days before keep
theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agents.models import AuditEntry, User
from agents.office_settings import Definition, define, definition_of, office_setting
from agents.operations.office_settings import do_set_office_setting
from enrollment.write_scope import VOID_DAYS
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

VOIDING = definition_of(VOID_DAYS)
assert VOIDING


def choose(
    cast: Cast, value: int, ahead: int = 0, actor: User | None = None, why: str = "Quyết định 12"
) -> None:
    do_set_office_setting(
        actor=actor or cast.manager,
        definition=VOIDING,
        value=value,
        valid_from=today() + timedelta(ahead),
        why=why,
    )


def test_the_default_holds_until_the_office_decides(cast: Cast):
    assert office_setting(VOID_DAYS) == 7
    choose(cast, 3)
    assert office_setting(VOID_DAYS) == 3


def test_each_number_holds_from_its_own_day(cast: Cast):
    choose(cast, 3, ahead=2)
    choose(cast, 5)
    choose(cast, 4, ahead=2)
    at = [office_setting(VOID_DAYS, on=today() + timedelta(days)) for days in (-1, 0, 1, 2, 30)]
    assert at == [7, 5, 5, 4, 4]


def test_asking_again_costs_no_question(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(1):
        assert {office_setting(VOID_DAYS) for _ in range(3)} == {7}


@pytest.mark.parametrize(
    ("value", "ahead", "why", "field"),
    [
        (61, 0, "x", "value"),
        (-1, 0, "x", "value"),
        (7, 0, "x", "value"),
        (3, -1, "x", "valid_from"),
        (3, 0, " ", "why"),
    ],
)
def test_what_cannot_hold_is_refused_beside_its_field(
    cast: Cast, value: int, ahead: int, why: str, field: str
):
    with pytest.raises(Refused) as refusal:
        choose(cast, value, ahead, why=why)
    assert refusal.value.field == field


def test_only_who_keeps_the_office_decides(cast: Cast):
    for actor in (cast.staff_a, cast.lead_a, cast.officer_a, cast.auditor):
        with pytest.raises(PermissionDenied):
            choose(cast, 3, actor=actor)
    choose(cast, 3, actor=cast.administrator)
    row = AuditEntry.objects.get(action="office.setting")
    assert (row.actor, row.changes) == (
        cast.administrator,
        {"value": [7, 3], "why": "Quyết định 12"},
    )


def test_a_key_means_one_thing():
    with pytest.raises(ValueError, match="defined twice"):
        define(Definition(VOID_DAYS, "Khác", "Khác", "ngày", default=1))
    assert definition_of(VOID_DAYS) is VOIDING


def in_force(page: Any) -> str:
    """What the page says holds today for the days of voiding."""
    row = markup(page).partition("Số ngày đại lý còn được tự hủy biên lai")[2]
    return row.partition("<strong>")[2].partition("</strong>")[0]


def test_the_page_changes_a_number_and_keeps_the_history(
    cast: Cast, logged_in: Callable[[User], Client]
):
    client = logged_in(cast.manager)
    page, form = (
        reverse("agents:office_settings"),
        reverse("agents:office_setting_edit", args=[VOID_DAYS]),
    )
    assert in_force(client.get(page)) == "7 ngày"
    wrong = client.post(
        form, {"value": "99", "valid_from": f"{today():%d/%m/%Y}", "why": "Quyết định 12"}
    )
    assert "Hãy nhập một số từ 0 ngày đến 60 ngày." in markup(wrong)
    sent = client.post(
        form, {"value": "3", "valid_from": f"{today():%d/%m/%Y}", "why": "Quyết định 12"}
    )
    assert sent.status_code == 302
    answer = client.get(page)
    shown = markup(answer)
    assert in_force(answer) == "3 ngày"
    assert f"Từ {today():%d/%m/%Y}: 3 ngày (Quyết định 12" in shown
    assert client.get(reverse("agents:office_setting_edit", args=["khong-co"])).status_code == 404
