"""``make pictures``: the README's pictures anew, as the browser test of its tour takes them, on
SQLite.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from tests.run_suites import run

    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder:
        url = f"sqlite:///{folder}/portal.sqlite3"
        done = run("SQLite", url, ["-n", "0", "tests/browser/test_tour.py"], folder)
    print(done.line)
    return done.code


if __name__ == "__main__":
    sys.exit(main())
