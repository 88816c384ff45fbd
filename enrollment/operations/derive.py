"""Rewriting what is derived from a person's facts: spans, movements and the summary on the
participant.

Runs in the same transaction as the fact that changed them. Rows go in by plain SQL because the
importer rewrites tens of thousands of people at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import connection, transaction

from enrollment.activity import (
    RULES,
    Contribution,
    Facts,
    MoveFact,
    PersonSummary,
    StopFact,
    Trace,
    summary_of,
    trace,
)
from enrollment.models import ActivitySpan, Movement, Participant, Receipt, Residence, Stop
from enrollment.operations.on_record import (
    MoveRecord,
    OnRecord,
    ReceiptFact,
    StopRecord,
    on_record,
)
from thaithuy_bhxh.bulk import Staging, chunks, insert_values, rewrite, update_values

CHUNK = 500


@dataclass(slots=True)
class Derived:
    """Everything derived for one person; ``address`` is (commune id, hamlet) of the latest word on
    it.
    """

    participant: int
    traced: Trace
    summary: PersonSummary
    agent: int | None
    commune: int | None
    hamlet: str
    supported_months: int

    @property
    def due_on(self) -> date | None:
        """Last lawful day for the next payment, by the window that the last one had on its day."""
        here = self.summary
        if here.covered_to is None or here.stopped_from is not None:
            return None
        return (here.covered_to + 1 + here.grace).last_day


_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)
"""People whose derived rows an enclosing :func:`derived_once` will write."""


@contextmanager
def derived_once() -> Iterator[None]:
    """Derive each person once, at the end of a transaction that records many facts about the same
    people.

    Only for acts that do not read derived rows on the way. Facts and derived rows are committed
    together or not at all.
    """
    with transaction.atomic():
        waiting: set[int] = set()
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        derive(waiting)


def derive(participants: Iterable[int]) -> None:
    """Rewrite the derived rows of these people (ids), now or at the end of the enclosing
    :func:`derived_once`.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.update(participants)
        return
    ids = sorted(set(participants))
    if len(ids) == 1:
        for participant in Participant.objects.filter(pk=ids[0]):
            derive_one(on_record(participant))
        return
    for chunk in chunks(ids, CHUNK):
        _write(chunk, [derived for derived in compute(chunk)])


def derive_one(known: OnRecord, *further: ReceiptFact) -> None:
    """Write what differs of one person's derived rows, given everything on record and the receipts
    written since.
    """
    pk = known.participant.pk
    if (waiting := _waiting.get()) is not None:
        waiting.add(pk)
        return
    derived = _derive_one(pk, [*known.receipts, *further], known.stops, known.moves)
    rewrite(ActivitySpan, _SPAN, known.spans, span_rows(derived))
    rewrite(Movement, _MOVEMENT, known.movements, movement_rows(derived))
    update_values(Participant, _SUMMARY, [summary_row(derived)])


def introduce(
    rows: Staging,
    people: Iterable[Participant],
    receipts: Iterable[ReceiptFact],
    stops: Iterable[StopRecord] = (),
) -> None:
    """New people, with ids, made ready once and with what is derived from their facts, which the
    caller writes too.
    """
    waiting, received, stopped = _waiting.get(), _grouped(receipts), _grouped(stops)
    for chunk in chunks(people, CHUNK):
        if waiting is None:
            found = [
                _derive_one(one.pk, received.get(one.pk, []), stopped.get(one.pk, []), [])
                for one in chunk
            ]
            for person, derived in zip(chunk, found, strict=True):
                # Past the descriptors of the model, which would cost as much as the arithmetic.
                vars(person).update(zip(_SUMMARY, summary_row(derived), strict=True))
        else:
            found = []
            waiting.update(one.pk for one in chunk)
        rows.take_rows(Participant, chunk, keyed=True)
        rows.take(ActivitySpan, tuple(_SPAN), (row for one in found for row in span_rows(one)))
        rows.take(Movement, tuple(_MOVEMENT), (row for one in found for row in movement_rows(one)))


class Rederived:
    """People on record with further facts that are about to be written: reckoned before the lock,
    written under it.

    Whoever writes it answers for nobody having touched these people meanwhile.
    """

    def __init__(
        self,
        rows: Staging,
        ids: Iterable[int],
        receipts: Iterable[ReceiptFact],
        stops: Iterable[StopRecord],
    ) -> None:
        self._ids = sorted(set(ids))
        self._summaries: list[tuple[Any, ...]] = []
        if _waiting.get() is not None:
            return
        received, stopped = _grouped(receipts), _grouped(stops)
        for chunk in chunks(self._ids, CHUNK):
            found = list(compute(chunk, received, stopped))
            self._summaries += [summary_row(one) for one in found]
            rows.keep(ActivitySpan, tuple(_SPAN), (row for one in found for row in span_rows(one)))
            rows.keep(
                Movement, tuple(_MOVEMENT), (row for one in found for row in movement_rows(one))
            )

    def make_room(self) -> None:
        """Take the old rows away and write the summaries, inside the transaction of the facts; the
        spans and movements follow when the staging is poured.
        """
        if _waiting.get() is not None:
            derive(self._ids)
            return
        for chunk in chunks(self._ids, CHUNK):
            _delete_traces(chunk)
        update_values(Participant, _SUMMARY, self._summaries)


_RECEIPT = (
    "participant_id",
    "received_on",
    "recorded_at",
    "id",
    "from_month",
    "to_month",
    "method",
    "commune_id",
    "agent_id",
    "collector_id",
    "hamlet",
    "supported_months",
    "grace_months",
    "void__voided_month",
)
_STOP = ("participant_id", "month", "reason", "recorded_at", "id", "withdrawal__withdrawn_month")
_MOVE = ("participant_id", "since", "recorded_at", "id", "commune_id", "hamlet")
_Record = TypeVar("_Record", ReceiptFact, StopRecord, MoveRecord)


