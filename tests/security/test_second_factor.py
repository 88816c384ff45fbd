"""The second factor: asked of the office, offered to all; codes are good once; what happens to it
is on record.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents.log_in_limits import PAIR
from agents.models import AuditEntry, PortalSession, Role, User
from agents.operations.confirming import do_reset_on_server
from agents.operations.sessions import do_end_session
from agents.reauthentication import RECENT
from tests import builders
from tests.pages import markup
from tests.test_access_matrix import OWN_FACTOR

LOGIN, OWN, CODE = reverse("account_login"), reverse("mfa_index"), reverse("mfa_authenticate")
APP, CODES = reverse("mfa_activate_totp"), reverse("mfa_view_recovery_codes")
OFFICE = (Role.OFFICER, Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)

pytestmark = pytest.mark.usefixtures("untouched_limits")


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def account(role: Role = Role.MANAGER) -> User:
    agent = builders.agent() if role in (Role.LEAD, Role.COLLECTOR) else None
    return builders.user(f"nguoi.{role}", role, agent=agent)


def entered(user: User, **more: Any) -> Client:
    browser = Client()
    browser.post(LOGIN, {"login": user.username, "password": builders.PASSWORD, **more})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def code_now(secret: str, step: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + step))


def set_up(browser: Client) -> str:
    """Set an app up; gives its secret."""
    page = markup(browser.get(APP))
    found = re.search(r'class="secret wrap">([A-Z2-7]+)<', page)
    assert found and "data:image/svg+xml;base64," in page
    sent = browser.post(APP, {"code": code_now(found[1], -1)})
    if sent.status_code == 200:
        # A step of the clock went by in between.
        sent = browser.post(APP, {"code": code_now(found[1], -1)})
    assert sent["Location"] == CODES
    return found[1]


def printed(browser: Client) -> list[str]:
    return re.findall(r'<li class="secret">(\d{8})</li>', markup(browser.get(CODES)))


@pytest.mark.parametrize("role", OFFICE)
def test_the_office_gets_no_further_than_setting_one_up(db: None, role: Role):
    browser = entered(account(role))
    for url in (
        "/",
        reverse("agents:audit"),
        reverse("enrollment:participants"),
        "/bao-cao/tang-truong/",
    ):
        assert browser.get(url)["Location"] == OWN, url
    assert browser.post(reverse("enrollment:participant_search"), {"tim": "a"})["Location"] == OWN
    assert "phải có xác thực hai lớp" in markup(browser.get(OWN))
    set_up(browser)
    assert is_in(browser)
    assert "phải có xác thực hai lớp" not in markup(browser.get(OWN))


@pytest.mark.parametrize("role", [Role.LEAD, Role.COLLECTOR])
def test_agents_staff_may_have_one_and_need_none(db: None, role: Role):
    user = account(role)
    browser = entered(user)
    assert is_in(browser)
    set_up(browser)
    again = entered(user)
    assert not is_in(again), "once it is there it is asked for"


def test_the_log_in_asks_for_the_code_after_the_password(db: None):
    user = account()
    secret = set_up(entered(user))
    browser = entered(user)
    assert not is_in(browser)
    assert browser.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_in(browser)
    assert browser.post(CODE, {"code": code_now(secret)})["Location"] == "/"
    assert is_in(browser)
    assert AuditEntry.objects.filter(action="login.enter", summary__contains="lớp thứ hai").exists()


def test_a_code_is_good_once(db: None):
    user = account()
    secret = set_up(entered(user))
    code = code_now(secret, 1)
    assert entered(user).post(CODE, {"code": code}).status_code == 302
    assert "đã dùng" in markup(entered(user).post(CODE, {"code": code}))


def test_wrong_codes_are_slowed_and_on_record(db: None):
    user = account()
    secret = set_up(entered(user))
    browser = entered(user)
    for _ in range(PAIR.most):
        browser.post(CODE, {"code": "000000"})
    assert "tạm khóa" in markup(browser.post(CODE, {"code": code_now(secret)}))
    assert (
        AuditEntry.objects.filter(action="login.wrong", summary__contains="mã xác thực").count()
        == PAIR.most
    )


def test_a_wrong_passkey_is_on_record_and_counts(db: None):
    user = account()
    secret = set_up(entered(user))
    browser = entered(user)
    browser.get(CODE)
    made_up = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"},
    }
    for _ in range(PAIR.most):
        assert browser.post(CODE, {"credential": json.dumps(made_up)}).status_code == 200
    assert (
        AuditEntry.objects.filter(action="login.wrong", summary__contains="khóa truy cập").count()
        == PAIR.most
    )
    assert "tạm khóa" in markup(browser.post(CODE, {"code": code_now(secret)}))


def test_the_way_back_and_the_own_machine_are_kept_over_the_second_step(db: None):
    user = account()
    secret = set_up(entered(user))
    browser = entered(user, next="/bao-cao/", own_device="on")
    assert browser.post(CODE, {"code": code_now(secret)})["Location"] == "/bao-cao/"
    assert PortalSession.objects.get(session_key=browser.session.session_key).is_own


def test_printed_codes_are_shown_once_and_each_opens_once(db: None):
    user = account()
    browser = entered(user)
    set_up(browser)
    codes = printed(browser)
    assert len(codes) == 10 and printed(browser) == []
    assert entered(user).post(CODE, {"code": codes[0]}).status_code == 302
    assert entered(user).post(CODE, {"code": codes[0]}).status_code == 200
    assert AuditEntry.objects.filter(action="factor.use", actor=user).count() == 1


def test_the_secrets_are_not_readable_in_the_database(db: None):
    user = account()
    browser = entered(user)
    secret = set_up(browser)
    stored = [str(one.data) for one in Authenticator.objects.filter(user=user)]
    assert len(stored) == 2 and not any(secret in text for text in stored)


def test_secrets_are_read_after_the_key_of_the_server_was_renewed(db: None, settings: Any):
    user = account()
    secret = set_up(entered(user))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert entered(user).post(CODE, {"code": code_now(secret)}).status_code == 302


def test_the_office_keeps_one_and_others_may_go_without(db: None):
    for role, stays in ((Role.MANAGER, True), (Role.LEAD, False)):
        user = account(role)
        browser = entered(user)
        set_up(browser)
        browser.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=user).exists() is stays, role


def test_what_happens_to_it_is_on_record(db: None, django_capture_on_commit_callbacks: Any):
    user = account(Role.LEAD)
    browser = entered(user)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(browser)
        browser.post(reverse("mfa_generate_recovery_codes"))
        browser.post(reverse("mfa_deactivate_totp"))
    told = set(
        AuditEntry.objects.filter(actor=user, action__startswith="factor.").values_list(
            "action", flat=True
        )
    )
    assert told == {"factor.add", "factor.renew", "factor.remove"}


@pytest.mark.parametrize("name", sorted(OWN_FACTOR))
def test_who_is_not_logged_in_is_sent_to_log_in(db: None, name: str):
    url = reverse(name, args=[1] if name == "mfa_remove_webauthn" else [])
    for method in ("GET", "POST"):
        assert Client().generic(method, url)["Location"] == f"{LOGIN}?next={url}"


def test_nobody_removes_a_key_of_somebody_else(db: None):
    theirs = Authenticator.objects.create(
        user=account(Role.LEAD), type="webauthn", data={"name": "Khóa"}
    )
    browser = entered(account(Role.COLLECTOR))
    assert browser.post(reverse("mfa_remove_webauthn", args=[theirs.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_the_second_step_cannot_be_reached_without_the_first(db: None):
    assert Client().get(CODE)["Location"] == LOGIN


def test_everybody_sees_and_ends_the_own_sessions(db: None):
    user = account(Role.LEAD)
    here, there, third = entered(user), entered(user), entered(user)
    page = markup(here.get(OWN))
    assert page.count("dùng lần cuối") == 3 and "phiên này" in page
    for browser in (here, there, third):
        assert browser.session.session_key not in page
    mark = PortalSession.objects.get(session_key=there.session.session_key).mark
    here.post(reverse("account_end_session", args=[mark]))
    assert is_in(here) and is_in(third) and not is_in(there)
    here.post(reverse("account_end_sessions"))
    assert is_in(here) and not is_in(third)
    assert AuditEntry.objects.filter(action="session.end", actor=user).count() == 2


def test_nobody_ends_a_session_of_somebody_else(db: None):
    theirs, browser = entered(account(Role.LEAD)), entered(account(Role.COLLECTOR))
    session = PortalSession.objects.get(session_key=theirs.session.session_key)
    assert browser.post(reverse("account_end_session", args=[session.mark])).status_code == 404
    with pytest.raises(PermissionDenied):
        do_end_session(actor=User.objects.get(role=Role.COLLECTOR), session=session)
    assert is_in(theirs)


def test_printed_codes_are_kept_like_passwords_once_they_were_shown(db: None):
    user = account()
    browser = entered(user)
    set_up(browser)
    codes = printed(browser)
    kept = Authenticator.objects.get(user=user, type="recovery_codes")
    assert "seed" not in kept.data and len(kept.data["hashes"]) == len(codes) == 10
    assert all(one.startswith("argon2") for one in kept.data["hashes"])
    assert "còn 10 trên 10" in markup(browser.get(CODES))
    entered(user).post(CODE, {"code": codes[3]})
    assert "còn 9 trên 10" in markup(browser.get(CODES))


def test_the_code_that_set_an_app_up_opens_nothing_afterwards(db: None):
    user = account()
    browser = entered(user)
    page = markup(browser.get(APP))
    found = re.search(r'class="secret wrap">([A-Z2-7]+)<', page)
    assert found
    code = code_now(found[1])
    assert browser.post(APP, {"code": code}).status_code == 302
    assert "đã dùng" in markup(entered(user).post(CODE, {"code": code}))


def test_another_password_does_not_get_round_the_second_factor(db: None):
    user = account()
    set_up(entered(user))
    issued = do_reset_on_server(actor=None, user=user)
    browser = Client()
    assert browser.post(LOGIN, {"login": user.username, "password": issued})["Location"] == CODE
    assert browser.get(reverse("account_change_password"))["Location"].startswith(LOGIN)


@pytest.mark.parametrize("role", [Role.LEAD, Role.COLLECTOR])
def test_an_office_may_ask_it_of_everybody(db: None, settings: Any, role: Role):
    settings.MFA_REQUIRED_OF_ALL = True
    browser = entered(account(role))
    assert browser.get("/")["Location"] == OWN
    set_up(browser)
    assert is_in(browser)
    browser.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type="totp").exists()


CHANGES = (
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "account_change_password",
)


def long_ago(browser: Client, *methods: str) -> None:
    """What was shown in these ways was shown longer ago than counts."""
    session = browser.session
    for one in session["account_authentication_methods"]:
        if one["method"] in methods:
            one["at"] -= RECENT + 1
    session.save()


@pytest.mark.parametrize("name", CHANGES)
def test_how_an_account_is_protected_changes_only_after_all_its_factors_were_shown(
    db: None, settings: Any, name: str
):
    settings.REAUTHENTICATION_REQUIRED = True
    user = account()
    secret = set_up(entered(user))
    browser = entered(user)
    browser.post(CODE, {"code": code_now(secret)})
    url = reverse(name)
    again = (reverse("account_reauthenticate"), reverse("mfa_reauthenticate"))
    assert not browser.get(url).headers.get("Location", "").startswith(again), (
        "just after the log-in"
    )
    for page, shown, methods in (
        ("mfa_reauthenticate", {"code": code_now(secret, 1)}, ["mfa"]),
        ("account_reauthenticate", {"password": builders.PASSWORD}, ["password"]),
    ):
        long_ago(browser, *methods)
        for ask in (browser.get, browser.post):
            assert ask(url)["Location"] == f"{reverse(page)}?next={url.replace('/', '%2F')}", page
        browser.post(f"{reverse(page)}?next={url}", shown)
        assert not browser.get(url).headers.get("Location", "").startswith(again)
