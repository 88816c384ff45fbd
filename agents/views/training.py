"""Training courses: list, page, planning, results, certificates, hiring, and the two sheets of
paper.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.audit_trail import acts_of
from agents.forms.staffing import (
    CertificatesForm,
    CourseCancelForm,
    CourseEditForm,
    CourseForm,
    CourseListForm,
    HireForm,
    ResultsForm,
)
from agents.models import Collector, CourseAttendance, CourseResult, TrainingCourse, User
from agents.operations.hiring import do_hire_candidate
from agents.operations.training import (
    do_cancel_course,
    do_certify_many,
    do_edit_course,
    do_plan_course,
    do_record_results,
    hosts_of,
)
from agents.querysets import office_names
from agents.roles import Can
from agents.staffing import (
    attendances_for,
    coming_courses,
    courses_of_year,
    figures_of,
    get_attendance_for,
    get_course,
    years_of_courses,
)
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page

PER_PAGE = 20
RECENT = 15
"""Acts that a course's page shows; a course has one per person invited."""


@require_safe
@for_capability(Can.SEE_AGENTS)
def courses(request: HttpRequest) -> HttpResponse:
    """What is coming, and the past courses of a year."""
    user, day = reader(request), today()
    form = CourseListForm(request.GET, years_of_courses())
    past = [one for one in courses_of_year(user, form.year) if one.ends_on < day]
    context = {
        "form": form,
        "groups": [("Sắp tới và đang học", coming_courses(user, day)), (form.sentence, past)],
        "day": day,
        "may_edit": user.may(Can.KEEP_COURSES),
    }
    return render(request, "agents/courses.html", context)


@require_safe
@for_capability(Can.SEE_AGENTS)
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """One course with the people whom the reader may see, and the acts that are open."""
    user, day, one = reader(request), today(), get_course(pk)
    people = attendances_for(user, one)
    context: dict[str, Any] = {
        "course": one,
        "day": day,
        "people": people,
        "page": Paginator(_open_first(people), PER_PAGE).get_page(request.GET.get("trang")),
        "figures": figures_of(people),
        "history": acts_of(audit.history_of(one)[:RECENT])
        if user.may(Can.SEE_EVERY_AGENT)
        else None,
        "may_edit": user.may(Can.KEEP_COURSES) and not one.cancelled_on,
        "inviting": inviting(one),
        "may_invite": not one.cancelled_on and user.may(hosts_of(one)),
        "may_hire": user.may(Can.INVITE_AND_HIRE),
        "may_record": user.may(Can.KEEP_COURSES)
        and not one.cancelled_on
        and one.starts_on <= day
        and people,
    }
    return render(request, "agents/course.html", context)


def _open_first(people: list[CourseAttendance]) -> list[CourseAttendance]:
    """Those with whom something is still to be done before the rest, each in the order they had."""

    def is_done(one: CourseAttendance) -> bool:
        waits = one.result == CourseResult.PASSED and one.collector_id is None
        return one.attended is not None and not waits

    return sorted(people, key=is_done)


