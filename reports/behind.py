"""What stands behind a figure of the growth report: people with their month and movement, or receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agents.access import Scope
from enrollment.models import Receipt
from reports.definitions.growth import checked, columns
from reports.measures import Period, rows_behind
from reports.registry import Asked
from reports.units import Unit, units_for
from thaithuy_bhxh.errors import Refused

_PEOPLE = (
    "opening", "new", "returned", "moved_in", "moved_out", "decreased", "renewed", "closing", "covered", "in_grace",
    "same_period_last_year", "new_ytd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """``kind`` is spans, movements or receipts; ``count`` equals the figure (``amount`` for money, in đồng)."""

    kind: str
    title: str
    unit: Unit
    rows: QuerySet[Any]
    amount: int | None = None


def list_behind(scope: Scope, asked: Asked, name: str, code: str | None) -> Behind:
    """The list behind the figure ``name`` of the unit with this code, the whole report for ``None``."""
    parameters = checked(asked.first, asked.last, asked.by, asked.territory, asked.rule)
    units = units_for(scope, parameters.by, parameters.last, parameters.day)
    unit = units.unit(code)
    kind, _, reason = name.partition(".")
    if unit is None or not (kind in _PEOPLE or name == "collected"):
        raise Refused("Không có số liệu này trong báo cáo.")
    if name == "collected":
        return _receipts(unit, parameters.period)
    rows = rows_behind(name, unit, parameters.period)
    spans = rows.model.__name__ == "ActivitySpan"
    related = rows.select_related("participant", "commune", "agent").order_by("participant__sort_key", "id")
    return Behind("spans" if spans else "movements", _title(name, parameters.by), unit, related)


def _title(name: str, by: str) -> str:
    label = {"decreased.other": "Giảm vì lý do khác", "decreased": "Giảm"}.get(name)
    if label:
        return label
    key = name.replace("decreased.", "decreased_by_reason.")
    column = next(column for column in columns(by) if column.key == key)
    return column.heading


def _receipts(unit: Unit, period: Period) -> Behind:
    """Receipts of the period; one voided in it is listed and taken off again."""
    received = Receipt.objects.filter(unit.q(), received_month__gte=period.first, received_month__lte=period.last)
    voided = Receipt.objects.filter(unit.q(), void__voided_month__gte=period.first, void__voided_month__lte=period.last)
    taken = sum(received.values_list("participant_amount", flat=True))
    given_back = sum(voided.values_list("participant_amount", flat=True))
    rows = (received | voided).select_related("participant", "commune", "agent", "void").order_by("received_on", "id")
    return Behind("receipts", "Tiền thu", unit, rows, amount=taken - given_back)
