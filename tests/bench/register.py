"""Milliseconds in the database of the register's pages and its search, among 100 and among 100,000
people.

Called first with few people (the seconds are kept in a file), then with many: ``register few FILE |
many FILE``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from enrollment.models import Participant
from tests.bench import stage
from tests.bench.figures import Figure, hand_over
from tests.crowd import crowd

LIST, SEARCH = "/nguoi-tham-gia/", "/nguoi-tham-gia/tim/"
PAGES = {
    "first page": "",
    "page 500": "?trang=500",
    "by status": "?tinh_trang=trong-han",
    "by commune": "?xa={commune}",
    "due in 30 days": "?den_han=30",
}
WORDS = {
    "three words": "nguyen van an",
    "one word": "oanh",
    "a name that one bears": "zinh",
    "CCCD prefix": "03418000",
    "phone": "0900000042",
}
SLOWEST = "<= 100"
TIMES = 3


def measure() -> dict[str, float]:
    """Seconds in the database, by what is asked for; the best of three."""
    browser = stage.browser_of(stage.manager())
    commune = stage.homes()[0][1].pk
    found = {
        name: _best(lambda at=at: browser.get(LIST + at.format(commune=commune)))
        for name, at in PAGES.items()
    }
    found |= {
        f"search, {name}": _best(lambda text=text: _search(browser, text))
        for name, text in WORDS.items()
    }
    return found


def _search(browser: Client, words: str) -> None:
    browser.post(SEARCH, {"tim": words})
    assert browser.get(f"{LIST}?tim=1").status_code == 200


def _best(act: Callable[[], Any]) -> float:
    return min(_seconds_in_database(act) for _ in range(TIMES))


def _seconds_in_database(act: Callable[[], Any]) -> float:
    spent = 0.0

    def timed(execute: Any, *args: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent += time.perf_counter() - started

    with connection.execute_wrapper(timed):
        act()
    return spent


def main(size: str, kept: str) -> None:
    path = Path(kept)
    if size == "few":
        path.write_text(json.dumps(measure()))
        return
    crowd(stage.homes(), stage.MANY - Participant.objects.count() // 100 * 100)
    few, many = json.loads(path.read_text()), measure()
    hand_over(
        Figure(
            f"register, {name}",
            many[name] * 1000,
            "ms",
            SLOWEST,
            f" (×{many[name] / max(few[name], 1e-4):.0f})",
        )
        for name in many
    )
