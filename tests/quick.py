"""``make quick``: the suite on SQLite without browsers, beginning with the tests that the change in
hand touches.

A test is touched when it changed itself or names a module that changed. Arguments go on to pytest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    sys.path.insert(0, str(ROOT))
    from tests.run_suites import run

    first = [str(one.relative_to(ROOT)) for one in touched(changed())]
    if first:
        print("Chạy trước:", ", ".join(first), flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-quick-") as folder:
        places = [] if any(not one.startswith("-") for one in arguments) else [*first, "tests"]
        url = f"sqlite:///{folder}/portal.sqlite3"
        done = run("SQLite", url, ["-m", "not browser", *places, *arguments], folder)
    print(f"{done.line} ({done.seconds:.0f} s)")
    return done.code


def changed() -> list[str]:
    """Files that differ from what the branch began with, and new ones."""
    base = _git("merge-base", "HEAD", "main") or _git("rev-parse", "HEAD")
    names = _git("diff", "--name-only", *base) + _git("ls-files", "--others", "--exclude-standard")
    return sorted({name for name in names if name.endswith(".py") and (ROOT / name).is_file()})


def touched(names: list[str]) -> list[Path]:
    """Test files among the changed ones, then those that name a changed module."""
    own = [ROOT / name for name in names if Path(name).name.startswith("test_")]
    modules = [
        name.removesuffix(".py").replace("/", ".")
        for name in names
        if not name.startswith("tests/")
    ]
    others = [
        one
        for one in sorted((ROOT / "tests").rglob("test_*.py"))
        if one not in own and _names(one, modules)
    ]
    return own + others


def _names(test: Path, modules: list[str]) -> bool:
    text = test.read_text(encoding="utf-8")
    return any(module in text for module in modules)


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
