"""An agent takes a candidate on after a course: the lead does it, the office issues the card
afterwards.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import CollectionPoint, Collector, CourseAttendance, CourseResult, User
from agents.operations.collectors import add_collector
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import locked, store


def do_hire_candidate(
    *, actor: User, attendance: CourseAttendance, point: CollectionPoint, code: str, hired_on: date
) -> Collector:
    """The candidate of an attendance becomes a collector at a point of that agent, without a card
    yet.

    For the agent's own lead and for keepers; only who passed, and only once. Raises
    :class:`Refused`.
    """
    if not (actor.may(Can.INVITE_AND_HIRE) and actor.agent_id == attendance.agent_id):
        require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(attendance)
        _refuse_unfit(row, point, hired_on)
        collector = add_collector(actor, point, code, row.full_name, row.phone, hired_on)
        row.collector = collector
        store(row)
        _link_earlier(row, collector)
        audit.record(
            actor=actor,
            action="course.hire",
            on=row.course,
            summary=f"{row.agent} nhận {row.full_name} vào làm từ {hired_on:%d/%m/%Y}, mã "
            f"{collector.code}",
        )
    return collector


def _link_earlier(row: CourseAttendance, collector: Collector) -> None:
    """The same person's other courses are the collector's too, so that nobody waits for a second
    hiring.
    """
    if row.phone:
        same = CourseAttendance.objects.filter(agent=row.agent, collector=None, phone=row.phone)
        same.filter(full_name=row.full_name).exclude(course=row.course_id).update(
            collector=collector
        )


def _refuse_unfit(row: CourseAttendance, point: CollectionPoint, hired_on: date) -> None:
    if row.collector_id:
        raise Refused(f"{row.full_name} đã là nhân viên thu.")
    if row.result != CourseResult.PASSED:
        raise Refused(f"{row.full_name} chưa đạt lớp tập huấn nên chưa nhận vào làm được.")
    if point.agent_id != row.agent_id:
        raise Refused(f"{point} không thuộc {row.agent}.", "point")
    if hired_on < row.course.ends_on:
        raise Refused(
            f"Ngày nhận không được trước ngày kết thúc lớp {row.course.ends_on:%d/%m/%Y}.",
            "hired_on",
        )
