"""A format that there is not is an error, never another file."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["pdf", "XLSX", "xls"])
def test_an_unknown_format_is_refused(client: Client, cast: Cast, asked: str):
    client.force_login(cast.manager)
    answer = client.get(
        "/bao-cao/tang-truong/", {"tu": "2021-01", "den": "2021-02", "dinh_dang": asked}
    )
    assert answer.status_code == 400
