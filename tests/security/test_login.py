"""Logging in and out: one vague answer, a lock after five failures, a first password that must be
changed.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from agents.models import AuditEntry, Role, User
from agents.operations.accounts import do_deactivate_account
from tests import builders
from thaithuy_bhxh import settings as shipped

LOGIN, CHANGE = reverse("account_login"), reverse("account_change_password")
NEW = "con trau xanh an banh da"

pytestmark = pytest.mark.usefixtures("untouched_limits")


@pytest.fixture
def account(db: None) -> User:
    return builders.user("thu.ngan", Role.MANAGER)


@pytest.fixture
def administrator(db: None) -> User:
    return builders.user("quan.tri", Role.ADMINISTRATOR)


def enter(
    client: Client, username: str = "thu.ngan", password: str = builders.PASSWORD, **more: Any
) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def said(answer: Any) -> str:
    """The page without what differs by chance: the tokens, and the name that was typed."""
    return " ".join(error for errors in answer.context["form"].errors.values() for error in errors)


def test_the_right_password_opens_the_home_page(client: Client, account: User):
    assert enter(client)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_the_log_in_gives_the_session_a_new_key(client: Client, account: User):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    enter(client)
    assert client.session.session_key != before


def test_an_unknown_name_a_wrong_password_and_a_stopped_account_read_the_same(
    client: Client, account: User, administrator: User
):
    stopped = builders.user("da.nghi", Role.MANAGER)
    do_deactivate_account(actor=administrator, user=stopped)
    answers = {
        said(enter(client, "khong.co")), said(enter(client, password="sai-mat-khau")),
        said(enter(client, "da.nghi", "sai-mat-khau")), said(enter(client, "da.nghi")),
    }  # fmt: skip
    assert answers == {"Tên đăng nhập hoặc mật khẩu không đúng."}


def test_a_stopped_account_does_not_get_in_even_with_its_password(
    client: Client, account: User, administrator: User
):
    do_deactivate_account(actor=administrator, user=account)
    enter(client)
    assert client.get("/").status_code == 302


def test_a_lock_of_one_name_leaves_the_others_alone(
    client: Client, account: User, administrator: User
):
    for _ in range(5):
        enter(client, password="sai-mat-khau")
    assert enter(client, "quan.tri").status_code == 302


def test_the_page_sends_only_to_addresses_of_its_own(client: Client, account: User):
    for target in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
    ):
        answer = enter(Client(), next=target)
        assert answer["Location"] == "/", target


def test_a_page_asked_for_before_opens_after_the_log_in(client: Client, account: User):
    assert enter(client, next="/bao-cao/")["Location"] == "/bao-cao/"


def test_logging_out_takes_a_post_and_ends_the_session(client: Client, account: User):
    enter(client)
    client.get(reverse("account_logout"))
    assert client.get("/").status_code == 200, "a link on a foreign page logs nobody out"
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 302


def test_a_first_password_opens_nothing_but_its_own_change(
    client: Client, account: User, administrator: User
):
    first = builders.one_time_password(administrator, account)
    enter(client, password=first)
    for url in (
        "/",
        "/nguoi-tham-gia/",
        "/bao-cao/tang-truong/?dinh_dang=xlsx",
        "/quan-ly-tai-khoan/",
    ):
        assert client.get(url)["Location"] == CHANGE, url
    assert client.post(reverse("enrollment:participant_search"), {"tim": "a"})["Location"] == CHANGE


def test_choosing_an_own_password_opens_the_portal_and_is_on_record(
    client: Client, account: User, administrator: User
):
    first = builders.one_time_password(administrator, account)
    enter(client, password=first)
    client.post(CHANGE, {"oldpassword": first, "password1": NEW, "password2": NEW})
    assert client.get("/").status_code == 200
    assert (
        AuditEntry.objects.filter(
            action="account.password", actor=account, object_id=account.pk
        ).count()
        == 1
    )


def test_a_new_password_needs_the_old_one(client: Client, account: User):
    enter(client)
    client.post(CHANGE, {"oldpassword": "khong-biet", "password1": NEW, "password2": NEW})
    account.refresh_from_db()
    assert account.check_password(builders.PASSWORD)


def test_a_reset_password_ends_the_sessions_that_are_open(
    client: Client, account: User, administrator: User
):
    enter(client)
    builders.one_time_password(administrator, account)
    assert client.get("/").status_code == 302


def test_stopping_an_account_ends_its_sessions(client: Client, account: User, administrator: User):
    enter(client)
    do_deactivate_account(actor=administrator, user=account)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "admin:index"]
)
def test_nobody_signs_up_or_resets_a_password_alone(name: str):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "login/code/", "3rdparty/"]
)
def test_the_usual_addresses_of_self_service_do_not_exist(client: Client, db: None, path: str):
    assert client.get(f"/tai-khoan/{path}").status_code == 404


def test_passwords_are_stored_with_argon2(account: User):
    account.set_password(NEW)
    assert account.password.startswith("argon2")
    assert shipped.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_nobody_has_an_account_before_somebody_makes_one(db: None):
    assert not User.objects.exists()


def test_an_administrator_ends_every_session_of_an_account(
    client: Client, account: User, administrator: User
):
    enter(client)
    keeper = Client()
    keeper.force_login(administrator)
    keeper.post(reverse("agents:account_sessions_end", args=[account.pk]))
    assert client.get("/").status_code == 302
