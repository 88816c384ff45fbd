"""Training courses: planning, inviting, results, certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import (
    CollectionAgent,
    Collector,
    CourseAttendance,
    CourseResult,
    TrainingCourse,
    User,
)
from agents.phones import phone_of
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import (
    assign,
    changed_labels,
    code_of,
    locked,
    one_at_a_time,
    refuse_stale,
    required,
    stamp,
    store,
)
from thaithuy_bhxh.text import clean, fold, person_name


def do_plan_course(
    *,
    actor: User,
    code: str,
    title: str,
    starts_on: date,
    ends_on: date,
    place: str,
    trainer: str = "",
    invitation_no: str = "",
) -> TrainingCourse:
    """A new course on the days ``starts_on``–``ends_on``. Raises :class:`Refused` naming
    the field.
    """
    require(actor, Can.KEEP_COURSES)
    course = TrainingCourse(code=code_of(required(code, "code", "Hãy nhập mã lớp.")))
    assign(course, **_particulars(title, starts_on, ends_on, place, trainer, invitation_no))
    with transaction.atomic():
        if taken := TrainingCourse.objects.filter(code__iexact=course.code).first():
            raise Refused(f"Mã lớp {course.code} đã có: {taken.title}.", "code")
        store(course, taken=f"Mã lớp {course.code} đã có.", field="code")
        audit.record(
            actor=actor, action="course.plan", on=course, summary=f"Lập lớp {course}, {course.days}"
        )
    return course


def do_edit_course(
    *,
    actor: User,
    course: TrainingCourse,
    title: str,
    starts_on: date,
    ends_on: date,
    place: str,
    trainer: str = "",
    invitation_no: str = "",
    seen: str = "",
) -> TrainingCourse:
    """Correct a course that was not called off; ``seen`` is the :func:`stamp` that the form was
    opened with.
    """
    require(actor, Can.KEEP_COURSES)
    with transaction.atomic():
        row = _held(course)
        now = stamp(row)
        changes = assign(
            row, **_particulars(title, starts_on, ends_on, place, trainer, invitation_no)
        )
        refuse_stale(row, seen=seen, now=now, changes=changes)
        if row.starts_on > today() and row.attendances.filter(attended__isnull=False).exists():
            raise Refused("Lớp đã ghi kết quả nên không thể bắt đầu ở ngày tương lai.", "starts_on")
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="course.edit",
                on=row,
                summary=f"Sửa {changed_labels(row, changes)}",
                changes=changes,
            )
    return row


def do_cancel_course(
    *, actor: User, course: TrainingCourse, cancelled_on: date, reason: str
) -> TrainingCourse:
    """Call a course off, for a reason; refused once somebody's attendance or result is on
    record.
    """
    require(actor, Can.KEEP_COURSES)
    why = required(reason, "reason", "Hãy ghi lý do hủy lớp.")
    with transaction.atomic():
        row = _held(course)
        if row.attendances.filter(attended__isnull=False).exists():
            raise Refused("Lớp đã ghi người có mặt, kết quả; không hủy được nữa.", "cancelled_on")
        changes = assign(row, cancelled_on=cancelled_on)
        store(row)
        audit.record(
            actor=actor, action="course.cancel", on=row, summary=f"Hủy lớp: {why}", changes=changes
        )
    return row


def do_invite(
    *,
    actor: User,
    course: TrainingCourse,
    agent: CollectionAgent,
    collector: Collector | None = None,
    full_name: str = "",
    phone: str = "",
    invited_on: date | None = None,
) -> CourseAttendance:
    """Invite a collector, or a candidate by name, of an agent; a lead invites the own agent's
    people only.

    ``invited_on`` is today unless given. Nobody is invited twice to one course. Whoever
    came uninvited to a course that is over is put on its list by the office, as of its last day.
    """
    _require_host(actor, agent.pk)
    with transaction.atomic():
        return _invite(actor, _held(course), agent, Guest(collector, full_name, phone), invited_on)


def do_invite_collectors(
    *,
    actor: User,
    course: TrainingCourse,
    collectors: Iterable[Collector],
    invited_on: date | None = None,
) -> list[CourseAttendance]:
    """Invite several collectors at once: all of them, or nobody."""
    chosen = list(collectors)
    for one in chosen:
        _require_host(actor, one.point.agent_id)
    with transaction.atomic():
        row = _held(course)
        return [_invite(actor, row, one.point.agent, Guest(one), invited_on) for one in chosen]


def do_withdraw_invitation(*, actor: User, attendance: CourseAttendance) -> None:
    """Take an invitation back, as long as nothing is recorded of how it went."""
    _require_host(actor, attendance.agent_id)
    with transaction.atomic():
        course = _held(attendance.course)
        row = locked(attendance)
        if row.attended is not None:
            raise Refused(f"Đã ghi kết quả của {row.full_name}; không rút lời mời được nữa.")
        audit.record(
            actor=actor,
            action="course.uninvite",
            on=course,
            summary=f"Rút lời mời {row.full_name} ({row.agent})",
        )
        row.delete()


@dataclass(frozen=True, slots=True)
class CourseOutcome:
    """How a course went for one person: ``attended`` ``None`` = not recorded yet; ``result`` empty
    = none yet.
    """

    attendance: CourseAttendance
    attended: bool | None
    result: str = ""


def do_record_results(
    *, actor: User, course: TrainingCourse, results: Iterable[CourseOutcome]
) -> int:
    """Record attendance and results of a course in one go; returns how many persons changed."""
    require(actor, Can.KEEP_COURSES)
    with transaction.atomic():
        row = _held(course)
        if row.starts_on > today():
            raise Refused(f"Lớp chỉ bắt đầu ngày {row.starts_on:%d/%m/%Y}; chưa ghi được kết quả.")
        kept = {one.pk: one for one in row.attendances.select_for_update().order_by("pk")}
        changed = {
            one.full_name: note for one, note in (_noted(kept, given) for given in results) if note
        }
        if changed:
            audit.record(
                actor=actor,
                action="course.results",
                on=row,
                changes=changed,
                summary=f"Ghi kết quả của {len(changed)} người: {', '.join(sorted(changed))}",
            )
    return len(changed)


def do_certify(
    *, actor: User, attendance: CourseAttendance, certificate_no: str, certified_on: date
) -> CourseAttendance:
    """Record the certificate of somebody who passed; a second call corrects it."""
    require(actor, Can.KEEP_COURSES)
    with transaction.atomic():
        return _certify(actor, _held(attendance.course), attendance, certificate_no, certified_on)


def do_certify_many(
    *,
    actor: User,
    course: TrainingCourse,
    numbers: Mapping[CourseAttendance, str],
    certified_on: date,
) -> int:
    """Certificates of one day for several people of a course: all, or none. Returns how many were
    given.
    """
    require(actor, Can.KEEP_COURSES)
    with transaction.atomic():
        row = _held(course)
        for attendance, number in numbers.items():
            try:
                _certify(actor, row, attendance, number, certified_on)
            except Refused as refusal:
                field = (
                    f"number_{attendance.pk}"
                    if refusal.field == "certificate_no"
                    else refusal.field
                )
                raise Refused(refusal.message, field) from refusal
    return len(numbers)


def _certify(
    actor: User,
    course: TrainingCourse,
    attendance: CourseAttendance,
    number: str,
    certified_on: date,
) -> CourseAttendance:
    number = required(number, "certificate_no", "Hãy nhập số giấy chứng nhận.")
    row = locked(attendance)
    one_at_a_time("certificate number")
    _refuse_certificate(row, course, number, certified_on)
    changes = assign(row, certificate_no=number, certified_on=certified_on)
    if changes:
        store(row)
        audit.record(
            actor=actor,
            action="course.certify",
            on=course,
            changes=changes,
            summary=f"Cấp giấy chứng nhận {number} cho {row.full_name}",
        )
    return row


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited: a collector on record, or somebody by name."""

    collector: Collector | None = None
    full_name: str = ""
    phone: str = ""


