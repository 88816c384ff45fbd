"""Two people at once, on real transactions: one receipt per form, no month paid twice, one void, no
lost edit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from agents.log_in_limits import Attempt
from agents.models import AuditEntry, Collector, CourseAttendance, LogInMark, Target, TrainingCourse
from agents.operations.collectors import do_add_card, do_end_card
from agents.operations.log_ins import do_enter
from agents.operations.organisations import do_close_agent, do_close_point
from agents.operations.targets import Figure, TargetsSet, do_set_targets
from agents.operations.training import do_certify
from enrollment.importing import batch
from enrollment.looking import LOOKING_UP
from enrollment.models import (
    Acquisition,
    Complaint,
    Participant,
    Receipt,
    ReceiptVoid,
    ServiceRating,
)
from enrollment.operations.corrections import do_correct_participant, person_of
from enrollment.operations.drafts import do_fill_draft, do_start_draft
from enrollment.operations.handover import do_end_collector
from enrollment.operations.lookups import do_look_up
from enrollment.operations.participants import Person, do_enroll
from enrollment.operations.receipts import Payment, do_record_receipt, do_void_receipt
from enrollment.operations.service import do_answer_complaint, do_rate, do_record_complaint
from enrollment.operations.sources import do_set_source
from enrollment.rating_code import code_of
from tests import builders
from tests import cast as stage
from tests.pages import markup
from tests.security.scene import browser_of
from tests.shipped import start_over
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import EditConflict, Refused


@pytest.fixture
def cast(transactional_db: None) -> Any:
    """The cast on real transactions; the append-only rows are taken away again afterwards."""
    yield stage.gather()
    start_over()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the refusal that it met; all begin together on connections of their
    own.
    """
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[position] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[position] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def payment(cast: stage.Cast, **values: Any) -> Payment:
    given: dict[str, Any] = {
        "collector": cast.collector_a,
        "received_on": today(),
        "method": "1",
        "from_month": this_month(),
        "chosen_income": 1_500_000,
        "commune": cast.commune_a,
        **values,
    }
    return Payment(**given)


def enrolled(cast: stage.Cast, name: str = "Người Mẫu Cùng Lúc") -> Participant:
    person = Person(name, citizen_id=builders.citizen_id(), sex="male", birth_year=1980)
    earlier = payment(cast, from_month=this_month())
    return do_enroll(actor=cast.staff_a, person=person, payment=earlier).participant


def test_the_same_form_sent_twice_at_once_gives_one_receipt(cast: stage.Cast):
    who = {
        "full_name": "Người Mẫu Gửi Hai Lần",
        "sex": "male",
        "birth": "1980",
        "citizen_id": builders.citizen_id(),
        "bhxh_no": "",
        "phone": "",
        "commune": str(cast.commune_a.pk),
        "hamlet": "",
    }
    data = {
        "ca-nhan": who,
        "doi-tuong": {"group": "other", "evidence": "", "evidence_from": "", "evidence_to": ""},
    }
    draft = do_start_draft(actor=cast.staff_a, title="Nháp", data=data)
    money = {
        "chosen_income": "1.500.000",
        "method": "1",
        "from_month": this_month().vi,
        "number": "",
        "received_on": f"{today():%d/%m/%Y}",
        "other_support": "",
    }
    do_fill_draft(actor=cast.staff_a, draft=draft, step="muc-dong", values=money)
    url = reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"])
    browsers = [browser_of(cast.staff_a), browser_of(cast.staff_a)]

    def send(browser: Client) -> Any:
        return browser.post(url, {"khoa": draft.data["key"]})

    answers = at_once(*(lambda b=browser: send(b) for browser in browsers))
    receipt = Receipt.objects.get()
    told, recorded = sorted(answers, key=lambda answer: answer.status_code)
    assert recorded.headers["Location"] == reverse("enrollment:receipt", args=[receipt.pk])
    assert told.status_code == 200 and told.context["receipt"] == receipt
    assert "đã được ghi trước đó" in markup(told)
    assert Participant.objects.count() == 1
    assert AuditEntry.objects.filter(action="receipt.record").count() == 1


