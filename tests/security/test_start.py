"""An unsafe production start is refused, each reason by its own id; the supervisor's questions are
answered.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings

from enrollment.demonstration.loader import is_foreign
from thaithuy_bhxh.checks import check_content_security_policy, check_production

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY_IS_CONFIGURED": True,
    "ALLOWED_HOSTS": ["portal.example"],
    "HTTPS": True,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "BEHIND_TLS_PROXY": False,
    "ALLAUTH_TRUSTED_PROXY_COUNT": 0,
    "MFA_REQUIRED": True,
}
FAULTS: dict[str, dict[str, Any]] = {
    "portal.E001": {"DEBUG": True},
    "portal.E002": {"SECRET_KEY_IS_CONFIGURED": False},
    "portal.E003": {"ALLOWED_HOSTS": ["*"]},
    "portal.E004": {"HTTPS": False},
    "portal.E006": {"BEHIND_TLS_PROXY": True},
    "portal.E007": {
        "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "db.example"}}
    },
    "portal.E010": {"MFA_REQUIRED": False},
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


@pytest.mark.parametrize(
    ("host", "options", "faults"),
    [
        ("db.example", {"sslmode": "require"}, []),
        ("db.example", {"sslmode": "verify-full"}, []),
        ("db.example", {"sslmode": "prefer"}, ["portal.E007"]),
        ("10.0.0.5", {}, ["portal.E007"]),
        ("/run/postgresql", {}, []),
        ("127.0.0.1", {}, []),
    ],
)
def test_a_database_elsewhere_is_reached_over_tls_only(
    monkeypatch: pytest.MonkeyPatch, host: str, options: dict[str, str], faults: list[str]
):
    monkeypatch.delenv("PGSSLMODE", raising=False)
    database = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "OPTIONS": options}
    assert found(monkeypatch, DATABASES={"default": database}) == faults


def test_a_proxy_that_is_counted_is_no_fault(monkeypatch: pytest.MonkeyPatch):
    assert found(monkeypatch, BEHIND_TLS_PROXY=True, ALLAUTH_TRUSTED_PROXY_COUNT=1) == []


def test_a_database_file_that_others_can_read_or_replace_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "portal.sqlite3"
    file.touch(mode=0o600)
    database = {"ENGINE": "thaithuy_bhxh.engines.sqlite3", "NAME": str(file)}
    assert found(monkeypatch, DATABASES={"default": database}) == ["portal.W001"]
    file.chmod(0o640)
    tmp_path.chmod(0o777)
    assert found(monkeypatch, DATABASES={"default": database}) == [
        "portal.W001",
        "portal.W002",
        "portal.W003",
    ]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return python("manage.py", *arguments, **environment)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process that knows nothing but this environment."""
    bare = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "STATIC_ROOT")
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**bare, **environment},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_deployment_check_passes_with_an_office_s_settings():
    done = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="qW8-" + "kLm3nOpQ7rStUv" * 5,
        ALLOWED_HOSTS="portal.example",
        DEBUG="0",
        HTTPS="1",
        DATABASE_URL="postgres://portal:portal@127.0.0.1:1/portal",
    )
    assert done.returncode == 0, done.stderr


SERVERS = {
    "runserver": ["manage.py", "runserver", "--noreload", "127.0.0.1:0"],
    "wsgi": ["-c", "import thaithuy_bhxh.wsgi"],
}


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60, "BEHIND_TLS_PROXY": "1"}, "TRUSTED_PROXY_COUNT"),
    ],
    ids=["no key", "an uncounted proxy"],
)
def test_an_unsafe_server_does_not_start(server: str, environment: dict[str, str], words: str):
    given = {
        "DEBUG": "0",
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "sqlite://:memory:",
        **environment,
    }
    done = python(*SERVERS[server], **given)
    assert done.returncode == 1
    assert "Cổng không khởi động" in done.stderr and words in done.stderr


def test_commands_without_a_key_still_say_what_to_do(tmp_path: Path):
    done = manage("check", "--deploy", DEBUG="0", DATABASE_URL=f"sqlite:///{tmp_path}/a.sqlite3")
    assert done.returncode == 1 and "portal.E002" in done.stderr and "SECRET_KEY" in done.stderr


def test_the_deployment_check_refuses_debugging():
    done = manage(
        "check", "--deploy", DEBUG="1", SECRET_KEY="qW8-" + "kLm3nOpQ7rStUv" * 5, HTTPS="1"
    )
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


FAULTY = {
    "missing": (
        "sqlite:///{folder}/khong-co.sqlite3",
        "Không thấy hoặc không mở được tệp cơ sở dữ liệu",
    ),
    "damaged": ("sqlite:///{folder}/hong.sqlite3", "Cơ sở dữ liệu bị hỏng"),
    "older": ("sqlite:///{folder}/cu.sqlite3", "chưa khớp với phiên bản"),
    "away": ("postgres://portal:portal@127.0.0.1:1/portal", "không nối được với cơ sở dữ liệu"),
}


COMMANDS = {
    "ours": ("check_figures", "--json"),
    "a backup": ("backup", "a.backup"),
    "Django's": ("createcachetable",),
}


@pytest.mark.parametrize(
    ("fault", "which"),
    [
        (fault, which)
        for fault in FAULTY
        for which in COMMANDS
        if fault != "older" or which == "ours"
    ],
)
def test_a_command_says_in_one_sentence_what_is_wrong_with_the_database(
    tmp_path: Path, fault: str, which: str
):
    (tmp_path / "hong.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xa5" * 8192)
    (tmp_path / "cu.sqlite3").touch()
    url, expected = FAULTY[fault]
    name, *words = COMMANDS[which]
    words = [str(tmp_path / word) if word.endswith(".backup") else word for word in words]
    done = manage(name, *words, SECRET_KEY="x" * 60, DATABASE_URL=url.format(folder=tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert expected in done.stderr and done.stderr.strip().count("\n") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cu.sqlite3", "hong.sqlite3"]
