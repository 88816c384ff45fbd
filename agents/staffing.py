"""Contracts, courses and attendances: what the pages read of them, each through its own door.

They hang on agents and follow their scope: office staff all, a lead those of the own agent. Courses
themselves are open to everybody who may enter their pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from agents.cards import CardState, card_state
from agents.contracts import ContractState, contract_state
from agents.models import (
    AgentContract,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CollectorCard,
    CollectorHandover,
    CourseAttendance,
    CourseResult,
    TrainingCourse,
    User,
)
from agents.querysets import agents_visible_to
from thaithuy_bhxh.text import sort_key

T = TypeVar("T")

EXPIRING = 90
"""Days before the end of a card from which on its holder is worth inviting to a course."""


def with_contracts(agents: QuerySet[CollectionAgent]) -> QuerySet[CollectionAgent]:
    """The agents with their contracts fetched along."""
    return agents.prefetch_related(
        Prefetch("contracts", AgentContract.objects.order_by("valid_from"))
    )


def contracts_by_need(
    agents: QuerySet[CollectionAgent], day: date
) -> list[tuple[CollectionAgent, ContractState]]:
    """Agents with the state of their contracts: none first, then ended, then ending soon, each in
    order of code.
    """
    found = [
        (one, contract_state(one.contracts.all(), day, one.closed_on))
        for one in with_contracts(agents)
    ]
    return sorted(found, key=lambda pair: (pair[1].need, pair[0].code))


def get_contract_for(user: User, pk: int) -> AgentContract:
    """The contract with its agent, when inside the reader's scope; 404 otherwise."""
    found = AgentContract.objects.filter(agent__in=agents_visible_to(user)).select_related("agent")
    return _only(found.filter(pk=pk).first())


def coming_courses(user: User, day: date) -> QuerySet[TrainingCourse]:
    """The courses that are not over on a day, next first, counted like those of a year."""
    return _counted(user, TrainingCourse.objects.filter(ends_on__gte=day)).order_by(
        "starts_on", "code"
    )


def courses_of_year(user: User, year: int) -> QuerySet[TrainingCourse]:
    """The courses that begin in a year, latest first, with how many of the reader's people were
    invited, were present and passed.
    """
    return _counted(user, TrainingCourse.objects.filter(starts_on__year=year)).order_by(
        "-starts_on", "code"
    )


def _counted(user: User, courses: QuerySet[TrainingCourse]) -> QuerySet[TrainingCourse]:
    mine = Q(attendances__agent__in=agents_visible_to(user))
    return courses.annotate(
        invited=Count("attendances", filter=mine),
        present=Count("attendances", filter=mine & Q(attendances__attended=True)),
        passed=Count("attendances", filter=mine & Q(attendances__result=CourseResult.PASSED)),
    )


def years_of_courses() -> list[int]:
    """The years in which courses begin, latest first."""
    return [one.year for one in TrainingCourse.objects.dates("starts_on", "year", order="DESC")]


def get_course(pk: int) -> TrainingCourse:
    """A course; 404 when there is none."""
    return _only(TrainingCourse.objects.filter(pk=pk).first())


def attendances_for(user: User, course: TrainingCourse) -> list[CourseAttendance]:
    """The course's people whom the reader may see, by agent and name."""
    found = course.attendances.filter(agent__in=agents_visible_to(user))
    people = found.select_related("agent", "collector__point").order_by("pk")
    return sorted(people, key=lambda one: (one.agent.code, sort_key(one.full_name)))


def get_attendance_for(user: User, pk: int) -> CourseAttendance:
    """An attendance with course and agent, when inside the reader's scope; 404 otherwise."""
    found = CourseAttendance.objects.filter(agent__in=agents_visible_to(user))
    return _only(found.select_related("course", "agent", "collector").filter(pk=pk).first())


def attendances_of(collector: Collector) -> QuerySet[CourseAttendance]:
    """The courses of a collector who was fetched for the reader, latest first."""
    return collector.attendances.select_related("course").order_by("-course__starts_on", "-pk")


def certificates_of(collector: Collector) -> QuerySet[CourseAttendance]:
    """The courses that gave the collector a certificate, latest first."""
    return attendances_of(collector).exclude(certificate_no="")


def handover_of(collector: Collector) -> CollectorHandover | None:
    """Whom a collector who has left handed over to."""
    return CollectorHandover.objects.filter(giver=collector).select_related("taker").first()


