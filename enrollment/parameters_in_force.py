"""The law's parameters as the office keeps them: rows of the database read into the
engine's table.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from enrollment.law import DEFAULT, READINGS, Parameter, ParameterTable, Readings
from enrollment.law.keys import SERVICE_LABELS
from enrollment.law.methods import ADVANCE, MISSING
from enrollment.law.parameters import (
    GROUPS,
    INVESTMENT_RATE,
    LOCAL_PERCENT,
    PAYMENT_WINDOW,
    STATE_PERCENT,
)
from enrollment.models import LawReading, PolicyParameter, Receipt
from enrollment.querysets import ReceiptQuerySet
from thaithuy_bhxh.prepared import Prepared


def rows_by_key() -> dict[str, list[PolicyParameter]]:
    """All rows by key, latest first."""
    rows: dict[str, list[PolicyParameter]] = {}
    for row in PolicyParameter.objects.order_by("key", "-valid_from"):
        rows.setdefault(row.key, []).append(row)
    return rows


def rows_of(key: str) -> list[PolicyParameter]:
    """The rows of one parameter, earliest first."""
    return list(PolicyParameter.objects.filter(key=key).order_by("valid_from"))


class OfficeReadings:
    """The office's readings of every day; rows are (first day, id, setting, choice)."""

    def __init__(self, rows: Iterable[tuple[date, int, str, str]] = ()) -> None:
        self._rows = sorted(rows)

    def on(self, day: date) -> Readings:
        """The readings in force on a day."""
        if not self._rows:
            return DEFAULT
        return Readings(**{name: choice for since, _, name, choice in self._rows if since <= day})


class OfficeLaw(NamedTuple):
    """The law as the office keeps it: the dated parameters, and how it reads what is unsettled."""

    table: ParameterTable
    readings: OfficeReadings


_READING = "reading."
_COLUMNS = ("id", "key", "value", "valid_from", "valid_to", "source", "confidence")


def office_law() -> OfficeLaw:
    """All parameter rows and all readings (one query, because every page that quotes asks it)."""
    return _law_of(tuple(_LAW.rows()))


def _every_row() -> QuerySet[Any, Any]:
    readings = LawReading.objects.annotate(
        key=Concat(Value(_READING), "name"),
        value=F("choice"),
        confidence=Value(""),
        valid_to=Value(None, output_field=DateField()),
    ).order_by()
    rows = PolicyParameter.objects.order_by().values_list(*_COLUMNS)
    return rows.union(readings.values_list(*_COLUMNS), all=True)


_LAW = Prepared(_every_row)


@lru_cache(maxsize=2)
def _law_of(rows: tuple[tuple[Any, ...], ...]) -> OfficeLaw:
    """The same rows make the same law, which takes longer to put together than to ask for."""
    parameters: list[Parameter] = []
    choices: list[tuple[date, int, str, str]] = []
    for pk, key, value, since, until, source, confidence in rows:
        if key.startswith(_READING):
            choices.append((since, pk, key.removeprefix(_READING), value))
        else:
            parameters.append(
                Parameter(key, Decimal(value) if value else None, since, until, source, confidence)
            )
    return OfficeLaw(ParameterTable(parameters), OfficeReadings(choices))


def current_table() -> ParameterTable:
    """All parameter rows (one query)."""
    return office_law().table


def reading_rows() -> dict[str, list[LawReading]]:
    """Every choice of a reading by its setting, latest first."""
    rows: dict[str, list[LawReading]] = {name: [] for name in READINGS}
    for row in LawReading.objects.select_related("recorded_by"):
        rows.setdefault(row.name, []).append(row)
    return rows


def table_with(changed: PolicyParameter) -> ParameterTable:
    """The table as it would be with one row added or replaced; nothing is written."""
    others = (
        PolicyParameter.objects.exclude(pk=changed.pk)
        if changed.pk
        else PolicyParameter.objects.all()
    )
    return ParameterTable(_as_parameter(row) for row in [*others, changed])


def rows_of_record(names: Iterable[str]) -> list[Parameter]:
    """The rows that ``key@first day`` name, as a receipt's audit row keeps them, and no other row
    of their keys.
    """
    wanted = set(names)
    keys = {name.partition("@")[0] for name in wanted}
    rows = PolicyParameter.objects.all()
    return [
        _as_parameter(row)
        for row in rows
        if row.key not in keys or f"{row.key}@{row.valid_from}" in wanted
    ]


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
    later = PolicyParameter.objects.filter(key=row.key, valid_from__gt=row.valid_from).exclude(
        pk=row.pk
    )
    following = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    ends = [
        day for day in (row.valid_to, following - timedelta(days=1) if following else None) if day
    ]
    return min(ends, default=None)


def receipts_computed_with(row: PolicyParameter) -> ReceiptQuerySet:
    """Receipts whose amounts the row decided: paid on its days, by a method and for a group that it
    concerns.

    Receipts whose amounts were taken from a list as they stood there depend on nothing but their
    window.
    """
    if row.key in SERVICE_LABELS:
        return Receipt.objects.none()
    found = Receipt.objects.filter(received_on__gte=row.valid_from)
    if not row.key.startswith(PAYMENT_WINDOW):
        found = found.filter(amounts_trusted=False)
    last = last_day_of(row)
    if last:
        found = found.filter(received_on__lte=last)
    if row.key == INVESTMENT_RATE:
        # A period paid in a month after its last one was paid late, with interest.
        return found.filter(Q(method__in=(ADVANCE, MISSING)) | Q(to_month__lt=F("received_month")))
    if row.key.startswith(PAYMENT_WINDOW):
        return found.filter(method=row.key.removeprefix(PAYMENT_WINDOW))
    for prefix in (STATE_PERCENT, LOCAL_PERCENT):
        if row.key.removeprefix(prefix) in GROUPS:
            return found.filter(group=row.key.removeprefix(prefix))
    return found
