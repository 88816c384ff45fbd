"""Killed at boundaries of every other act about people: it was done once or not at all, and once
after a second try.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from agents.models import AuditEntry, Collector, CollectorHandover, CommuneAssignment, User
from agents.operations.assignments import HAND_OVER, do_assign_commune, do_hand_over
from enrollment.importing.batch import do_import_lines
from enrollment.importing.upload import do_check_upload, do_confirm_upload
from enrollment.models import (
    Draft,
    ImportBatch,
    Participant,
    Receipt,
    ReceiptVoid,
    Residence,
    Stop,
    StopWithdrawal,
)
from enrollment.operations.handover import do_end_collector
from enrollment.operations.participants import do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_stop, do_withdraw_stop
from tests import builders
from tests.enrollment.importing import d05_workbook as d05
from tests.kill.district import (
    District,
    another_collector,
    assert_sound,
    audits,
    filled,
    send,
    take_next,
)
from tests.kill.killing import boundaries, kill_at, points_of
from tests.security.scene import browser_of
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

YESTERDAY = today() - timedelta(days=1)
_serial = count(1)


@dataclass
class Case:
    """One act about a person: how it is done and how often it stands on record, as a fact and in
    the trail.

    ``month`` is the first one, counted from this month, for which the person's next payment is
    taken, by ``taker``.
    """

    person: Participant
    act: Callable[[], Any]
    facts: Callable[[], int]
    rows: Callable[[], int]
    month: int = 0
    taker: User | None = None


def fresh(user: User) -> User:
    """The account as a request finds it, remembering nothing of what it was asked before."""
    return User.objects.get(pk=user.pk)


def voiding(district: District) -> Case:
    person, owner = district.person(), district.cast.staff_a
    send(district.browser, filled(owner, person))
    receipt = Receipt.objects.filter(participant=person).latest("pk")
    return Case(
        person,
        lambda: do_void_receipt(actor=fresh(owner), receipt=receipt, on=today(), reason="Ghi nhầm"),
        lambda: ReceiptVoid.objects.filter(receipt=receipt).count(),
        lambda: audits("receipt.void", receipt.pk),
    )


def stopping(district: District) -> Case:
    """From last month on, so that a return may be recorded today."""
    person, owner, month = district.person(), district.cast.staff_a, this_month() - 1
    return Case(
        person,
        lambda: do_stop(actor=fresh(owner), participant=person, month=month, reason="compulsory"),
        lambda: Stop.objects.filter(participant=person).count(),
        lambda: audits("participant.stop", person.pk),
    )


def taking_back(district: District) -> Case:
    person, owner = district.person(), district.cast.staff_a
    stop = do_stop(actor=owner, participant=person, month=this_month(), reason="compulsory")
    return Case(
        person,
        lambda: do_withdraw_stop(actor=fresh(owner), stop=stop, on=today(), reason="Ghi nhầm"),
        lambda: StopWithdrawal.objects.filter(stop=stop).count(),
        lambda: audits("participant.withdraw_stop", person.pk),
    )


def moving(district: District) -> Case:
    person, cast = district.person(), district.cast

    def move() -> None:
        do_move(
            actor=fresh(cast.staff_a),
            participant=person,
            commune=cast.commune_b,
            hamlet="Thôn Nam",
            since=today(),
        )

    moves = Residence.objects.filter(participant=person)
    return Case(person, move, moves.count, lambda: audits("participant.move", person.pk))


def ending_a_collector(district: District) -> Case:
    """With a form put aside, which the successor finds."""
    cast = district.cast
    (giver, account), (taker, heir) = (
        another_collector(cast, 100 + next(_serial)) for _ in range(2)
    )
    line = builders.receipt_line(cast.commune_a, giver, today() - timedelta(days=60), months=1)
    builders.import_lines(cast.manager, line)
    person = Participant.objects.get(receipts__number=line.number)
    draft = filled(account, person)

    def end() -> None:
        leaver = Collector.objects.get(pk=giver.pk)
        do_end_collector(
            actor=fresh(cast.manager), collector=leaver, ended_on=YESTERDAY, successor=taker
        )

    def facts() -> int:
        done = {
            Collector.objects.get(pk=giver.pk).ended_on == YESTERDAY,
            giver.cards.filter(valid_to=YESTERDAY).exists(),
            not User.objects.get(pk=account.pk).is_active,
            Draft.objects.get(pk=draft.pk).owner_id == heir.pk,
            CollectorHandover.objects.filter(giver=giver).count() == 1,
        }
        assert len(done) == 1, "all of it or nothing"
        return int(done.pop())

    def rows() -> int:
        told = {
            audits("collector.end", giver.pk), audits("collector.take_over", taker.pk),
            audits("account.deactivate", account.pk), audits("card.end", giver.pk),
        }  # fmt: skip
        assert len(told) == 1
        return told.pop()

    return Case(person, end, facts, rows, taker=heir)


def handing_communes_over(district: District) -> Case:
    """Both communes of an officer go together."""
    cast, number = district.cast, next(_serial)
    giver, taker = (
        builders.user(f"chuyen_quan_{number}_{side}", "officer") for side in ("di", "den")
    )
    communes = [cast.commune_a, cast.commune_b]
    for commune in communes:
        held = CommuneAssignment.objects.officers().valid_on(today()).get(commune=commune)
        if held.user_id != giver.pk:
            do_assign_commune(
                actor=cast.manager, kind="officer", commune=commune, user=giver, valid_from=today()
            )
    terms = CommuneAssignment.objects.filter(user=taker, commune__in=communes)
    told = AuditEntry.objects.filter(action=HAND_OVER, changes__user__1=taker.pk)

    def pairs(found: Any) -> Callable[[], int]:
        def whole() -> int:
            number: int = found.count()
            assert number % len(communes) == 0, "both communes or none"
            return number // len(communes)

        return whole

    def hand_over() -> None:
        do_hand_over(
            actor=fresh(cast.manager), giver=giver, taker=taker, communes=communes, on=today()
        )

    return Case(district.person(), hand_over, pairs(terms), pairs(told))


def importing(district: District) -> Case:
    """A renewal and two newcomers: every line or none."""
    person, cast = district.person(), district.cast
    known = builders.receipt_line(
        cast.commune_a, cast.collector_a, today(), **builders.again(person, months=1)
    )
    new = [
        builders.receipt_line(cast.commune_a, cast.collector_a, today(), months=1) for _ in range(2)
    ]
    numbers = [line.number for line in (known, *new)]
    receipts = Receipt.objects.filter(number__in=numbers)
    told = AuditEntry.objects.filter(action="receipt.import", object_id__in=receipts.values("pk"))

    def whole(found: Any) -> Callable[[], int]:
        return lambda: found.count() // len(numbers) if found.count() % len(numbers) == 0 else -1

    return Case(
        person,
        lambda: do_import_lines(actor=fresh(cast.manager), lines=[known, *new]),
        whole(receipts),
        whole(told),
        month=1,
    )


def confirming(district: District) -> Case:
    person, cast = district.person(), district.cast
    number = f"XN-{next(_serial):05d}"
    cells = d05.row(
        person.full_name, person.citizen_id or "", today(), number, cast.collector_a.code
    )
    batch = do_check_upload(actor=cast.manager, upload=d05.upload([cells]))
    assert not batch.result["errors"], batch.result

    def confirm() -> None:
        do_confirm_upload(actor=fresh(cast.manager), batch=ImportBatch.objects.get(pk=batch.pk))

    def facts() -> int:
        state = ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.IMPORTED
        assert Receipt.objects.filter(number=number).count() == int(state)
        return int(state)

    return Case(person, confirm, facts, lambda: audits("import.confirm", batch.pk), month=6)


ACTS = (
    voiding,
    stopping,
    taking_back,
    moving,
    ending_a_collector,
    handing_communes_over,
    importing,
    confirming,
)


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
def test_an_act(district: District, tried: list[int], prepare: Callable[[District], Case]):
    # Once alone: what the process then remembers is asked for neither when counting nor when dying.
    prepare(district).act()
    for point in points_of(boundaries(prepare(district).act)):
        case = prepare(district)
        kill_at(point, case.act)
        tried.append(point)
        assert case.facts() == case.rows() in (0, 1)
        with suppress(Refused):
            case.act()
        assert case.facts() == case.rows() == 1
        owner = case.taker or district.cast.staff_a
        take_next(_browser(district, case), owner, case.person, case.month)
        assert_sound(case.person)


def _browser(district: District, case: Case) -> Client:
    return browser_of(case.taker) if case.taker else district.browser
