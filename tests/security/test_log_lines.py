"""The server's log: one line an event that a program can read, nobody can forge, and no number of a
person is in.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from agents import audit
from agents.models import Role, User
from agents.origin import Origin
from tests import builders
from thaithuy_bhxh.log_lines import JsonLine

FORGED = 'x\n{"level": "INFO"}\r\x1b[31m\u2028\x9b'


def line(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord(
        "portal.test", logging.ERROR, __file__, 1, message, args, extra.pop("exc_info", None)
    )
    record.__dict__.update(extra)
    text = JsonLine().format(record)
    assert text.isascii() and text.isprintable(), "one line, whatever came in"
    return dict(json.loads(text))


def test_a_line_says_when_in_utc_what_and_where():
    told = line("%s", "went wrong")
    assert (told["level"], told["logger"], told["message"]) == (
        "ERROR",
        "portal.test",
        "went wrong",
    )
    at = datetime.fromisoformat(told["at"])
    assert at.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_nobody_writes_a_second_line():
    assert line("no such page: %s", FORGED)["message"].endswith(FORGED)


def test_numbers_of_people_keep_four_digits():
    assert line("Key (citizen_id)=(034099012345), (bhxh_no)=(3412345678)")["message"] == (
        "Key (citizen_id)=(••••2345), (bhxh_no)=(••••5678)"
    )


def test_an_error_has_its_traceback_in_the_same_line():
    try:
        raise ValueError("phone 0912345678")
    except ValueError:
        told = line("broken", exc_info=sys.exc_info())
    assert (
        "Traceback" in told["error"]
        and "••••5678" in told["error"]
        and "0912345678" not in str(told)
    )


def test_a_request_is_named_without_its_query_and_fields():
    request = RequestFactory().post("/nguoi-tham-gia/034099012345/?tim=Lan", {"mat_khau": "bi-mat"})
    request.origin = Origin("203.0.113.7", "abc")  # type: ignore[attr-defined]
    told = line("refused", request=request)
    assert (told["method"], told["path"]) == ("POST", "/nguoi-tham-gia/••••2345/")
    assert (told["address"], told["session"]) == ("203.0.113.7", "abc")
    assert "Lan" not in str(told) and "bi-mat" not in str(told)


@pytest.fixture
def stderr() -> Any:
    """What the server would write, from the loggers of the settings."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    root.addHandler(handler)
    yield lambda: [json.loads(one) for one in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_the_settings_write_such_lines(settings: Any):
    assert (
        settings.LOGGING["formatters"]["line"]["()"] == f"{JsonLine.__module__}.{JsonLine.__name__}"
    )
    assert list(settings.LOGGING["handlers"].values()) == [
        {"class": "logging.StreamHandler", "formatter": "line"}
    ]


def test_a_forged_token_and_a_page_that_is_not_there_are_in_the_log(db: None, stderr: Any):
    browser = Client(enforce_csrf_checks=True)
    browser.post(
        reverse("account_login"),
        {"login": "a", "password": "mat-khau-cua-toi"},
        REMOTE_ADDR="203.0.113.7",
    )
    browser.get("/khong-co/%0Agia-mao/")
    forged, absent = (one for one in stderr() if "path" in one)
    assert (forged["path"], forged["address"]) == (reverse("account_login"), "203.0.113.7")
    assert "Forbidden" in forged["message"] and absent["message"].startswith("Not Found")
    assert "mat-khau-cua-toi" not in str(stderr())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("a mistake"), 500),
        (OperationalError("SSL error: certificate verify failed"), 500),
    ],
)
def test_a_broken_page_is_in_the_log_with_its_traceback(
    db: None,
    stderr: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    logged_in: Any,
):
    def broken(*args: Any) -> None:
        raise error

    monkeypatch.setattr("reports.views.home.lead_home", broken)
    browser = logged_in(builders.user("thu.ngan", Role.LEAD, agent=builders.agent()))
    browser.raise_request_exception = False
    assert browser.get("/").status_code >= status
    (told,) = (one for one in stderr() if "error" in one)
    assert told["level"] == "ERROR" and told["path"] == "/" and str(error) in told["error"]
    assert "Traceback" in told["error"] and told["session"]


@pytest.fixture
def shipping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("portal.audit"), "level", logging.INFO)
    logging.getLogger("portal.audit").manager._clear_cache()  # type: ignore[attr-defined]


def test_a_committed_audit_row_leaves_its_digest_in_the_log_but_not_what_it_says(
    db: None, stderr: Any, shipping: None, django_capture_on_commit_callbacks: Any
):
    actor = builders.user("thu.ngan", Role.LEAD, agent=builders.agent())
    with django_capture_on_commit_callbacks(execute=True):
        row = audit.record(
            actor=actor, action="account.edit", on=actor, summary="Nguyễn Thị Lan 034099012345"
        )
        assert stderr() == [], "not before the act is committed"
    (told,) = stderr()
    assert (told["message"], told["actor"], told["on"]) == (
        "account.edit",
        actor.pk,
        f"agents.user {actor.pk}",
    )
    assert told["fingerprint"] == row.fingerprint and "Lan" not in str(told)


def test_a_bulk_act_leaves_one_line_with_the_number_of_its_rows(
    db: None, stderr: Any, shipping: None, django_capture_on_commit_callbacks: Any
):
    entries = [
        audit.entry(actor=None, action="target.set", kind=User, pk=pk, summary="x")
        for pk in range(1, 4)
    ]
    with django_capture_on_commit_callbacks(execute=True):
        audit.record_all(entries)
    (told,) = stderr()
    assert (told["rows"], told["fingerprint"]) == (3, entries[-1].fingerprint)
