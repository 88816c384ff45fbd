"""Each audit row says where its act came from: the trusted address and a mark of the session, or
the command.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from agents import audit
from agents.models import AuditEntry, CommuneBoundary, Role, User
from agents.origin import Origin, origin_of, session_mark
from tests import builders
from tests.shipped import unguarded

CHANGE = reverse("account_change_password")
NEW = "con trau xanh an banh da"


@pytest.fixture
def account(db: None) -> User:
    return builders.user("thu.ngan", Role.MANAGER)


def changed_password(account: User, **headers: str) -> tuple[AuditEntry, Client]:
    """The row of somebody who chose a new password in a browser, and the browser."""
    client = Client()
    client.force_login(account, backend="agents.backends.PortalBackend")
    word = {"oldpassword": builders.PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(CHANGE, word, **headers).status_code == 302
    return AuditEntry.objects.get(action="account.password"), client


def test_the_row_of_a_page_has_the_address_and_a_mark_of_the_session(account: User):
    row, _ = changed_password(account, REMOTE_ADDR="203.0.113.9")
    assert (row.actor, row.address) == (account, "203.0.113.9")
    assert len(row.session) == 16


def test_the_mark_of_the_session_is_not_its_key(account: User):
    row, client = changed_password(account)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert row.session not in key
    assert key not in str(row.changes) + row.session


def test_two_sessions_have_two_marks():
    marks = {session_mark("a" * 32), session_mark("b" * 32)}
    assert len(marks) == 2
    assert session_mark(None) == ""


@pytest.mark.parametrize(
    ("proxies", "claimed", "stored"),
    [
        (0, "198.51.100.7", "203.0.113.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "<script>", None),
        (2, "198.51.100.7", None),
    ],
)
def test_only_trusted_proxies_say_the_address(
    proxies: int, claimed: str, stored: str | None, settings: Any
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=claimed)
    request.session = SessionStore()
    assert origin_of(request).address == stored


def test_an_act_without_an_account_has_the_origin_that_it_names(db: None):
    with transaction.atomic():
        row = audit.record(
            actor=None, action="x.y", on=User, summary="x", origin=Origin("203.0.113.9", "abc")
        )
    row.refresh_from_db()
    assert (row.actor, row.object_id, row.address, row.session) == (None, 0, "203.0.113.9", "abc")


def test_a_command_is_named(reference: None):
    with unguarded(CommuneBoundary):
        CommuneBoundary.objects.all().delete()
    call_command("load_reference", stdout=StringIO(), stderr=StringIO())
    row = AuditEntry.objects.get(action="commune.load", pk=AuditEntry.objects.latest("pk").pk)
    assert (row.actor, row.address, row.session) == (None, None, "lệnh/load_reference")


def test_an_act_of_the_bulk_has_the_origin_of_its_actor(account: User):
    account.origin = Origin("203.0.113.9", "abc")  # type: ignore[attr-defined]
    audit.record_all(
        audit.entry(actor=account, action="x.y", kind=User, pk=pk, summary="x")
        for pk in range(1, 40)
    )
    rows = AuditEntry.objects.filter(action="x.y").values_list("address", "session")
    assert list(rows) == [("203.0.113.9", "abc")] * 39


def test_a_public_page_does_not_look_at_the_session(account: User, django_assert_num_queries: Any):
    client = Client()
    client.force_login(account, backend="agents.backends.PortalBackend")
    with django_assert_num_queries(0):
        client.get(reverse("healthz"))
