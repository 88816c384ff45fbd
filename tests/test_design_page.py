"""The page of all components: there for whoever changes the look, absent where people work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.cast import Cast

WITH_THE_PAGE = "tests.design_urls"


def test_production_has_no_page_of_components(cast: Cast, client: Client):
    client.force_login(cast.manager)
    with pytest.raises(NoReverseMatch):
        reverse("design")
    assert client.get("/thiet-ke/").status_code == 404


def test_the_page_of_components_asks_for_a_log_in(client: Client, settings: Any):
    settings.ROOT_URLCONF = WITH_THE_PAGE
    assert client.get("/thiet-ke/").status_code == 302
