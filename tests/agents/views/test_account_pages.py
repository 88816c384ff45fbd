"""Accounts on the screen: made with a password for one use, changed, stopped; what cannot be
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agents.models import AccountRequest, CollectionAgent, CommuneAssignment, Role, User
from agents.operations.accounts import Post, do_deactivate_account, do_edit_account
from agents.operations.assignments import do_end_assignment
from tests import builders
from tests.cast import Cast
from tests.pages import markup, words
from tests.security.scene import fingerprint
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

LIST, ADD, CHANGE = (
    reverse("agents:accounts"),
    reverse("agents:account_add"),
    reverse("account_change_password"),
)
CHOSEN = "Mat-khau-tu-chon-9"
Login = Callable[[User], Client]


@pytest.fixture
def client(cast: Cast, logged_in: Login) -> Client:
    """The administrator's browser."""
    cache.clear()
    return logged_in(cast.administrator)


def page(user: User, act: str = "edit") -> str:
    return reverse(f"agents:account_{act}", args=[user.pk])


def one_time(answer: Any) -> str:
    """The password that the page shows."""
    found = re.search(r"<dt>Mật khẩu</dt><dd[^>]*>([^<]+)</dd>", markup(answer))
    assert found, "the page shows a password"
    return found[1]


def entered(username: str, password: str) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post(
        reverse("account_login"), {"login": username, "password": password}
    )


def confirmed(cast: Cast, logged_in: Login) -> Any:
    """The manager confirms what waits."""
    asked = AccountRequest.objects.get(outcome="")
    return logged_in(cast.manager).post(reverse("agents:request_confirm", args=[asked.pk]))


def new(**values: Any) -> dict[str, Any]:
    return {
        "username": "moi.vao",
        "full_name": "Người Mới Vào",
        "role": "lead",
        "agent": CollectionAgent.objects.get(code="BD001").pk,
        "collector": "",
        **values,
    }


def test_a_new_account_works_once_its_own_password_is_chosen(
    cast: Cast, client: Client, logged_in: Login
):
    client.post(ADD, new())
    first = one_time(confirmed(cast, logged_in))
    browser, _ = entered("moi.vao", first)
    assert browser.get("/")["Location"] == CHANGE, "nothing opens before the change"
    sent = {"oldpassword": first, "password1": CHOSEN, "password2": CHOSEN}
    browser.post(CHANGE, sent)
    assert browser.get("/").status_code == 200
    assert entered("moi.vao", first)[0].get("/").status_code == 302, "the first password is spent"
    assert entered("moi.vao", CHOSEN)[0].get("/").status_code == 200


def test_what_a_second_person_has_not_confirmed_is_waiting_and_not_stopped(
    cast: Cast, client: Client, logged_in: Login
):
    client.post(ADD, new())
    page = reverse("agents:account_edit", args=[User.objects.get(username="moi.vao").pk])
    text = markup(client.get(page))
    assert "Chờ xác nhận" in text
    for word in ("Đã ngừng", "Dùng lại tài khoản", "Yêu cầu cấp lại mật khẩu"):
        assert word not in text
    confirmed(cast, logged_in)
    text = markup(client.get(page))
    assert "Chờ xác nhận" not in text and "Yêu cầu cấp lại mật khẩu" in text


def test_the_one_time_password_stands_on_one_answer_only(
    cast: Cast, client: Client, logged_in: Login
):
    client.post(ADD, new())
    first = one_time(confirmed(cast, logged_in))
    user = User.objects.get(username="moi.vao")
    for url in (LIST, page(user), reverse("agents:audit")):
        assert first not in markup(client.get(url)), url


