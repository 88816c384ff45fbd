"""What sides A and B have of contracts and courses: made through the office's own operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agents.models import (
    AgentContract,
    CollectionAgent,
    Collector,
    CourseAttendance,
    Role,
    TrainingCourse,
)
from agents.operations.contracts import do_add_contract
from agents.operations.training import CourseOutcome, do_invite, do_plan_course, do_record_results
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import today


@dataclass(frozen=True)
class PeopleSide:
    """A running contract, somebody invited to the coming course, and a candidate who passed the one
    that is over.
    """

    contract: AgentContract
    guest: CourseAttendance
    candidate: CourseAttendance


@dataclass(frozen=True)
class PeopleScene:
    """Two courses, and what each side has of them."""

    coming: TrainingCourse
    over: TrainingCourse
    a: PeopleSide
    b: PeopleSide
    successor: Collector
    """A colleague of side A's collector."""


def course(cast: Cast, code: str, day: date) -> TrainingCourse:
    """A course of one day."""
    return do_plan_course(
        actor=cast.manager,
        code=code,
        title=f"Nghiệp vụ thu {code}",
        starts_on=day,
        ends_on=day,
        place="Hội trường",
    )


def add_people(cast: Cast) -> PeopleScene:
    """Contracts and courses on both sides."""
    coming, over = (
        course(cast, "TH-01", today() + timedelta(days=20)),
        course(cast, "TH-00", today() - timedelta(20)),
    )
    sides = [_side(cast, agent, coming, over) for agent in (cast.agent_a, cast.agent_b)]
    return PeopleScene(coming, over, *sides, successor=builders.collector(cast.agent_a, 9))


def _side(
    cast: Cast, agent: CollectionAgent, coming: TrainingCourse, over: TrainingCourse
) -> PeopleSide:
    contract = do_add_contract(
        actor=cast.manager,
        agent=agent,
        number=f"HD-{agent.code}",
        signed_on=date(2026, 1, 1),
        valid_from=date(2026, 1, 1),
        valid_to=today() + timedelta(days=30),
        communes=[cast.commune_a],
    )
    guest = invited(cast, coming, agent, f"Người Mời {agent.code}")
    return PeopleSide(contract, guest, passed(cast, over, agent, f"Ứng Viên {agent.code}"))


def invited(
    cast: Cast, to: TrainingCourse, agent: CollectionAgent, name: str, **more: Any
) -> CourseAttendance:
    """A candidate, or with ``collector`` a collector, on the list of a course."""
    day = min(today(), to.starts_on)
    return do_invite(
        actor=cast.manager, course=to, agent=agent, full_name=name, invited_on=day, **more
    )


def passed(
    cast: Cast, of: TrainingCourse, agent: CollectionAgent, name: str, **more: Any
) -> CourseAttendance:
    """Somebody who passed a course that is over."""
    row = invited(cast, of, agent, name, **more)
    do_record_results(actor=cast.manager, course=of, results=[CourseOutcome(row, True, "passed")])
    row.refresh_from_db()
    return row


LEADS_AND_KEEPERS = {str(Role.LEAD), str(Role.MANAGER), str(Role.ADMINISTRATOR)}
"""Who invites and who takes a candidate on."""
