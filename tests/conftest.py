"""Fixtures that every folder uses: reference data, the cast, and somebody logged in."""

from __future__ import annotations

import os
from collections.abc import Callable

import hypothesis
import pytest
from django.core.management import call_command
from django.test import Client

from agents.models import User
from tests import cast as stage


def pytest_configure(config: pytest.Config) -> None:
    """Collect the static files once, so that pages are tested with production's storage."""
    if not hasattr(config, "workerinput"):
        call_command("collectstatic", interactive=False, verbosity=0)
    # The same examples on every machine of a run that decides about landing; elsewhere fresh ones each time.
    hypothesis.settings.register_profile("decides", derandomize=True, deadline=None)
    hypothesis.settings.register_profile("explores", deadline=None)
    hypothesis.settings.load_profile("decides" if os.environ.get("CI") else "explores")


@pytest.fixture
def reference(db: None) -> None:
    """Communes, lineage and the law's parameters as shipped."""
    from agents.operations.reference import load_territory
    from enrollment.operations.policy import load_policy

    load_territory()
    load_policy()


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