def test_the_forced_change_refuses_the_first_password_as_the_new_one_or_two_different_ones(
    cast: Cast, client: Client, logged_in: Login
):
    client.post(ADD, new())
    first = one_time(confirmed(cast, logged_in))
    browser, _ = entered("moi.vao", first)
    browser.post(CHANGE, {"oldpassword": first, "password1": CHOSEN, "password2": CHOSEN + "x"})
    assert browser.get("/")["Location"] == CHANGE
    same = browser.post(CHANGE, {"oldpassword": first, "password1": first, "password2": first})
    assert "phải khác mật khẩu hiện nay" in words(same)
    assert browser.get("/").status_code == 302 and browser.get("/")["Location"] == CHANGE


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "LanhDao", "role": "manager"}, "username"),
        ({"username": "người mới"}, "username"),
        ({"username": ""}, "username"),
        ({"full_name": "  "}, "full_name"),
        ({"role": ""}, "role"),
        ({"role": "vua"}, "role"),
        ({"role": "lead"}, "agent"),
        ({"role": "collector"}, "agent"),
        ({"role": "manager", "agent": "A"}, "role"),
        ({"role": "officer", "collector": "BD001-01"}, "role"),
        ({"role": "collector", "collector": "KHONG-CO"}, "collector"),
        ({"role": "collector", "agent": "B", "collector": "BD001-09"}, "collector"),
        ({"role": "collector", "collector": "BD001-01"}, "collector"),
    ],
    ids=lambda value: str(value),
)
def test_what_cannot_be_an_account_says_so_at_its_field_and_makes_none(
    cast: Cast, client: Client, values: dict[str, Any], field: str
):
    builders.collector(cast.agent_a, 9)
    agents = {"A": cast.agent_a.pk, "B": cast.agent_b.pk}
    sent = new(**{**values, "agent": agents.get(values.get("agent", ""), "")})
    before = fingerprint()
    text = markup(client.post(ADD, sent))
    assert f'id="id_{field}_error"' in text and f'href="#id_{field}"' in text
    if field != "full_name":
        assert 'value="Người Mới Vào"' in text, "what was typed stays"
    assert fingerprint() == before


def test_a_collectors_account_takes_the_agent_of_its_collector(
    cast: Cast, client: Client, logged_in: Login
):
    who = builders.collector(cast.agent_b, 2)
    client.post(ADD, new(role="collector", agent="", collector=who.code.lower()))
    one_time(confirmed(cast, logged_in))
    made = User.objects.get(username="moi.vao")
    assert (made.agent, made.collector) == (cast.agent_b, who)


def test_a_change_of_post_changes_what_the_person_sees(
    cast: Cast, client: Client, logged_in: Login
):
    builders.paid(
        cast.manager,
        cast.commune_b,
        cast.collector_b,
        today().replace(day=1),
        full_name="Người Mẫu Bên Bê",
    )
    register, lead = reverse("enrollment:participants"), logged_in(cast.lead_a)
    assert "Người Mẫu Bên Bê" not in markup(lead.get(register))
    sent = {"full_name": "Tên Đã Sửa", "role": "lead", "agent": cast.agent_b.pk, "collector": ""}
    assert client.post(page(cast.lead_a), sent).status_code == 302
    assert lead.get(register).status_code == 302, "the session of the former post has ended"
    lead = logged_in(cast.lead_a)
    assert "Người Mẫu Bên Bê" in markup(lead.get(register))
    text = words(client.get(page(cast.lead_a)))
    assert "Tên Đã Sửa" in text and "Phụ trách đại lý" in text
    client.post(page(cast.lead_a), {**sent, "role": "auditor", "agent": ""})
    confirmed(cast, logged_in)
    cast.lead_a.refresh_from_db()
    assert (cast.lead_a.role, cast.lead_a.agent) == ("auditor", None)
    assert logged_in(cast.lead_a).get(reverse("enrollment:enroll")).status_code == 403


def test_an_officer_hands_the_communes_over_before_another_role(cast: Cast, client: Client):
    sent = {"full_name": cast.officer_a.full_name, "role": "auditor", "agent": "", "collector": ""}
    before = fingerprint()
    text = markup(client.post(page(cast.officer_a), sent))
    assert 'id="id_role_error"' in text and "đang phụ trách 1 xã, thị trấn" in text
    assert fingerprint() == before
    term = CommuneAssignment.objects.get(user=cast.officer_a)
    do_end_assignment(actor=cast.manager, assignment=term, valid_to=today() - timedelta(days=1))
    assert client.post(page(cast.officer_a), sent).status_code == 302


def test_communes_are_given_and_taken_by_a_manager_on_the_commune_s_page(
    cast: Cast, logged_in: Login
):
    manager = logged_in(cast.manager)
    assign = reverse("agents:assign", args=[cast.commune_b.pk, "officer"])
    manager.post(assign, {"user": cast.officer_a.pk, "valid_from": f"{today():%d/%m/%Y}"})
    held = CommuneAssignment.objects.officers().valid_on(today()).filter(user=cast.officer_a)
    assert {term.commune for term in held} == {cast.commune_a, cast.commune_b}
    refused = manager.post(assign, {"user": cast.lead_a.pk, "valid_from": f"{today():%d/%m/%Y}"})
    assert 'id="id_user_error"' in markup(refused)
    assert logged_in(cast.administrator).get(assign).status_code == 403


