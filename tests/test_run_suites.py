"""The closing lines of a run, and the second try of a failed browser test, on a small suite."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.run_suites import ROOT, Run, closing, run

SETTINGS = "[pytest]\nmarkers = browser: drives a real browser\n"
SHAKY = """
import pathlib, pytest
@pytest.mark.browser
def test_shaky():
    seen = pathlib.Path(__file__).with_name("seen")
    was_there = seen.exists()
    seen.touch()
    assert was_there
"""
BROKEN = """
import pytest
@pytest.mark.browser
def test_broken():
    assert False
"""
PLAIN = """
import pathlib
def test_fails_once():
    seen = pathlib.Path(__file__).with_name("seen-by-others")
    was_there = seen.exists()
    seen.touch()
    assert was_there
"""
SOUND = "def test_sound():\n    pass\n"
Suite = Callable[..., Run]


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """``suite(a=…, b=…)`` runs these modules as a suite of their own, without a database."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    place = tmp_path / "suite"
    place.mkdir()
    (place / "pytest.ini").write_text(SETTINGS)

    def execute(**modules: str) -> Run:
        for name, text in modules.items():
            (place / f"test_{name}.py").write_text(text)
        options = ["-n", "0", "-p", "no:cacheprovider", "-c", str(place / "pytest.ini"), str(place)]
        return run("SQLite", "sqlite://:memory:", options, str(tmp_path))

    return execute


def test_a_browser_test_that_passes_the_second_time_is_named_and_the_run_succeeds(suite: Suite):
    done = suite(shaky=SHAKY, sound=SOUND)
    assert (done.code, done.passed, done.failed) == (0, 2, 0)
    assert [name.rpartition("::")[2] for name in done.shaky] == ["test_shaky"]
    assert closing([done])[1:] == [f"shaky: {done.shaky[0]} (SQLite)", "2 passed, 0 failed"]


def test_a_browser_test_that_fails_twice_fails_the_run(suite: Suite):
    done = suite(shaky=SHAKY, broken=BROKEN, sound=SOUND)
    assert (done.code, done.passed, done.failed) == (1, 2, 1)
    assert len(done.shaky) == 1 and "FAILED" in closing([done])[0]


def test_no_other_test_is_tried_again(suite: Suite):
    done = suite(plain=PLAIN, shaky=SHAKY)
    assert (done.code, done.passed, done.failed, len(done.shaky)) == (1, 1, 1, 1)


def test_a_module_that_cannot_be_read_fails_the_run_however_often_it_is_tried(suite: Suite):
    done = suite(torn="import nothing_of_the_kind\n", sound=SOUND)
    assert done.code != 0 and done.failed == 1 and not done.shaky


def test_the_last_line_sums_up_both_engines():
    runs = [
        Run("SQLite", 0, 61.0, "1 failed, 20 passed, 3 deselected in 60.00s", ("tests/a.py::b",)),
        Run("PostgreSQL", 2, 5.0, "1 error in 5.00s"),
    ]
    assert closing(runs)[-1] == "21 passed, 1 failed"


CLOCKS = {"sleep", "wait_for_timeout", "setTimeout", "networkidle"}
"""What waits for time: ``networkidle`` waits for half a second in which nothing is asked."""


def test_browser_tests_wait_for_conditions_only():
    found = {
        f"{path.name}:{node.lineno} {name}"
        for path in sorted((ROOT / "tests" / "browser").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _clocks(node)
    }
    assert not found


def _clocks(node: ast.AST) -> set[str]:
    """The clocks that a name, an attribute or a text of script holds."""
    if isinstance(node, ast.Name | ast.alias):
        return CLOCKS & {node.id if isinstance(node, ast.Name) else node.name}
    if isinstance(node, ast.Attribute):
        return CLOCKS & {node.attr}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {clock for clock in CLOCKS - {"sleep"} if clock in node.value}
    return set()


def test_the_rule_about_waiting_sees_what_it_forbids():
    text = (
        'page.wait_for_timeout(5); from time import sleep; page.goto("/", wait_until="networkidle")'
    )
    seen = set().union(*(_clocks(node) for node in ast.walk(ast.parse(text))))
    assert seen == {"wait_for_timeout", "sleep", "networkidle"}
