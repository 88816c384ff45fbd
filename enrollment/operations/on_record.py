"""What is on record of people: the facts that are counted, and of one person everything that a
receipt needs, at one reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    F,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.functions import Cast

from enrollment.models import (
    ActivitySpan,
    Movement,
    Participant,
    Receipt,
    Residence,
    Stop,
    SupportStatus,
)
from thaithuy_bhxh.prepared import Given, Prepared
from thaithuy_bhxh.terms import holds_on


class ReceiptFact(NamedTuple):
    """What counts of a receipt on record; ``voided`` is the month of its void."""

    participant: int
    received_on: date
    recorded_at: datetime
    id: int
    from_month: int
    to_month: int
    method: str
    commune: int
    agent: int
    collector: int
    hamlet: str
    supported_months: int
    grace: int
    voided: int | None = None


class StopRecord(NamedTuple):
    """A stop on record; ``withdrawn`` is the month of its withdrawal."""

    participant: int
    month: int
    reason: str
    recorded_at: datetime
    id: int
    withdrawn: int | None = None


class MoveRecord(NamedTuple):
    """A residence recorded on its own."""

    participant: int
    since: date
    recorded_at: datetime
    id: int
    commune: int
    hamlet: str


class StatusRecord(NamedTuple):
    """A support group of the person or the household, from a day until another (``None``: open)."""

    group: str
    valid_from: date
    valid_to: date | None


def fact_of(receipt: Receipt) -> ReceiptFact:
    """A receipt that was just written, as it counts from now on."""
    return ReceiptFact(
        receipt.participant_id,
        receipt.received_on,
        receipt.recorded_at,
        receipt.pk,
        int(receipt.from_month),
        int(receipt.to_month),
        receipt.method,
        receipt.commune_id,
        receipt.agent_id,
        receipt.collector_id,
        receipt.hamlet,
        receipt.supported_months,
        receipt.grace_months,
    )


@dataclass(slots=True)
class OnRecord:
    """One person's facts, groups, and derived rows as they are stored: (id, row as
    ``operations.derive`` writes it).
    """

    participant: Participant
    receipts: list[ReceiptFact] = field(default_factory=list)
    numbers: dict[int, str] = field(default_factory=dict)
    stops: list[StopRecord] = field(default_factory=list)
    moves: list[MoveRecord] = field(default_factory=list)
    statuses: list[StatusRecord] = field(default_factory=list)
    spans: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    movements: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)

    def groups_on(self, day: date) -> tuple[str, ...]:
        """Codes of the support groups in force; ``("other",)`` when there is none."""
        found = {one.group for one in self.statuses if holds_on(one, day)}
        return tuple(sorted(found)) or ("other",)


def on_record(participant: Participant) -> OnRecord:
    """Everything on record of one person (one statement)."""
    found = OnRecord(participant)
    pk = participant.pk
    # A household that is none has no statuses.
    for kind, *values in _EVERYTHING.rows(person=pk, household=participant.household_id or 0):
        _ROWS[kind](found, pk, _Stored(*values))
    return found


class _Stored(NamedTuple):
    """A row of any kind: all kinds stand below each other, so that they are asked at once."""

    id: int
    day: date | None
    until: date | None
    at: datetime | None
    word: str
    text: str
    number: str
    first: int
    last: int
    commune: int
    agent: int
    collector: int
    from_commune: int
    from_agent: int
    closed: int | None


def _receipt(found: OnRecord, pk: int, row: Any) -> None:
    fact = ReceiptFact(
        pk, row.day, row.at, row.id, row.first, row.last, row.word, row.commune, row.agent,
        row.collector, row.text, row.from_commune, row.from_agent, row.closed,
    )  # fmt: skip
    found.receipts.append(fact)
    found.numbers[row.id] = row.number


def _stop(found: OnRecord, pk: int, row: Any) -> None:
    found.stops.append(StopRecord(pk, row.first, row.word, row.at, row.id, row.closed))


def _move(found: OnRecord, pk: int, row: Any) -> None:
    found.moves.append(MoveRecord(pk, row.day, row.at, row.id, row.commune, row.text))


def _status(found: OnRecord, pk: int, row: Any) -> None:
    found.statuses.append(StatusRecord(row.word, row.day, row.until))


def _span(found: OnRecord, pk: int, row: Any) -> None:
    values = pk, row.word, row.first, row.last, row.commune, row.agent, row.collector
    found.spans.append((row.id, values))


def _movement(found: OnRecord, pk: int, row: Any) -> None:
    values = (
        pk, row.first, row.word, row.text, row.commune, row.agent, row.collector,
        row.from_commune, row.from_agent, bool(row.last), bool(row.closed),
    )  # fmt: skip
    found.movements.append((row.id, values))


_ROWS = {
    "receipt": _receipt,
    "stop": _stop,
    "move": _move,
    "status": _status,
    "span": _span,
    "movement": _movement,
}


def _month(name: str) -> Combinable:
    """A month as its number."""
    return ExpressionWrapper(F(name), output_field=IntegerField())


def _whole(name: str) -> Combinable:
    return Cast(name, IntegerField())


_NONE = Cast(Value(None), IntegerField())
_NO_DAY = Cast(Value(None), DateField())
_NO_MOMENT = Cast(Value(None), DateTimeField())
_NO_TEXT = Value("", output_field=CharField())


def _everything() -> QuerySet[Any, Any]:
    """The columns of :class:`_Stored` by position, after the kind; engines take the types of the
    first part.
    """
    receipts = _part(
        "receipt", Receipt, "received_on", "last_day", "recorded_at", "method", "hamlet", "number",
        _month("from_month"), _month("to_month"), "commune_id", "agent_id", "collector_id",
        "supported_months", "grace_months", _month("void__voided_month"),
    )  # fmt: skip
    stops = _part(
        "stop", Stop, _NO_DAY, _NO_DAY, "recorded_at", "reason", _NO_TEXT, _NO_TEXT,
        _month("month"), _NONE, _NONE, _NONE, _NONE, _NONE, _NONE,
        _month("withdrawal__withdrawn_month"),
    )  # fmt: skip
    moves = _part(
        "move", Residence, "since", _NO_DAY, "recorded_at", _NO_TEXT, "hamlet", _NO_TEXT,
        _NONE, _NONE, "commune_id", _NONE, _NONE, _NONE, _NONE, _NONE,
    )  # fmt: skip
    spans = _part(
        "span", ActivitySpan, _NO_DAY, _NO_DAY, _NO_MOMENT, "rule", _NO_TEXT, _NO_TEXT,
        _month("start"), _month("end"), "commune_id", "agent_id", "collector_id",
        _NONE, _NONE, _NONE,
    )  # fmt: skip
    movements = _part(
        "movement", Movement, _NO_DAY, _NO_DAY, _NO_MOMENT, "kind", "reason", _NO_TEXT,
        _month("month"), _whole("grace"), "commune_id", "agent_id", "collector_id",
        "from_commune_id", "from_agent_id", _whole("strict"),
    )  # fmt: skip
    return receipts.union(stops, moves, spans, movements, *_statuses(), all=True)


def _part(kind: str, model: type[Model], *columns: Any) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = model._default_manager.order_by()
    return found.filter(participant=Given("person")).values_list(Value(kind), "id", *columns)


def _statuses() -> list[QuerySet[Any, Any]]:
    """Of the person and of the household, apart: either is found by its index."""
    columns = (
        Value("status"), "id", "valid_from", "valid_to", _NO_MOMENT, "group", _NO_TEXT, _NO_TEXT,
        _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE,
    )  # fmt: skip
    return [
        SupportStatus.objects.order_by().filter(whose).values_list(*columns)
        for whose in (Q(participant=Given("person")), Q(household=Given("household")))
    ]


_EVERYTHING = Prepared(_everything)
