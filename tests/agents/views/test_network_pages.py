"""Pages of agents and courses: what needs care comes first, what is over is folded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from agents.models import Collector, CollectorCard, CourseAttendance, TrainingCourse
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today


def _another(cast: Cast, name: str, number: int, **more: Any) -> Collector:
    point = cast.collector_a.point
    return Collector.objects.create(
        point=point, code=f"{point.agent.code}-{number}", full_name=name, **more
    )


def test_who_has_no_card_comes_first_and_who_left_is_folded(cast: Cast, logged_in: Any):
    without = _another(cast, "Người Mẫu Chưa Thẻ", 90)
    gone = _another(cast, "Người Mẫu Đã Nghỉ", 91, ended_on=today() - timedelta(days=40))
    CollectorCard.objects.filter(collector=cast.collector_a).update(valid_to=None)
    text = markup(logged_in(cast.manager).get(reverse("agents:agent", args=[cast.agent_a.pk])))
    places = [text.index(name) for name in (without.full_name, cast.collector_a.full_name)]
    assert places == sorted(places)
    shown, _, folded = text.partition("Đã nghỉ: 1 người")
    assert gone.full_name not in shown and gone.full_name in folded


def test_a_course_shows_twenty_a_page_and_the_open_ones_first(cast: Cast, logged_in: Any):
    day = today() - timedelta(days=10)
    course = TrainingCourse.objects.create(
        code="TH-THU", title="Lớp thử", place="Hội trường", starts_on=day, ends_on=day
    )
    for number in range(21):
        CourseAttendance.objects.create(
            course=course,
            agent=cast.agent_a,
            full_name=f"Người Mẫu {number:02}",
            invited_on=day,
            attended=None if number == 20 else False,
        )
    address = reverse("agents:course", args=[course.pk])
    client = logged_in(cast.manager)
    first, second = (
        [one.full_name for one in client.get(address, {"trang": page}).context["page"]]
        for page in (1, 2)
    )
    assert len(first) == 20 and first[0] == "Người Mẫu 20" and len(second) == 1