def taken_over_by(collector: Collector) -> QuerySet[CollectorHandover]:
    """Whose people a collector has taken over, latest first."""
    return collector.taken_over.select_related("giver").order_by("-handed_on")


def points_open_on(agent: CollectionAgent, day: date) -> QuerySet[CollectionPoint]:
    """The points at which an agent works on a day."""
    found: QuerySet[CollectionPoint] = agent.points.open_on(day)
    return found.order_by("code")


def staff_visible_to(user: User, day: date) -> QuerySet[Collector]:
    """Collectors at work on a day of the open agents that the reader sees, with agent and cards."""
    agents = agents_visible_to(user).filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day))
    found = Collector.objects.filter(point__agent__in=agents).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    )
    return (
        found.select_related("point__agent")
        .prefetch_related("cards")
        .order_by("point__agent__code", "code")
    )


def successors_of(collector: Collector, day: date) -> QuerySet[Collector]:
    """Who could take a collector's people over: colleagues at work; everybody at work once the
    agent has closed.
    """
    agent = collector.point.agent
    found = Collector.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day)).exclude(
        pk=collector.pk
    )
    found = (
        found if agent.closed_on and agent.closed_on <= day else found.filter(point__agent=agent)
    )
    return found.select_related("point").order_by("code")


@dataclass(frozen=True, slots=True)
class Invitable:
    """A collector worth inviting, and why in words; ``reason`` is empty for anybody else."""

    collector: Collector
    reason: str = ""


def invitable(user: User, course: TrainingCourse, day: date) -> list[Invitable]:
    """Who is at work when a course begins, first those whose card ends soon or who never passed
    one.
    """
    passed = Exists(
        CourseAttendance.objects.filter(collector=OuterRef("pk"), result=CourseResult.PASSED)
    )
    guests = course.attendances.exclude(collector=None).values("collector")
    staff = (
        staff_visible_to(user, course.starts_on).exclude(pk__in=guests).annotate(has_passed=passed)
    )
    found = [Invitable(one, _why(one, day)) for one in staff]
    return sorted(found, key=lambda one: not one.reason)


def _why(collector: Collector, day: date) -> str:
    why = []
    last = last_card_day(collector.cards.all())
    if last and last <= day + timedelta(days=EXPIRING):
        why.append(
            f"thẻ hết hạn {last:%d/%m/%Y}" if last >= day else f"thẻ đã hết hạn {last:%d/%m/%Y}"
        )
    if not getattr(collector, "has_passed"):  # noqa: B009 - annotated above, unknown to the model
        why.append("chưa đạt lớp nào")
    return ", ".join(why)


def last_card_day(cards: Iterable[CollectorCard]) -> date | None:
    """The last day of the latest card; ``None`` without a card or when it has no end."""
    latest = max(cards, key=lambda card: card.valid_from, default=None)
    return latest.valid_to if latest else None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A collector of an agent's page: the card's state, and whether this person still works
    there.
    """

    collector: Collector
    state: CardState
    has_left: bool


def staff_of(collectors: Iterable[Collector], day: date) -> list[StaffMember]:
    """An agent's people with the state of their cards; those who left come last."""
    found = [
        StaffMember(
            one, card_state(one.cards.all(), day), bool(one.ended_on and one.ended_on < day)
        )
        for one in collectors
    ]
    return sorted(found, key=lambda one: one.has_left)


@dataclass(frozen=True, slots=True)
class CourseFigures:
    """How a course went for the people whom the reader sees."""

    invited: int
    present: int
    passed: int
    certified: int
    unrecorded: int
    by_agent: Mapping[str, int] = field(default_factory=dict)


def figures_of(people: list[CourseAttendance]) -> CourseFigures:
    """The counts of one course."""
    by_agent: dict[str, int] = {}
    for one in people:
        by_agent[one.agent.name] = by_agent.get(one.agent.name, 0) + 1
    return CourseFigures(
        invited=len(people),
        present=sum(one.attended is True for one in people),
        passed=sum(one.result == CourseResult.PASSED for one in people),
        certified=sum(bool(one.certificate_no) for one in people),
        unrecorded=sum(one.attended is None for one in people),
        by_agent=by_agent,
    )


def _only(found: T | None) -> T:
    if found is None:
        raise Http404
    return found
