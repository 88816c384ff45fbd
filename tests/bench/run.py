"""``make bench``: how fast and how lean the portal is, on SQLite and on PostgreSQL, as one table.

Every figure that matters stands beside a bare one of the same run, because machines differ. A bench
is no test: what is missed is said and the exit code stays 0.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench.figures import ENGINES, Figure, table, taken  # noqa: E402 - the folder has to be on the path first
from tests.throwaway_postgres import server  # noqa: E402

LONGEST_DEMO = "<= 90"
DEMONSTRATION = ["manage.py", "demo", "--no-serve"]
"""Loads it unless it is there."""


def main() -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        found = {ENGINES[0]: of_engine(ENGINES[0], f"sqlite:///{folder}/bench.sqlite3", folder)}
        with server() as url:
            found[ENGINES[1]] = of_engine(ENGINES[1], url, folder)
        found[ENGINES[0]] += demonstration(folder)
        with server() as url:
            found[ENGINES[1]] += first_screens(ENGINES[1], url, folder)
    print(
        f"\n{table(found)}\n\n(×n) beside the register: as many times the figure among 100 people;"
        " beside the first screens: among those of the demonstration."
    )
    print(f"{time.monotonic() - started:.0f} s in all", flush=True)


def of_engine(engine: str, url: str, folder: Path) -> list[Figure]:
    """All benchmarks on one fresh database, each in a process of its own."""
    listed, few = str(folder / "list.xlsx"), str(folder / f"{engine}.json")
    steps = (
        ("stage", listed),
        ("register", "few", few),
        ("backups", "few"),
        ("importing", listed),
        ("waiting", listed),
        ("refusals", str(folder)),
        ("growth",),
        ("targets",),
        ("receipts",),
        ("way",),
        ("law",),
        ("register", "many", few),
        ("backups", "many"),
    )
    found: list[Figure] = []
    for module, *arguments in steps:
        print(f"{engine}: {module} …", file=sys.stderr, flush=True)
        found += taken(process(["-m", "tests.bench", module, *arguments], url, folder))
    return found


def demonstration(folder: Path) -> list[Figure]:
    """Seconds until the demonstration campaign is loaded, and how far the forecasts of its years
    erred.
    """
    url = f"sqlite:///{folder}/demo.sqlite3"
    print("SQLite: demonstration …", file=sys.stderr, flush=True)
    started = time.monotonic()
    process(DEMONSTRATION, url, folder, DEBUG="1")
    loaded = Figure("demonstration loaded", time.monotonic() - started, "s", LONGEST_DEMO)
    told = process(["-m", "tests.bench", "forecast"], url, folder)
    return [loaded, *taken(told), *first_screens(ENGINES[0], url, folder)]


def first_screens(engine: str, url: str, folder: Path) -> list[Figure]:
    """What everybody sees first, with the demonstration's people and with twelve times as many."""
    print(f"{engine}: first screens …", file=sys.stderr, flush=True)
    process(DEMONSTRATION, url, folder, DEBUG="1")
    return taken(process(["-m", "tests.bench", "first_screens", "12"], url, folder))


def process(arguments: list[str], url: str, folder: Path, **more: str) -> str:
    """What a Python process of its own prints; its complaint is shown when it fails."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "for-the-bench-only-" + "x" * 50,
        "MEDIA_ROOT": str(folder / "uploads"),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "thaithuy_bhxh.settings",
        "MFA_REQUIRED": "0",
        **more,
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        print(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}", file=sys.stderr, flush=True)
    return done.stdout


if __name__ == "__main__":
    main()
