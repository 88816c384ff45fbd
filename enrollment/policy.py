"""The law's parameters as the office keeps them: rows of the database read into the engine's table."""

from __future__ import annotations

from decimal import Decimal

from enrollment.law import Parameter, ParameterTable
from enrollment.models import PolicyParameter


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
