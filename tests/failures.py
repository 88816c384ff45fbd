"""Plugin of a run: writes which tests failed into the file that ``FAILED_TESTS`` names, as
``{"browser": […], "others": […]}`` of node ids. With ``ONLY_FAILED_BROWSER`` set, only the browser
tests that stand in that file run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

VARIABLE, ONLY = "FAILED_TESTS", "ONLY_FAILED_BROWSER"


class Failures:
    """Remembers each failed test once, those of a browser apart."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._found: dict[str, list[str]] = {"browser": [], "others": []}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._add("browser" if "browser" in report.keywords else "others", report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._add("others", report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._target.write_text(json.dumps(self._found), encoding="utf-8")

    def _add(self, kind: str, nodeid: str) -> None:
        if nodeid not in self._found[kind]:
            self._found[kind].append(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """Where a run is spread over workers, the process that hears all of them writes."""
    target = os.environ.get(VARIABLE)
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(Path(target)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is tried again."""
    if os.environ.get(ONLY):
        wanted = set(json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))["browser"])
        others = [item for item in items if item.nodeid not in wanted]
        items[:] = [item for item in items if item.nodeid in wanted]
        config.hook.pytest_deselected(items=others)
