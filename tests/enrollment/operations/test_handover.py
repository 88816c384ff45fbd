"""A collector leaves: card, account, drafts and people go in one step, credit stays; nobody
collects without a card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents import audit
from agents.models import Collector, CollectorHandover, Role, User
from agents.operations import accounts
from agents.operations.collectors import do_add_card, do_end_card
from agents.operations.organisations import do_close_agent
from enrollment.collector_of_person import follower_of, number_followed
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.handover import do_end_collector
from enrollment.operations.receipts import Payment, do_record_receipt, do_void_receipt
from enrollment.person_timeline import WITH_FOLLOWER
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]
LAST = date(2026, 1, 31)


@pytest.fixture
def colleague(cast: Cast) -> Collector:
    """A second collector of agent A."""
    return builders.collector(cast.agent_a, 2)


def end(
    cast: Cast, who: Collector, successor: Collector, day: date = LAST, **more: Any
) -> CollectorHandover:
    return do_end_collector(
        actor=cast.manager, collector=who, ended_on=day, successor=successor, **more
    )


def follower(person: Participant, day: date) -> Collector | None:
    receipts = person.receipts.select_related("void", *WITH_FOLLOWER)
    return follower_of(receipts, day)


def test_everything_goes_to_the_successor_in_one_step(cast: Cast, colleague: Collector):
    heir = builders.user("nguoi_nhan", Role.COLLECTOR, agent=cast.agent_a, collector=colleague)
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5)
    ).participant
    do_start_draft(actor=cast.staff_a, title="Nháp", participant=person)
    handover = end(cast, cast.collector_a, colleague, note="Nghỉ hưu")
    for row in (cast.collector_a, cast.staff_a):
        row.refresh_from_db()
    assert (cast.collector_a.ended_on, handover.handed_on, handover.note) == (
        LAST,
        LAST,
        "Nghỉ hưu",
    )
    assert cast.collector_a.cards.get().valid_to == LAST
    assert not cast.staff_a.is_active and Draft.objects.get().owner == heir
    assert (follower(person, LAST), follower(person, LAST + timedelta(days=1))) == (
        cast.collector_a,
        colleague,
    )
    told = [entry.action for entry in audit.history_of(cast.collector_a, colleague, cast.staff_a)]
    assert sorted(told) == [
        "account.deactivate",
        "card.end",
        "collector.end",
        "collector.take_over",
    ]


def test_credit_stays_where_it_was_earned(cast: Cast, colleague: Collector):
    receipt = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    facts = list(Receipt.objects.values())
    end(cast, cast.collector_a, colleague)
    assert list(Receipt.objects.values()) == facts
    again = builders.again(receipt.participant, months=6, from_month=Month(2026, 7))
    builders.paid(cast.manager, cast.commune_a, colleague, date(2026, 7, 2), **again)
    assert list(
        Receipt.objects.order_by("received_on").values_list("collector__code", flat=True)
    ) == [
        cast.collector_a.code,
        colleague.code,
    ]


@pytest.mark.parametrize(
    ("day", "field", "told"),
    [
        (today() + timedelta(days=1), "ended_on", "ở tương lai"),
        (date(2026, 1, 4), "ended_on", "còn biên lai"),
        (date(2015, 12, 31), "ended_on", "còn biên lai"),
    ],
)
def test_a_day_that_contradicts_the_records_is_refused(
    cast: Cast, colleague: Collector, day: date, field: str, told: str
):
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    with pytest.raises(Refused, match=told) as refused:
        end(cast, cast.collector_a, colleague, day)
    cast.collector_a.refresh_from_db()
    assert refused.value.field == field and cast.collector_a.ended_on is None
    assert not CollectorHandover.objects.exists()


def test_a_void_receipt_does_not_hold_anybody_back(cast: Cast, colleague: Collector):
    receipt = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 2, 5))
    do_void_receipt(actor=cast.manager, receipt=receipt, on=date(2026, 2, 6), reason="Ghi nhầm")
    assert end(cast, cast.collector_a, colleague).pk


def test_a_card_is_not_cut_back_over_a_receipt(cast: Cast):
    receipt = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    card = cast.collector_a.cards.get()
    acts: list[Callable[[], Any]] = [
        lambda: do_end_card(actor=cast.manager, card=card, valid_to=date(2026, 1, 4)),
        lambda: do_close_agent(actor=cast.manager, agent=cast.agent_a, closed_on=date(2026, 1, 4)),
    ]
    for act in acts:
        with pytest.raises(Refused, match=f"biên lai {receipt.number} ngày 05/01/2026"):
            act()
        assert cast.collector_a.cards.get().valid_to == card.valid_to
    do_void_receipt(actor=cast.manager, receipt=receipt, on=date(2026, 1, 6), reason="Ghi nhầm")
    assert do_end_card(actor=cast.manager, card=card, valid_to=date(2026, 1, 4)).valid_to == date(
        2026, 1, 4
    )


def test_a_card_issued_ahead_is_taken_back(cast: Cast, colleague: Collector):
    do_end_card(actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=date(2026, 12, 31))
    do_add_card(
        actor=cast.manager,
        collector=cast.collector_a,
        number="T-27",
        valid_from=date(2027, 1, 1),
        valid_to=None,
    )
    end(cast, cast.collector_a, colleague)
    assert cast.collector_a.cards.get().valid_to == LAST
    assert "card.withdraw" in [entry.action for entry in audit.history_of(cast.collector_a)]


def test_the_successor_works_on_the_next_day_at_the_same_agent(cast: Cast, colleague: Collector):
    do_end_card(actor=cast.manager, card=colleague.cards.get(), valid_to=LAST)
    for successor, told in (
        (colleague, "không có thẻ"),
        (cast.collector_b, "cùng đại lý"),
        (cast.collector_a, "khác"),
    ):
        with pytest.raises(Refused, match=told):
            end(cast, cast.collector_a, successor)
    do_close_agent(actor=cast.manager, agent=cast.agent_a, closed_on=LAST)
    assert end(cast, cast.collector_a, cast.collector_b).taker == cast.collector_b


def test_people_of_a_closed_agent_are_seen_by_whoever_took_them_over(
    cast: Cast, colleague: Collector, logged_in: Login
):
    """Their figures stay with the closed agent until their next receipt; the people do not wait
    that long.
    """
    taken = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    other = builders.paid(cast.manager, cast.commune_a, colleague, date(2026, 1, 6))
    returned = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 7)
    ).participant
    builders.paid(
        cast.manager,
        cast.commune_a,
        colleague,
        date(2026, 1, 8),
        **builders.again(returned, months=6, from_month=Month(2026, 7)),
    )
    do_close_agent(actor=cast.manager, agent=cast.agent_a, closed_on=LAST)
    end(cast, cast.collector_a, cast.collector_b)

    def seen(user: User) -> tuple[set[Participant], set[Receipt]]:
        fresh = User.objects.get(pk=user.pk)
        return set(Participant.objects.visible_to(fresh)), set(Receipt.objects.visible_to(fresh))

    assert seen(cast.staff_b) == seen(cast.lead_b) == ({taken.participant}, {taken})
    pages = {
        one: reverse("enrollment:participant", args=[one.participant_id]) for one in (taken, other)
    }
    assert [logged_in(cast.staff_b).get(page).status_code for page in pages.values()] == [200, 404]
    assert other.participant in seen(cast.lead_a)[0] and taken.participant in seen(cast.lead_a)[0]


def test_drafts_wait_for_an_account_or_go_to_the_lead(cast: Cast, colleague: Collector):
    do_start_draft(actor=cast.staff_a, title="Nháp")
    User.objects.filter(pk=cast.lead_a.pk).update(is_active=False)
    with pytest.raises(Refused, match="hãy tạo tài khoản trước"):
        end(cast, cast.collector_a, colleague)
    User.objects.filter(pk=cast.lead_a.pk).update(is_active=True)
    end(cast, cast.collector_a, colleague)
    assert Draft.objects.get().owner == cast.lead_a


def test_who_has_left_gets_no_card_no_account_and_does_not_leave_twice(
    cast: Cast, colleague: Collector
):
    end(cast, cast.collector_a, colleague)
    cast.collector_a.refresh_from_db()
    cast.staff_a.refresh_from_db()
    card = cast.collector_a.cards.get()
    acts: list[Callable[[], Any]] = [
        lambda: do_end_card(actor=cast.manager, card=card, valid_to=date(2026, 2, 1)),
        lambda: do_add_card(
            actor=cast.manager,
            collector=cast.collector_a,
            number="T-2",
            valid_from=date(2026, 2, 1),
            valid_to=None,
        ),
        lambda: accounts.do_activate_account(actor=cast.administrator, user=cast.staff_a),
        lambda: end(cast, cast.collector_a, colleague),
    ]
    for act in acts:
        with pytest.raises(Refused, match="đã nghỉ sau 31/01/2026"):
            act()


@pytest.mark.parametrize("role", ["officer", "auditor", "lead", "collector"])
def test_only_keepers_end_a_collector(cast: Cast, colleague: Collector, role: str):
    with pytest.raises(PermissionDenied):
        do_end_collector(
            actor=cast.by_role(role), collector=cast.collector_a, ended_on=LAST, successor=colleague
        )


def test_people_are_followed_through_two_hand_overs_and_by_their_latest_receipt(
    cast: Cast, colleague: Collector
):
    third = builders.collector(cast.agent_a, 3)
    first = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    second = builders.paid(cast.manager, cast.commune_a, colleague, date(2026, 1, 6))
    own = builders.user("nguoi_ba", Role.COLLECTOR, agent=cast.agent_a, collector=third)
    assert number_followed(own, today()) == 0
    end(cast, cast.collector_a, colleague)
    end(cast, colleague, third, date(2026, 2, 28))
    assert {follower(one.participant, today()) for one in (first, second)} == {third}
    assert (number_followed(own, today()), number_followed(own, date(2026, 2, 1))) == (2, 0)
    renewal = builders.again(second.participant, months=6, from_month=Month(2026, 7))
    builders.paid(cast.manager, cast.commune_b, cast.collector_b, date(2026, 7, 3), **renewal)
    assert number_followed(own, today()) == 1


def test_the_register_is_narrowed_to_a_collector_s_people(
    cast: Cast, colleague: Collector, logged_in: Login
):
    mine = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5)
    ).participant
    theirs = builders.paid(cast.manager, cast.commune_a, colleague, date(2026, 1, 6)).participant
    page = reverse("enrollment:participants")

    def shown(who: User, query: str) -> set[Participant]:
        return set(logged_in(who).get(page + query).context["page"].object_list)

    assert shown(cast.staff_a, "?nhan_vien=toi") == {mine}
    assert shown(cast.lead_a, f"?nhan_vien={colleague.code}") == {theirs}
    assert shown(cast.manager, f"?nhan_vien={colleague.code}") == {theirs}
    assert shown(cast.lead_b, f"?nhan_vien={colleague.code}") == set()
    assert shown(cast.lead_a, "?nhan_vien=toi") == {mine, theirs}
    end(cast, cast.collector_a, colleague)
    assert shown(cast.lead_a, f"?nhan_vien={colleague.code}") == {mine, theirs}
    text = markup(logged_in(cast.lead_a).get(f"{page}?nhan_vien={colleague.code}"))
    assert f"do {colleague.full_name} theo dõi" in text
    of_person = (
        logged_in(cast.lead_a)
        .get(reverse("enrollment:participant", args=[mine.pk]))
        .context["follower"]
    )
    assert of_person == colleague


def test_the_form_says_what_moves_and_what_is_wrong(
    cast: Cast, colleague: Collector, logged_in: Login
):
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5))
    do_start_draft(actor=cast.staff_a, title="Nháp")
    page, browser = (
        reverse("enrollment:collector_end", args=[cast.collector_a.pk]),
        logged_in(cast.manager),
    )
    assert "1 người đang theo dõi và 1 bản nháp" in markup(browser.get(page))
    early = browser.post(page, {"ended_on": "04/01/2026", "successor": colleague.pk})
    assert "còn biên lai" in markup(early)
    foreign = browser.post(page, {"ended_on": "31/01/2026", "successor": cast.collector_b.pk})
    assert foreign.status_code == 200 and not CollectorHandover.objects.exists()
    assert (
        browser.post(page, {"ended_on": "31/01/2026", "successor": colleague.pk}).status_code == 302
    )
    shown = markup(browser.get(reverse("agents:collector", args=[cast.collector_a.pk])))
    assert "bàn giao cho" in shown and colleague.full_name in shown
    taken = markup(browser.get(reverse("agents:collector", args=[colleague.pk])))
    assert "Nhận bàn giao" in taken


START = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda n: START + timedelta(days=n))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), DAYS, st.none() | DAYS),
        st.tuples(st.just("end_card"), DAYS),
        st.tuples(st.just("leave"), DAYS),
        st.tuples(st.just("close"), DAYS),
        st.tuples(st.just("collect"), DAYS),
    ),
    max_size=8,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, asked=st.lists(DAYS, min_size=3, max_size=3))
def test_nobody_ever_takes_money_on_a_day_without_a_valid_card(
    cast: Cast, colleague: Collector, acts: list[tuple[Any, ...]], asked: list[date]
):
    """Whatever was done to cards, collector and agent: a receipt is taken exactly on the days of a
    valid card.
    """
    with transaction.atomic():
        who = Collector.objects.create(
            code="BD001-50", full_name="Người Thử", point=cast.collector_a.point
        )
        for name, *days in acts:
            _try(cast, who, colleague, name, *days)
            _assert_no_card_outlasts(who)
        for day in asked:
            carded = who.cards.valid_on(day).exists()  # type: ignore[attr-defined]
            assert _collects(cast, who, day) == carded
        transaction.set_rollback(True)


def _assert_no_card_outlasts(who: Collector) -> None:
    who.refresh_from_db()
    who.point.agent.refresh_from_db()
    ends = [day for day in (who.ended_on, who.point.agent.closed_on) if day]
    cards = list(who.cards.all())
    assert all(card.valid_to and card.valid_to <= end for card in cards for end in ends)
    for receipt in who.receipts.all():
        assert any(
            one.valid_from <= receipt.received_on <= (one.valid_to or date.max) for one in cards
        )


def _try(cast: Cast, who: Collector, colleague: Collector, name: str, *days: Any) -> None:
    """Do it, or be refused."""
    by, card = cast.manager, who.cards.order_by("-valid_from").first()
    acts: dict[str, Callable[[], Any]] = {
        "add": lambda: do_add_card(
            actor=by, collector=who, number="", valid_from=days[0], valid_to=days[1]
        ),
        "end_card": lambda: card and do_end_card(actor=by, card=card, valid_to=days[0]),
        "leave": lambda: do_end_collector(
            actor=by, collector=who, ended_on=days[0], successor=colleague
        ),
        "close": lambda: do_close_agent(actor=by, agent=cast.agent_a, closed_on=days[0]),
        "collect": lambda: _collects(cast, who, days[0]),
    }
    try:
        with transaction.atomic():
            acts[name]()
    except Refused:
        pass


def _collects(cast: Cast, who: Collector, day: date) -> bool:
    """Whether somebody new can pay this collector on this day."""
    person = builders.paid(cast.manager, cast.commune_a, cast.collector_b, START).participant
    month = Month(2026, 7)
    payment = Payment(
        collector=Collector.objects.select_related("point__agent").get(pk=who.pk),
        received_on=day,
        method="6",
        from_month=month,
        chosen_income=1_500_000,
        commune=cast.commune_a,
    )
    try:
        do_record_receipt(
            actor=cast.lead_a, participant=person, payment=replace(payment, from_month=month)
        )
    except Refused as refused:
        assert refused.field == "collector", refused.message
        return False
    return True
