"""No administrator alone gets into somebody's account or gives a role of the office; the owner
reads what was done.
"""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import AccountRequest, AuditEntry, Role, User
from agents.operations.account_requests import do_request_factor_reset, do_request_reset
from agents.operations.accounts import Post, do_activate_account, do_create_account, do_edit_account
from agents.operations.confirming import do_confirm_request, do_know, do_refuse_request
from tests import builders
from tests.pages import markup
from thaithuy_bhxh.errors import Refused

LOGIN, LIST, OWN = (
    reverse("account_login"),
    reverse("agents:account_requests"),
    reverse("mfa_index"),
)

pytestmark = pytest.mark.usefixtures("untouched_limits")


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    agent = builders.agent()
    office = {
        "admin": Role.ADMINISTRATOR,
        "second": Role.ADMINISTRATOR,
        "manager": Role.MANAGER,
        "boss": Role.MANAGER,
        "officer": Role.OFFICER,
        "auditor": Role.AUDITOR,
    }
    made = {name: builders.user(f"nguoi.{name}", role) for name, role in office.items()}
    return {**made, "lead": builders.user("nguoi.lead", Role.LEAD, agent=agent)}


def entered(user: User, password: str = builders.PASSWORD) -> Any:
    return Client().post(LOGIN, {"login": user.username, "password": password}, follow=True)


def is_in(answer: Any) -> bool:
    return bool(answer.redirect_chain)


def test_who_asks_never_sees_the_password_and_nothing_changes_before_the_second_person(
    staff: dict[str, User], logged_in: Any
):
    asked = logged_in(staff["admin"]).post(
        reverse("agents:account_reset", args=[staff["lead"].pk]), follow=True
    )
    assert "Đã gửi yêu cầu" in markup(asked) and 'class="secret"' not in markup(asked)
    assert is_in(entered(staff["lead"]))
    request = AccountRequest.objects.get()
    page = markup(
        logged_in(staff["second"]).post(reverse("agents:request_confirm", args=[request.pk]))
    )
    found = re.search(r'<dt>Mật khẩu</dt><dd class="secret">([^<]+)<', page)
    assert found and is_in(entered(staff["lead"], found[1])) and not is_in(entered(staff["lead"]))
    rows = AuditEntry.objects.filter(
        object_id=staff["lead"].pk, action__startswith="account."
    ).order_by("pk")
    told = [(row.action, row.actor) for row in rows]
    second = staff["second"]
    assert told == [
        ("account.request", staff["admin"]),
        ("account.reset", second),
        ("account.decide", second),
    ]


@pytest.mark.parametrize(
    ("account", "by", "may"),
    [
        ("lead", "admin", False),
        ("lead", "second", True),
        ("lead", "manager", True),
        ("lead", "lead", False),
        ("officer", "second", True),
        ("officer", "manager", True),
        ("officer", "officer", False),
        ("auditor", "second", False),
        ("auditor", "manager", True),
        ("second", "manager", True),
        ("manager", "second", False),
        ("manager", "boss", True),
        ("manager", "manager", False),
        ("lead", "auditor", False),
    ],
)
def test_who_may_be_the_second_person(staff: dict[str, User], account: str, by: str, may: bool):
    request = do_request_reset(actor=staff["admin"], user=staff[account])
    before = staff[account].password
    if may:
        assert do_confirm_request(actor=staff[by], request=request)
    else:
        with pytest.raises((Refused, PermissionDenied)):
            do_confirm_request(actor=staff[by], request=request)
    staff[account].refresh_from_db()
    assert (staff[account].password != before) is may


@pytest.mark.parametrize("role", ["officer", "manager", "administrator", "auditor"])
def test_a_role_of_the_office_waits_for_the_second_person(staff: dict[str, User], role: str):
    do_edit_account(actor=staff["admin"], user=staff["lead"], full_name="Tên", post=Post(role))
    staff["lead"].refresh_from_db()
    assert staff["lead"].role == "lead"
    request = AccountRequest.objects.get()
    second = staff["second" if role == "officer" else "manager"]
    if role != "officer":
        with pytest.raises(Refused, match="lãnh đạo"):
            do_confirm_request(actor=staff["second"], request=request)
    do_confirm_request(actor=second, request=request)
    staff["lead"].refresh_from_db()
    assert (staff["lead"].role, staff["lead"].agent) == (role, None)


def test_a_new_account_of_the_office_is_of_no_use_before_the_second_person(staff: dict[str, User]):
    made = do_create_account(
        actor=staff["admin"], username="moi.vao", full_name="Mới", post=Post("manager")
    )
    assert made.one_time_password is None and not made.user.is_active
    with pytest.raises(Refused, match="người thứ hai"):
        do_activate_account(actor=staff["admin"], user=made.user)
    issued = do_confirm_request(actor=staff["manager"], request=AccountRequest.objects.get())
    assert issued and is_in(entered(made.user, issued))


