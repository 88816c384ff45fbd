"""Whether a SQLite file is damaged, looked at table by table within a bound of time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from thaithuy_bhxh.outages import DAMAGED, DISK, MISSING

STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


class Soundness:
    """Goes on with each call where the one before ended, so that a large file is seen whole in the
    end.
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self.seconds = seconds
        self._next = 0

    def fault(self, file: Path) -> str:
        """A code when a table looked at now is damaged, else nothing; a table too large for the
        bound is let pass.
        """
        until = time.monotonic() + self.seconds
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as raw:
                raw.set_progress_handler(lambda: time.monotonic() > until, STEPS)
                return self._fault(raw, until)
        except sqlite3.DatabaseError as error:
            return _code_of(error)

    def _fault(self, raw: sqlite3.Connection, until: float) -> str:
        names = [
            name
            for (name,) in raw.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        for _ in names:
            name = names[self._next % len(names)]
            self._next += 1
            (answer,) = raw.execute(f'PRAGMA quick_check("{name}")').fetchone()
            if answer != "ok":
                return DAMAGED.code
            if time.monotonic() > until:
                break
        return ""


_TOLD = {
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_IOERR: DISK,
    sqlite3.SQLITE_CANTOPEN: MISSING,
}
"""By result code; with any other, interrupted by the bound or busy, nothing was learned."""


def _code_of(error: sqlite3.DatabaseError) -> str:
    outage = _TOLD.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return outage.code if outage else ""
