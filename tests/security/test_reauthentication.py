"""Before what cannot be taken back the portal asks who is there, and carries out afterwards what
was sent before.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import AccountRequest, AuditEntry, PortalSession, User
from agents.origin import session_mark
from agents.reauthentication import FORM_OPEN, RECENT
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import today

LOGIN, AGAIN = reverse("account_login"), reverse("account_reauthenticate")

pytestmark = pytest.mark.usefixtures("untouched_limits")


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> None:
    settings.REAUTHENTICATION_REQUIRED = True


def entered(user: User, seconds_ago: int = 0) -> Client:
    """Somebody who logged in with the password so long ago."""
    browser = Client()
    browser.post(LOGIN, {"login": user.username, "password": builders.PASSWORD})
    session = browser.session
    session["account_authentication_methods"][-1]["at"] = time.time() - seconds_ago
    session.save()
    return browser


def again(browser: Client, asked: Any) -> Any:
    """Answer the question where a page led to it."""
    assert asked["Location"].startswith(AGAIN)
    return browser.post(asked["Location"], {"password": builders.PASSWORD})


def test_soon_after_the_log_in_nothing_is_asked(cast: Cast):
    browser = entered(cast.administrator, RECENT - 60)
    assert browser.post(reverse("agents:account_reset", args=[cast.lead_a.pk]))[
        "Location"
    ].startswith("/quan-ly")


def test_a_reset_is_asked_for_and_then_done_with_what_was_typed(cast: Cast):
    browser = entered(cast.administrator, RECENT + 1)
    asked = browser.post(
        reverse("agents:account_reset", args=[cast.lead_a.pk]), {"ly_do": "mất điện thoại"}
    )
    assert not AccountRequest.objects.exists()
    wrong = browser.post(asked["Location"], {"password": "sai-hoan-toan"})
    assert wrong.status_code == 200 and not AccountRequest.objects.exists()
    again(browser, asked)
    assert AccountRequest.objects.get().reason == "mất điện thoại"


@pytest.mark.parametrize(
    "name",
    [
        "agents:account_add",
        "enrollment:parameter_add",
        "agents:account_edit",
        "agents:office_setting_edit",
    ],
)
def test_a_form_asks_before_it_opens_and_may_be_sent_a_while_after(cast: Cast, name: str):
    args = {
        "agents:account_edit": [cast.lead_a.pk],
        "agents:office_setting_edit": ["unmask_per_day"],
    }.get(name, [])
    url = reverse(name, args=args)
    assert (
        entered(cast.administrator, RECENT + 1).get(url)["Location"]
        == f"{AGAIN}?next={url.replace('/', '%2F')}"
    )
    assert entered(cast.administrator).get(url).status_code == 200
    assert entered(cast.administrator, FORM_OPEN - 60).post(url, {}).status_code == 200
    assert entered(cast.administrator, FORM_OPEN + 1).post(url, {})["Location"].startswith(AGAIN)


def test_the_question_leads_back_to_the_form(cast: Cast):
    browser, url = entered(cast.administrator, RECENT + 1), reverse("agents:account_add")
    assert again(browser, browser.get(url))["Location"] == url
    assert browser.get(url).status_code == 200


def test_many_full_numbers_in_a_day_are_asked_for_again_and_then_shown(cast: Cast):
    browser = entered(cast.lead_a, RECENT + 1)
    first = today().replace(day=1)
    people = [
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, first).participant
        for _ in range(6)
    ]
    urls = [reverse("enrollment:participant_unmask", args=[one.pk]) for one in people]
    for url in urls[:5]:
        assert browser.post(url, {"ly_do": "Đối chiếu giấy tờ"})["Location"].startswith(
            "/nguoi-tham-gia/"
        )
    asked = browser.post(urls[5], {"ly_do": "Đối chiếu giấy tờ"})
    seen = AuditEntry.objects.filter(action="participant.unmask", actor=cast.lead_a)
    assert seen.count() == 5
    again(browser, asked)
    assert seen.count() == 6


def test_what_is_kept_over_the_question_holds_no_cookie(cast: Cast):
    browser = entered(cast.administrator, RECENT + 1)
    browser.post(reverse("agents:account_reset", args=[cast.lead_a.pk]), {"ly_do": "x"})
    assert browser.session.session_key not in str(dict(browser.session))


def test_ending_sessions_asks_who_is_there(cast: Cast):
    other, browser = entered(cast.lead_a), entered(cast.lead_a, RECENT + 1)
    asked = browser.post(reverse("account_end_sessions"))
    assert other.get("/").status_code == 200
    mark = session_mark(other.session.session_key)
    assert browser.post(reverse("account_end_session", args=[mark]))["Location"].startswith(AGAIN)
    asked = browser.post(reverse("account_end_sessions"))
    again(browser, asked)
    assert other.get("/").status_code == 302 and browser.get("/").status_code == 200


def test_showing_it_again_gives_the_session_another_key_and_is_on_record(cast: Cast):
    browser, url = entered(cast.administrator, RECENT + 1), reverse("agents:account_add")
    before = browser.session.session_key
    began = PortalSession.objects.get(session_key=before).began_at
    again(browser, browser.get(url))
    after = PortalSession.objects.get(account=cast.administrator)
    assert after.session_key == browser.session.session_key != before and after.began_at == began
    row = AuditEntry.objects.get(action="login.again")
    assert row.actor == cast.administrator and row.session == after.mark
    assert row.changes == {"session": [session_mark(before), after.mark]}
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/")["Location"].startswith(LOGIN)