def test_a_stopped_account_is_out_at_once_and_may_be_used_again(
    cast: Cast, client: Client, logged_in: Login
):
    theirs = logged_in(cast.auditor)
    assert client.post(page(cast.auditor, "deactivate")).status_code == 302
    assert theirs.get("/").status_code == 302
    assert page(cast.auditor) not in markup(client.get(LIST))
    assert page(cast.auditor) in markup(client.get(f"{LIST}?tinh_trang=ngung"))
    assert "Ngừng tài khoản" in words(client.get(page(cast.auditor))), (
        "the act stays in the history"
    )
    client.post(page(cast.auditor, "activate"))
    assert entered(cast.auditor.username, builders.PASSWORD)[0].get("/").status_code == 200


def test_a_new_one_time_password_replaces_the_old_one_and_ends_open_sessions(
    cast: Cast, client: Client, logged_in: Login
):
    theirs = logged_in(cast.lead_a)
    assert client.post(page(cast.lead_a, "reset")).status_code == 302
    assert theirs.get("/").status_code == 200, "nothing changes before the second person"
    second = one_time(confirmed(cast, logged_in))
    assert reverse("account_login") in theirs.get("/")["Location"]
    assert entered(cast.lead_a.username, builders.PASSWORD)[1].status_code == 200, (
        "the old one opens nothing"
    )
    browser, _ = entered(cast.lead_a.username, second)
    assert browser.get("/")["Location"] == CHANGE


def test_the_last_administrator_cannot_lock_the_portal_out(cast: Cast, client: Client):
    me = cast.administrator
    assert "Không thể tự ngừng tài khoản" in words(client.post(page(me, "deactivate"), follow=True))
    text = markup(
        client.post(page(me), {"full_name": "Tôi", "role": "manager", "agent": "", "collector": ""})
    )
    assert 'id="id_role_error"' in text and "Không thể tự đổi vai trò" in text
    me.refresh_from_db()
    assert (me.role, me.is_active, me.full_name) == (
        "administrator",
        True,
        cast.administrator.full_name,
    )
    assert f'action="{page(me, "deactivate")}"' not in markup(client.get(page(me)))


def test_two_administrators_who_stop_each_other_at_once_leave_one(cast: Cast):
    """Both have passed the door when the first act is done: the second finds that nobody else would
    be left.
    """
    other = builders.user("quantri.hai", Role.ADMINISTRATOR)
    do_deactivate_account(actor=cast.administrator, user=other)
    with pytest.raises(Refused, match="quản trị cuối cùng"):
        do_deactivate_account(actor=other, user=cast.administrator)
    with pytest.raises(Refused, match="quản trị cuối cùng"):
        do_edit_account(
            actor=other, user=cast.administrator, full_name="Ai Đó", post=Post(Role.AUDITOR)
        )
    cast.administrator.refresh_from_db()
    assert cast.administrator.is_active and cast.administrator.role == Role.ADMINISTRATOR


def test_the_list_is_narrowed_by_role_and_state_and_says_so(cast: Cast, client: Client):
    text = words(client.get(f"{LIST}?vai_tro=lead&tinh_trang=mo"))
    assert "Tài khoản đang dùng, vai trò Phụ trách đại lý: 2." in text
    assert cast.lead_a.username in text and cast.officer_a.username not in text
    assert "điều kiện lọc chưa đúng" in words(client.get(f"{LIST}?vai_tro=vua"))


@pytest.mark.parametrize("who", ["manager", "auditor", "officer_a", "lead_a", "staff_a"])
def test_accounts_are_the_administrators_alone(cast: Cast, logged_in: Login, who: str):
    browser, before = logged_in(getattr(cast, who)), fingerprint()
    for url in (LIST, ADD, page(cast.lead_b)):
        assert browser.get(url).status_code == 403
    assert browser.post(ADD, new()).status_code == 403
    for act in ("reset", "deactivate"):
        assert browser.post(page(cast.lead_b, act)).status_code == 403
    assert fingerprint() == before
