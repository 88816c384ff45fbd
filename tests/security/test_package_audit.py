"""The audit of packages never passes for one that took place when it did not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit_packages import NOT_RUN, main

ROOT = Path(__file__).resolve().parents[2]


def answering(code: int, out: str = "", err: str = "") -> tuple[str, ...]:
    """A program that answers so in pip-audit's place."""
    script = f"import sys; print({out!r}); print({err!r}, file=sys.stderr); sys.exit({code})"
    return (sys.executable, "-c", script)


OUT_OF_REACH = answering(
    1, err="requests.exceptions.ConnectionError: Max retries exceeded with url: /pypi"
)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (answering(0, "No known vulnerabilities found"), 0),
        (answering(1, "Found 1 known vulnerability in 1 package"), 1),
        (answering(1, "Found 1 known vulnerability", "ConnectionError for another package"), 1),
        (answering(2, err="error: no such option"), 1),
        (OUT_OF_REACH, NOT_RUN),
    ],
    ids=["nothing", "something", "something although", "misused", "out of reach"],
)
def test_each_end_has_its_own_exit_code(command: tuple[str, ...], code: int):
    assert main(command) == code


def test_out_of_reach_is_said_in_the_closing_line(capsys: pytest.CaptureFixture[str]):
    main(OUT_OF_REACH)
    assert "KHÔNG CHẠY ĐƯỢC" in capsys.readouterr().out.strip().splitlines()[-1]


def test_the_gates_go_on_without_the_audit_name_it_last_and_stop_for_a_finding(tmp_path: Path):
    rule = (ROOT / "Makefile").read_text().split("audit_packages.py; ", 1)[1].split("\n\n", 1)[0]
    for code, ended, last in ((0, 0, "tested"), (75, 0, "KHÔNG CHẠY ĐƯỢC"), (1, 2, "")):
        lines = f"test:\n\t@echo tested\ncheck:\n\t@(exit {code}); {rule}\n"
        (tmp_path / "Makefile").write_text(lines)
        done = subprocess.run(
            ["make", "-s", "check"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, last in done.stdout.strip().rpartition("\n")[2]) == (ended, True)


def test_what_the_service_does_not_know_is_said_too(capsys: pytest.CaptureFixture[str]):
    main(answering(0, "a could not be audited\nb could not be audited"))
    assert "2 gói" in capsys.readouterr().out.strip().splitlines()[-1]
