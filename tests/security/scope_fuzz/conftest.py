"""What every test of the scope fuzzer needs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_words_about_refusals() -> Iterator[None]:
    """Thousands of requests are refused here, each of which the portal would write a traceback
    about.
    """
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
