"""Who may change what: every POST by every role, on records of every kind of neighbour, as the
office's table says.

The table is ``docs/who-may-do-what.md``, which a manager reads: this test parses it, so that
neither drifts.
"""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry
from agents.office_settings import forget_kept
from enrollment.models import Draft
from tests.security.conftest import scene  # noqa: F401 - a fixture
from tests.security.scene import ROLES, Scene
from tests.security.write_scene import BEFORE, SITUATIONS, Case, cases_of
from tests.test_access_matrix import FORM, LOOK, ROWS
from thaithuy_bhxh.clock import this_month, today

TABLE = Path(__file__).resolve().parent.parent / "docs" / "who-may-do-what.md"
LETTERS = dict(zip(("NV", "PT", "CQ", "LĐ", "QT", "TT"), ROLES, strict=True))
NOBODY = "–"
DAY = f"{today():%d/%m/%Y}"


@dataclass(frozen=True)
class Act:
    """What is sent, so that whoever may do it does it: the record's key in the address and the
    form's fields.
    """

    key: Callable[[Case], list[Any]]
    body: Callable[[Scene, Case], dict[str, Any]]


def about(name: str, **fields: Any) -> Act:
    return Act(lambda case: [getattr(case, name).pk], lambda scene, case: fields)


ACTS: dict[str, Act] = {
    "enrollment:receipt_void": about("receipt", on=DAY, reason="Thu nhầm người"),
    "enrollment:receipt_print": about("receipt"),
    "enrollment:collect": about("person"),
    "enrollment:enroll_known": Act(
        lambda case: [], lambda scene, case: {"so": case.person.citizen_id}
    ),
    "enrollment:stop": about("person", month=(this_month() + 12).vi, reason="retired"),
    "enrollment:stop_withdraw": about("stopped", on=DAY, reason="Ghi nhầm"),
    "enrollment:move": Act(
        lambda case: [case.person.pk],
        lambda scene, case: {
            "commune": scene.cast.commune_a.pk,
            "hamlet": "Thôn Mới",
            "since": DAY,
        },
    ),
    "enrollment:support": about("person", group="poor", evidence="GCN 12", evidence_from=DAY),
    "enrollment:household": Act(
        lambda case: [case.person.pk],
        lambda scene, case: {"number": scene.a.stopped.citizen_id, "relation": "vợ"},
    ),
    "enrollment:correct": about(
        "person",
        version="1",
        full_name="Người Mẫu Tên Khác",
        sex="male",
        birth="1980",
        citizen_id="",
        phone="",
    ),
    "enrollment:source": about("person", source="visit"),
    "enrollment:participant_unmask": about("person", ly_do="Đối chiếu giấy tờ"),
    "enrollment:participant_call": about("person"),
    "enrollment:complaint_answer": about(
        "complaint", answer="Đã nhắc nhở", answered_on=DAY, upheld="1"
    ),
}
"""Every POST that changes something about a person or a receipt on record."""


def sections() -> tuple[dict[str, dict[str, set[str]]], dict[str, set[str]]]:
    """What the document says: acts on records by situation, and everything else by role."""
    first, second = TABLE.read_text(encoding="utf-8").split("\n## ")[1:3]
    by_situation = {
        name: dict(zip(SITUATIONS, map(_roles, cells), strict=True)) for name, cells in _rows(first)
    }
    return by_situation, {name: _roles(cells[0]) for name, cells in _rows(second)}


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """(address, cells after it) of every row that names an address."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 2 and (named := re.fullmatch(r"`([a-z_:]+)`", cells[1])):
            yield named[1], cells[2:]


def _roles(cell: str) -> set[str]:
    return {LETTERS[letters] for letters in cell.split() if letters != NOBODY}


ON_RECORDS, BY_ROLE = sections()
POSTS = {name for name, row in ROWS.items() if row.kind != LOOK and not name.startswith("account_")}


def test_the_document_names_every_address_that_changes_something():
    assert set(ON_RECORDS) == set(ACTS)
    assert set(ON_RECORDS) | set(BY_ROLE) == POSTS
    assert not set(ON_RECORDS) & set(BY_ROLE)


@pytest.mark.parametrize("name", sorted(BY_ROLE))
def test_the_document_names_the_roles_of_the_access_matrix(name: str):
    """What a role may send at all; the access matrix asks every role, on its own and on the other
    side.
    """
    row = ROWS[name]
    assert BY_ROLE[name] == set(row.writers or row.roles)


@pytest.fixture(scope="module")
def cases(scene: Scene, django_db_blocker: Any) -> dict[str, Case]:
    with django_db_blocker.unblock():
        return cases_of(scene)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", ACTS)
def test_who_may_change_it_does_and_nobody_else(
    scene: Scene, cases: dict[str, Case], db: None, name: str, situation: str
):
    act, case = ACTS[name], cases[situation]
    url, body = reverse(name, args=act.key(case)), act.body(scene, case)
    with transaction.atomic():
        BEFORE.get(situation, lambda scene: None)(scene)
        answers = {role: _send(scene.browsers[role], url, body) for role in ROLES}
        transaction.set_rollback(True)
    forget_kept()
    assert {role for role, (_, done) in answers.items() if done} == ON_RECORDS[name][situation], (
        answers
    )
    assert all(status in (200, 302, 403, 404) for status, _ in answers.values()), answers
    assert ROWS[name].kind in (FORM, "act")


def _send(browser: Client, url: str, body: dict[str, Any]) -> tuple[int, bool]:
    """The status, and whether something is on record afterwards that was not before; all of it
    undone.
    """
    with transaction.atomic():
        before = _on_record()
        status = browser.post(url, body).status_code
        done = _on_record() != before
        transaction.set_rollback(True)
    return status, done


def _on_record() -> tuple[int, int]:
    """That something was read or refused is on record too, and is no change."""
    noticed = Q(action__startswith="refusal.") | Q(action__endswith=".read")
    return AuditEntry.objects.exclude(noticed).count(), Draft.objects.count()
