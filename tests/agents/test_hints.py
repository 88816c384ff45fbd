"""Hints stand on the first screen of the demonstration and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agents.hints import HINTS
from agents.models import Marker, Role
from tests.cast import Cast

SUMMARY = "Ba việc nên thử"


@pytest.mark.parametrize("role", Role.values)
def test_each_role_has_three_on_its_first_screen(
    role: str, cast: Cast, logged_in: Any, settings: Any
) -> None:
    client = logged_in(cast.by_role(role))
    Marker.objects.create(name=Marker.DEMONSTRATION)
    assert SUMMARY not in client.get(reverse("home")).content.decode()
    settings.DEBUG = True
    page = client.get(reverse("home"))
    assert SUMMARY in page.content.decode()
    assert page.context["hints"] == HINTS[role]
    assert len(set(HINTS[role])) == 3


def test_not_on_other_pages_nor_in_an_office(cast: Cast, logged_in: Any, settings: Any) -> None:
    settings.DEBUG = True
    client = logged_in(cast.manager)
    assert SUMMARY not in client.get(reverse("home")).content.decode()
    Marker.objects.create(name=Marker.DEMONSTRATION)
    assert SUMMARY not in client.get(reverse("reports:index")).content.decode()
