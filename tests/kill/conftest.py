"""A district on real transactions, emptied afterwards, and a count of the kills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import cast as stage
from tests.kill.district import District
from tests.shipped import start_over


@pytest.fixture
def district(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[District]:
    settings.MEDIA_ROOT = tmp_path
    yield District(stage.gather())
    start_over()


@pytest.fixture
def tried(
    record_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> Iterator[list[int]]:
    """The kill points of a test; their number is printed and stands in its report."""
    points: list[int] = []
    yield points
    record_property("kill_points", len(points))
    print(f"{request.node.name}: {len(points)} kill points")
