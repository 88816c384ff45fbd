"""Code, tests and documents cite the rules by section: each section that is cited exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CITED = re.compile(r"docs/rules\.md ((?:\d+(?:\.\d+)?)(?:(?:,| and) \d+(?:\.\d+)?)*)")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)", re.MULTILINE)


def _sections() -> set[str]:
    return set(HEADING.findall((ROOT / "docs" / "rules.md").read_text(encoding="utf-8")))


def _citations() -> dict[str, set[str]]:
    """File → the sections that it names."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    found: dict[str, set[str]] = {}
    for name in listed.decode().split("\0"):
        if not name.endswith((".py", ".md", ".html", ".json")) or not (ROOT / name).is_file():
            continue
        named = CITED.findall((ROOT / name).read_text(encoding="utf-8"))
        if named:
            found[name] = {
                section for one in named for section in re.findall(r"\d+(?:\.\d+)?", one)
            }
    return found


def test_each_section_that_is_cited_exists() -> None:
    sections = _sections()
    missing = {
        name: sorted(cited - sections) for name, cited in _citations().items() if cited - sections
    }
    assert missing == {}


def test_the_rules_are_cited_where_they_are_applied() -> None:
    assert {"enrollment/activity.py", "enrollment/law/__init__.py", "agents/lineage.py"} <= set(
        _citations()
    )
