"""Whoever asks, however and for whatever: only what is theirs comes back, and nothing of others is
changed.

Every run asks a few hundred times in one world; :mod:`tests.security.scope_fuzz.test_long` goes on
in others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from agents.models import User
from enrollment.models import Participant, Receipt
from tests.security.scope_fuzz.asking import Asker
from tests.security.scope_fuzz.worlds import World, a_world
from thaithuy_bhxh.clock import this_month, today

SEED = 7
WALKS = 30


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("uploads")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), a_world(SEED) as made:
        yield made


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    return Asker(world, SEED)


def test_everybody_sees_whom_the_facts_say(asker: Asker, db: None):
    for name, user in asker.users.items():
        sight = asker.office.sight(user)
        assert (
            set(Participant.objects.visible_to(user).values_list("pk", flat=True)) == sight.people
        ), name
        assert (
            set(Receipt.objects.visible_to(user).values_list("pk", flat=True)) == sight.receipts
        ), name
    seen = {len(asker.office.sight(user).people) for user in asker.users.values()}
    assert {0, len(asker.office.people)} < seen, "a world in which all see the same shows nothing"


def test_lists_count_what_the_reader_may_see(asker: Asker, db: None):
    first = this_month() - 100
    for name, user in asker.users.items():
        if user.role == "administrator":
            continue
        sight = asker.office.sight(user)
        listed = asker.browsers[name].get(reverse("enrollment:participants"))
        assert listed.context["page"].paginator.count == len(sight.people), name
        asked = {"tu": f"{first.first_day:%d/%m/%Y}", "den": f"{today():%d/%m/%Y}"}
        told = asker.browsers[name].get(reverse("enrollment:receipts"), asked).context["sums"]
        voided = sight.receipts & asker.office.voids
        assert (told["count"], told["voided"]) == (len(sight.receipts), len(voided)), name


def test_no_answer_holds_what_is_not_the_readers(asker: Asker, db: None):
    asker.homes()
    asker.visit_all()
    for _ in range(WALKS):
        asker.walk()
    assert asker.tale.wrong == []
    assert asker.tale.statuses[200] > asker.tale.requests // 3


def test_an_account_that_was_closed_opens_nothing(world: World, db: None):
    closed = User.objects.filter(pk__in=[user.pk for user in world.users.values()], is_active=False)
    for user in closed:
        assert (
            not Participant.objects.visible_to(user).exists()
            and not Receipt.objects.visible_to(user).exists()
        )
    assert closed
