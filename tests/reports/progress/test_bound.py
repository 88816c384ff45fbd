"""The office's bound between “Hơi chậm” and “Chậm” holds from its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agents.office_settings import definition_of
from agents.operations.office_settings import do_set_office_setting
from reports.progress.bound import CLOSE_KEY, close_on, words_explained
from tests.cast import Cast
from thaithuy_bhxh.clock import today

pytestmark = pytest.mark.django_db


def test_the_bound_holds_from_its_day(cast: Cast, logged_in: Callable[[Any], Client]) -> None:
    definition = definition_of(CLOSE_KEY)
    assert definition is not None
    do_set_office_setting(
        actor=cast.administrator, definition=definition, value=80, valid_from=today(), why="Họp"
    )
    assert (close_on(today() - timedelta(days=1)), close_on(today())) == (90, 80)
    assert "từ 80% mức đó" in words_explained(today())
    page = logged_in(cast.manager).get("/bao-cao/chi-tieu/")
    assert "Hơi chậm: từ 80% mức đó" in page.content.decode()
