"""The scene for a module, and places for its uploads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from tests.security.scene import Scene, set_scene


@pytest.fixture(scope="module")
def scene(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Everything once; each test's own changes are rolled back to it."""
    folder: Path = tmp_path_factory.mktemp("uploads")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), set_scene() as made:
        yield made


@pytest.fixture
def untouched_limits(db: None) -> None:
    """No failed log-in is remembered."""
    cache.clear()
