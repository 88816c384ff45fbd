"""Training register: courses of the months asked for, who was invited, present, passed, with which
certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from agents.access import Scope
from agents.models import CourseAttendance, CourseResult
from agents.registers import attendances_between
from reports.definitions.periods import Months, day_in_words, span_in_words
from reports.tables import Column, Row, Table
from thaithuy_bhxh.text import upper_first

CODE = "training"
TITLE = "Sổ theo dõi tập huấn"

COLUMNS = (
    Column("course_code", "Mã lớp", kind="code", width=13),
    Column(
        "course_title",
        "Nội dung",
        kind="text",
        width=26,
        definition="Các lớp bắt đầu trong kỳ, trừ lớp đã hủy.",
    ),
    Column("starts_on", "Từ ngày", kind="date", width=11),
    Column("ends_on", "Đến ngày", kind="date", width=11),
    Column("place", "Địa điểm", kind="text", width=20, on_page=False),
    Column("agent_code", "Mã đại lý", kind="code", width=10, on_page=False),
    Column("agent_name", "Đại lý", kind="text", width=22),
    Column("person", "Họ và tên", kind="text", width=20),
    Column(
        "collector_code",
        "Mã nhân viên thu",
        kind="code",
        width=12,
        definition="Trống: người dự tuyển.",
    ),
    Column("invited", "Mời", group="Số người", total="sum", width=7, definition="Người được mời."),
    Column(
        "attended",
        "Có mặt",
        group="Số người",
        total="sum",
        width=7,
        definition="Người có mặt; trống: chưa ghi.",
    ),
    Column(
        "passed",
        "Đạt",
        group="Số người",
        total="sum",
        width=7,
        definition="Người đạt; trống: chưa có kết quả.",
    ),
    Column("result", "Kết quả", kind="text", width=12),
    Column("certificate_no", "Số giấy chứng nhận", kind="code", width=15),
    Column("certified_on", "Ngày cấp", kind="date", width=11),
)


def build(scope: Scope, months: Months) -> Table:
    """The register for one reader's scope; one row per person and course."""
    people = attendances_between(scope, months.first.first_day, months.last.last_day)
    rows = [Row(_cells(one), _links(one)) for one in people]
    return Table(
        code=CODE,
        title=TITLE,
        subtitle_lines=[upper_first(span_in_words(months.first, months.last))],
        sentence=_sentence(people, months),
        columns=COLUMNS,
        rows=rows,
        total=Row(_sums(rows)),
        parameters=months.parameters,
    )


def _cells(one: CourseAttendance) -> dict[str, Any]:
    course = one.course
    return {
        "course_code": course.code,
        "course_title": course.title,
        "starts_on": day_in_words(course.starts_on),
        "ends_on": day_in_words(course.ends_on),
        "place": course.place,
        "agent_code": one.agent.code,
        "agent_name": one.agent.name,
        "person": one.full_name,
        "collector_code": one.collector.code if one.collector else None,
        "invited": 1,
        "attended": None if one.attended is None else int(one.attended),
        "passed": int(one.result == CourseResult.PASSED) if one.result else None,
        "result": _result(one),
        "certificate_no": one.certificate_no or None,
        "certified_on": day_in_words(one.certified_on),
    }


def _result(one: CourseAttendance) -> str | None:
    if one.attended is None:
        return None
    return (one.get_result_display() or "Có mặt") if one.attended else "Vắng"


def _links(one: CourseAttendance) -> dict[str, str]:
    return {"course_title": reverse("agents:course", args=[one.course_id])}


def _sums(rows: Sequence[Row]) -> dict[str, Any]:
    counted = ("invited", "attended", "passed")
    sums = {key: sum(row.cells[key] or 0 for row in rows) for key in counted}
    return {"course_code": "Cộng", **sums}


def _sentence(people: Sequence[CourseAttendance], months: Months) -> str:
    span = span_in_words(months.first, months.last)
    if not people:
        return f"{upper_first(span)} không mời ai tập huấn."
    courses = len({one.course_id for one in people})
    present = sum(one.attended is True for one in people)
    passed = sum(one.result == CourseResult.PASSED for one in people)
    certified = sum(bool(one.certificate_no) for one in people)
    return (
        f"{upper_first(span)} có {courses} lớp, mời {len(people)} lượt người, {present} có "
        f"mặt, {passed} đạt, "
        f"{certified} có giấy chứng nhận."
    )
