"""Who reads a person's page, and what is refused to whom, is on record with address and session;
once in a while.
"""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from agents.models import AuditEntry
from agents.operations import noticing
from tests.pages import markup
from tests.security.scene import Scene, fingerprint
from tests.shipped import unguarded

HOME = {"REMOTE_ADDR": "203.0.113.9"}


def rows(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


@pytest.fixture
def page(scene: Scene, db: None) -> str:
    return reverse("enrollment:participant", args=[scene.a.person.pk])


def test_reading_a_persons_page_is_one_row_with_its_origin(scene: Scene, page: str):
    for _ in range(3):
        assert scene.browsers["lead"].get(page, **HOME).status_code == 200
    (row,) = rows("participant.read")
    assert (row.actor, row.object_id, row.address) == (
        scene.cast.lead_a,
        scene.a.person.pk,
        "203.0.113.9",
    )
    assert len(row.session) == 16


def test_another_reader_and_a_later_reading_have_rows_of_their_own(scene: Scene, page: str):
    scene.browsers["lead"].get(page)
    scene.browsers["manager"].get(page)
    with unguarded(AuditEntry):
        AuditEntry.objects.filter(action="participant.read").update(
            at=timezone.now() - timedelta(minutes=11)
        )
    scene.browsers["lead"].get(page)
    actors = [row.actor for row in rows("participant.read")]
    assert actors == [scene.cast.lead_a, scene.cast.manager, scene.cast.lead_a]


def test_a_page_is_read_while_the_trail_cannot_be_written_and_the_log_has_it(
    scene: Scene, page: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    @contextmanager
    def busy(**kwargs: Any) -> Iterator[None]:
        """As when another writer has the file: the transaction does not even begin."""
        raise OperationalError("database is locked")
        yield

    monkeypatch.setattr(noticing.transaction, "atomic", busy)
    logging.getLogger(noticing.__name__).addHandler(caplog.handler)
    assert scene.browsers["lead"].get(page).status_code == 200
    assert (
        f"participant.read enrollment.participant {scene.a.person.pk} by {scene.cast.lead_a.pk}"
        in caplog.text
    )


@pytest.mark.parametrize("name", ["participant", "receipt"])
def test_asking_for_somebody_out_of_scope_is_on_record(scene: Scene, db: None, name: str):
    record = {"participant": scene.b.person, "receipt": scene.b.receipt}[name]
    address, before = reverse(f"enrollment:{name}", args=[record.pk]), fingerprint()
    for _ in range(2):
        assert scene.browsers["lead"].get(address, **HOME).status_code == 404
    (row,) = rows("refusal.scope")
    assert (row.actor, row.object_type, row.object_id) == (
        scene.cast.lead_a,
        record._meta.label_lower,
        record.pk,
    )
    assert (row.summary, row.address) == (f"Mục ngoài phạm vi: GET {address}", "203.0.113.9")
    assert fingerprint() == before


def test_asking_for_what_is_not_there_tells_nothing(scene: Scene, db: None):
    for number in (999_999_999, 10**30):
        assert scene.browsers["lead"].get(f"/nguoi-tham-gia/{number}/").status_code == 404
    assert rows("refusal.scope") == []


def test_a_wrong_role_and_a_wrong_way_are_on_record(scene: Scene, db: None):
    accounts, search = reverse("agents:accounts"), reverse("enrollment:participant_search")
    assert scene.browsers["collector"].get(accounts).status_code == 403
    assert scene.browsers["collector"].get(search).status_code == 405
    ((role,), (method,)) = rows("refusal.role"), rows("refusal.method")
    assert (role.actor, role.summary) == (
        scene.cast.by_role("collector"),
        f"Không có quyền: GET {accounts}",
    )
    assert method.summary == f"Sai cách gửi: GET {search}"


def test_the_trail_tells_refusals_and_readings_in_words(scene: Scene, page: str):
    scene.browsers["lead"].get(page)
    scene.browsers["lead"].get(reverse("agents:accounts"))
    text = markup(scene.browsers["auditor"].get(reverse("agents:audit")))
    assert "Xem trang" in text and "Không có quyền: GET" in text and "Bị từ chối" in text
