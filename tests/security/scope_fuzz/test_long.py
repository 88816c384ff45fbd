"""The scope fuzzer for as long as asked, in ever new worlds.

``SCOPE_FUZZ_SECONDS=300 python -m pytest tests/security/scope_fuzz/test_long.py`` says at the end
how much was asked and what came out; ``SCOPE_FUZZ_SEED`` chooses the first world.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.test import override_settings

from tests.security.scope_fuzz.asking import Asker, Tale
from tests.security.scope_fuzz.worlds import PEOPLE, a_world

SECONDS = int(os.environ.get("SCOPE_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("SCOPE_FUZZ_SEED", "100"))
WALKS = 400
"""Walks in each world."""


@pytest.mark.skipif(not SECONDS, reason="SCOPE_FUZZ_SECONDS is not set")
def test_for_as_long_as_asked(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    whole, worlds, end = Tale(), 0, time.monotonic() + SECONDS
    with override_settings(MEDIA_ROOT=tmp_path):
        while time.monotonic() < end and len(whole.wrong) < 200:
            worlds += 1
            with a_world(SEED + worlds, PEOPLE + worlds % 3 * 12) as made:
                _explore(Asker(made, SEED + worlds), whole, end)
    leaks = [fault for fault in whole.wrong if "leaks" in fault or "shows" in fault]
    said = (
        f"scope fuzzer: {whole.requests} requests, {len(whole.users)} users, {worlds} worlds, "
        f"{len(leaks)} leaks, "
        f"{len(whole.wrong) - len(leaks)} other faults; {dict(whole.roles)}; "
        f"{dict(whole.statuses)}; "
        f"{len(whole.answered)} addresses answered"
    )
    with capsys.disabled():
        print("", said, *whole.wrong, sep="\n")
    assert not whole.wrong, said


def _explore(asker: Asker, whole: Tale, end: float) -> None:
    asker.homes()
    asker.visit_all()
    for _ in range(WALKS):
        if time.monotonic() > end:
            break
        asker.walk()
    whole.add(asker.tale)
