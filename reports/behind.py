"""What stands behind a figure of the growth report: people with their month and movement, or receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agents.access import Scope
from enrollment.models import ActivitySpan, Movement, Receipt, Rule
from reports.definitions.growth import checked, columns
from reports.measures import Period, movements_in, spans_in, stock_moment
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
    title = _title(name, parameters.by) if name.partition(".")[0] in _PEOPLE else ""
    if unit is None or not (title or name == "collected"):
        raise Refused("Không có số liệu này trong báo cáo.")
    if name == "collected":
        return _receipts(unit, parameters.period)
    rows = rows_behind(name, unit, parameters.period)
    spans = rows.model.__name__ == "ActivitySpan"
    related = rows.select_related("participant", "commune", "agent").order_by("participant__sort_key", "id")
    return Behind("spans" if spans else "movements", title, unit, related)


def _title(name: str, by: str) -> str:
    """What a figure is called; empty when the report has none of this name."""
    label = {"decreased.other": "Giảm vì lý do khác", "decreased": "Giảm"}.get(name)
    if label:
        return label
    key = name.replace("decreased.", "decreased_by_reason.")
    return next((column.heading for column in columns(by) if column.key == key), "")


def _receipts(unit: Unit, period: Period) -> Behind:
    """Receipts of the period; one voided in it is listed and taken off again."""
    received = Receipt.objects.filter(unit.q(), received_month__gte=period.first, received_month__lte=period.last)
    voided = Receipt.objects.filter(unit.q(), void__voided_month__gte=period.first, void__voided_month__lte=period.last)
    taken = sum(received.values_list("participant_amount", flat=True))
    given_back = sum(voided.values_list("participant_amount", flat=True))
    rows = (received | voided).select_related("participant", "commune", "agent", "void").order_by("received_on", "id")
    return Behind("receipts", "Tiền thu", unit, rows, amount=taken - given_back)


def rows_behind(name: str, unit: Unit, period: Period) -> QuerySet[Any]:
    """The spans or movements behind a count of this unit: as many rows as the figure says.

    ``name`` is a measure, ``decreased.<reason>`` for one reason.
    """
    if name in ("moved_in", "moved_out"):
        here, there = unit.q(), unit.q("from_")
        moves = Movement.objects.filter(movements_in(period), kind=Movement.Kind.MOVED)
        if not here:
            return moves.none()  # Nobody moves into or out of a unit that holds everything.
        return moves.filter(here & ~there if name == "moved_in" else there & ~here)
    if name == "new_ytd":
        period, name = Period(period.year_start, period.last, period.rule), Movement.Kind.NEW
    moment = stock_moment(name, period)
    if moment is not None:
        spans = ActivitySpan.objects.filter(moment & unit.q())
        covered = ActivitySpan.objects.filter(spans_in(period.last, Rule.STRICT)).values("participant")
        return spans.exclude(participant__in=covered) if name == "in_grace" else spans
    kind, _, reason = name.partition(".")
    rows = Movement.objects.filter(movements_in(period) & unit.q(), kind=kind)
    if reason == "other":
        return rows.exclude(reason="not_renewed")
    return rows.filter(reason=reason) if reason else rows
