"""``docs/security.md``: its counts are those of its rows, what it names exists, and no act of the
code is missing.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from agents.act_kinds import act_kinds
from tests.test_architecture import APPS, ROOT, sources

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([123]) \| .+ \| (met|not met|not applicable) \| (.+) \|$", re.M
)
VERDICTS = ("met", "not met", "not applicable")
# Section → the levels of its requirements in order, of ASVS 5.0.0; those of level 3 follow these in
# each section.
LEVELS = {
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "1122",
    "6.4": "1122",
    "6.5": "22222",
    "6.6": "222",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "22",
    "7.6": "22",
    "8.1": "12",
    "8.2": "112",
    "8.3": "1",
    "8.4": "2",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "222",
}
NO_ACTS = {"service.answer_working_days", "refusal.html"}
"""Texts of the code that look like acts: a parameter, a template."""


def rows() -> list[tuple[str, str, str, str]]:
    return [found.groups() for found in ROW.finditer(TEXT)]  # type: ignore[misc]


def test_every_requirement_of_the_two_levels_has_its_row():
    expected = [
        (f"{part}.{at}", level)
        for part, levels in LEVELS.items()
        for at, level in enumerate(levels, start=1)
    ]
    assert [(number, level) for number, level, *_ in rows()] == expected


def test_the_counts_are_those_of_the_rows():
    found = Counter((number.partition(".")[0], verdict) for number, _, verdict, _ in rows())
    for chapter in ("6", "7", "8", "16"):
        told = re.search(
            rf"^\| V{chapter} [^|]+\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.M
        )
        counts = [found[chapter, verdict] for verdict in VERDICTS]
        assert told and [int(one) for one in told.groups()] == [*counts, sum(counts)], chapter


@cache
def functions(path: Path) -> frozenset[str]:
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_what_a_row_names_exists(row: tuple[str, str, str, str]):
    _, _, verdict, shown = row
    named = re.findall(
        r"`((?:tests|docs|agents|enrollment|thaithuy_bhxh|templates|requirements)/[^`]+)`", shown
    )
    for one in named:
        path, _, test = one.partition("::")
        assert (ROOT / path).is_file(), one
        assert not test or test in functions(ROOT / path), one
    titles = re.findall(r"\*([^*]+)\*", shown)
    for title in titles:
        assert f"\n## {title}\n" in TEXT or f"**{title}.**" in TEXT, title
    if verdict == "met":
        assert named or titles
    else:
        assert len(shown) > 5


def test_every_act_of_the_code_is_in_the_inventory():
    nodes = chain.from_iterable(
        ast.walk(tree) for _, tree in sources(*(one for one in APPS if one != "thaithuy_bhxh"))
    )
    texts = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    kinds = act_kinds()
    acts = {one for one in texts if re.fullmatch(rf"({'|'.join(kinds)})\.[a-z_]+", one)} - NO_ACTS
    assert len(acts) > 80
    assert sorted(one for one in acts if f"`{one}`" not in TEXT) == []
    assert (
        sorted(kind for kind in kinds if not re.search(rf"^\| `{kind}` \| `{kind}\.", TEXT, re.M))
        == []
    )


def test_settings_and_checks_that_are_named_exist():
    settings = (ROOT / "thaithuy_bhxh" / "settings.py").read_text(encoding="utf-8")
    checks = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "thaithuy_bhxh").glob("*checks.py")
    )
    for name in set(re.findall(r"`([A-Z][A-Z_]{4,})[=`]", TEXT)):
        assert name in settings, name
    for check in set(re.findall(r"`portal\.([EW]\d+)`", TEXT)):
        assert f"portal.{check}" in checks, check
