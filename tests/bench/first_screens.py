"""Milliseconds of the first screens and the targets report, with the demonstration's people and
with so many times as many: ``first_screens TIMES``.
"""

from __future__ import annotations

from django.test import Client

from agents.models import User
from enrollment.models import Participant
from tests.bench import stage
from tests.bench.copied import copy_people
from tests.bench.figures import Figure, best_seconds, hand_over
from thaithuy_bhxh.clock import this_month

SCREENS = {
    "collector's home": ("nhanvien", "/"),
    "manager's home": ("lanhdao", "/"),
    "targets report": ("lanhdao", "/bao-cao/chi-tieu/?tu={year}-01&den={month}&theo=commune"),
}

LONGEST, LONGEST_OF_MANY = "<= 300", "<= 1000"


def measure() -> dict[str, float]:
    """Seconds by screen; the best of three."""
    User.objects.update(must_change_password=False)
    month, found = this_month(), {}
    for name, (username, address) in SCREENS.items():
        browser = stage.browser_of(User.objects.get(username=username))
        found[name] = _seconds(browser, address.format(year=month.year, month=month))
    return found


def _seconds(browser: Client, address: str) -> float:
    assert browser.get(address).status_code == 200
    return best_seconds(lambda: browser.get(address))


def main(times: str) -> None:
    few = measure()
    copy_people(int(times))
    many = measure()
    people = Participant.objects.count()
    hand_over(
        Figure(
            f"{name}, {people:,} people",
            many[name] * 1000,
            "ms",
            LONGEST if people < stage.MANY * 2 else LONGEST_OF_MANY,
            f" (×{many[name] / few[name]:.1f})",
        )
        for name in many
    )
