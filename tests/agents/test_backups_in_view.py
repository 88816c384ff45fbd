"""Whoever keeps the server sees on the home page, and ``/readyz`` tells a supervisor, how backups
and drills stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.backups import backup_state
from agents.models import BackupRun, User
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh import readiness

KINDS = BackupRun.Kind


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    readiness.forget()
    yield
    readiness.forget()


def ran(kind: BackupRun.Kind, days: int, passed: bool = True) -> None:
    """A run so many days ago."""
    at = timezone.now() - timedelta(days=days)
    BackupRun.objects.create(
        kind=kind,
        finished_at=at,
        seconds=4,
        size=4_820_000,
        passed=passed,
        outcome="thử",
        taken_at=at,
    )


CASES = [
    ([], "never", "never"),
    ([(KINDS.BACKUP, 2), (KINDS.DRILL, 30)], "ok", "ok"),
    ([(KINDS.BACKUP, 3), (KINDS.DRILL, 31)], "overdue", "overdue"),
    ([(KINDS.DRILL, 9), (KINDS.DRILL, 1, False), (KINDS.BACKUP, 0)], "ok", "failed"),
]
WORDS = {
    "ok": '"badge-word ok"',
    "never": "Chưa làm lần nào",
    "failed": '"badge-word warn">Lần gần nhất không đạt',
    "overdue": '"badge-word warn">Đã quá {} ngày',
}


@pytest.mark.parametrize(("runs", "backup", "drill"), CASES)
def test_the_administrator_and_the_supervisor_read_the_same(
    cast: Cast,
    logged_in: Callable[[User], Client],
    runs: list[tuple[BackupRun.Kind, int]],
    backup: str,
    drill: str,
):
    for run in runs:
        ran(*run)
    told = Client().get("/readyz").json()
    assert told["ready"] and (told["checks"]["backup"], told["checks"]["drill"]) == (backup, drill)
    page = markup(logged_in(cast.administrator).get("/"))
    most = {"backup": 2, "drill": 30}
    for kind, code, card in zip(
        most, (backup, drill), page.split("gần nhất</dt>")[1:], strict=True
    ):
        assert WORDS[code].format(most[kind]) in card.partition("</dd>")[0]


def test_a_later_run_that_went_well_puts_an_earlier_failure_right(cast: Cast):
    ran(KINDS.DRILL, 5, passed=False)
    ran(KINDS.DRILL, 1)
    assert backup_state(KINDS.DRILL).code == ""


def test_what_is_missing_is_the_first_thing_that_is_read(
    cast: Cast, logged_in: Callable[[User], Client]
):
    ran(KINDS.BACKUP, 3)
    heading = markup(logged_in(cast.administrator).get("/")).partition("<h1>")[2]
    assert heading.partition("</h1>")[0].strip() == "Sao lưu: đã quá 2 ngày"
