"""The law's parameters as the office keeps them: rows of the database read into the engine's table."""

from __future__ import annotations

from decimal import Decimal

from enrollment.law import Parameter, ParameterTable
from enrollment.models import PolicyParameter


def rows_by_key() -> dict[str, list[PolicyParameter]]:
    """All rows by key, latest first."""
    rows: dict[str, list[PolicyParameter]] = {}
    for row in PolicyParameter.objects.order_by("key", "-valid_from"):
        rows.setdefault(row.key, []).append(row)
    return rows


def current_table() -> ParameterTable:
    """All parameter rows (one query)."""
    return ParameterTable(
        Parameter(
            key=row.key,
            value=Decimal(row.value) if row.value else None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
            confidence=row.confidence,
        )
        for row in PolicyParameter.objects.all()
    )
