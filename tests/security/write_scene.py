"""One record in every situation in which side A may meet it, for the table of who may
change what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agents.models import CollectionAgent, Collector, Commune, OfficeSetting
from agents.office_settings import forget_kept
from enrollment.models import Complaint, Participant, Receipt
from enrollment.operations.service import do_record_complaint
from enrollment.operations.stops import do_stop
from enrollment.write_scope import VOID_DAYS
from tests import builders
from tests.security.scene import Scene
from thaithuy_bhxh.clock import this_month, today

OWN, OTHER_AGENT, OTHER_COMMUNE = "own", "other_agent", "other_commune"
MOVED_HERE, MOVED_AWAY, OLD, CLOSED = "moved_here", "moved_away", "old", "closed"
SITUATIONS = (OWN, OTHER_AGENT, OTHER_COMMUNE, MOVED_HERE, MOVED_AWAY, OLD, CLOSED)


@dataclass(frozen=True)
class Case:
    """A payer with a receipt and a complaint about it, and a payer who has stopped, both in one
    situation.
    """

    person: Participant
    receipt: Receipt
    complaint: Complaint
    stopped: Participant


def cases_of(scene: Scene) -> dict[str, Case]:
    """By situation; the last two are side A's own, which :data:`BEFORE` makes old or closed."""
    cast = scene.cast
    a, b = (cast.commune_a, cast.collector_a), (cast.commune_b, cast.collector_b)
    own = _case(scene, a)
    return {
        OWN: own,
        OTHER_AGENT: _case(scene, (cast.commune_a, cast.collector_b)),
        OTHER_COMMUNE: _case(scene, (cast.commune_b, cast.collector_a)),
        MOVED_HERE: _case(scene, b, then=a),
        MOVED_AWAY: _case(scene, a, then=b),
        OLD: own,
        CLOSED: own,
    }


Place = tuple[Commune, Collector]


def _case(scene: Scene, first: Place, then: Place | None = None) -> Case:
    receipt, other = (_paid(scene, first, then) for _ in range(2))
    manager = scene.cast.manager
    do_stop(
        actor=manager, participant=other.participant, month=this_month() + 12, reason="compulsory"
    )
    complaint = do_record_complaint(
        actor=manager,
        agent=receipt.agent,
        received_on=today(),
        channel="phone",
        content=f"Về {receipt.number}",
        receipt=receipt,
    )
    receipt.participant.phone = "0912345678"
    receipt.participant.save(update_fields=["phone"])
    return Case(receipt.participant, receipt, complaint, other.participant)


def _paid(scene: Scene, first: Place, then: Place | None) -> Receipt:
    """The first receipt; with ``then`` the same payer pays the months after it there."""
    day = this_month().first_day
    receipt = builders.paid(scene.cast.manager, *first, day, months=1)
    if then:
        later = builders.again(receipt.participant, months=6, from_month=this_month() + 1)
        builders.paid(scene.cast.manager, *then, day, **later)
    return receipt


def _beyond_the_offices_days(scene: Scene) -> None:
    """The office leaves agents no day at all: what was recorded before now is old."""
    OfficeSetting.objects.create(
        key=VOID_DAYS,
        value=0,
        valid_from=date(2026, 1, 1),
        why="thử",
        set_by=scene.cast.manager,
        set_at=scene.a.receipt.recorded_at,
    )
    forget_kept()


def _closed(scene: Scene) -> None:
    """Side A's agent has closed."""
    CollectionAgent.objects.filter(pk=scene.cast.agent_a.pk).update(
        closed_on=today() - timedelta(days=1)
    )


BEFORE: dict[str, Callable[[Scene], None]] = {OLD: _beyond_the_offices_days, CLOSED: _closed}
