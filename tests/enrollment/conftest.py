"""People in every standing, and browsers of the cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from agents.models import User
from enrollment.models import Participant, Receipt
from enrollment.operations.stops import do_stop
from tests import builders
from tests.cast import ERA_C, Cast
from thaithuy_bhxh.clock import this_month, today

LONG_AGO = date(2025, 8, 5)
"""A day of the present communes on which one month's money has long lapsed."""


@pytest.fixture
def active(cast: Cast) -> Participant:
    """Somebody of side A, paid for 12 months from this month."""
    return _paid(
        cast, this_month().first_day, months=12, full_name="Người Mẫu Đặng Thị An"
    ).participant


@pytest.fixture
def lapsed(cast: Cast) -> Participant:
    """Somebody of side A who paid one month in August 2025 and never again."""
    return _paid(cast, LONG_AGO, months=1, full_name="Người Mẫu Trần Văn Bình").participant


@pytest.fixture
def foreign(cast: Cast) -> Participant:
    """Somebody of side B."""
    receipt = builders.paid(
        cast.manager,
        cast.commune_b,
        cast.collector_b,
        this_month().first_day,
        full_name="Người Mẫu Lê Thị Cúc",
    )
    return receipt.participant


@pytest.fixture
def stopped(cast: Cast) -> Participant:
    """Somebody of side A who stopped this month."""
    person = _paid(
        cast, this_month().first_day, months=6, full_name="Người Mẫu Vũ Thị Dung"
    ).participant
    do_stop(
        actor=cast.manager, participant=person, month=this_month(), reason="compulsory", note=""
    )
    person.refresh_from_db()
    return person


@pytest.fixture
def receipt(active: Participant) -> Receipt:
    return Receipt.objects.get(participant=active)


@pytest.fixture
def browser(cast: Cast, logged_in: Callable[[User], Client]) -> Callable[[str], Client]:
    """``browser("lead_b")`` is that person's browser."""
    return lambda name: logged_in(getattr(cast, name))


def _paid(cast: Cast, day: date, **values: object) -> Receipt:
    assert ERA_C <= day <= today()
    return builders.paid(cast.manager, cast.commune_a, cast.collector_a, day, **values)
