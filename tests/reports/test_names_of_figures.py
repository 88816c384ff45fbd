"""A list behind a figure is called as people say it, also where the column needs the head above."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from tests.cast import Cast
from tests.pages import markup


@pytest.mark.parametrize(
    ("figure", "called"),
    [
        ("new", "Tăng mới"),
        ("moved_in", "Chuyển đến"),
        ("moved_out", "Chuyển đi"),
        ("decreased.not_renewed", "Giảm, chưa tái tục"),
        ("decreased.other", "Giảm vì lý do khác"),
        ("closing", "Cuối kỳ"),
    ],
)
def test_the_list_is_called_as_people_say_it(
    cast: Cast, logged_in: Callable[[User], Client], figure: str, called: str
) -> None:
    query = {"tu": "2026-08", "den": "2026-09", "theo": "commune", "cot": figure}
    query["don_vi"] = cast.commune_a.code
    page = markup(logged_in(cast.manager).get(reverse("reports:growth_list"), query))
    assert f"<h1>{called}: {cast.commune_a.name}</h1>" in page
