"""Contracts with agents: no two at once, within the agent's life, and an alarm before the last one
runs out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents import audit
from agents.contracts import contract_state
from agents.models import AgentContract, User
from agents.operations.contracts import do_add_contract, do_end_contract
from agents.operations.organisations import do_close_agent
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

Login = Callable[[User], Client]
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def sign(
    cast: Cast, first: date, last: date, number: str = "01/HĐ", signed: date | None = None
) -> AgentContract:
    return do_add_contract(
        actor=cast.manager,
        agent=cast.agent_a,
        number=number,
        signed_on=signed or first,
        valid_from=first,
        valid_to=last,
        communes=[cast.commune_a],
    )


def test_a_renewal_is_the_next_contract_and_both_are_told_as_one(cast: Cast):
    contract = sign(cast, *YEAR)
    sign(cast, date(2026, 1, 1), date(2026, 12, 31), "02/HĐ")
    assert list(contract.communes.all()) == [cast.commune_a]
    state = contract_state(cast.agent_a.contracts.all(), date(2025, 12, 20))
    assert (state.word, state.tone) == ("Đến 31/12/2026", "ok")
    assert (
        "Ký hợp đồng 02/HĐ từ 01/01/2026 đến 31/12/2026"
        in audit.history_of(cast.agent_a)[0].summary
    )


@pytest.mark.parametrize(
    ("day", "word", "tone"),
    [
        (date(2024, 12, 1), "Có hiệu lực từ 01/01/2025", "warn"),
        (date(2025, 11, 1), "Đến 31/12/2025", "warn"),
        (date(2025, 10, 31), "Đến 31/12/2025", "ok"),
        (date(2025, 12, 31), "Hết hạn hôm nay", "warn"),
        (date(2026, 1, 1), "Hết hạn 31/12/2025", "bad"),
    ],
)
def test_the_state_says_when_the_next_contract_must_be_signed(
    cast: Cast, day: date, word: str, tone: str
):
    sign(cast, *YEAR)
    state = contract_state(cast.agent_a.contracts.all(), day)
    assert state.tone == tone
    assert state.word == (
        "Còn 60 ngày, chưa có hợp đồng tiếp" if day == date(2025, 11, 1) else word
    )


def test_an_agent_without_a_contract_is_told_and_one_that_closes_is_not_asked_to_renew(cast: Cast):
    assert contract_state([], today()).word == "Chưa có hợp đồng"
    assert not contract_state([], today(), closed_on=today() - timedelta(days=1)).is_alarm
    contract = sign(cast, *YEAR)
    assert not contract_state([contract], date(2025, 12, 20), closed_on=date(2025, 12, 31)).is_alarm


@pytest.mark.parametrize(
    ("first", "last", "field", "told"),
    [
        (date(2025, 12, 31), date(2026, 12, 31), "valid_from", "Trùng ngày với hợp đồng 01/HĐ"),
        (date(2024, 6, 1), date(2026, 6, 1), "valid_from", "Trùng ngày với hợp đồng 01/HĐ"),
        (date(2015, 1, 1), date(2015, 12, 31), "valid_from", "chỉ hoạt động từ 01/01/2016"),
        (date(2026, 2, 1), date(2026, 1, 1), "valid_to", "không được trước ngày có hiệu lực"),
    ],
)
def test_terms_neither_overlap_nor_leave_the_agents_life(
    cast: Cast, first: date, last: date, field: str, told: str
):
    sign(cast, *YEAR)
    with pytest.raises(Refused, match=told) as refused:
        sign(cast, first, last, "02/HĐ")
    assert refused.value.field == field and AgentContract.objects.count() == 1


def test_a_number_is_used_once_and_the_signature_precedes_the_term(cast: Cast):
    sign(cast, *YEAR)
    with pytest.raises(Refused, match="01/hđ đã có"):
        sign(cast, date(2026, 1, 1), date(2026, 12, 31), " 01/hđ ")
    with pytest.raises(Refused, match="Ngày ký không được sau"):
        sign(cast, date(2026, 1, 1), date(2026, 12, 31), "02/HĐ", signed=date(2026, 1, 2))


def test_an_ended_contract_makes_room_for_the_next_from_the_day_after(cast: Cast):
    contract = sign(cast, *YEAR)
    with pytest.raises(Refused, match="trong thời hạn"):
        do_end_contract(
            actor=cast.manager, contract=contract, ended_on=date(2026, 1, 1), reason="thử"
        )
    do_end_contract(
        actor=cast.manager, contract=contract, ended_on=date(2025, 6, 30), reason="Đổi địa bàn"
    )
    assert sign(cast, date(2025, 7, 1), date(2026, 6, 30), "02/HĐ").pk
    with pytest.raises(Refused, match="đã chấm dứt"):
        do_end_contract(
            actor=cast.manager, contract=contract, ended_on=date(2025, 5, 31), reason="thử"
        )


def test_a_contract_ends_with_its_agent_and_none_reaches_beyond(cast: Cast):
    contract = sign(cast, *YEAR)
    do_close_agent(actor=cast.manager, agent=cast.agent_a, closed_on=date(2025, 9, 30))
    contract.refresh_from_db()
    assert (contract.last_day, contract.end_reason) == (date(2025, 9, 30), "Đại lý ngừng hoạt động")
    with pytest.raises(Refused, match="hợp đồng không thể dài hơn"):
        sign(cast, date(2025, 10, 1), date(2026, 9, 30), "02/HĐ")


def test_an_agent_does_not_close_before_its_next_contract_begins(cast: Cast):
    sign(cast, *YEAR)
    with pytest.raises(Refused, match="chỉ có hiệu lực từ 01/01/2025"):
        do_close_agent(actor=cast.manager, agent=cast.agent_a, closed_on=date(2024, 12, 31))


@pytest.mark.parametrize("role", ["officer", "auditor", "lead", "collector"])
def test_only_keepers_sign(cast: Cast, role: str):
    with pytest.raises(PermissionDenied):
        do_add_contract(
            actor=cast.by_role(role),
            agent=cast.agent_a,
            number="1",
            signed_on=YEAR[0],
            valid_from=YEAR[0],
            valid_to=YEAR[1],
            communes=[],
        )


def test_the_list_puts_agents_in_need_first_and_a_lead_sees_the_own_one(
    cast: Cast, logged_in: Login
):
    sign(cast, *YEAR)
    rows = logged_in(cast.manager).get(reverse("agents:contracts")).context["rows"]
    assert [(agent.code, state.word) for agent, state, _ in rows] == [
        ("XA12865", "Chưa có hợp đồng"),
        ("BD001", "Hết hạn 31/12/2025"),
    ]
    mine = logged_in(cast.lead_a).get(reverse("agents:contracts")).context["rows"]
    assert [agent.code for agent, _, _ in mine] == ["BD001"]


def test_the_form_proposes_no_day_that_is_past(cast: Cast, logged_in: Login):
    page = reverse("agents:contract_add", args=[cast.agent_a.pk])
    sign(cast, date(2024, 1, 1), date(2024, 12, 31))
    assert logged_in(cast.manager).get(page).context["form"].initial["valid_from"] == today()
    last = today() + timedelta(days=40)
    sign(cast, today(), last, number="02/HĐ")
    assert logged_in(cast.manager).get(page).context["form"].initial[
        "valid_from"
    ] == last + timedelta(days=1)


def test_the_form_records_the_next_term_and_keeps_what_was_typed_when_refused(
    cast: Cast, logged_in: Login
):
    page = reverse("agents:contract_add", args=[cast.agent_a.pk])
    sent = {
        "number": "05/HĐ",
        "signed_on": "20/12/2025",
        "valid_from": "01/01/2026",
        "valid_to": "31/12/2025",
        "communes": [cast.commune_a.pk],
    }
    browser = logged_in(cast.manager)
    refused = browser.post(page, sent)
    assert "Ngày hết hạn không được trước" in markup(refused) and not AgentContract.objects.exists()
    assert browser.post(page, {**sent, "valid_to": "31/12/2026"}).status_code == 302
    assert AgentContract.objects.get().valid_to == date(2026, 12, 31)
    following = browser.get(page).context["form"]
    assert following.initial["valid_from"] == date(2027, 1, 1)
    shown = markup(browser.get(reverse("agents:agent", args=[cast.agent_a.pk])))
    assert "05/HĐ" in shown and cast.commune_a.name in shown


def test_the_end_form_writes_the_reason(cast: Cast, logged_in: Login):
    contract = sign(cast, date(2026, 1, 1), date(2030, 12, 31))
    page = reverse("agents:contract_end", args=[contract.pk])
    assert (
        logged_in(cast.manager)
        .post(page, {"ended_on": "30/06/2026", "reason": "Thỏa thuận"})
        .status_code
        == 302
    )
    contract.refresh_from_db()
    assert (contract.ended_on, contract.end_reason) == (date(2026, 6, 30), "Thỏa thuận")
