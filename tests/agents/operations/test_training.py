"""Courses: planned, invited to, held, certified; a candidate who passed is taken on; the card names
the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents import audit
from agents.models import Collector, CollectorCard, CourseAttendance, TrainingCourse, User
from agents.operations import training
from agents.operations.collectors import do_add_card, do_add_collector
from agents.operations.hiring import do_hire_candidate
from agents.operations.training import CourseOutcome
from agents.staffing import invitable
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.security.people_scene import course, invited, passed
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

Login = Callable[[User], Client]
AGO, AHEAD = timedelta(days=20), timedelta(days=20)


def over(cast: Cast, code: str = "TH-00") -> TrainingCourse:
    return course(cast, code, today() - AGO)


def coming(cast: Cast, code: str = "TH-01") -> TrainingCourse:
    return course(cast, code, today() + AHEAD)


def test_a_code_is_used_once_and_a_course_ends_no_sooner_than_it_begins(cast: Cast):
    coming(cast)
    with pytest.raises(Refused, match="Mã lớp TH-01 đã có"):
        course(cast, " th-01", today())
    with pytest.raises(Refused) as refused:
        training.do_plan_course(
            actor=cast.manager,
            code="X",
            title="Lớp",
            starts_on=today(),
            ends_on=today() - AGO,
            place="Hội trường",
        )
    assert refused.value.field == "ends_on" and TrainingCourse.objects.count() == 1


def test_a_cancelled_course_keeps_its_list_and_its_reason_and_takes_nobody_more(cast: Cast):
    one = coming(cast)
    invited(cast, one, cast.agent_a, "Ứng Viên Một")
    training.do_cancel_course(
        actor=cast.manager, course=one, cancelled_on=today(), reason="Bão số 3"
    )
    assert one.attendances.count() == 1 and "Bão số 3" in audit.history_of(one)[0].summary
    with pytest.raises(Refused, match="đã hủy"):
        invited(cast, one, cast.agent_a, "Ứng Viên Hai")
    with pytest.raises(Refused, match="đã hủy"):
        training.do_edit_course(
            actor=cast.manager,
            course=one,
            title="Khác",
            starts_on=today(),
            ends_on=today(),
            place="Khác",
        )


def test_a_course_that_was_held_is_not_called_off(cast: Cast):
    one = over(cast)
    passed(cast, one, cast.agent_a, "Ứng Viên Một")
    with pytest.raises(Refused, match="không hủy được nữa"):
        training.do_cancel_course(
            actor=cast.manager, course=one, cancelled_on=today(), reason="thử"
        )


def test_nobody_is_invited_twice(cast: Cast):
    one = coming(cast)
    training.do_invite_collectors(
        actor=cast.manager, course=one, collectors=[cast.collector_a, cast.collector_b]
    )
    invited(cast, one, cast.agent_a, "Nguyễn Văn Mẫu", phone="0912345678")
    with pytest.raises(Refused, match="đã được mời"):
        training.do_invite(
            actor=cast.manager, course=one, agent=cast.agent_a, collector=cast.collector_a
        )
    with pytest.raises(Refused, match="đã được mời"):
        invited(cast, one, cast.agent_a, "nguyen van mau", phone="+84 912 345 678")
    assert one.attendances.count() == 3


def test_of_several_collectors_all_are_invited_or_none(cast: Cast):
    one = coming(cast)
    invited(cast, one, cast.agent_b, "", collector=cast.collector_b)
    with pytest.raises(Refused):
        training.do_invite_collectors(
            actor=cast.manager, course=one, collectors=[cast.collector_a, cast.collector_b]
        )
    assert [row.collector for row in one.attendances.all()] == [cast.collector_b]


def test_a_lead_invites_and_takes_back_the_own_agents_people_only(cast: Cast):
    one = coming(cast)
    row = training.do_invite(
        actor=cast.lead_a, course=one, agent=cast.agent_a, full_name="Ứng Viên Một"
    )
    other = invited(cast, one, cast.agent_b, "Ứng Viên Hai")
    with pytest.raises(PermissionDenied):
        training.do_invite(
            actor=cast.lead_a, course=one, agent=cast.agent_b, full_name="Ứng Viên Ba"
        )
    with pytest.raises(PermissionDenied):
        training.do_withdraw_invitation(actor=cast.lead_a, attendance=other)
    with pytest.raises(Refused, match="không thuộc"):
        training.do_invite(
            actor=cast.lead_a, course=one, agent=cast.agent_a, collector=cast.collector_b
        )
    training.do_withdraw_invitation(actor=cast.lead_a, attendance=row)
    assert list(one.attendances.all()) == [other]


def test_results_are_recorded_in_one_go_from_the_first_day_on(cast: Cast):
    with pytest.raises(Refused, match="chưa ghi được kết quả"):
        training.do_record_results(actor=cast.manager, course=coming(cast), results=[])
    one = over(cast)
    a, b = (invited(cast, one, cast.agent_a, f"Ứng Viên {n}") for n in ("Một", "Hai"))
    done = training.do_record_results(
        actor=cast.manager,
        course=one,
        results=[CourseOutcome(a, True, "failed"), CourseOutcome(b, False)],
    )
    a.refresh_from_db()
    b.refresh_from_db()
    assert (done, a.attended, a.result, b.attended, b.result) == (2, True, "failed", False, "")
    entry = audit.history_of(one)[0]
    assert entry.changes == {
        "Ứng Viên Một": ["chưa ghi", "không đạt"],
        "Ứng Viên Hai": ["chưa ghi", "vắng"],
    }
    with pytest.raises(Refused, match="chỉ người có mặt"):
        training.do_record_results(
            actor=cast.manager,
            course=one,
            results=[CourseOutcome(a, True, "passed"), CourseOutcome(b, False, "passed")],
        )
    a.refresh_from_db()
    assert a.result == "failed"


def test_only_who_passed_is_certified_and_a_number_is_given_once(cast: Cast):
    one = over(cast)
    a = passed(cast, one, cast.agent_a, "Ứng Viên Một")
    b = invited(cast, one, cast.agent_a, "Ứng Viên Hai")
    training.do_certify(
        actor=cast.manager, attendance=a, certificate_no="01/CN", certified_on=today()
    )
    with pytest.raises(Refused, match="chưa đạt lớp này"):
        training.do_certify(
            actor=cast.manager, attendance=b, certificate_no="02/CN", certified_on=today()
        )
    training.do_record_results(
        actor=cast.manager, course=one, results=[CourseOutcome(b, True, "passed")]
    )
    with pytest.raises(Refused, match="đã cấp cho Ứng Viên Một"):
        training.do_certify(
            actor=cast.manager, attendance=b, certificate_no="01/cn", certified_on=today()
        )
    with pytest.raises(Refused, match="Ngày cấp phải từ"):
        training.do_certify(
            actor=cast.manager, attendance=b, certificate_no="2", certified_on=one.ends_on - AGO
        )
    with pytest.raises(Refused, match="kết quả phải là đạt"):
        training.do_record_results(
            actor=cast.manager, course=one, results=[CourseOutcome(a, False)]
        )


@pytest.mark.parametrize("role", ["officer", "auditor", "lead", "collector"])
def test_only_keepers_plan_record_and_certify(cast: Cast, role: str):
    actor, one = cast.by_role(role), over(cast)
    row = passed(cast, one, cast.agent_a, "Ứng Viên Một")
    acts: list[Callable[[], Any]] = [
        lambda: training.do_plan_course(
            actor=actor, code="X", title="Lớp", starts_on=today(), ends_on=today(), place="P"
        ),
        lambda: training.do_record_results(actor=actor, course=one, results=[]),
        lambda: training.do_certify(
            actor=actor, attendance=row, certificate_no="1", certified_on=today()
        ),
        lambda: training.do_cancel_course(
            actor=actor, course=one, cancelled_on=today(), reason="thử"
        ),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def hire(cast: Cast, row: CourseAttendance, actor: User | None = None, **more: Any) -> Collector:
    values: dict[str, Any] = {
        "point": cast.collector_a.point,
        "code": "bd001-77",
        "hired_on": today(),
        **more,
    }
    return do_hire_candidate(actor=actor or cast.lead_a, attendance=row, **values)


def test_a_lead_takes_a_candidate_on_who_has_no_card_before_the_office_issues_it(cast: Cast):
    one = over(cast)
    row = passed(cast, one, cast.agent_a, "Ứng Viên Một", phone="0912345678")
    earlier = passed(cast, over(cast, "TH-0"), cast.agent_a, "Ứng Viên Một", phone="0912345678")
    hired = hire(cast, row)
    row.refresh_from_db()
    earlier.refresh_from_db()
    assert (hired.code, hired.full_name, hired.phone, hired.hired_on) == (
        "BD001-77",
        "Ứng Viên Một",
        "0912345678",
        today(),
    )
    assert row.collector == earlier.collector == hired and not hired.cards.exists()
    with pytest.raises(Refused, match="đã là nhân viên thu"):
        hire(cast, row, code="BD001-78")


def test_only_who_passed_is_taken_on_by_the_own_lead_at_a_point_of_the_agent(cast: Cast):
    one = over(cast)
    row = passed(cast, one, cast.agent_a, "Ứng Viên Một")
    failed = invited(cast, one, cast.agent_a, "Ứng Viên Hai")
    with pytest.raises(Refused, match="chưa đạt"):
        hire(cast, failed)
    with pytest.raises(Refused, match="không thuộc"):
        hire(cast, row, point=cast.collector_b.point)
    with pytest.raises(Refused, match="không được trước ngày kết thúc lớp"):
        hire(cast, row, hired_on=one.ends_on - AGO)
    for actor in (cast.lead_b, cast.officer_a, cast.staff_a):
        with pytest.raises(PermissionDenied):
            hire(cast, row, actor=actor)
    assert Collector.objects.count() == 2


def test_a_card_names_the_certificate_of_its_own_holder(cast: Cast):
    row = passed(cast, over(cast), cast.agent_a, "Ứng Viên Một")
    training.do_certify(
        actor=cast.manager, attendance=row, certificate_no="01/CN", certified_on=today()
    )
    hired = hire(cast, row)
    row.refresh_from_db()
    card: dict[str, Any] = {
        "number": "T-77",
        "valid_from": today(),
        "valid_to": None,
        "attendance": row,
    }
    with pytest.raises(Refused, match="của chính nhân viên thu này"):
        do_add_card(
            actor=cast.manager, collector=builders.collector(cast.agent_a, 2, today() - AGO), **card
        )
    with pytest.raises(Refused, match="chỉ làm việc từ"):
        do_add_card(actor=cast.manager, collector=hired, **{**card, "valid_from": today() - AGO})
    do_add_card(actor=cast.manager, collector=hired, **card)
    assert "theo giấy chứng nhận 01/CN (TH-00)" in audit.history_of(hired)[0].summary


def test_first_to_be_invited_are_those_whose_card_ends_soon_or_who_never_passed(cast: Cast):
    trained = builders.collector(cast.agent_a, 2)
    passed(cast, over(cast), cast.agent_a, "", collector=trained)
    ending = builders.collector(cast.agent_a, 3, card_to=today() + timedelta(days=90))
    passed(cast, over(cast, "TH-X"), cast.agent_a, "", collector=ending)
    found = [(one.collector, one.reason) for one in invitable(cast.lead_a, coming(cast), today())]
    assert found == [
        (cast.collector_a, "chưa đạt lớp nào"),
        (ending, f"thẻ hết hạn {today() + timedelta(days=90):%d/%m/%Y}"),
        (trained, ""),
    ]


def test_the_office_completes_the_list_of_a_course_that_is_over_and_a_lead_does_not(
    cast: Cast, logged_in: Login
):
    one = over(cast)
    page, form = (reverse(f"agents:{name}", args=[one.pk]) for name in ("course", "course_invite"))
    logged_in(cast.manager).post(
        form, {"agent": cast.agent_a.pk, "full_name": "Người Đến Không Mời", "phone": ""}
    )
    row = one.attendances.get()
    assert (row.full_name, row.invited_on) == ("Người Đến Không Mời", one.ends_on)
    shown = markup(logged_in(cast.manager).get(page))
    assert form in shown and "Bổ sung người đã học" in shown and "Mời người học" not in shown
    assert shown.index(reverse("agents:course_results", args=[one.pk])) < shown.index(form), (
        "results come first"
    )
    lead = logged_in(cast.lead_a)
    assert form not in markup(lead.get(page))
    answer = markup(lead.post(form, {"full_name": "Người Ghi Muộn", "phone": ""}))
    assert (
        "báo cơ quan ghi" in answer and "Người Ghi Muộn" in answer and one.attendances.count() == 1
    )


def test_only_who_is_at_work_when_the_course_begins_is_proposed(cast: Cast):
    one = coming(cast)
    staying, leaving = (builders.collector(cast.agent_a, number) for number in (2, 3))
    Collector.objects.filter(pk=leaving.pk).update(ended_on=one.starts_on - timedelta(days=1))
    Collector.objects.filter(pk=staying.pk).update(ended_on=one.starts_on)
    assert {each.collector for each in invitable(cast.lead_a, one, today())} == {
        cast.collector_a,
        staying,
    }


def test_the_course_page_counts_and_a_lead_sees_only_the_own_people(cast: Cast, logged_in: Login):
    one = over(cast)
    passed(cast, one, cast.agent_a, "Ứng Viên Một")
    invited(cast, one, cast.agent_b, "Ứng Viên Hai")
    page = reverse("agents:course", args=[one.pk])
    whole = logged_in(cast.auditor).get(page).context["figures"]
    assert (whole.invited, whole.present, whole.passed, whole.certified, whole.unrecorded) == (
        2,
        1,
        1,
        0,
        1,
    )
    mine = logged_in(cast.lead_a).get(page)
    assert "Ứng Viên Một" in markup(mine) and "Ứng Viên Hai" not in markup(mine)
    assert "Nhận vào làm" in markup(mine)
    assert "Nhận vào làm" not in markup(logged_in(cast.officer_a).get(page))


def test_the_list_tells_coming_courses_from_those_of_the_year_asked_for(
    cast: Cast, logged_in: Login
):
    ahead, old = coming(cast), course(cast, "TH-2020", date(2020, 3, 5))
    groups = (
        logged_in(cast.officer_a).get(reverse("agents:courses") + "?nam=2020").context["groups"]
    )
    assert [list(courses) for _, courses in groups] == [[ahead], [old]]
    again = logged_in(cast.officer_a).get(reverse("agents:courses") + "?nam=khong")
    assert "điều kiện lọc chưa đúng" in markup(again)


def test_the_invitation_form_takes_ticks_and_a_candidate_together(cast: Cast, logged_in: Login):
    one = coming(cast)
    page, browser = reverse("agents:course_invite", args=[one.pk]), logged_in(cast.lead_a)
    assert "ít nhất một người" in markup(browser.post(page, {"full_name": ""}))
    assert "không đúng" not in markup(browser.get(page))
    foreign = browser.post(page, {"collectors": [cast.collector_b.pk]})
    assert "hãy chọn lại" in markup(foreign) and not one.attendances.exists()
    wrong = {"collectors": [cast.collector_a.pk], "full_name": "Ứng Viên", "phone": "12"}
    kept = browser.post(page, wrong)
    assert "Số điện thoại" in markup(kept) and not one.attendances.exists()
    assert f'value="{cast.collector_a.pk}" checked' in markup(kept)
    assert browser.post(page, {**wrong, "phone": "0912345678"}).status_code == 302
    assert {row.agent for row in one.attendances.all()} == {
        cast.agent_a
    } and one.attendances.count() == 2


def test_results_and_certificates_are_typed_in_a_grid(cast: Cast, logged_in: Login):
    one = over(cast)
    a, b = (invited(cast, one, cast.agent_a, f"Ứng Viên {n}") for n in ("Một", "Hai"))
    browser = logged_in(cast.manager)
    sent = {f"result_{a.pk}": "passed", f"result_{b.pk}": "vang"}
    assert browser.post(reverse("agents:course_results", args=[one.pk]), sent).status_code == 302
    grid = reverse("agents:course_certificates", args=[one.pk])
    assert [row for row, _ in browser.get(grid).context["form"].rows] == [a]
    late = browser.post(grid, {"certified_on": "01/01/2016", f"number_{a.pk}": "01/CN"})
    assert "Ngày cấp phải từ" in markup(late)
    assert (
        browser.post(
            grid, {"certified_on": f"{today():%d/%m/%Y}", f"number_{a.pk}": "01/CN"}
        ).status_code
        == 302
    )
    a.refresh_from_db()
    assert (a.certificate_no, a.certified_on) == ("01/CN", today())


def test_of_two_who_record_results_neither_undoes_the_other(cast: Cast, logged_in: Login):
    one = over(cast)
    a, b = (invited(cast, one, cast.agent_a, f"Ứng Viên {n}") for n in ("Một", "Hai"))
    url, browser = reverse("agents:course_results", args=[one.pk]), logged_in(cast.manager)
    opened = {f"seen_{row.pk}": "" for row in (a, b)}
    training.do_record_results(
        actor=cast.manager, course=one, results=[CourseOutcome(a, True, "passed")]
    )
    sent = {**opened, f"result_{a.pk}": "", f"result_{b.pk}": "vang"}
    assert browser.post(url, sent).status_code == 302
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.result, b.attended) == ("passed", False)
    both = {**opened, f"seen_{b.pk}": "vang", f"result_{b.pk}": "vang", f"result_{a.pk}": "failed"}
    answer = browser.post(url, both)
    assert "Người khác vừa ghi: đạt" in markup(answer)
    assert dict(answer.context["form"].seen)[f"seen_{a.pk}"] == "passed"
    a.refresh_from_db()
    assert a.result == "passed"


def test_an_invitation_that_is_gone_by_now_is_told_in_words(cast: Cast):
    row = invited(cast, coming(cast), cast.agent_a, "Ứng Viên Một")
    again = CourseAttendance.objects.get(pk=row.pk)
    training.do_withdraw_invitation(actor=cast.lead_a, attendance=row)
    with pytest.raises(Refused, match="vừa bỏ mục này"):
        training.do_withdraw_invitation(actor=cast.lead_a, attendance=again)


@pytest.mark.parametrize(
    ("name", "told"), [("course_invitations", "Danh sách mời"), ("course_roll", "Ký tên")]
)
def test_the_sheets_name_those_invited(cast: Cast, logged_in: Login, name: str, told: str):
    one = coming(cast)
    invited(cast, one, cast.agent_a, "Ứng Viên Một")
    text = markup(logged_in(cast.manager).get(reverse(f"agents:{name}", args=[one.pk])))
    assert told in text and "Ứng Viên Một" in text and "Danh sách có 1 người" in text


def test_a_lead_hires_from_the_course_page_and_learns_what_is_missing(cast: Cast, logged_in: Login):
    row = passed(cast, over(cast), cast.agent_a, "Ứng Viên Một")
    page, browser = reverse("agents:hire", args=[row.pk]), logged_in(cast.lead_a)
    assert "chưa thu được tiền cho đến khi" in markup(browser.get(page))
    sent = {
        "code": cast.collector_a.code,
        "point": cast.collector_a.point.pk,
        "hired_on": f"{today():%d/%m/%Y}",
    }
    assert "đã có" in markup(browser.post(page, sent))
    assert browser.post(page, {**sent, "code": "BD001-77"}).status_code == 302
    row.refresh_from_db()
    assert row.collector and row.collector.code == "BD001-77"
    assert browser.get(page)["Location"] == reverse("agents:collector", args=[row.collector.pk])


def test_issuing_a_card_to_somebody_untrained_warns_and_goes_on(cast: Cast, logged_in: Login):
    new = do_add_collector(
        actor=cast.manager, point=cast.collector_a.point, code="BD001-55", full_name="Người Mới"
    )
    page, browser = reverse("agents:card_add", args=[new.pk]), logged_in(cast.manager)
    assert "chưa đạt lớp tập huấn nào" in markup(browser.get(page))
    assert (
        browser.post(page, {"number": "T-55", "valid_from": f"{today():%d/%m/%Y}"}).status_code
        == 302
    )
    assert CollectorCard.objects.get(collector=new).number == "T-55"


def test_the_card_form_offers_the_latest_certificate(cast: Cast, logged_in: Login):
    row = passed(cast, over(cast), cast.agent_a, "", collector=cast.collector_a)
    training.do_certify(
        actor=cast.manager, attendance=row, certificate_no="01/CN", certified_on=today()
    )
    answer = logged_in(cast.manager).get(reverse("agents:card_add", args=[cast.collector_a.pk]))
    assert answer.context["form"].initial["attendance"] == row.pk
    assert "01/CN ngày" in markup(answer) and "chưa đạt lớp" not in markup(answer)
