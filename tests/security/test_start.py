"""An unsafe production start is refused, each reason by its own id; the supervisor's questions are answered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.urls import reverse

from enrollment.demonstration.loader import is_foreign
from tests.security.scene import Scene
from thaithuy_bhxh.checks import check_content_security_policy, check_production

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION: dict[str, Any] = {
    "DEBUG": False, "SECRET_KEY_IS_CONFIGURED": True, "ALLOWED_HOSTS": ["portal.example"], "HTTPS": True,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
}  # fmt: skip
FAULTS: dict[str, dict[str, Any]] = {
    "portal.E001": {"DEBUG": True},
    "portal.E002": {"SECRET_KEY_IS_CONFIGURED": False},
    "portal.E003": {"ALLOWED_HOSTS": ["*"]},
    "portal.E004": {"HTTPS": False},
    "portal.W001": {"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}},
}


class Settings:
    """Settings of a server, as the checks read them."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update({**PRODUCTION, **values})


def found(monkeypatch: pytest.MonkeyPatch, **values: Any) -> list[str]:
    monkeypatch.setattr("thaithuy_bhxh.checks.settings", Settings(**values))
    return [str(message.id) for message in check_production(None)]


def test_a_proper_production_server_has_nothing_to_complain_about(monkeypatch: pytest.MonkeyPatch):
    assert found(monkeypatch) == []


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_is_named_by_its_own_id(monkeypatch: pytest.MonkeyPatch, code: str):
    assert found(monkeypatch, **FAULTS[code]) == [code]


def test_no_host_at_all_is_the_same_fault(monkeypatch: pytest.MonkeyPatch):
    assert found(monkeypatch, ALLOWED_HOSTS=[]) == ["portal.E003"]


def test_an_unsafe_source_in_the_policy_is_named(settings: Any):
    assert check_content_security_policy(None) == []
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"]}}
    assert [message.id for message in check_content_security_policy(None)] == ["portal.E005"]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "STATIC_ROOT")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env={**bare, **environment}, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_deployment_check_passes_with_an_office_s_settings():
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        SECRET_KEY="qW8-" + "kLm3nOpQ7rStUv" * 5, ALLOWED_HOSTS="portal.example", DEBUG="0", HTTPS="1",
        DATABASE_URL="postgres://portal:portal@127.0.0.1:1/portal",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_deployment_check_refuses_debugging():
    done = manage("check", "--deploy", DEBUG="1", SECRET_KEY="qW8-" + "kLm3nOpQ7rStUv" * 5, HTTPS="1")
    assert done.returncode == 1
    assert "portal.E001" in done.stderr


def test_the_demonstration_is_refused_on_a_production_server(db: None):
    with override_settings(DEBUG=False), pytest.raises(CommandError):
        call_command("demo", "--no-serve")


def test_the_demonstration_leaves_a_database_of_another_program_alone(db: None):
    assert not is_foreign()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE khach_hang (id integer)")
    assert is_foreign()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_supervisor_needs_no_log_in(db: None, path: str):
    assert (Client().get(path).status_code, Client().post(path).status_code) == (200, 405)


def test_not_ready_while_a_migration_is_missing(db: None):
    latest = MigrationLoader(connection).graph.leaf_nodes("enrollment")[0]
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*latest)
    try:
        answer = Client().get("/readyz")
    finally:
        recorder.record_applied(*latest)
    assert (answer.status_code, answer.content) == (503, b"migrations\n")


def test_not_ready_but_alive_while_the_database_is_away(scene: Scene, db: None, monkeypatch: pytest.MonkeyPatch):
    browser = scene.browsers["manager"]

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as outage:
        outage.setattr(connections["default"], "cursor", away)
        alive, answer = browser.get(reverse("healthz")), browser.get(reverse("readyz"))
    assert alive.status_code == 200, "even with somebody's session cookie"
    assert (answer.status_code, answer.content) == (503, b"database\n")
