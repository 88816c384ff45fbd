"""What the registers of courses and cards list, within a reader's scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from agents.access import Scope
from agents.models import CollectionAgent, CollectorCard, CourseAttendance, TrainingCourse
from thaithuy_bhxh.terms import lasting_to
from thaithuy_bhxh.text import sort_key


def agents_in(scope: Scope) -> QuerySet[CollectionAgent]:
    """All agents, the own one, or those with a point that serves the communes held."""
    if scope.everything:
        return CollectionAgent.objects.all()
    if scope.agent is not None:
        return CollectionAgent.objects.filter(pk=scope.agent)
    served = CollectionAgent.objects.filter(points__communes__in=scope.communes)
    return CollectionAgent.objects.filter(pk__in=served.values("pk"))


def attendances_between(scope: Scope, first: date, last: date) -> list[CourseAttendance]:
    """Who was invited to the courses that begin in these days and were not called off, by course,
    agent and name.
    """
    found = CourseAttendance.objects.filter(
        agent__in=agents_in(scope), course__in=courses_between(first, last)
    )
    people = found.select_related("course", "agent", "collector").order_by("pk")
    return sorted(
        people,
        key=lambda one: (
            one.course.starts_on,
            one.course.code,
            one.agent.code,
            sort_key(one.full_name),
        ),
    )


def courses_between(first: date, last: date) -> QuerySet[TrainingCourse]:
    """The courses that begin in these days and were not called off."""
    return TrainingCourse.objects.filter(
        starts_on__gte=first, starts_on__lte=last, cancelled_on=None
    )


def cards_between(scope: Scope, first: date, last: date) -> QuerySet[CollectorCard]:
    """The cards that are valid on some of these days, by agent, collector and first day."""
    valid = lasting_to(first)
    found = CollectorCard.objects.filter(
        valid, valid_from__lte=last, collector__point__agent__in=agents_in(scope)
    )
    return found.select_related("collector__point__agent").order_by(
        "collector__point__agent__code", "collector__code", "valid_from"
    )


def certificates_by(collectors: Iterable[int], last: date) -> dict[int, CourseAttendance]:
    """Collector → the latest certificate given by a day (one query)."""
    rows = CourseAttendance.objects.filter(collector__in=set(collectors), certified_on__lte=last)
    return {
        one.collector_id: one for one in rows.order_by("certified_on", "pk") if one.collector_id
    }