def hosts_of(course: TrainingCourse) -> Can:
    """Who puts people on the list of a course: leads too until it is over, then the office
    alone.
    """
    return Can.KEEP_COURSES if course.ends_on < today() else Can.INVITE_AND_HIRE


def _invite(
    actor: User,
    course: TrainingCourse,
    agent: CollectionAgent,
    guest: Guest,
    invited_on: date | None,
) -> CourseAttendance:
    collector, day = guest.collector, invited_on or min(today(), course.ends_on)
    if day > course.ends_on or not actor.may(hosts_of(course)):
        raise Refused(
            f"Lớp đã kết thúc ngày {course.ends_on:%d/%m/%Y}; ai đã học mà chưa có trong danh "
            "sách thì báo cơ quan ghi."
        )
    if agent.closed_on and agent.closed_on < course.starts_on:
        raise Refused(f"{agent} đã ngừng hoạt động sau {agent.closed_on:%d/%m/%Y}.", "agent")
    if collector:
        _refuse_collector(collector, agent, course)
    name = (
        collector.full_name
        if collector
        else person_name(required(guest.full_name, "full_name", "Hãy nhập họ và tên."))
    )
    row = CourseAttendance(
        course=course,
        agent=agent,
        collector=collector,
        full_name=name,
        invited_on=day,
        phone=collector.phone if collector else phone_of(guest.phone),
    )
    _refuse_twice(row)
    store(row, taken=f"{name} đã được mời.", field="collector")
    audit.record(actor=actor, action="course.invite", on=course, summary=f"Mời {name} ({agent})")
    return row


