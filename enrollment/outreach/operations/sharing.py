"""Who works with whom: people given to collectors and collaborators, and given back.

One worker at a time holds a person; whoever is not in touch before the term gives the person back
by that alone (docs/rules.md 9.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agents import audit
from agents.access import require, scope_of
from agents.models import Collaborator, CollectionAgent, Collector, User
from agents.office_settings import Definition, define, office_setting
from agents.roles import Can
from enrollment.models import Holding, Participant, Prospect
from enrollment.outreach.people import PARTICIPANT, PROSPECT, Who
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import locked

HELD_DAYS = define(
    Definition(
        "held_days",
        "Số ngày giữ một người tiềm năng mà chưa tiếp xúc",
        "Quá số ngày này mà chưa gặp, chưa gọi thì người đó tự về danh sách chung; mỗi lần tiếp "
        "xúc tính lại từ đầu.",
        "ngày",
        default=30,
        least=1,
        most=365,
    )
)
Worker = Collector | Collaborator


@dataclass(frozen=True, slots=True)
class Shared:
    """How many people were given, and how many others hold already."""

    given: int
    held: int


def do_share_out(*, actor: User, people: Sequence[Who], workers: Sequence[Worker]) -> Shared:
    """Give people, in the order of the list, to the workers in even parts: neighbours stay
    together. Whoever is held already stays so and is only counted.

    The people were chosen in the actor's scope. Raises :class:`Refused`.
    """
    require(actor, Can.SHARE_PROSPECTS)
    if not workers:
        raise Refused("Hãy chọn người nhận.", "workers")
    if not people:
        raise Refused("Hãy chọn ít nhất một người để chia.", "people")
    for one in workers:
        _refuse_worker(actor, one)
    with transaction.atomic():
        free = _free(actor, people, workers[0])
        rows = [
            _holding(actor, one, workers[place * len(workers) // len(free)])
            for place, one in enumerate(free)
        ]
        Holding.objects.bulk_create(rows)
        for one in workers:
            _record(actor, one, sum(row.worker == one for row in rows))
    return Shared(len(rows), len(people) - len(rows))


def _free(actor: User, people: Sequence[Who], worker: Worker) -> list[Who]:
    """Those whom nobody holds, locked, in their order; holdings that ran out are closed."""
    seen = _locked_keys(actor, people, agent_of(worker))
    about = _about(seen)
    Holding.objects.filter(about, released_at__isnull=True, until__lt=today()).update(
        released_at=timezone.now(), released_why=Holding.Why.RAN_OUT
    )
    held = {
        Who(PROSPECT, prospect) if prospect else Who(PARTICIPANT, participant)
        for prospect, participant in Holding.objects.filter(
            about, released_at__isnull=True
        ).values_list("prospect", "participant")
    }
    return [one for one in dict.fromkeys(people) if one in seen and one not in held]


def _locked_keys(actor: User, people: Sequence[Who], agent: CollectionAgent) -> set[Who]:
    """Whom of them the actor may give to this agent: prospects of the own scope, participants
    whose agent it is.
    """
    prospects = Prospect.objects.select_for_update(of=("self",)).filter(
        pk__in=Prospect.objects.visible_to(actor)
        .open()
        .filter(pk__in=[one.pk for one in people if one.kind == PROSPECT])
        .values("pk")
    )
    members = Participant.objects.select_for_update(of=("self",)).filter(
        pk__in=Participant.objects.visible_to(actor)
        .filter(pk__in=[one.pk for one in people if one.kind == PARTICIPANT], agent=agent)
        .values("pk")
    )
    keys = [Who(PROSPECT, pk) for pk in prospects.order_by("pk").values_list("pk", flat=True)]
    return {
        *keys,
        *(Who(PARTICIPANT, pk) for pk in members.order_by("pk").values_list("pk", flat=True)),
    }


def _about(people: set[Who]) -> Q:
    return Q(prospect__in=[one.pk for one in people if one.kind == PROSPECT]) | Q(
        participant__in=[one.pk for one in people if one.kind == PARTICIPANT]
    )


def _holding(actor: User, person: Who, worker: Worker) -> Holding:
    return Holding(
        **person.columns,
        **worker_columns(worker),
        agent=agent_of(worker),
        held_at=timezone.now(),
        held_by=actor,
        until=held_until(today()),
    )


def worker_columns(worker: Worker) -> dict[str, int]:
    """The column that names a worker."""
    name = "collector_id" if isinstance(worker, Collector) else "collaborator_id"
    return {name: worker.pk}


def agent_of(worker: Worker) -> CollectionAgent:
    """The agent for which somebody works."""
    return worker.point.agent if isinstance(worker, Collector) else worker.agent


def held_until(day: date) -> date:
    """Until when a person is held after a contact on this day."""
    return day + timedelta(days=office_setting(HELD_DAYS))


def _refuse_worker(actor: User, worker: Worker) -> None:
    scope = scope_of(actor)
    if scope.agent is not None and agent_of(worker).pk != scope.agent:
        raise Refused(f"{worker} không thuộc đại lý của bạn.", "workers")
    ended = worker.ended_on if isinstance(worker, Collector) else worker.valid_to
    if ended and ended < today():
        raise Refused(f"{worker} đã thôi việc; hãy chọn người khác.", "workers")


def _record(actor: User, worker: Worker, count: int) -> None:
    if count:
        audit.record(
            actor=actor,
            action="outreach.share",
            on=worker,
            summary=f"Giao {count} người tiềm năng cho {worker}",
            changes={"count": count},
        )


def holdings_for(user: User) -> QuerySet[Holding]:
    """The holdings in force that the reader may end: of the own agent, of people of the own
    communes, or all.
    """
    scope = scope_of(user)
    found = Holding.objects.in_force(today())
    if scope.agent is not None:
        return found.filter(agent=scope.agent)
    return found.filter(
        scope.q(commune="prospect__commune") | scope.q(commune="participant__commune")
    )


def do_release(*, actor: User, holding: Holding, why: str = Holding.Why.GIVEN_BACK) -> Holding:
    """Give a person back to the pool: the worker the own ones, the lead those of the agent, the
    office all of its communes.
    """
    require(actor, Can.RECORD_OUTREACH)
    with transaction.atomic():
        row = locked(holding)
        if row.released_at:
            return row
        if not holdings_for(actor).filter(pk=row.pk).exists():
            raise PermissionDenied("Người này do đại lý khác giữ.")
        if not actor.may(Can.SHARE_PROSPECTS) and row.collector_id != actor.collector_id:
            raise Refused("Chỉ người đang giữ hoặc phụ trách đại lý trả lại được.")
        row.released_at, row.released_why, row.released_by = timezone.now(), why, actor
        row.save(update_fields=["released_at", "released_why", "released_by"])
        audit.record(
            actor=actor,
            action="outreach.release",
            on=row.person,
            summary=f"{row.worker} trả lại {row.person}",
            changes={"why": why},
        )
    return row


def do_release_untouched(*, actor: User, worker: Worker) -> int:
    """Give back all people of a worker with whom there was no contact yet; gives how many."""
    require(actor, Can.SHARE_PROSPECTS)
    _refuse_other_agent(actor, worker)
    with transaction.atomic():
        found = untouched(Holding.objects.filter(**worker_columns(worker)))
        count = found.update(
            released_at=timezone.now(), released_why=Holding.Why.GIVEN_BACK, released_by=actor
        )
        audit.record(
            actor=actor,
            action="outreach.release",
            on=worker,
            summary=f"Thu về {count} người {worker} chưa tiếp xúc",
            changes={"count": count},
        )
    return count


def _refuse_other_agent(actor: User, worker: Worker) -> None:
    scope = scope_of(actor)
    if scope.agent is not None and agent_of(worker).pk != scope.agent:
        raise Refused(f"{worker} không thuộc đại lý của bạn.", "workers")


def untouched(holdings: QuerySet[Holding]) -> QuerySet[Holding]:
    """Open holdings whose end no contact has moved on."""
    days = timedelta(days=office_setting(HELD_DAYS))
    open_rows = holdings.filter(released_at__isnull=True)
    keys = [
        pk
        for pk, held_at, until in open_rows.values_list("pk", "held_at", "until")
        if until <= timezone.localdate(held_at) + days
    ]
    return open_rows.filter(pk__in=keys)


def extend(about: Q, day: date) -> None:
    """A contact on a day keeps a person with whoever holds it; inside the transaction of the
    contact.
    """
    until = held_until(day)
    Holding.objects.filter(about, released_at__isnull=True, until__lt=until).update(until=until)


def hand_on(actor: User, giver: Collector, taker: Collector) -> int:
    """A leaver's people go over to the successor, inside the transaction of the hand-over; gives
    how many.
    """
    rows = list(
        Holding.objects.select_for_update()
        .filter(collector=giver, released_at__isnull=True)
        .order_by("pk")
    )
    Holding.objects.filter(pk__in=[row.pk for row in rows]).update(
        released_at=timezone.now(), released_why=Holding.Why.HANDED_ON, released_by=actor
    )
    Holding.objects.bulk_create(
        Holding(
            prospect_id=row.prospect_id,
            participant_id=row.participant_id,
            collector=taker,
            agent=agent_of(taker),
            held_at=timezone.now(),
            held_by=actor,
            until=max(row.until, held_until(today())),
        )
        for row in rows
        if row.until >= today()
    )
    return len(rows)
