"""The report of targets against what it cannot do without: the same figures by bare SQL."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench import stage
from tests.bench.figures import Figure, best_seconds, hand_over
from tests.bench.growth import TABLES, ask, beside

PAGE = "/bao-cao/chi-tieu/?tu=2026-01&den=2026-07&theo="


def main() -> None:
    browser = stage.browser_of(stage.manager())
    hand_over([_figure(browser, by) for by in ("commune", "collector")])


def _figure(browser: Any, by: str) -> Figure:
    statements = _statements(browser, PAGE + by)
    page, bare = best_seconds(lambda: browser.get(PAGE + by)), best_seconds(lambda: ask(statements))
    return beside(f"targets page by {by} ÷ bare SQL", page, bare)


def _statements(browser: Any, address: str) -> list[str]:
    """The page's own questions for figures, as the engine got them."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return [
        query["sql"]
        for query in asked
        if any(f'FROM "{table}"' in query["sql"] for table in TABLES)
    ]
