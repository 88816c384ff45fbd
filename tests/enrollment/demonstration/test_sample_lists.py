"""The lists that come with the demonstration: one of each pair passes, the other teaches."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agents.models import Role
from enrollment.demonstration.sample_lists import PASSES, TEACHES, write_sample_lists
from enrollment.importing.batch import Outcome, do_import_lists
from enrollment.importing.reader import read_d05
from tests.cast import Cast
from thaithuy_bhxh.clock import today

OUTSIDE = "16"


@pytest.mark.parametrize(
    ("role", "teaches"),
    [
        (Role.OFFICER, [OUTSIDE, "16", "9", "1", "4"]),
        (Role.LEAD, [OUTSIDE, "16", "9", "1", "4"]),
        (Role.MANAGER, ["16", "9", "1", "4"]),
    ],
)
def test_one_list_passes_and_one_teaches(
    cast: Cast, tmp_path: Path, role: Role, teaches: list[str]
) -> None:
    account = cast.by_role(role)
    write_sample_lists([account], tmp_path, today())

    def tried(name: str) -> Outcome:
        read = read_d05((tmp_path / name.format(account.username)).read_bytes())
        (outcome,) = do_import_lists(actor=account, lists=[read], dry_run=True)
        return outcome

    good, bad = tried(PASSES), tried(TEACHES)
    assert (good.receipts, good.created_participants, good.errors) == (3, 3, [])
    assert [one.column for one in bad.errors] == teaches
    assert all(one.name for one in bad.errors)
    outside = [one.reason for one in bad.errors if "phạm vi" in one.reason]
    assert len(outside) == (role != Role.MANAGER)


def test_the_lists_are_dated_before_today(cast: Cast, tmp_path: Path) -> None:
    first, second = write_sample_lists([cast.manager], tmp_path, today())
    days = {
        line.received_on for path in (first, second) for line in read_d05(path.read_bytes()).lines
    }
    assert len(days) == 1
    assert today() - timedelta(days=12) < min(days) < today()
