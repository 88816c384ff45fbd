"""Fixtures that every folder uses: reference data, the cast, and somebody logged in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from agents.models import User
from agents.office_settings import forget_kept
from tests import cast as stage
from tests.shipped import let_flush_through, load_shipped


def pytest_configure(config: pytest.Config) -> None:
    """Collect the static files once, so that pages are tested with production's storage."""
    if not hasattr(config, "workerinput"):
        call_command("collectstatic", interactive=False, verbosity=0)
    let_flush_through()
    settings.PASSWORD_HASHERS = ["tests.quick_hash.QuickArgon2"]
    # Their own tests ask for them; the others log in without a password.
    settings.REAUTHENTICATION_REQUIRED = False
    settings.MFA_REQUIRED = False
    # The same examples on every machine of a run that decides about landing; elsewhere fresh ones
    # each time.
    hypothesis.settings.register_profile("decides", derandomize=True, deadline=None)
    hypothesis.settings.register_profile("explores", deadline=None)
    hypothesis.settings.load_profile("decides" if os.environ.get("CI") else "explores")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The worker's database, which PostgreSQL drops only when nobody else is connected.

    A thread of the browser tests' server keeps its connection as long as the browser keeps its
    socket open.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _shipped(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    """Every test with a database begins with what ships, written once and not in the test's own
    transaction.
    """
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker(
        "django_db"
    ):
        request.getfixturevalue("django_db_setup")
        forget_kept()
        with django_db_blocker.unblock():
            load_shipped()


@pytest.fixture
def reference(_shipped: None, db: None) -> None:
    """Communes, lineage and the law's parameters as shipped."""


@pytest.fixture
def cast(reference: None) -> stage.Cast:
    """The people of the tests."""
    return stage.gather()


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    """``logged_in(user)`` gives that person's browser."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="agents.backends.PortalBackend")
        return client

    return enter
