"""Pages ask the database a bounded number of questions, however many people there are."""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Commune
from agents.office_settings import office_setting
from enrollment.models import Draft, Household, Participant
from enrollment.operations.drafts import do_fill_draft, do_start_draft
from enrollment.write_scope import VOID_DAYS
from tests import builders
from tests.crowd import Home, crowd
from tests.security.conftest import scene  # noqa: F401 - a fixture
from tests.security.scene import Scene
from tests.test_access_matrix import ALLOWED, ROWS
from thaithuy_bhxh.clock import this_month, today

FEW, MANY = 100, 100_000
MOST_QUERIES = 12
PAGES = sorted(name for name, row in ROWS.items() if "GET" in ALLOWED[row.kind])
LISTS = (
    "/",
    "/nguoi-tham-gia/",
    "/nguoi-tham-gia/?trang=2",
    "/nguoi-tham-gia/?tinh_trang=trong-han",
)
STEPS = ("ca-nhan", "doi-tuong", "muc-dong", "kiem-tra")


@pytest.fixture(scope="module")
def busy(scene: Scene, django_db_blocker: Any) -> Scene:
    """The scene with full lists, a call list, and a person whose page has everything that a page
    can have.
    """
    with django_db_blocker.unblock():
        crowd(_homes(scene), FEW)
        first = this_month().first_day
        for _ in range(12):
            builders.paid(scene.cast.manager, scene.cast.commune_a, scene.cast.collector_a, first)
        Participant.objects.filter(agent=scene.cast.agent_a, receipts__isnull=False).update(
            due_on=today()
        )
        _settle(scene)
    return scene


def _homes(scene: Scene) -> list[Home]:
    return [(scene.cast.agent_a, scene.cast.commune_a), (scene.cast.agent_b, scene.cast.commune_b)]


def _settle(scene: Scene) -> None:
    """The person lives with others, in a commune that has since gone into today's."""
    older = Commune.objects.filter(successions__successor=scene.cast.commune_a).first()
    person = scene.a.person
    person.commune, person.first_active = older, this_month() - 40
    person.household = Household.objects.create(head=person)
    person.save()
    others = Participant.objects.filter(agent=scene.cast.agent_a).exclude(pk=person.pk)[:3]
    Participant.objects.filter(pk__in=[one.pk for one in others]).update(household=person.household)


@pytest.fixture
def counted(busy: Scene, db: None) -> Iterator[Scene]:
    """The busy scene, with each test's changes undone; a process at work has the office's numbers
    at hand.
    """
    office_setting(VOID_DAYS)
    yield busy


NO_QUESTION = (
    "SAVEPOINT",
    'FROM "agents_officesetting"',
    'FROM "django_migrations"',
    'UPDATE "agents_portalsession"',
)


def questions(client: Client, address: str) -> int:
    """How many things a page asks the database; marking the place of a transaction, writing down
    once in a while that somebody read a person's page or how much waits for them now, or
    looking once in a while whether what is kept in memory still holds, is no question.
    """
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    asked_for = [
        sql for query in asked if not any(word in (sql := query["sql"]) for word in NO_QUESTION)
    ]
    noted = [sql for sql in asked_for if sql.startswith('INSERT INTO "agents_auditentry"')]
    assert len(noted) <= 1
    return len(asked_for) - len(noted)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_a_role_that_may_open_it_more_than_twelve_questions(
    counted: Scene, name: str
) -> None:
    row = ROWS[name]
    numbers = {
        role: questions(
            counted.browsers[role], reverse(name, args=row.own(counted, role)) + row.query
        )
        for role in sorted(row.roles)
    }
    assert {role: number for role, number in numbers.items() if number > MOST_QUERIES} == {}


@pytest.mark.parametrize("role", ["collector", "lead"])
@pytest.mark.parametrize("step", STEPS)
def test_no_step_of_a_receipt_for_somebody_new_asks_more_than_twelve_questions(
    counted: Scene, role: str, step: str
) -> None:
    draft = _filled_draft(counted, role)
    address = reverse("enrollment:enroll_step", args=[draft.pk, step])
    assert counted.browsers[role].get(address).status_code == 200
    assert questions(counted.browsers[role], address) <= MOST_QUERIES


@pytest.mark.parametrize("role", ["collector", "lead"])
def test_the_check_of_a_receipt_for_somebody_on_record_asks_at_most_twelve_questions(
    counted: Scene, role: str
) -> None:
    draft = do_fill_draft(
        actor=counted.a.user[role],
        draft=counted.a.drafts[role],
        step="muc-dong",
        title="",
        values=_payment(counted),
    )
    assert (
        questions(
            counted.browsers[role], reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"])
        )
        <= 12
    )


def _filled_draft(scene: Scene, role: str) -> Draft:
    actor = scene.a.user[role]
    draft = do_start_draft(actor=actor, title="Người Mẫu Mới")
    person = {
        "full_name": "Người Mẫu Mới",
        "sex": "male",
        "birth": "1980",
        "citizen_id": builders.citizen_id(),
        "commune": str(scene.cast.commune_a.pk),
        "hamlet": "Thôn Bắc",
    }
    for step, values in (
        ("ca-nhan", person),
        ("doi-tuong", {"group": "other"}),
        ("muc-dong", _payment(scene)),
    ):
        draft = do_fill_draft(
            actor=actor, draft=draft, step=step, values=values, title="Người Mẫu Mới"
        )
    return draft


def _payment(scene: Scene) -> dict[str, str]:
    return {
        "chosen_income": "1500000",
        "method": "12",
        "from_month": (this_month() + 12).vi,
        "received_on": f"{today():%d/%m/%Y}",
        "collector": str(scene.cast.collector_a.pk),
    }


@pytest.mark.parametrize("role", ["collector", "officer", "manager"])
def test_lists_ask_as_much_of_a_hundred_thousand_people_as_of_a_hundred(
    counted: Scene, role: str
) -> None:
    browser = counted.browsers[role]
    few = {address: questions(browser, address) for address in LISTS}
    crowd(_homes(counted), MANY)
    assert {address: questions(browser, address) for address in LISTS} == few
