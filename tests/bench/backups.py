"""A backup of everything and its way back, among few and among many people: seconds, size, and the
same memory.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from reports.backups import take
from tests.bench.figures import Figure, hand_over
from thaithuy_bhxh.backup.databases import throw_away
from thaithuy_bhxh.backup.restoring import read_backup, restore_backup

MOST_MEMORY = "<= 200"
"""MB of the whole process, Django included, whatever the number of rows."""


def main(size: str) -> None:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        taken, _ = take(f"{folder}/bench.backup", None)
        saving = _peak()
        started = time.perf_counter()
        contents = read_backup(str(taken.path), None)
        with throw_away():
            restore_backup(str(taken.path), None, contents, Path(folder, "uploads"))
        seconds = time.perf_counter() - started
    rows = f" ({taken.rows:,} rows)"
    hand_over(
        (
            Figure(f"backup, {size} people", taken.rows / taken.seconds, "rows/s", plain=rows),
            Figure("  its size", taken.size / 1_000_000, "MB"),
            Figure("  peak memory", saving, "MB", MOST_MEMORY),
            Figure(f"restoring, {size} people", taken.rows / seconds, "rows/s", plain=rows),
            Figure("  peak memory", _peak(), "MB", MOST_MEMORY),
        )
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
