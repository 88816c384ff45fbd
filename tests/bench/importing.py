"""30,000 receipts from a workbook by the portal's own command: rows a second, and the memory of the
whole process.
"""

from __future__ import annotations

import resource
import time

from django.core.management import call_command

from tests.bench import stage
from tests.bench.figures import Figure, hand_over

FASTEST, MOST_MEMORY = ">= 1500", "<= 300"


def main(path: str) -> None:
    started = time.perf_counter()
    call_command("import_d05", path, username=stage.manager().username)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hand_over(
        (
            Figure("import of 30,000 receipts", stage.ROWS / seconds, "rows/s", FASTEST),
            Figure("  peak memory", memory, "MB", MOST_MEMORY),
        )
    )