def _refuse_collector(collector: Collector, agent: CollectionAgent, course: TrainingCourse) -> None:
    if collector.point.agent_id != agent.pk:
        raise Refused(f"{collector} không thuộc {agent}.", "collector")
    if collector.ended_on and collector.ended_on < course.starts_on:
        raise Refused(f"{collector} đã nghỉ sau {collector.ended_on:%d/%m/%Y}.", "collector")


def _refuse_twice(row: CourseAttendance) -> None:
    for other in row.course.attendances.filter(agent=row.agent):
        same_person = row.collector_id and other.collector_id == row.collector_id
        alike = (
            not row.collector_id
            and not other.collector_id
            and fold(other.full_name) == fold(row.full_name)
        )
        if same_person or (alike and other.phone == row.phone):
            raise Refused(
                f"{row.full_name} đã được mời vào lớp này.",
                "collector" if same_person else "full_name",
            )


def _noted(
    kept: dict[int, CourseAttendance], given: CourseOutcome
) -> tuple[CourseAttendance, list[str]]:
    """The row with what was recorded on it, and before and after in words; empty when nothing
    changed.
    """
    row = kept.get(given.attendance.pk)
    if row is None:
        raise Refused(
            f"{given.attendance.full_name} không còn trong danh sách của lớp; hãy tải lại trang."
        )
    if given.result and (given.result not in CourseResult.values or not given.attended):
        raise Refused(f"{row.full_name}: chỉ người có mặt mới có kết quả.", f"result_{row.pk}")
    if given.result != CourseResult.PASSED:
        _refuse_undoing(row)
    before = _words(row)
    if not assign(row, attended=given.attended, result=given.result):
        return row, []
    store(row)
    return row, [before, _words(row)]


def _refuse_undoing(row: CourseAttendance) -> None:
    """What followed from a pass stands on it."""
    if row.certificate_no:
        raise Refused(
            f"{row.full_name} đã có giấy chứng nhận {row.certificate_no}; kết quả phải là đạt.",
            f"result_{row.pk}",
        )


def _words(row: CourseAttendance) -> str:
    if row.attended is None:
        return "chưa ghi"
    return (row.get_result_display().lower() or "có mặt") if row.attended else "vắng"


def _refuse_certificate(
    row: CourseAttendance, course: TrainingCourse, number: str, certified_on: date
) -> None:
    if row.result != CourseResult.PASSED:
        raise Refused(
            f"{row.full_name} chưa đạt lớp này nên chưa có giấy chứng nhận.", "certificate_no"
        )
    if not course.ends_on <= certified_on <= today():
        raise Refused(
            f"Ngày cấp phải từ ngày kết thúc lớp {course.ends_on:%d/%m/%Y} đến hôm nay.",
            "certified_on",
        )
    same = CourseAttendance.objects.filter(certificate_no__iexact=number).exclude(pk=row.pk).first()
    if same:
        raise Refused(f"Số giấy chứng nhận {number} đã cấp cho {same.full_name}.", "certificate_no")


def _particulars(
    title: str, starts_on: date, ends_on: date, place: str, trainer: str, invitation_no: str
) -> dict[str, Any]:
    if ends_on < starts_on:
        raise Refused(
            f"Ngày kết thúc không được trước ngày bắt đầu {starts_on:%d/%m/%Y}.", "ends_on"
        )
    return {
        "title": required(title, "title", "Hãy nhập nội dung tập huấn."),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "place": required(place, "place", "Hãy nhập địa điểm."),
        "trainer": clean(trainer),
        "invitation_no": clean(invitation_no),
    }


def _held(course: TrainingCourse) -> TrainingCourse:
    """The course as it is now, locked; refused when it was called off."""
    row = locked(course)
    if row.cancelled_on:
        raise Refused(f"Lớp {row.code} đã hủy ngày {row.cancelled_on:%d/%m/%Y}.")
    return row


def _require_host(actor: User, agent: int) -> None:
    """Keepers invite anybody, a lead the own agent's people."""
    if actor.may(Can.INVITE_AND_HIRE) and actor.agent_id == agent:
        return
    require(actor, Can.KEEP_COURSES)
