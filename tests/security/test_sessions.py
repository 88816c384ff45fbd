"""Sessions end when nobody uses them, when the account changes, and when their owner or the office
ends them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import AuditEntry, PortalSession, Role, User
from agents.operations.accounts import Post, do_deactivate_account, do_edit_account
from agents.sessions import ABOUT, SessionStore, device_words
from tests import builders
from tests.pages import markup

LOGIN, CHANGE = reverse("account_login"), reverse("account_change_password")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0 Safari/537.36"
)

pytestmark = pytest.mark.usefixtures("untouched_limits")


@pytest.fixture
def account(db: None) -> User:
    return builders.user("thu.ngan", Role.LEAD, agent=builders.agent())


@pytest.fixture
def administrator(db: None) -> User:
    return builders.user("quan.tri", Role.ADMINISTRATOR)


def browser_of(account: User, password: str = builders.PASSWORD, **more: Any) -> Client:
    browser = Client(headers={"User-Agent": CHROME})
    browser.post(
        LOGIN, {"login": account.username, "password": password, **more}, REMOTE_ADDR="203.0.113.7"
    )
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def rest(by: timedelta) -> None:
    """Nobody does anything for so long."""
    for row in PortalSession.objects.all():
        moved = {name: getattr(row, name) - by for name in ("began_at", "seen_at", "expire_date")}
        held = row.get_decoded()
        if ABOUT in held:
            held[ABOUT]["began"] -= by.total_seconds()
        moved["session_data"] = SessionStore().encode(held)
        PortalSession.objects.filter(pk=row.pk).update(**moved)


def test_a_session_on_a_shared_machine_ends_after_thirty_idle_minutes(account: User):
    browser = browser_of(account)
    rest(timedelta(minutes=29))
    assert is_in(browser)
    rest(timedelta(minutes=29))
    assert is_in(browser), "it was used in between"
    rest(timedelta(minutes=31))
    assert not is_in(browser)


def test_a_session_on_an_own_machine_goes_on_but_not_beyond_its_hours(account: User):
    browser = browser_of(account, own_device="on")
    rest(timedelta(hours=3))
    assert is_in(browser)
    rest(timedelta(seconds=settings.SESSION_COOKIE_AGE) - timedelta(hours=3))
    assert not is_in(browser)


def test_use_does_not_carry_a_shared_session_beyond_its_hours(account: User):
    browser, told = browser_of(account), 0
    while is_in(browser):
        rest(timedelta(minutes=20))
        told += 1
    assert told == settings.SESSION_COOKIE_AGE // 1200


def test_the_log_in_page_remembers_whose_machine_it_is(account: User):
    browser = browser_of(account, own_device="on")
    browser.post(reverse("account_logout"))
    assert "checked" in markup(browser.get(LOGIN))
    assert "checked" not in markup(Client().get(LOGIN))


def test_use_is_written_at_most_once_a_minute(account: User):
    browser = browser_of(account)
    is_in(browser)
    with CaptureQueriesContext(connection) as asked:
        is_in(browser)
    assert not [query for query in asked if query["sql"].startswith("UPDATE")]
    rest(timedelta(minutes=2))
    with CaptureQueriesContext(connection) as asked:
        is_in(browser)
    assert [query["sql"].split()[1] for query in asked if query["sql"].startswith("UPDATE")] == [
        '"agents_portalsession"'
    ]


def test_the_session_knows_whose_and_where_it_is(account: User):
    browser = browser_of(account)
    row = PortalSession.objects.get(account=account)
    assert (row.address, row.device, row.is_own) == ("203.0.113.7", "Chrome, máy Windows", False)
    assert row.session_key == browser.cookies[settings.SESSION_COOKIE_NAME].value
    entry = AuditEntry.objects.get(action="login.enter")
    assert entry.session == row.mark and row.session_key not in entry.session


def test_what_is_sent_after_the_end_is_told_not_to_be_recorded(account: User):
    browser = browser_of(account)
    rest(timedelta(hours=1))
    answer = browser.post(reverse("enrollment:participant_search"), {"tim": "Nguyễn"}, follow=True)
    assert "chưa được ghi" in markup(answer)
    assert answer.redirect_chain[-1][0].startswith(f"{LOGIN}?next=")


def test_an_own_password_ends_the_other_sessions_only(account: User):
    one, other = browser_of(account), browser_of(account)
    new = "con trau xanh an banh da"
    one.post(CHANGE, {"oldpassword": builders.PASSWORD, "password1": new, "password2": new})
    assert is_in(one) and not is_in(other)
    assert PortalSession.objects.filter(account=account).count() == 1


@pytest.mark.parametrize("change", ["role", "agent", "stop", "reset"])
def test_another_post_a_stop_or_a_reset_end_every_session_at_once(
    account: User, administrator: User, change: str
):
    browser, elsewhere = browser_of(account), builders.agent("XA1", "commune_committee")
    posts = {"role": Post("collector", account.agent), "agent": Post("lead", elsewhere)}
    if change in posts:
        do_edit_account(actor=administrator, user=account, full_name="Tên", post=posts[change])
    elif change == "stop":
        do_deactivate_account(actor=administrator, user=account)
    else:
        builders.one_time_password(administrator, account)
    assert not is_in(browser)
    assert not PortalSession.objects.filter(account=account).exists()
    row = AuditEntry.objects.get(action="session.end", object_id=account.pk)
    assert (row.actor == administrator) is (change != "reset"), (
        "a reset is done by the second person"
    )


def test_another_name_ends_nothing(account: User, administrator: User):
    browser = browser_of(account)
    do_edit_account(
        actor=administrator, user=account, full_name="Tên Khác", post=Post("lead", account.agent)
    )
    assert is_in(browser)


def test_a_one_time_password_ends_and_says_so_to_who_knows_it_only(
    account: User, administrator: User
):
    first = builders.one_time_password(administrator, account)
    account.refresh_from_db()
    assert account.one_time_until is not None
    left = account.one_time_until - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
    User.objects.filter(pk=account.pk).update(one_time_until=timezone.now() - timedelta(minutes=1))
    sent = {"login": account.username, "password": first}
    assert "đã hết hạn" in markup(Client().post(LOGIN, sent))
    wrong = markup(Client().post(LOGIN, {**sent, "password": "sai-hoan-toan"}))
    assert "đã hết hạn" not in wrong and "không đúng" in wrong
    assert AuditEntry.objects.get(action="login.expired").object_id == account.pk


def test_an_own_password_does_not_end(account: User, administrator: User):
    first, new = builders.one_time_password(administrator, account), "con trau xanh an banh da"
    browser = browser_of(account, first)
    browser.post(CHANGE, {"oldpassword": first, "password1": new, "password2": new})
    account.refresh_from_db()
    assert account.one_time_until is None
    assert is_in(browser_of(account, new))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome, máy Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit Version/18.0 "
            "Safari",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari", "Chrome, điện thoại Android"),
        ("", "không rõ máy"),
        ("<script>alert(1)</script>", "scriptalert1/script"),
    ],
)
def test_a_browser_is_told_in_words(agent: str, words: str):
    assert device_words(agent) == words
