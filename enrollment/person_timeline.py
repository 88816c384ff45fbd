"""Everything that happened to a person, latest first: receipts, voids, stops, moves, corrections,
territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agents import audit
from agents.models import CommuneSuccession
from enrollment.collector_of_person import WITH_FOLLOWER
from enrollment.models import Participant, Receipt, Residence, Stop
from enrollment.operations.stops import stop_summary
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import upper_first


@dataclass(frozen=True, slots=True)
class Event:
    """One line: the day, what, who; ``amount`` in đồng; ``receipt`` links to a receipt's page."""

    day: date
    text: str
    who: str
    amount: int | None = None
    receipt: Receipt | None = None
    mark: str = ""


_WORDS = {"participant.household": "Ghi vào hộ gia đình"}
"""Acts whose own sentence names somebody whom this reader may not see."""
_AUDITED = (
    "participant.correct",
    "participant.support",
    "participant.household",
    "participant.unmask",
    "participant.source",
)


def timeline_of(person: Participant) -> list[Event]:
    """The events in order of their day, latest first (five queries)."""
    events = [*_receipts(person), *_stops(person), *_moves(person), *_acts(person)]
    return sorted(events, key=lambda event: event.day, reverse=True)


def _receipts(person: Participant) -> list[Event]:
    found: list[Event] = []
    seen = False
    receipts = person.receipts.select_related(
        "collector", "void__recorded_by", "commune", *WITH_FOLLOWER
    )
    for receipt in receipts.order_by("received_on", "id"):
        mark = "tái tục" if seen else "tăng mới"
        voided = getattr(receipt, "void", None)
        seen = seen or voided is None
        text = (
            f"{receipt.months} tháng {receipt.from_month.vi}–{receipt.to_month.vi}, mức "
            f"{dots(receipt.chosen_income)}"
        )
        found.append(
            Event(
                receipt.received_on,
                text,
                receipt.collector.full_name,
                receipt.participant_amount,
                receipt,
                mark,
            )
        )
        if voided:
            found.append(
                Event(
                    voided.voided_on,
                    f"Hủy biên lai {receipt.number}: {voided.reason}",
                    str(voided.recorded_by),
                )
            )
    return found + _successions(person)


def _successions(person: Participant) -> list[Event]:
    """What reorganisations of the territory did to the person's commune since the first receipt."""
    if person.first_active is None or person.commune is None or person.commune.valid_to is None:
        return []  # A unit that still exists has no successor.
    edges = CommuneSuccession.objects.filter(
        predecessor=person.commune_id, effective_on__gte=person.first_active.first_day
    ).select_related("predecessor", "successor")
    return [
        Event(
            e.effective_on,
            f"{upper_first(e.predecessor.label)} sắp xếp thành {e.successor.label}",
            "Địa giới mới",
        )
        for e in edges
        if e.effective_on <= timezone.localdate()
    ]


def _stops(person: Participant) -> list[Event]:
    found: list[Event] = []
    for stop in Stop.objects.filter(participant=person).select_related(
        "recorded_by", "withdrawal__recorded_by"
    ):
        day = min(_day(stop.recorded_at), stop.month.first_day)
        found.append(Event(day, stop_summary(stop), str(stop.recorded_by)))
        taken_back: Any = getattr(stop, "withdrawal", None)
        if taken_back:
            text = f"Rút lại việc dừng từ {stop.month.vi}: {taken_back.reason}"
            found.append(Event(taken_back.withdrawn_on, text, str(taken_back.recorded_by)))
    return found


def _moves(person: Participant) -> list[Event]:
    moves = Residence.objects.filter(participant=person).select_related("commune", "recorded_by")
    return [
        Event(
            m.since,
            f"Chuyển nơi ở đến {', '.join(filter(None, (m.hamlet, m.commune.label)))}",
            str(m.recorded_by),
        )
        for m in moves
    ]


def _acts(person: Participant) -> list[Event]:
    acts = audit.history_of(person).filter(action__in=_AUDITED)[:50]
    return [
        Event(_day(act.at), _WORDS.get(act.action, act.summary), str(act.actor or "Hệ thống"))
        for act in acts
    ]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
