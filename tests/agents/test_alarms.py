"""What needs a decision: who collects without a card, cards and contracts that end, candidates who
wait.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agents.alarms import alarms_for
from agents.models import Collector, CollectorCard, User
from agents.operations.collectors import do_end_card
from agents.operations.contracts import do_add_contract
from agents.operations.hiring import do_hire_candidate
from agents.operations.organisations import do_close_agent
from enrollment.operations.handover import do_end_collector
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.security.people_scene import course, passed
from thaithuy_bhxh.clock import today

Login = Callable[[User], Client]


@pytest.fixture
def office(cast: Cast) -> Cast:
    """Both agents have contracts for years to come, so that nothing needs a decision."""
    for agent in (cast.agent_a, cast.agent_b):
        do_add_contract(
            actor=cast.manager,
            agent=agent,
            number="1",
            signed_on=date(2020, 1, 1),
            valid_from=date(2020, 1, 1),
            valid_to=today() + timedelta(days=500),
            communes=[],
        )
    return cast


def card_to(collector: Collector, days: int) -> None:
    CollectorCard.objects.filter(collector=collector).update(
        valid_to=today() + timedelta(days=days)
    )


def told(user: User) -> list[tuple[str, str]]:
    return [(alarm.kind, alarm.tone) for alarm in alarms_for(user, today())]


def test_nothing_is_told_while_nothing_is_needed(office: Cast):
    card_to(office.collector_a, 31)
    assert told(office.manager) == told(office.staff_a) == []


def test_a_card_is_told_thirty_days_before_it_ends_unless_the_next_one_follows(office: Cast):
    card_to(office.collector_a, 30)
    assert told(office.manager) == [("card", "warn")]
    assert alarms_for(office.staff_a, today())[0].text == "Thẻ của bạn: Còn 30 ngày"
    first = today() + timedelta(days=31)
    CollectorCard.objects.create(
        collector=office.collector_a, valid_from=first, valid_to=first + timedelta(days=300)
    )
    assert told(office.manager) == []


def test_who_collected_lately_and_has_no_card_is_told_first_and_who_left_is_not(office: Cast):
    heir = builders.collector(office.agent_a, 2)
    builders.paid(
        office.manager, office.commune_a, office.collector_a, today() - timedelta(days=80)
    )
    builders.paid(
        office.manager, office.commune_b, office.collector_b, today() - timedelta(days=91)
    )
    card_to(office.collector_b, -80)
    card_to(heir, 5)
    do_end_card(
        actor=office.manager,
        card=office.collector_a.cards.get(),
        valid_to=today() - timedelta(days=70),
    )
    assert told(office.manager) == [("uncarded", "bad"), ("card", "warn")]
    day = today() - timedelta(days=75)
    do_end_collector(
        actor=office.manager, collector=office.collector_a, ended_on=day, successor=heir
    )
    assert told(office.manager) == [("card", "warn")]


def test_agents_without_a_contract_are_told_and_closed_ones_are_not(cast: Cast):
    assert told(cast.manager) == [("contract", "bad"), ("contract", "bad")]
    do_close_agent(actor=cast.manager, agent=cast.agent_b, closed_on=today() - timedelta(days=1))
    assert [alarm.text for alarm in alarms_for(cast.manager, today())] == [
        "Đại lý thử BD001: Chưa có hợp đồng"
    ]


def test_a_candidate_waits_until_hired_and_no_longer_than_a_year(office: Cast):
    row = passed(
        office,
        course(office, "TH-00", today() - timedelta(days=20)),
        office.agent_a,
        "Ứng Viên Một",
    )
    passed(
        office,
        course(office, "TH-OLD", today() - timedelta(days=365)),
        office.agent_a,
        "Ứng Viên Hai",
    )
    found = alarms_for(office.lead_a, today())
    assert [(one.kind, one.url) for one in found] == [
        ("candidate", reverse("agents:course", args=[row.course_id]))
    ]
    do_hire_candidate(
        actor=office.lead_a,
        attendance=row,
        point=office.collector_a.point,
        code="BD001-77",
        hired_on=today(),
    )
    assert told(office.lead_a) == []


def test_each_is_told_of_the_own_agents(office: Cast):
    card_to(office.collector_a, 5)
    assert [
        len(told(who)) for who in (office.lead_a, office.lead_b, office.officer_a, office.officer_b)
    ] == [
        1,
        0,
        1,
        0,
    ]
    assert [len(told(who)) for who in (office.auditor, office.administrator, office.staff_b)] == [
        1,
        1,
        0,
    ]


def test_alarms_are_few_questions(
    office: Cast, django_assert_max_num_queries: Callable[..., object]
):
    for number in range(2, 6):
        builders.collector(office.agent_a, number, card_to=today())
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        assert len(alarms_for(office.manager, today())) == 4


def test_the_page_groups_them_and_leads_to_where_they_are_mended(office: Cast, logged_in: Login):
    assert "Không có việc nào cần xử lý" in markup(
        logged_in(office.manager).get(reverse("agents:alarms"))
    )
    card_to(office.collector_a, 0)
    text = markup(logged_in(office.manager).get(reverse("agents:alarms")))
    assert "Thẻ sắp hết hạn (1)" in text and "Hết hạn hôm nay" in text
    assert reverse("agents:collector", args=[office.collector_a.pk]) in text
    own = markup(logged_in(office.staff_a).get(reverse("agents:alarms")))
    assert "Thẻ của bạn: Hết hạn hôm nay" in own
