"""One campaign for all tests of this folder: it is a value, nobody changes it."""

from __future__ import annotations

import pytest

from enrollment.demonstration import Campaign, simulate
from thaithuy_bhxh.months import Month


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    return simulate(Month(2026, 10))