def test_two_collectors_at_once_do_not_both_take_money_for_a_month(cast: stage.Cast):
    person = enrolled(cast)
    again = payment(cast, from_month=this_month() + 1)
    take = lambda: do_record_receipt(actor=cast.staff_a, participant=person, payment=again)  # noqa: E731
    results = at_once(take, take, take)
    assert sum(isinstance(one, Receipt) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 2
    months = list(Receipt.objects.filter(participant=person).values_list("from_month", flat=True))
    assert len(months) == len(set(months)) == 2


def test_receipts_at_once_get_numbers_of_their_own_in_a_row(cast: stage.Cast):
    def take(index: int) -> Receipt:
        person = Person(
            f"Người Mẫu Số {'ABCDEG'[index]}",
            citizen_id=f"03408000{index:04d}",
            sex="male",
            birth_year=1980,
        )
        return do_enroll(actor=cast.staff_a, person=person, payment=payment(cast))

    results = at_once(*(lambda i=index: take(i) for index in range(6)))
    assert all(isinstance(one, Receipt) for one in results), results
    year = f"{today():%y}"
    assert sorted(one.number for one in results) == [f"BD001-{year}-{n:07d}" for n in range(1, 7)]


def test_a_number_written_by_hand_is_passed_over(cast: stage.Cast):
    taken = f"BD001-{today():%y}-0000001"
    person = Person(
        "Người Mẫu Ghi Tay", citizen_id=builders.citizen_id(), sex="male", birth_year=1980
    )
    do_enroll(actor=cast.staff_a, person=person, payment=payment(cast, number=taken))
    assert enrolled(cast).receipts.get().number == f"BD001-{today():%y}-0000002"


def test_two_voids_at_once_are_one(cast: stage.Cast):
    receipt = enrolled(cast).receipts.get()
    void = lambda: do_void_receipt(actor=cast.lead_a, receipt=receipt, on=today(), reason="thử")  # noqa: E731
    results = at_once(void, void)
    assert sorted(type(one).__name__ for one in results) == ["ReceiptVoid", "Refused"]
    assert ReceiptVoid.objects.count() == 1


def test_of_two_edits_at_once_the_second_is_told_and_overwrites_nothing(cast: stage.Cast):
    person = enrolled(cast)

    def rename(name: str) -> Participant:
        changed = replace(person_of(person), full_name=name)
        return do_correct_participant(
            actor=cast.lead_a, participant=person, version=person.version, person=changed
        )

    results = at_once(lambda: rename("Người Mẫu Bản Một"), lambda: rename("Người Mẫu Bản Hai"))
    (kept,) = (one for one in results if isinstance(one, Participant))
    (conflict,) = (one for one in results if isinstance(one, Exception))
    assert isinstance(conflict, EditConflict)
    now = Participant.objects.get(pk=person.pk)
    assert (now.full_name, now.version) == (kept.full_name, person.version + 1)


def test_the_second_editor_sees_both_versions(cast: stage.Cast):
    person = enrolled(cast)
    changed = replace(person_of(person), full_name="Người Mẫu Bản Một")
    do_correct_participant(
        actor=cast.lead_a, participant=person, version=person.version, person=changed
    )
    form = {
        "full_name": "Người Mẫu Bản Hai",
        "sex": "male",
        "birth": "1980",
        "citizen_id": person.citizen_id,
        "bhxh_no": "",
        "phone": "",
        "version": person.version,
    }
    text = markup(
        browser_of(cast.lead_a).post(reverse("enrollment:correct", args=[person.pk]), form)
    )
    assert "Người Mẫu Bản Một" in text and "Người Mẫu Bản Hai" in text
    assert Participant.objects.get(pk=person.pk).full_name == "Người Mẫu Bản Một"


def test_the_same_person_enrolled_by_two_forms_at_once_is_one_person(cast: stage.Cast):
    person = Person(
        "Người Mẫu Hai Nơi", citizen_id=builders.citizen_id(), sex="male", birth_year=1980
    )
    take = lambda: do_enroll(actor=cast.staff_a, person=person, payment=payment(cast))  # noqa: E731
    results = at_once(take, take)
    assert sorted(type(one).__name__ for one in results) == ["Receipt", "Refused"]
    assert Participant.objects.filter(citizen_id=person.citizen_id).count() == 1


def test_a_receipt_rated_at_once_has_one_complaint_and_one_rating_that_counts(cast: stage.Cast):
    receipt = enrolled(cast).receipts.get()
    receipt.recorded_at -= timedelta(hours=1)
    url = reverse("rating:rate", args=[code_of(receipt.pk)])
    results = at_once(
        *(
            lambda score=score: do_rate(receipt=receipt, score=score, complaint="Chậm")
            for score in (1, 5, 3)
        )
    )
    assert {type(one).__name__ for one in results} == {"ServiceRating"}
    assert ServiceRating.objects.counting().count() == 1 and Complaint.objects.count() == 1
    assert (
        AuditEntry.objects.filter(action="service.rate").count()
        == ServiceRating.objects.count()
        == 3
    )
    assert "đã được đánh giá rồi" in markup(Client().get(url))


def test_two_answers_at_once_are_one(cast: stage.Cast):
    complaint = do_record_complaint(
        actor=cast.manager, agent=cast.agent_a, received_on=today(), channel="phone", content="Chậm"
    )

    def answer(words: str) -> Complaint:
        return do_answer_complaint(
            actor=cast.officer_a,
            complaint=complaint,
            answer=words,
            answered_on=today(),
            upheld=True,
        )

    results = at_once(lambda: answer("Một"), lambda: answer("Hai"))
    assert sorted(type(one).__name__ for one in results) == ["Complaint", "Refused"]
    (kept,) = (one for one in results if isinstance(one, Complaint))
    assert Complaint.objects.get().answer == kept.answer


def test_two_sources_at_once_leave_one_and_a_trail_of_both(cast: stage.Cast):
    person = enrolled(cast)
    results = at_once(
        *(
            lambda s=source: do_set_source(actor=cast.staff_a, participant=person, source=s)
            for source in ("visit", "walk_in")
        )
    )
    assert all(isinstance(one, Acquisition) for one in results), results
    rows = [
        row.changes["source"]
        for row in AuditEntry.objects.filter(action="participant.source").order_by("id")
    ]
    assert rows[0][0] == "" and rows[1] == [rows[0][1], Acquisition.objects.get().source]


def test_no_receipt_slips_past_the_end_of_its_collector(cast: stage.Cast):
    heir = builders.collector(cast.agent_a, 9)
    person = Person(
        "Người Mẫu Người Thu Nghỉ", citizen_id=builders.citizen_id(), sex="male", birth_year=1980
    )
    known = do_enroll(
        actor=cast.lead_a, person=person, payment=payment(cast, collector=heir)
    ).participant
    later, leaver, last = (
        payment(cast, from_month=this_month() + 1),
        cast.collector_a,
        today() - timedelta(days=1),
    )
    results = at_once(
        lambda: do_end_collector(
            actor=cast.manager, collector=leaver, ended_on=last, successor=heir
        ),
        lambda: do_record_receipt(actor=cast.lead_a, participant=known, payment=later),
    )
    assert sum(isinstance(one, Refused) for one in results) == 1, results
    ended = Collector.objects.get(pk=leaver.pk).ended_on is not None
    assert ended != Receipt.objects.filter(collector=leaver).exists()


def test_no_list_slips_past_the_end_of_its_collector(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    heir, leaver, last = (
        builders.collector(cast.agent_a, 9),
        cast.collector_a,
        today() - timedelta(days=1),
    )
    line, write = builders.receipt_line(cast.commune_a, leaver, today()), batch.Writer.write

    def rested(self: Any, *args: Any) -> None:
        sleep(0.5)
        write(self, *args)

    monkeypatch.setattr(batch.Writer, "write", rested)
    results = at_once(
        lambda: batch.do_import_lines(actor=cast.manager, lines=[line]),
        lambda: (
            sleep(0.1)
            or do_end_collector(actor=cast.manager, collector=leaver, ended_on=last, successor=heir)
        ),
    )
    assert sum(isinstance(one, Refused) for one in results) == 1, results
    ended = Collector.objects.get(pk=leaver.pk).ended_on is not None
    assert ended != Receipt.objects.filter(collector=leaver).exists()


def test_a_target_revised_by_one_manager_is_not_corrected_by_another_at_the_same_time(
    cast: stage.Cast,
):
    year, first = today().year, ("1/QĐ", date(today().year, 1, 5))
    do_set_targets(actor=cast.manager, figures=[Figure(year, "new", cast.agent_a, 40, *first)])
    revised = Figure(year, "new", cast.agent_a, 60, "2/QĐ", date(year, 1, 6), seen=40)
    corrected = Figure(year, "new", cast.agent_a, 50, *first, seen=40)
    results = at_once(
        *(
            lambda f=one: do_set_targets(actor=cast.manager, figures=[f])
            for one in (revised, corrected)
        )
    )
    (done,) = (at for at, one in enumerate(results) if isinstance(one, TargetsSet))
    assert isinstance(results[1 - done], Refused)
    assert [one.value for one in Target.objects.order_by("revision_no")] == ([40, 60], [50])[done]


def _slowly(monkeypatch: pytest.MonkeyPatch, room: str) -> None:
    """Between its checks and its writing an operation of this room rests, so that another one comes
    in between.
    """
    module = import_module(f"agents.operations.{room}")
    store = module.store

    def rested(*args: Any, **kwargs: Any) -> None:
        sleep(0.5)
        store(*args, **kwargs)

    monkeypatch.setattr(module, "store", rested)


@pytest.mark.parametrize("closes", [do_close_agent, do_close_point])
def test_no_card_given_at_the_same_time_outlasts_a_closing(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch, closes: Callable[..., Any]
):
    last = today()
    do_end_card(actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=last)
    point = cast.collector_a.point
    closed = {"agent": point.agent} if closes is do_close_agent else {"point": point}
    _slowly(monkeypatch, "collectors")

    def give() -> Any:
        return do_add_card(
            actor=cast.manager,
            collector=cast.collector_a,
            number="TH-9",
            valid_from=last + timedelta(days=1),
            valid_to=None,
        )

    results = at_once(
        give, lambda: sleep(0.1) or closes(actor=cast.administrator, closed_on=last, **closed)
    )
    assert sum(isinstance(one, Refused) for one in results) == 1, results
    point.refresh_from_db()
    assert (point.closed_on is None) == (cast.collector_a.cards.count() == 2)


def test_one_number_of_a_card_is_given_to_one_collector(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    colleague = Collector.objects.create(
        code="BD001-09", full_name="Người Thu Mới", point=cast.collector_a.point
    )
    other = Collector.objects.create(
        code="XA-09", full_name="Người Thu Khác", point=cast.collector_b.point
    )
    _slowly(monkeypatch, "collectors")

    def give(who: Collector, number: str) -> Any:
        return do_add_card(
            actor=cast.manager, collector=who, number=number, valid_from=today(), valid_to=None
        )

    results = at_once(lambda: give(colleague, "TH-9"), lambda: give(other, "th-9"))
    assert sorted(type(one).__name__ for one in results) == ["CollectorCard", "Refused"], results


def test_one_number_of_a_certificate_is_given_to_one_person(
    cast: stage.Cast, monkeypatch: pytest.MonkeyPatch
):
    passed = []
    for who in (cast.collector_a, cast.collector_b):
        course = TrainingCourse.objects.create(
            code=f"TH-{who.pk}",
            title="Lớp",
            starts_on=date(2026, 1, 5),
            ends_on=date(2026, 1, 6),
            place="Thái Thụy",
        )
        passed.append(
            CourseAttendance.objects.create(
                course=course,
                agent=who.point.agent,
                collector=who,
                full_name=who.full_name,
                invited_on=date(2026, 1, 2),
                attended=True,
                result="passed",
            )
        )
    _slowly(monkeypatch, "training")
    results = at_once(
        *(
            lambda row=row: do_certify(
                actor=cast.manager,
                attendance=row,
                certificate_no="9/CN",
                certified_on=date(2026, 1, 7),
            )
            for row in passed
        )
    )
    assert sorted(type(one).__name__ for one in results) == ["CourseAttendance", "Refused"], results


def test_a_complaint_sent_twice_at_once_is_one(cast: stage.Cast):
    def send() -> Any:
        return do_record_complaint(
            actor=cast.manager,
            agent=cast.agent_a,
            received_on=date(2026, 1, 5),
            channel="phone",
            content="Chậm",
        )

    first, second = at_once(send, send)
    assert first == second == Complaint.objects.get()


def test_a_log_in_sent_twice_at_once_is_remembered_as_one_place(cast: stage.Cast):
    attempt = Attempt(name_key="k" * 32, address="203.0.113.7")
    enter = lambda: do_enter(actor=cast.staff_a, attempt=attempt, how=" bằng mật khẩu")  # noqa: E731
    assert at_once(*[enter] * 6) == [None] * 6
    assert LogInMark.objects.filter(kind="entered").count() == 1
    enter()


def test_numbers_looked_up_at_once_count_one_by_one(cast: stage.Cast):
    builders.choose(cast.manager, LOOKING_UP.setting, 2)
    numbers = [builders.citizen_id() for _ in range(6)]
    results = at_once(
        *(
            lambda n=number: do_look_up(actor=cast.staff_a, number=n, where="Là ai?")
            for number in numbers
        )
    )
    assert results.count((None, False)) == 2, results
    assert sum(isinstance(one, Refused) for one in results) == 4
    assert AuditEntry.objects.filter(action="lookup.nobody").count() == 2