def compute(
    ids: Sequence[int],
    further: Mapping[int, list[ReceiptFact]] | None = None,
    stopping: Mapping[int, list[StopRecord]] | None = None,
) -> Iterator[Derived]:
    """What the facts of these people come to, with those that are about to be written; nothing is
    written.
    """
    receipts = _grouped(
        map(ReceiptFact._make, Receipt.objects.filter(participant__in=ids).values_list(*_RECEIPT))
    )
    stops = _grouped(
        map(StopRecord._make, Stop.objects.filter(participant__in=ids).values_list(*_STOP))
    )
    moves = _grouped(
        map(MoveRecord._make, Residence.objects.filter(participant__in=ids).values_list(*_MOVE))
    )
    more, ending = further or {}, stopping or {}
    for pk in ids:
        paid, ended = (
            receipts.get(pk, []) + more.get(pk, []),
            stops.get(pk, []) + ending.get(pk, []),
        )
        yield _derive_one(pk, paid, ended, moves.get(pk, []))


def _grouped(records: Iterable[_Record]) -> dict[int, list[_Record]]:
    groups: dict[int, list[_Record]] = {}
    for record in records:
        groups.setdefault(record.participant, []).append(record)
    return groups


def _derive_one(
    pk: int, receipts: list[ReceiptFact], stops: list[StopRecord], moves: list[MoveRecord]
) -> Derived:
    facts = Facts(
        contributions=[_contribution(one) for one in receipts],
        stops=[
            StopFact(int(s.month), s.reason, (s.recorded_at, s.id), _index(s.withdrawn))
            for s in stops
        ],
        moves=[MoveFact(m.since, (m.recorded_at, m.id), m.commune) for m in moves],
    )
    traced = trace(facts)
    live = [r for r in receipts if r.voided is None]
    visits = [(r.received_on, r.recorded_at, r.id, r.commune, r.hamlet) for r in live or receipts]
    last_visit = max([*visits, *(m[1:] for m in moves)], default=None)
    last_receipt = max(live or receipts, key=lambda r: r[1:4], default=None)
    return Derived(
        participant=pk,
        traced=traced,
        summary=summary_of(facts, traced),
        agent=last_receipt.agent if last_receipt else None,
        commune=last_visit[3] if last_visit else None,
        hamlet=last_visit[4] if last_visit else "",
        supported_months=sum(r.supported_months for r in live),
    )


def _contribution(r: ReceiptFact) -> Contribution:
    return Contribution(
        r.received_on,
        (r.recorded_at, r.id),
        int(r.from_month),
        int(r.to_month),
        r.method,
        r.commune,
        r.agent,
        r.collector,
        r.grace,
        _index(r.voided),
    )


_SPAN = {
    "participant_id": "bigint",
    "rule": "text",
    "start": "int",
    "end": "int",
    "commune_id": "bigint",
    "agent_id": "bigint",
    "collector_id": "bigint",
}
_MOVEMENT = {
    "participant_id": "bigint",
    "month": "int",
    "kind": "text",
    "reason": "text",
    "commune_id": "bigint",
    "agent_id": "bigint",
    "collector_id": "bigint",
    "from_commune_id": "bigint",
    "from_agent_id": "bigint",
    "grace": "boolean",
    "strict": "boolean",
}
"""Columns of the derived rows, with PostgreSQL's types."""
_SUMMARY = {
    "agent_id": "bigint",
    "commune_id": "bigint",
    "hamlet": "text",
    "method": "text",
    "first_active": "int",
    "covered_to": "int",
    "active_to": "int",
    "stopped_from": "int",
    "stop_reason": "text",
    "due_on": "date",
    "paid_months": "int",
    "supported_months": "int",
    "id": "bigint",
}
"""Summary columns of a participant, then the key, with PostgreSQL's types."""


def span_rows(derived: Derived) -> Iterator[tuple[Any, ...]]:
    """(participant, rule, start, end, commune, agent, collector) for each span."""
    for rule in RULES:
        for span in derived.traced.spans[rule]:
            yield derived.participant, rule, *span


def movement_rows(derived: Derived) -> Iterator[tuple[Any, ...]]:
    """(participant, month, kind, reason, commune, agent, collector, from commune, from agent,
    grace, strict).
    """
    for step, rules in derived.traced.movements.items():
        yield derived.participant, *step, "grace" in rules, "strict" in rules


def summary_row(derived: Derived) -> tuple[Any, ...]:
    """The participant's summary columns in the order of ``_SUMMARY``."""
    here = derived.summary
    return (
        derived.agent,
        derived.commune,
        derived.hamlet,
        here.method,
        _index(here.first_active),
        _index(here.covered_to),
        _index(here.active_to),
        _index(here.stopped_from),
        here.stop_reason,
        derived.due_on,
        here.paid_months,
        derived.supported_months,
        derived.participant,
    )


def _index(month: int | None) -> int | None:
    return None if month is None else int(month)


def _write(ids: list[int], found: list[Derived]) -> None:
    _delete_traces(ids)
    insert_values(ActivitySpan, _SPAN, (row for one in found for row in span_rows(one)))
    insert_values(Movement, _MOVEMENT, (row for one in found for row in movement_rows(one)))
    update_values(Participant, _SUMMARY, [summary_row(one) for one in found])


def _delete_traces(ids: list[int]) -> None:
    ActivitySpan.objects.filter(participant__in=ids)._raw_delete(connection.alias)
    Movement.objects.filter(participant__in=ids)._raw_delete(connection.alias)
