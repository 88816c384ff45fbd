"""A table as data: the JSON shape of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.tables import Column, Row, Table
from thaithuy_bhxh.months import Month


def to_json(table: Table) -> dict[str, Any]:
    """``{"report", …parameters, "rows", "total"}``; dotted keys become nested objects, dates and
    months are ISO, unknown is ``null``.
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
        read = _READ.get(column.kind, _as_is)
        _put(found, column.key.split("."), read(row.cells.get(column.key)))
    return found


def _iso(text: str | None) -> str | None:
    """The ISO day of a cell written as dd/mm/yyyy; ``None`` for words such as “không
    thời hạn”.
    """
    try:
        return datetime.strptime(text or "", "%d/%m/%Y").date().isoformat()
    except ValueError:
        return None


def _iso_month(text: str | None) -> str | None:
    """The ISO month of a cell written as mm/yyyy."""
    return str(Month.parse(text)) if text else None


def _as_is(value: Any) -> Any:
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {"date": _iso, "month": _iso_month}
"""How a cell of a kind is read; any other stands as it is."""


def _put(target: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value
