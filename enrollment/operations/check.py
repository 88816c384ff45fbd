"""Proving every stored figure against the receipts it was derived from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from enrollment.models import ActivitySpan, Movement, Participant, Receipt
from enrollment.operations.derive import (
    CHUNK,
    Derived,
    compute,
    movement_rows,
    span_rows,
    summary_row,
)
from thaithuy_bhxh.bulk import chunks
from thaithuy_bhxh.months import Month

_SPAN = ("participant_id", "rule", "start", "end", "commune_id", "agent_id", "collector_id")
_MOVEMENT = (
    "participant_id",
    "month",
    "kind",
    "reason",
    "commune_id",
    "agent_id",
    "collector_id",
    "from_commune_id",
    "from_agent_id",
    "grace",
    "strict",
)
_SUMMARY = (
    "agent_id",
    "commune_id",
    "hamlet",
    "method",
    "first_active",
    "covered_to",
    "active_to",
    "stopped_from",
    "stop_reason",
    "due_on",
    "paid_months",
    "supported_months",
    "id",
)


def differences() -> Iterator[dict[str, Any]]:
    """One entry per participant and stored table that differs from the facts."""
    for chunk in chunks(
        Participant.objects.order_by("pk").values_list("pk", flat=True).iterator(), CHUNK
    ):
        yield from differences_of(chunk)
    yield from _wrong_receipts()


def differences_of(ids: list[int]) -> Iterator[dict[str, Any]]:
    """The same for these people (ids) only."""
    spans = _stored(ActivitySpan.objects.filter(participant__in=ids).values_list(*_SPAN), 0)
    movements = _stored(Movement.objects.filter(participant__in=ids).values_list(*_MOVEMENT), 0)
    people = _stored(
        Participant.objects.filter(pk__in=ids).values_list(*_SUMMARY), len(_SUMMARY) - 1
    )
    for derived in compute(ids):
        for table, stored, expected in _compared(derived, spans, movements, people):
            if stored != expected:
                yield {
                    "participant": derived.participant,
                    "table": table,
                    "stored": _shown(stored - expected),
                    "expected": _shown(expected - stored),
                }


def _compared(
    derived: Derived, spans: Any, movements: Any, people: Any
) -> Iterator[tuple[str, Any, Any]]:
    pk = derived.participant
    yield "spans", spans.get(pk, set()), {_plain(row) for row in span_rows(derived)}
    yield "movements", movements.get(pk, set()), {_plain(row) for row in movement_rows(derived)}
    yield "participant", people.get(pk, set()), {_plain(summary_row(derived))}


def _stored(rows: Any, key: int) -> dict[int, set[tuple[Any, ...]]]:
    found: dict[int, set[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[key], set()).add(_plain(row))
    return found


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(int(value) if isinstance(value, Month) else value for value in row)


def _shown(rows: set[tuple[Any, ...]]) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in rows)


def _wrong_receipts() -> Iterator[dict[str, Any]]:
    """Receipts whose own month or last paid month does not follow from their day and length."""
    for pk, day, received, first, last, months in Receipt.objects.values_list(
        "pk", "received_on", "received_month", "from_month", "to_month", "months"
    ).iterator():
        if Month.of(day) != received or int(last) != int(first) + months - 1:
            yield {
                "receipt": pk,
                "table": "receipt",
                "stored": [str(received), str(last)],
                "expected": [],
            }