@require_http_methods(FORM)
@for_capability(Can.KEEP_COURSES)
def course_add(request: HttpRequest) -> HttpResponse:
    form = CourseForm(request.POST or None)
    made: list[TrainingCourse] = []
    if form.is_valid() and attempt(
        form, lambda: made.append(do_plan_course(actor=reader(request), **form.cleaned_data))
    ):
        return done(request, "Đã lập lớp. Hãy mời người học.", "agents:course", made[0].pk)
    return form_page(
        request, form, title="Lập lớp tập huấn", button="Lập lớp", back=reverse("agents:courses")
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_COURSES)
def course_edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_course(pk)
    form = CourseEditForm(request.POST or None, initial=CourseEditForm.initial_of(one))
    if form.is_valid() and attempt(
        form, lambda: do_edit_course(actor=reader(request), course=one, **form.cleaned_data)
    ):
        return done(request, "Đã lưu lớp tập huấn.", "agents:course", pk)
    return form_page(
        request, form, title="Sửa lớp tập huấn", button="Lưu", back=_page(one), lead=str(one)
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_COURSES)
def course_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a course off, for a reason."""
    one = get_course(pk)
    form = CourseCancelForm(request.POST or None, initial={"cancelled_on": today()})
    if form.is_valid() and attempt(
        form, lambda: do_cancel_course(actor=reader(request), course=one, **form.cleaned_data)
    ):
        return done(request, "Đã hủy lớp; lý do nằm trong nhật ký của lớp.", "agents:course", pk)
    return form_page(
        request,
        form,
        title="Hủy lớp tập huấn",
        button="Hủy lớp",
        back=_page(one),
        lead=f"{one}, {one.days}",
        note="Danh sách đã mời được giữ lại; hãy báo cho những người đã mời.",
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_COURSES)
def course_results(request: HttpRequest, pk: int) -> HttpResponse:
    """Attendance and results of everybody in one go."""
    one = get_course(pk)
    form = ResultsForm(request.POST or None, people=attendances_for(reader(request), one))
    if (
        form.is_bound
        and form.is_valid()
        and attempt(
            form,
            lambda: do_record_results(actor=reader(request), course=one, results=form.outcomes),
        )
    ):
        return done(request, "Đã ghi kết quả.", "agents:course", pk)
    context = {
        "form": form,
        "course": one,
        "title": "Ghi kết quả",
        "heading": "Kết quả",
        "button": "Lưu kết quả",
    }
    return render(request, "agents/course_grid.html", context)


@require_http_methods(FORM)
@for_capability(Can.KEEP_COURSES)
def course_certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers of certificates for those who passed."""
    one = get_course(pk)
    passed = [
        row for row in attendances_for(reader(request), one) if row.result == CourseResult.PASSED
    ]
    form = CertificatesForm(
        request.POST or None, people=passed, initial={"certified_on": max(one.ends_on, today())}
    )
    if form.is_valid() and attempt(form, lambda: _certify(reader(request), one, form)):
        return done(request, "Đã ghi giấy chứng nhận.", "agents:course", pk)
    context = {
        "form": form,
        "course": one,
        "title": "Giấy chứng nhận",
        "heading": "Số giấy chứng nhận",
        "button": "Lưu giấy chứng nhận",
    }
    return render(request, "agents/course_grid.html", context)


def _certify(actor: User, one: TrainingCourse, form: CertificatesForm) -> int:
    day = form.cleaned_data["certified_on"]
    return do_certify_many(actor=actor, course=one, numbers=form.numbers, certified_on=day)


@require_http_methods(FORM)
@for_capability(Can.INVITE_AND_HIRE)
def hire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the candidate of an attendance on."""
    row, day = get_attendance_for(reader(request), pk), today()
    if row.collector_id:
        return redirect("agents:collector", row.collector_id)
    form = HireForm(
        request.POST or None,
        agent=row.agent,
        day=day,
        initial={"hired_on": max(day, row.course.ends_on)},
    )
    made: list[Collector] = []
    if form.is_valid() and attempt(
        form,
        lambda: made.append(
            do_hire_candidate(actor=reader(request), attendance=row, **form.cleaned_data)
        ),
    ):
        said = f"Đã nhận {row.full_name} vào làm. Cơ quan BHXH cấp thẻ rồi mới thu được tiền."
        return done(request, said, "agents:collector", made[0].pk)
    return form_page(
        request,
        form,
        title="Nhận vào làm",
        button="Nhận vào làm",
        back=_page(row.course),
        lead=_known(row),
        note="Người này thành nhân viên thu của đại lý nhưng chưa thu được tiền cho đến khi cơ "
        "quan BHXH cấp thẻ.",
    )


def _known(row: CourseAttendance) -> str:
    certificate = f", giấy chứng nhận {row.certificate_no}" if row.certificate_no else ""
    result = row.get_result_display() or "chưa có kết quả"
    return f"{row.full_name}, {row.agent}: {result} lớp {row.course.code}{certificate}"


@require_safe
@for_capability(Can.SEE_AGENTS)
def course_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of those invited, for the letter."""
    return _sheet(request, pk, "invitations")


@require_safe
@for_capability(Can.SEE_AGENTS)
def course_roll(request: HttpRequest, pk: int) -> HttpResponse:
    """The attendance sheet, to be signed."""
    return _sheet(request, pk, "roll")


def _sheet(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    one, day = get_course(pk), today()
    office = office_names().filter(valid_from__lte=day).first()
    letterhead = {"day": day}
    if office:
        letterhead |= {"parent": office.parent_name, "office": office.name, "place": office.place}  # type: ignore[dict-item]
    context = {
        "course": one,
        "kind": kind,
        "people": attendances_for(reader(request), one),
        "letterhead": letterhead,
        "chief_title": office.chief_title if office else "Giám đốc",
    }
    return render(request, "agents/course_sheet.html", context)


def inviting(one: TrainingCourse) -> str:
    """What adding somebody to the list is called: nobody is invited to a course that is over."""
    return "Bổ sung người đã học" if one.ends_on < today() else "Mời người học"


def _page(one: TrainingCourse) -> str:
    return reverse("agents:course", args=[one.pk])
