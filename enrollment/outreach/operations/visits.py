"""A visit to a household, saved for all its members in one act (docs/rules.md 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import Collaborator, CollectionAgent, Collector, Commune, User
from agents.roles import Can
from enrollment.models import (
    Household,
    HouseholdVisit,
    Participant,
    Prospect,
    VisitOutcome,
)
from enrollment.outreach.next_steps import next_after
from enrollment.outreach.operations.prospects import exclude
from enrollment.outreach.operations.sharing import extend
from enrollment.outreach.people import Who, people_for
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import one_at_a_time, store
from thaithuy_bhxh.text import clean

OLDEST = timedelta(days=60)
"""How long ago a visit may have been when it is written down."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the visit for one member; an empty step or day is set by the office's rule."""

    person: Who
    outcome: str
    next_step: str = ""
    next_on: date | None = None
    reason: str = ""
    """Of an :class:`~enrollment.models.Exclusion`, for who may not be approached."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as a form or a telephone states it."""

    key: UUID
    visited_at: datetime
    met: bool
    results: Sequence[Result]
    commune: Commune
    hamlet: str = ""
    household: Household | None = None
    collector: Collector | None = None
    collaborator: Collaborator | None = None
    officer: User | None = None
    leader: User | None = None
    note: str = ""
    off_line: bool = field(default=False)


def do_record_visit(*, actor: User, visit: Visit) -> HouseholdVisit:
    """Write a visit down with its outcomes; the same ``key`` sent twice is one visit.

    An exclusion leaves its person alone from that day on; every contact keeps the people with
    whoever holds them. Raises :class:`Refused`.
    """
    require(actor, Can.RECORD_OUTREACH)
    with transaction.atomic():
        one_at_a_time(f"visit {visit.key}")
        if noted := HouseholdVisit.objects.filter(key=visit.key).first():
            return _own(actor, noted)
        _refuse_time(visit)
        people = _people(actor, visit)
        row = _written(actor, visit)
        for one in visit.results:
            _outcome(actor, row, one, people[one.person])
        _after(visit)
        audit.record(
            actor=actor,
            action="outreach.visit",
            on=row,
            summary=_in_words(row, visit),
            changes={"results": [f"{one.person} {one.outcome}" for one in visit.results]},
        )
    return row


def _own(actor: User, noted: HouseholdVisit) -> HouseholdVisit:
    if noted.recorded_by_id != actor.pk:
        raise Refused("Lần đến này đã được người khác ghi.")
    return noted


def _refuse_time(visit: Visit) -> None:
    now = timezone.now()
    if visit.visited_at > now + timedelta(minutes=10):
        raise Refused("Giờ đến ở tương lai; hãy xem lại đồng hồ điện thoại.", "visited_at")
    if visit.visited_at < now - OLDEST:
        raise Refused(f"Lần đến đã quá {OLDEST.days} ngày nên không ghi được nữa.", "visited_at")
    if not visit.results:
        raise Refused("Hãy ghi kết quả cho ít nhất một người trong hộ.", "results")


def _people(actor: User, visit: Visit) -> dict[Who, Prospect | Participant]:
    named = [one.person for one in visit.results]
    if len(set(named)) < len(named):
        raise Refused("Mỗi người trong hộ chỉ có một kết quả.", "results")
    found = people_for(actor, named)
    if len(found) < len(named):
        raise Refused("Có người không còn trong danh sách của bạn; hãy tải lại trang.", "results")
    return found


def _written(actor: User, visit: Visit) -> HouseholdVisit:
    row = HouseholdVisit(
        key=visit.key,
        household=visit.household,
        commune=visit.commune,
        hamlet=clean(visit.hamlet),
        agent=_agent_of(actor, visit),
        collector=visit.collector or actor.collector,
        collaborator=visit.collaborator,
        officer=visit.officer or (actor if actor.may(Can.FOLLOW_COMMUNES) else None),
        leader=visit.leader,
        visited_on=timezone.localdate(visit.visited_at),
        visited_at=visit.visited_at,
        met=visit.met,
        note=clean(visit.note),
        off_line=visit.off_line,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    store(row)
    return row


def _agent_of(actor: User, visit: Visit) -> CollectionAgent | None:
    """The agent for whose people somebody went; none when the office went alone."""
    collector = visit.collector or actor.collector
    return actor.agent or (collector.point.agent if collector else None)


def _outcome(actor: User, row: HouseholdVisit, one: Result, person: Prospect | Participant) -> None:
    if one.outcome not in VisitOutcome.Kind.values:
        raise Refused(f"Hãy chọn kết quả cho {person}.", "results")
    if not row.met and one.outcome != VisitOutcome.Kind.NOT_HOME:
        raise Refused("Không gặp được thì kết quả là “Không có nhà”.", "results")
    rule = next_after(one.outcome, row.visited_on)
    step = (
        VisitOutcome.Next(one.next_step) if one.next_step in VisitOutcome.Next.values else rule.step
    )
    VisitOutcome.objects.create(
        **one.person.columns,
        visit=row,
        outcome=one.outcome,
        next_step=step,
        next_on=one.next_on or (rule.on if step == rule.step else None),
    )
    if one.outcome == VisitOutcome.Kind.EXCLUDED:
        exclude(actor, person, one.reason, row.note, today())


def _after(visit: Visit) -> None:
    about = Q()
    for one in visit.results:
        about |= Q(**one.person.columns)
    extend(about, timezone.localdate(visit.visited_at))


def _in_words(row: HouseholdVisit, visit: Visit) -> str:
    met = "gặp được" if row.met else "không gặp"
    place = ", ".join(filter(None, (row.hamlet, row.commune.label)))
    return f"Đến hộ ở {place}: {met}, {len(visit.results)} người"
