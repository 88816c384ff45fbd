"""A table as data: the JSON shape of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reports.tables import Column, Row, Table


def to_json(table: Table) -> dict[str, Any]:
    """``{"report", …parameters, "rows", "total"}``; dotted keys become nested objects, dates are
    ISO, unknown is ``null``.
    """
    return {
        "report": table.code,
        **table.parameters,
        "rows": [_row(row, table.data_columns) for row in table.rows],
        "total": _row(table.total, table.data_columns) if table.total else None,
    }


def _row(row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in columns:
        value = row.cells.get(column.key)
        _put(found, column.key.split("."), _iso(value) if column.kind == "date" else value)
    return found


def _iso(text: str | None) -> str | None:
    """The ISO day of a cell written as dd/mm/yyyy; ``None`` for words such as “không
    thời hạn”.
    """
    try:
        return datetime.strptime(text or "", "%d/%m/%Y").date().isoformat()
    except ValueError:
        return None


def _put(target: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value
