"""The law's parameters as the office keeps them: rows of the database read into the engine's table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from enrollment.law import Parameter, ParameterTable
from enrollment.law.methods import ADVANCE, MISSING
from enrollment.law.parameters import GROUPS, INVESTMENT_RATE, LOCAL_PERCENT, STATE_PERCENT
from enrollment.models import PolicyParameter, Receipt
from enrollment.querysets import ReceiptQuerySet


def rows_by_key() -> dict[str, list[PolicyParameter]]:
    """All rows by key, latest first."""
    rows: dict[str, list[PolicyParameter]] = {}
    for row in PolicyParameter.objects.order_by("key", "-valid_from"):
        rows.setdefault(row.key, []).append(row)
    return rows


def current_table() -> ParameterTable:
    """All parameter rows (one query)."""
    return ParameterTable(_as_parameter(row) for row in PolicyParameter.objects.all())


def table_with(changed: PolicyParameter) -> ParameterTable:
    """The table as it would be with one row added or replaced; nothing is written."""
    others = PolicyParameter.objects.exclude(pk=changed.pk) if changed.pk else PolicyParameter.objects.all()
    return ParameterTable(_as_parameter(row) for row in [*others, changed])


def _as_parameter(row: PolicyParameter) -> Parameter:
    return Parameter(
        key=row.key,
        value=Decimal(row.value) if row.value else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        confidence=row.confidence,
    )


def last_day_of(row: PolicyParameter) -> date | None:
    """The last day on which the row decides: its own, or the eve of the next row of its key."""
    later = PolicyParameter.objects.filter(key=row.key, valid_from__gt=row.valid_from).exclude(pk=row.pk)
    following = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    ends = [day for day in (row.valid_to, following - timedelta(days=1) if following else None) if day]
    return min(ends, default=None)


def receipts_reckoned_with(row: PolicyParameter) -> ReceiptQuerySet:
    """Receipts whose amounts the row decided: paid on its days, by a method and for a group that it concerns.

    Receipts whose amounts were taken from a list as they stood there were not reckoned with anything.
    """
    found = Receipt.objects.filter(received_on__gte=row.valid_from, amounts_trusted=False)
    last = last_day_of(row)
    if last:
        found = found.filter(received_on__lte=last)
    if row.key == INVESTMENT_RATE:
        return found.filter(method__in=(ADVANCE, MISSING))
    for prefix in (STATE_PERCENT, LOCAL_PERCENT):
        if row.key.removeprefix(prefix) in GROUPS:
            return found.filter(group=row.key.removeprefix(prefix))
    return found
