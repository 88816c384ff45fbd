"""A list is judged without holding anybody up; what changed before it is written changes its
result, truthfully.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections

from agents.operations.collectors import do_end_card
from enrollment.importing import batch
from enrollment.importing.batch import ListRefused, do_import_lines
from enrollment.models import ActivitySpan, Participant, Receipt, Stop
from enrollment.operations.check import differences
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_stop
from tests import builders
from tests import cast as stage
from tests.shipped import start_over
from thaithuy_bhxh.bulk import Staging
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month

Meanwhile = Callable[[Callable[[], Any]], None]


@pytest.fixture
def cast(transactional_db: None) -> Iterator[stage.Cast]:
    """The cast on real transactions; the append-only rows are taken away again afterwards."""
    yield stage.gather()
    start_over()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Somebody else does something, once, when the list is judged and not written yet; nobody holds
    a lock then.
    """
    write = batch._write

    def arrange(act: Callable[[], Any]) -> None:
        left = [act]

        def rested(*args: Any) -> None:
            if left:
                elsewhere(left.pop())
            write(*args)

        monkeypatch.setattr(batch, "_write", rested)

    return arrange


def elsewhere(act: Callable[[], Any]) -> None:
    """Done on a connection of its own, by somebody who would wait for the import if it held
    a lock.
    """

    def run() -> None:
        try:
            act()
            done.append(True)
        finally:
            connections.close_all()

    done: list[bool] = []
    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=15)
    assert done, "the act failed, or waits for the import"


def test_the_same_list_brought_in_meanwhile_is_recorded_once(
    cast: stage.Cast, meanwhile: Meanwhile
):
    lines = [builders.receipt_line(cast.commune_a, cast.collector_a, today()) for _ in range(3)]
    meanwhile(lambda: do_import_lines(actor=cast.manager, lines=lines))
    outcome = do_import_lines(actor=cast.manager, lines=lines)
    assert (outcome.receipts, outcome.unchanged) == (0, 3)
    assert Receipt.objects.count() == Participant.objects.count() == 3
    assert list(differences()) == []


def test_months_paid_meanwhile_are_an_error_and_nothing_is_lost(
    cast: stage.Cast, meanwhile: Meanwhile
):
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, today() - timedelta(days=200)
    ).participant
    again = builders.again(person, from_month=this_month(), months=1)
    line = builders.receipt_line(cast.commune_a, cast.collector_a, today(), **again)
    other = builders.receipt_line(cast.commune_a, cast.collector_a, today(), **again)
    meanwhile(lambda: do_import_lines(actor=cast.manager, lines=[other]))
    with pytest.raises(ListRefused) as refused:
        do_import_lines(actor=cast.manager, lines=[line])
    assert other.number in refused.value.outcome.errors[0].reason
    assert set(Receipt.objects.values_list("number", flat=True)) >= {other.number}
    assert not Receipt.objects.filter(number=line.number).exists()


def test_a_stop_and_a_void_meanwhile_are_reckoned_with(cast: stage.Cast, meanwhile: Meanwhile):
    day = today() - timedelta(days=200)
    paid = builders.paid(cast.manager, cast.commune_a, cast.collector_a, day)
    line = builders.receipt_line(
        cast.commune_a,
        cast.collector_a,
        today(),
        **builders.again(paid.participant, from_month=Month.of(today())),
    )

    def others() -> None:
        do_stop(
            actor=cast.manager, participant=paid.participant, month=this_month(), reason="death"
        )
        do_void_receipt(actor=cast.manager, receipt=paid, on=today(), reason="thu nhầm")

    meanwhile(others)
    with pytest.raises(ListRefused) as refused:
        do_import_lines(actor=cast.manager, lines=[line])
    assert "đã dừng đóng" in refused.value.outcome.errors[0].reason
    assert (Receipt.objects.count(), Stop.objects.count()) == (1, 1)
    assert list(differences()) == []