def test_no_administrator_alone_gets_into_an_agent(staff: dict[str, User], logged_in: Any):
    agent, other = staff["lead"].agent, builders.agent("BD002")
    sent = {
        "username": "gia.mao",
        "full_name": "Giả Mạo",
        "role": "lead",
        "agent": agent.pk,
        "collector": "",
    }  # type: ignore[union-attr]
    page = markup(logged_in(staff["admin"]).post(reverse("agents:account_add"), sent, follow=True))
    made = User.objects.get(username="gia.mao")
    assert 'class="secret"' not in page and not made.is_active
    for act in (
        lambda: do_activate_account(actor=staff["admin"], user=made),
        lambda: do_edit_account(
            actor=staff["admin"], user=made, full_name="A", post=Post("lead", agent=other)
        ),
        lambda: do_confirm_request(actor=staff["admin"], request=AccountRequest.objects.get()),
    ):
        with pytest.raises(Refused):
            act()
    assert str(agent) in markup(logged_in(staff["second"]).get(LIST))
    issued = do_confirm_request(actor=staff["second"], request=AccountRequest.objects.get())
    made.refresh_from_db()
    assert (made.role, made.agent, made.is_active) == ("lead", agent, True)
    assert issued and is_in(entered(made, issued))


def test_a_refused_new_account_stays_unused(staff: dict[str, User]):
    made = do_create_account(
        actor=staff["admin"], username="moi.vao", full_name="Mới", post=Post("officer")
    )
    do_refuse_request(actor=staff["manager"], request=AccountRequest.objects.get())
    with pytest.raises(Refused, match="người thứ hai"):
        do_activate_account(actor=staff["admin"], user=made.user)


def test_a_request_is_decided_once_and_asked_once(staff: dict[str, User]):
    request = do_request_reset(actor=staff["admin"], user=staff["lead"])
    with pytest.raises(Refused, match="đang chờ"):
        do_request_reset(actor=staff["second"], user=staff["lead"])
    do_confirm_request(actor=staff["manager"], request=request)
    for act in (do_confirm_request, do_refuse_request):
        with pytest.raises(Refused, match="đã xong"):
            act(actor=staff["boss"], request=request)


def test_who_asked_may_take_it_back_and_nobody_resets_the_own_account_that_way(
    staff: dict[str, User],
):
    do_refuse_request(
        actor=staff["admin"], request=do_request_reset(actor=staff["admin"], user=staff["lead"])
    )
    with pytest.raises(Refused, match="của bạn"):
        do_request_reset(actor=staff["admin"], user=staff["admin"])
    with pytest.raises(PermissionDenied):
        do_request_reset(actor=staff["manager"], user=staff["lead"])


def test_the_owner_reads_of_it_at_every_log_in_until_they_say_that_they_know(
    staff: dict[str, User],
):
    issued = builders.one_time_password(staff["admin"], staff["lead"])
    words = "Nếu bạn không nhờ việc này"
    for _ in range(2):
        assert words in markup(entered(staff["lead"], issued))
    request = AccountRequest.objects.get()
    with pytest.raises(PermissionDenied):
        do_know(actor=staff["admin"], request=request)
    do_know(actor=staff["lead"], request=request)
    assert words not in markup(entered(staff["lead"], issued))
    assert AuditEntry.objects.filter(action="account.know", actor=staff["lead"]).count() == 1


def test_a_lost_phone_needs_the_second_person_too(staff: dict[str, User], logged_in: Any):
    Authenticator.objects.create(user=staff["lead"], type="totp", data={"secret": "x"})
    browser = logged_in(staff["lead"])
    request = do_request_factor_reset(actor=staff["admin"], user=staff["lead"])
    with pytest.raises(Refused):
        do_confirm_request(actor=staff["admin"], request=request)
    assert Authenticator.objects.filter(user=staff["lead"]).exists()
    assert do_confirm_request(actor=staff["manager"], request=request) is None
    assert not Authenticator.objects.filter(user=staff["lead"]).exists()
    assert browser.get("/").status_code == 302


def test_the_manager_hears_of_what_waits_and_the_page_says_who_may(
    staff: dict[str, User], logged_in: Any
):
    manager = logged_in(staff["manager"])
    assert "đang chờ người thứ hai" not in markup(manager.get("/"))
    do_request_reset(actor=staff["admin"], user=staff["auditor"], reason="quên")
    assert "đang chờ người thứ hai" in markup(manager.get("/"))
    assert "Xác nhận nguoi.auditor" in markup(manager.get(LIST))
    assert "chỉ lãnh đạo xác nhận được" in markup(logged_in(staff["second"]).get(LIST))
    assert "Rút yêu cầu" in markup(logged_in(staff["admin"]).get(LIST))


def test_what_waits_is_seen_however_much_was_decided_since(staff: dict[str, User], logged_in: Any):
    do_request_reset(actor=staff["admin"], user=staff["lead"], reason="quên")
    AccountRequest.objects.bulk_create(
        AccountRequest(
            kind="reset",
            account=staff["officer"],
            asked_by=staff["admin"],
            asked_at=timezone.now(),
            outcome="refused",
            decided_by=staff["manager"],
            decided_at=timezone.now(),
        )
        for _ in range(70)
    )
    assert "Xác nhận nguoi.lead" in markup(logged_in(staff["manager"]).get(LIST))


def test_the_server_is_the_way_out_when_no_second_person_is_left(staff: dict[str, User]):
    out = io.StringIO()
    call_command("reset_password", "nguoi.manager", "--factors", stdout=out, stderr=io.StringIO())
    assert is_in(entered(staff["manager"], out.getvalue().strip()))
    row = AuditEntry.objects.get(action="account.reset")
    assert (row.actor, row.session) == (None, "lệnh/reset_password")
