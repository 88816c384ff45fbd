"""Ratings, complaints and sources as operations: once, in time, by whom they may be, and without
anybody's name.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from agents.models import AuditEntry, CommuneAssignment, PointCommune
from agents.origin import Origin
from enrollment.complaints import complaints_visible_to, open_complaints
from enrollment.law.keys import ANSWER_DAYS
from enrollment.models import Acquisition, Complaint, PolicyParameter, Receipt, ServiceRating
from enrollment.operations.bulk import Newcomer, do_register_people
from enrollment.operations.participants import Person
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_answer_complaint, do_rate, do_record_complaint
from enrollment.operations.slips import do_print_slip
from enrollment.operations.sources import do_set_source
from tests import builders
from tests.cast import Cast
from tests.shipped import unguarded
from thaithuy_bhxh.errors import Refused

DAY = date(2026, 1, 5)


@pytest.fixture
def slip(cast: Cast) -> Receipt:
    return builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, DAY, full_name="Người Mẫu Bùi Thị Quý"
    )


def complain(cast: Cast, **values: Any) -> Complaint:
    given = {
        "agent": cast.agent_a,
        "received_on": DAY,
        "channel": "phone",
        "content": "Chậm trả biên lai",
        **values,
    }
    return do_record_complaint(
        actor=values.pop("actor", cast.manager), **{k: v for k, v in given.items() if k != "actor"}
    )


# --- ratings --------------------------------------------------------------------------------------


def test_a_rating_is_kept_as_given(slip: Receipt):
    rating = do_rate(receipt=slip, score=4, comment="  Nhanh,\n  dễ hiểu ")
    assert (rating.receipt, rating.score, rating.comment) == (slip, 4, "Nhanh,\ndễ hiểu")


@pytest.mark.parametrize("score", [0, 6, -1, 100])
def test_scores_are_one_to_five(slip: Receipt, score: int):
    with pytest.raises(Refused) as refused:
        do_rate(receipt=slip, score=score)
    assert refused.value.field == "score" and not ServiceRating.objects.exists()


def test_ratings_are_facts_and_of_a_receipt_the_last_counts(slip: Receipt):
    kept = [
        do_rate(receipt=slip, score=score, rated_at=long_after(slip, hours))
        for hours, score in ((1, 5), (2, 1))
    ]
    assert list(ServiceRating.objects.counting()) == [kept[1]]
    assert list(ServiceRating.objects.counting(before=kept[1].rated_at)) == [kept[0]]
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceRating.objects.update(score=1)


def long_after(slip: Receipt, hours: int) -> datetime:
    """A moment some hours after the receipt was recorded, which has to lie before now."""
    slip.recorded_at = timezone.now() - timedelta(days=1)
    return slip.recorded_at + timedelta(hours=hours)


def test_a_rating_within_minutes_or_from_the_agents_address_is_kept_and_not_counted(
    cast: Cast, slip: Receipt
):
    true = do_rate(
        receipt=slip, score=3, rated_at=long_after(slip, 1), origin=Origin("203.0.113.9")
    )
    cast.staff_a.origin = Origin("203.0.113.7")  # type: ignore[attr-defined]
    do_print_slip(actor=cast.staff_a, receipt=slip)
    own = do_rate(
        receipt=slip, score=5, rated_at=long_after(slip, 20), origin=Origin("203.0.113.7")
    )
    slip.recorded_at = timezone.now()
    soon = do_rate(receipt=slip, score=5, origin=Origin("203.0.113.9"))
    assert (true.doubt, own.doubt, soon.doubt) == ("", "address", "soon")
    assert list(ServiceRating.objects.counting()) == [true]


def test_a_voided_receipt_is_not_rated(cast: Cast, slip: Receipt):
    do_void_receipt(actor=cast.lead_a, receipt=slip, on=date(2026, 1, 9), reason="Ghi nhầm")
    with pytest.raises(Refused, match="đã hủy"):
        do_rate(receipt=slip, score=5)


def test_a_rating_from_before_the_receipt_or_from_tomorrow_is_refused(slip: Receipt):
    for moment in (datetime(2026, 1, 4, 12), datetime(2199, 1, 1)):
        with pytest.raises(Refused, match="Ngày đánh giá"):
            do_rate(receipt=slip, score=5, rated_at=timezone.make_aware(moment))


def test_the_trail_of_a_rating_names_neither_payer_nor_receipt(slip: Receipt):
    do_rate(receipt=slip, score=2, comment="Bà Quý nói", complaint="Bà Quý, số 0912345678")
    rows = AuditEntry.objects.filter(action__startswith="service.")
    told = " ".join(f"{row.summary} {row.changes}" for row in rows)
    assert {row.action for row in rows} == {"service.rate", "service.complain"}
    assert {row.actor for row in rows} == {None}
    assert not any(
        word in told
        for word in ("Quý", slip.number, "0912345678", str(slip.participant.citizen_id))
    )


def test_a_complaint_sent_with_a_rating_goes_to_the_agent_of_the_receipt(slip: Receipt):
    do_rate(receipt=slip, score=1, complaint="Thu tiền mà không đưa biên lai")
    complaint = Complaint.objects.get()
    assert (complaint.agent, complaint.collector, complaint.receipt) == (
        slip.agent,
        slip.collector,
        slip,
    )
    assert complaint.channel == "online" and complaint.recorded_by is None


def test_a_rating_whose_complaint_is_refused_is_not_kept(slip: Receipt):
    with pytest.raises(Refused, match="ngắn hơn"):
        do_rate(receipt=slip, score=1, complaint="x" * 2001)
    assert not ServiceRating.objects.exists() and not Complaint.objects.exists()


# --- complaints -----------------------------------------------------------------------------------


def test_the_deadline_is_ten_working_days_as_shipped(cast: Cast):
    """Monday 05/01/2026 and ten working days: four that week, five the next, one the week after."""
    assert complain(cast).due_on == date(2026, 1, 19)


def test_the_deadline_passes_over_public_holidays(cast: Cast):
    """Friday 24/04/2026; Hùng Kings' day off on Monday 27/04, 30/04 and 01/05 are free: 28, 29,
    then 04/05 to 13/05.
    """
    assert complain(cast, received_on=date(2026, 4, 24)).due_on == date(2026, 5, 13)


def test_the_deadline_is_the_offices_setting_of_the_day_of_receipt(cast: Cast):
    PolicyParameter.objects.create(
        key=ANSWER_DAYS,
        value="3",
        valid_from=date(2026, 1, 6),
        source="Quy chế mẫu",
        confidence="high",
    )
    assert complain(cast).due_on == date(2026, 1, 19)
    assert complain(cast, received_on=date(2026, 1, 6)).due_on == date(2026, 1, 9)


def test_without_a_setting_the_office_is_told_so(cast: Cast):
    with unguarded(PolicyParameter):
        PolicyParameter.objects.filter(key=ANSWER_DAYS).delete()
    with pytest.raises(Refused, match="chưa có trong bảng tham số"):
        complain(cast)


def test_an_absurd_setting_is_refused_and_not_reckoned(cast: Cast):
    PolicyParameter.objects.filter(key=ANSWER_DAYS).update(value="999999999")
    with pytest.raises(Refused, match="quá một năm"):
        complain(cast)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"content": "  \n "}, "content"),
        ({"received_on": date(2199, 1, 1)}, "received_on"),
        ({"channel": "fax"}, "channel"),
    ],
)
def test_a_complaint_that_makes_no_sense_is_refused(cast: Cast, values: dict[str, Any], field: str):
    with pytest.raises(Refused) as refused:
        complain(cast, **values)
    assert refused.value.field == field and not Complaint.objects.exists()


def test_collector_and_receipt_must_be_the_agents_own(cast: Cast, slip: Receipt):
    for values in ({"collector": cast.collector_b}, {"agent": cast.agent_b, "receipt": slip}):
        with pytest.raises(Refused, match="không"):
            complain(cast, **values)


def test_a_stranger_complains_only_about_a_receipt_and_on_the_page(cast: Cast, slip: Receipt):
    with pytest.raises(Refused):
        do_record_complaint(
            actor=None,
            agent=cast.agent_a,
            received_on=DAY,
            channel="phone",
            content="x",
            receipt=slip,
        )
    with pytest.raises(Refused):
        do_record_complaint(
            actor=None, agent=cast.agent_a, received_on=DAY, channel="online", content="x"
        )


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "auditor", "administrator"])
def test_only_officers_and_managers_write_complaints_down_and_answer_them(cast: Cast, who: str):
    complaint = complain(cast)
    actor = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        complain(cast, actor=actor)
    with pytest.raises(PermissionDenied):
        do_answer_complaint(
            actor=actor, complaint=complaint, answer="x", answered_on=DAY, upheld=True
        )


def test_a_complaint_is_answered_once(cast: Cast):
    complaint = complain(cast)
    answered = do_answer_complaint(
        actor=cast.officer_a,
        complaint=complaint,
        answer="Đã nhắc",
        answered_on=date(2026, 1, 7),
        upheld=True,
    )
    assert (answered.answered_on, answered.upheld) == (date(2026, 1, 7), True)
    with pytest.raises(Refused, match="đã được trả lời ngày 07/01/2026"):
        do_answer_complaint(
            actor=cast.manager,
            complaint=complaint,
            answer="Lại",
            answered_on=date(2026, 1, 8),
            upheld=False,
        )
    assert Complaint.objects.get().answer == "Đã nhắc"


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2199, 1, 1)])
def test_an_answer_is_dated_between_the_receipt_and_today(cast: Cast, day: date):
    with pytest.raises(Refused) as refused:
        do_answer_complaint(
            actor=cast.manager, complaint=complain(cast), answer="x", answered_on=day, upheld=True
        )
    assert refused.value.field == "answered_on"


def test_each_sees_the_complaints_of_the_own_scope(cast: Cast, slip: Receipt):
    """One about a receipt is the officer's of its commune; one without, of every commune that the
    agent serves.
    """
    plain, about = complain(cast), complain(cast, receipt=slip)
    PointCommune.objects.create(point=cast.collector_a.point, commune=cast.commune_b)
    seen = {
        who: set(complaints_visible_to(getattr(cast, who)))
        for who in (
            "manager",
            "auditor",
            "officer_a",
            "officer_b",
            "lead_a",
            "lead_b",
            "staff_a",
            "administrator",
        )
    }
    both = {plain, about}
    assert seen == {
        "manager": both,
        "auditor": both,
        "officer_a": both,
        "officer_b": {plain},
        "lead_a": both,
        "lead_b": set(),
        "staff_a": set(),
        "administrator": set(),
    }


def test_a_former_officer_no_longer_sees_them(cast: Cast):
    complain(cast)
    CommuneAssignment.objects.filter(user=cast.officer_a).update(valid_to=date(2026, 1, 31))
    assert not complaints_visible_to(cast.officer_a).exists()


def test_the_alarm_lists_what_waits_the_most_urgent_first(cast: Cast):
    late, later = complain(cast, received_on=date(2026, 1, 6)), complain(cast)
    done = complain(cast, content="Không đưa biên lai")
    do_answer_complaint(
        actor=cast.manager, complaint=done, answer="x", answered_on=DAY, upheld=False
    )
    complain(cast, agent=cast.agent_b)
    alarm = open_complaints(cast.lead_a, date(2026, 1, 20))
    assert list(alarm.listed) == [later, late] and alarm.number == 2
    assert list(alarm.overdue) == [
        later
    ]  # due on the 19th; the other on the 20th, which is not over


# --- what brought somebody in ---------------------------------------------------------------------


def test_a_source_is_set_corrected_and_taken_back_with_what_it_was(cast: Cast, slip: Receipt):
    person = slip.participant
    for source in ("visit", "conference", ""):
        do_set_source(actor=cast.staff_a, participant=person, source=source)
    assert not Acquisition.objects.exists()
    rows = AuditEntry.objects.filter(action="participant.source").order_by("id")
    assert [row.changes["source"] for row in rows] == [
        ["", "visit"],
        ["visit", "conference"],
        ["conference", ""],
    ]
    assert rows[1].summary == "Biết đến qua: Vận động tại hộ → Hội nghị tuyên truyền"


def test_the_same_source_again_writes_nothing(cast: Cast, slip: Receipt):
    for _ in range(2):
        do_set_source(actor=cast.lead_a, participant=slip.participant, source="walk_in")
    assert AuditEntry.objects.filter(action="participant.source").count() == 1


@pytest.mark.parametrize("who", ["officer_a", "manager", "auditor", "administrator"])
def test_only_who_takes_money_says_what_brought_somebody_in(cast: Cast, slip: Receipt, who: str):
    with pytest.raises(PermissionDenied):
        do_set_source(actor=getattr(cast, who), participant=slip.participant, source="visit")


def test_a_word_that_is_no_source_is_refused(cast: Cast, slip: Receipt):
    with pytest.raises(Refused) as refused:
        do_set_source(actor=cast.staff_a, participant=slip.participant, source="radio")
    assert refused.value.field == "source"


def test_a_register_taken_over_brings_its_sources(cast: Cast):
    def somebody(name: str) -> Person:
        return Person(name, citizen_id=builders.citizen_id(), sex="male", birth_year=1980)

    people = do_register_people(
        actor=cast.manager,
        newcomers=[
            Newcomer(somebody("Người Mẫu Một"), source="conference"),
            Newcomer(somebody("Người Mẫu Hai")),
        ],
    )
    assert list(Acquisition.objects.values_list("participant", "source")) == [
        (people[0].pk, "conference")
    ]
    rows = AuditEntry.objects.filter(action="participant.create").order_by("id")
    assert [row.changes for row in rows] == [{"source": "conference"}, {}]
