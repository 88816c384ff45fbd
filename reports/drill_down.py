"""What stands behind a figure of the growth report: people with their month and movement, or
receipts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agents.access import Scope, scope_of
from agents.models import CollectionAgent, Commune, User
from enrollment.models import ActivitySpan, Movement, Participant, Receipt, Rule
from enrollment.past_names import names_when_seen
from reports.counting.measures import Period, movements_in, spans_in, stock_moment
from reports.counting.units import Unit, units_for
from reports.definitions.growth import checked, columns
from reports.question import Asked
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import lower_first

_PEOPLE = (
    "opening",
    "new",
    "returned",
    "moved_in",
    "moved_out",
    "decreased",
    "renewed",
    "closing",
    "covered",
    "in_grace",
    "same_period_last_year",
    "new_ytd",
)

_TITLES = {
    "new": "Tăng mới",
    "returned": "Đóng lại",
    "moved_in": "Chuyển đến",
    "moved_out": "Chuyển đi",
    "decreased": "Giảm",
    "decreased.other": "Giảm vì lý do khác",
}
"""Figures whose column has its name only together with the head above it."""


@dataclass(frozen=True, slots=True)
class Behind:
    """``kind`` is spans, movements or receipts; ``count`` equals the figure (``amount`` for money,
    in đồng).
    """

    kind: str
    title: str
    unit: Unit
    rows: QuerySet[Any]
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row as this reader may read it: ``person`` is the key of the page about them, ``None`` when
    there is none.
    """

    row: Any
    name: str
    person: int | None
    commune: Commune
    agent: CollectionAgent


def entries(user: User, rows: Iterable[Any]) -> list[ListedRow]:
    """The rows of a list with their names and places; who has left the scope is named as they were
    when they left.

    A move out of the scope says where somebody was, not where they went.
    """
    scope, listed = scope_of(user), list(rows)
    people = {row.participant_id: row.participant.full_name for row in listed}
    seen = set(people) if scope.everything else _visible(user, people)
    gone = {pk: name for pk, name in people.items() if pk not in seen}
    names = people | (names_when_seen(scope, gone) if gone else {})
    return [
        _entry(row, names[row.participant_id], row.participant_id in seen, scope) for row in listed
    ]


def _visible(user: User, people: Iterable[int]) -> set[int]:
    return set(
        Participant.objects.visible_to(user)
        .filter(pk__in=list(people))
        .values_list("pk", flat=True)
    )


def _entry(row: Any, name: str, seen: bool, scope: Scope) -> ListedRow:
    person = row.participant_id if seen else None
    if scope.holds(agent=row.agent_id, commune=row.commune_id):
        return ListedRow(row, name, person, row.commune, row.agent)
    return ListedRow(row, name, person, row.from_commune, row.from_agent)


def list_behind(scope: Scope, asked: Asked, name: str, code: str | None) -> Behind:
    """The list behind the figure ``name`` of the unit with this code, the whole report for
    ``None``.
    """
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
    places = ("commune", "agent") if spans else ("commune", "agent", "from_commune", "from_agent")
    related = rows.select_related("participant", *places).order_by("participant__sort_key", "id")
    return Behind("spans" if spans else "movements", title, unit, related)


def _title(name: str, by: str) -> str:
    """What a figure is called; empty when the report has none of this name."""
    if name in _TITLES:
        return _TITLES[name]
    key = name.replace("decreased.", "decreased_by_reason.")
    found = next((column for column in columns(by) if column.key == key), None)
    if found is None:
        return ""
    return f"Giảm, {lower_first(found.label)}" if key != name else found.heading


def _receipts(unit: Unit, period: Period) -> Behind:
    """Receipts of the period; one voided in it is listed and taken off again."""
    received = Receipt.objects.filter(
        unit.q(), received_month__gte=period.first, received_month__lte=period.last
    )
    voided = Receipt.objects.filter(
        unit.q(), void__voided_month__gte=period.first, void__voided_month__lte=period.last
    )
    taken = sum(received.values_list("participant_amount", flat=True))
    given_back = sum(voided.values_list("participant_amount", flat=True))
    rows = (
        (received | voided)
        .select_related("participant", "commune", "agent", "void")
        .order_by("received_on", "id")
    )
    return Behind("receipts", "Tiền thu", unit, rows, amount=taken - given_back)


def rows_behind(name: str, unit: Unit, period: Period) -> QuerySet[Any]:
    """The spans or movements behind a count of this unit: as many rows as the figure says.

    ``name`` is a measure, ``decreased.<reason>`` for one reason.
    """
    if name in ("moved_in", "moved_out"):
        return _moves(name, unit, period)
    if name == "new_ytd":
        period, name = Period(period.year_start, period.last, period.rule), Movement.Kind.NEW
    moment = stock_moment(name, period)
    if moment is not None:
        spans = ActivitySpan.objects.filter(moment & unit.q())
        return _without_covered(spans, period.last) if name == "in_grace" else spans
    kind, _, reason = name.partition(".")
    rows = Movement.objects.filter(movements_in(period) & unit.q(), kind=kind)
    if reason == "other":
        return rows.exclude(reason="not_renewed")
    return rows.filter(reason=reason) if reason else rows


def _moves(name: str, unit: Unit, period: Period) -> QuerySet[Movement]:
    here, there = unit.q(), unit.q("from_")
    moves = Movement.objects.filter(movements_in(period), kind=Movement.Kind.MOVED)
    if not here:
        return moves.none()  # Nobody moves into or out of a unit that holds everything.
    return moves.filter(here & ~there if name == "moved_in" else there & ~here)


def _without_covered(spans: QuerySet[ActivitySpan], month: Month) -> QuerySet[ActivitySpan]:
    covered = ActivitySpan.objects.filter(spans_in(month, Rule.STRICT)).values("participant")
    return spans.exclude(participant__in=covered)
