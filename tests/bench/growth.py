"""The growth report against what it cannot do without: the same figures by bare SQL, the same cells
by openpyxl.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from tests.bench import stage
from tests.bench.figures import Figure, best_seconds, hand_over

PAGE = "/bao-cao/tang-truong/?tu=2025-08&den=2026-07&theo=commune"
TABLES = ("enrollment_activityspan", "enrollment_movement", "enrollment_receipt")


def main() -> None:
    browser = stage.browser_of(stage.manager())
    statements = _statements(browser)
    page, bare = best_seconds(lambda: browser.get(PAGE)), best_seconds(lambda: ask(statements))
    sheet = best_seconds(lambda: browser.get(PAGE + "&dinh_dang=xlsx"))
    cells = _cells(browser.get(PAGE + "&dinh_dang=xlsx").content)
    least = bare + best_seconds(lambda: _write(cells))
    hand_over(
        (
            beside("growth page ÷ bare SQL", page, bare),
            beside("growth workbook ÷ bare SQL and bare write", sheet, least),
        )
    )


def beside(what: str, ours: float, bare: float) -> Figure:
    """How many times as long the portal takes."""
    return Figure(what, ours / bare, "×", plain=f" ({ours * 1000:.0f}/{bare * 1000:.0f} ms)")


def _statements(browser: Any) -> list[str]:
    """The page's own questions for figures, as the engine got them."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(PAGE).status_code == 200
    return [
        query["sql"]
        for query in asked
        if any(f'FROM "{table}"' in query["sql"] for table in TABLES)
    ]


def ask(statements: list[str]) -> None:
    """Put bare questions to the engine and take the answers."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def _cells(content: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(BytesIO(content)).active.values]


def _write(cells: list[list[Any]]) -> None:
    book = Workbook()
    for row in cells:
        book.active.append(row)
    book.save(BytesIO())