def test_a_card_that_ends_meanwhile_is_an_error_of_its_rows(cast: stage.Cast, meanwhile: Meanwhile):
    line = builders.receipt_line(cast.commune_a, cast.collector_a, today())
    ended = today() - timedelta(days=1)
    meanwhile(
        lambda: do_end_card(actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=ended)
    )
    with pytest.raises(ListRefused) as refused:
        do_import_lines(actor=cast.manager, lines=[line])
    assert "thẻ" in refused.value.outcome.errors[0].reason
    assert not Receipt.objects.exists()


def test_what_others_do_elsewhere_does_not_make_a_list_be_judged_again(
    cast: stage.Cast, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
):
    judged: list[int] = []
    take = batch._Judge.take
    monkeypatch.setattr(
        batch._Judge, "take", lambda self, read: judged.append(1) or take(self, read)
    )
    line, stranger = (
        builders.receipt_line(cast.commune_a, cast.collector_a, today()) for _ in range(2)
    )
    meanwhile(lambda: do_import_lines(actor=cast.manager, lines=[stranger]))
    assert do_import_lines(actor=cast.manager, lines=[line]).receipts == 1
    assert len(judged) == 2, "each list once"


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL holds these people's rows by then"
)
def test_what_changes_between_the_last_look_and_the_lock_is_seen(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    lines = [builders.receipt_line(cast.commune_a, cast.collector_a, today()) for _ in range(2)]
    look, left = batch.World.look_again, [lines[:1]]

    def rested(self: Any) -> None:
        look(self)
        if left:
            others = left.pop()
            elsewhere(lambda: do_import_lines(actor=cast.manager, lines=others))

    monkeypatch.setattr(batch.World, "look_again", rested)
    outcome = do_import_lines(actor=cast.manager, lines=lines)
    assert (outcome.receipts, outcome.unchanged, Receipt.objects.count()) == (1, 1, 2)


def test_people_who_are_touched_again_and_again_are_told_so(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, today() - timedelta(days=200)
    ).participant
    line = builders.receipt_line(
        cast.commune_a, cast.collector_a, today(), **builders.again(person)
    )
    write = batch._write

    def rested(*args: Any) -> None:
        elsewhere(
            lambda: Participant.objects.filter(pk=person.pk).update(
                version=person.version + len(seen) + 1
            )
        )
        seen.append(1)
        write(*args)

    seen: list[int] = []
    monkeypatch.setattr(batch, "_write", rested)
    with pytest.raises(batch.Refused, match="đang được người khác sửa"):
        do_import_lines(actor=cast.manager, lines=[line])
    assert len(seen) == batch.TRIES and Receipt.objects.count() == 1


def test_a_list_that_fails_on_the_way_leaves_nothing(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, today() - timedelta(days=200)
    ).participant
    before = sorted(ActivitySpan.objects.values_list("participant", "start", "end"))
    lines = [
        builders.receipt_line(cast.commune_a, cast.collector_a, today(), **more)
        for more in ({}, builders.again(person))
    ]

    def broken(self: Any) -> None:
        raise RuntimeError("ngừng giữa chừng")

    monkeypatch.setattr(Staging, "pour", broken)
    with pytest.raises(RuntimeError):
        do_import_lines(actor=cast.manager, lines=lines)
    assert Receipt.objects.count() == Participant.objects.count() == 1
    assert sorted(ActivitySpan.objects.values_list("participant", "start", "end")) == before
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_temp_master WHERE type='table'")
            assert cursor.fetchone() == (0,)


def test_several_lists_are_judged_by_what_those_before_them_say(cast: stage.Cast):
    first = builders.receipt_line(cast.commune_a, cast.collector_a, today())
    read = [batch.ReadResult([first]), batch.ReadResult([replace(first, row=first.row + 1)])]
    one, two = batch.do_import_lists(actor=cast.manager, lists=read)
    assert (one.receipts, one.created_participants, two.receipts, two.unchanged) == (1, 1, 0, 1)
    assert two.known == [first.number]
