"""The officers' board: counts by hand, whose communes it shows, and that every number leads to as
many people.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import CollectorCard, CommuneAssignment, Role, Target, User
from agents.operations.contacts import note_contact
from agents.targets.in_force import TargetHistory, Version
from enrollment.models import Participant
from reports.officers.board import OfficersBoard, board_of
from reports.officers.watched import last_card_day
from reports.progress.targets_asked import flow_progress
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

Login = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A: two new people, a lapse, one due within 15 days, an overdue step. B: a silent point and an
    ending card.
    """
    for _ in range(2):
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, today())
    lapsed_on = (this_month() - 2).first_day
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, lapsed_on, months=1)
    due, later = Participant.objects.filter(commune=cast.commune_a, active_to__gte=this_month())
    Participant.objects.filter(pk=due.pk).update(due_on=today() + 15 * DAY)
    Participant.objects.filter(pk=later.pk).update(due_on=today() + 16 * DAY)
    Target.objects.create(
        year=today().year,
        metric="new",
        owner_kind="commune",
        commune=cast.commune_a,
        value=40_000,
        decision_no="1",
    )
    note_contact(
        cast.officer_a,
        cast.commune_a,
        today() - 30 * DAY,
        "visit",
        "Chủ tịch",
        "Bàn việc",
        "Gửi danh sách",
        today() - DAY,
    )
    note_contact(
        cast.officer_b, cast.commune_b, today() - 31 * DAY, "visit", "Chủ tịch", "Bàn việc"
    )
    CollectorCard.objects.filter(collector=cast.collector_b).update(valid_to=today() + 30 * DAY)
    return cast


def counts(board: OfficersBoard, code: str) -> dict[str, int]:
    line = next(line for line in board.lines if line.unit.code == code)
    return {cell.signal.name: cell.count for cell in line.cells}


def test_every_signal_counts_what_happened(busy: Cast):
    board = board_of(busy.manager, "", today())
    # The lapsed person was new this year too, unless the year began since.
    new = 2 + (this_month().month > 2)
    assert counts(board, busy.commune_a.code) == {
        "behind": behind(new, 40_000, today()),
        "lapsed": 1,
        "due": 1,
        "silent": 0,
        "late_steps": 1,
        "no_contact": 0,
        "cards": 0,
    }
    assert counts(board, busy.commune_b.code) == {
        "behind": 0,
        "lapsed": 0,
        "due": 0,
        "silent": 1,
        "late_steps": 0,
        "no_contact": 1,
        "cards": 1,
    }
    assert [line.unit.code for line in board.lines][:2] == [
        busy.commune_a.code,
        busy.commune_b.code,
    ]


def behind(done: int, target: int | None, day: date) -> int:
    """How many are missing by a day of a target that one decision set for the whole year."""
    return flow_progress(
        [] if target is None else [TargetHistory(None, (Version(0, target),))], done, day
    ).behind


def test_at_the_end_of_the_year_everything_not_done_is_missing(db: None):
    assert behind(10, 100, date(2026, 12, 31)) == 90
    assert behind(10, None, date(2026, 12, 31)) == 0
    assert behind(120, 100, date(2026, 12, 31)) == 0


def test_a_number_leads_to_as_many_people(busy: Cast, logged_in: Login):
    browser = logged_in(busy.officer_a)
    line = board_of(busy.officer_a, "", today()).lines[0]
    links = {cell.signal.name: cell.link for cell in line.cells}
    assert browser.get(links["lapsed"]).context["page"].paginator.count == 1
    assert browser.get(links["due"]).context["page"].paginator.count == 1
    assert all(browser.get(link).status_code == 200 for link in links.values() if link)


def test_an_officer_sees_the_own_communes_whatever_the_address_says(busy: Cast, logged_in: Login):
    page = logged_in(busy.officer_a).get(reverse("officers:board"), {"nguoi": busy.officer_b.pk})
    assert [line.pk for line in page.context["board"].lines] == [busy.commune_a.pk]
    assert busy.commune_b.name not in markup(page)


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_the_office_chooses_an_officer_all_or_what_nobody_follows(busy: Cast, role: str):
    user = busy.by_role(role)
    boards = {
        chosen: board_of(user, chosen, today())
        for chosen in ("", str(busy.officer_b.pk), "chua-co")
    }
    codes = {chosen: {line.unit.code for line in board.lines} for chosen, board in boards.items()}
    assert codes[str(busy.officer_b.pk)] == {busy.commune_b.code}
    assert len(codes[""]) == 11
    assert codes["chua-co"] == codes[""] - {busy.commune_a.code, busy.commune_b.code}


def test_the_board_says_words_and_days_and_a_contact_is_one_click(busy: Cast, logged_in: Login):
    browser, board = logged_in(busy.officer_a), reverse("officers:board")
    page = markup(browser.get(board))
    assert "Cần đến trước" in page and "cách đây 30 ngày" in page and "điểm)" not in page
    form = {
        "kind": "phone",
        "happened_on": f"{today():%d/%m/%Y}",
        "with_whom": "UBND xã",
        "content": "Đã gọi, nắm tình hình trong xã.",
        "ve": "bang",
    }
    answer = browser.post(reverse("agents:contact_add", args=[busy.commune_a.pk]), form)
    assert answer["Location"] == board
    assert "Hôm nay đã làm việc với xã" in markup(browser.get(board))


def test_an_officer_without_communes_is_told_whom_to_ask(cast: Cast, logged_in: Login):
    idle = builders.user("chuyenquan_moi", Role.OFFICER)
    assert "chưa được giao xã nào" in markup(logged_in(idle).get(reverse("officers:board")))


def test_more_communes_ask_no_more_questions(
    busy: Cast, logged_in: Login, django_assert_max_num_queries
):
    browser = logged_in(busy.manager)
    with django_assert_max_num_queries(12):
        browser.get(reverse("officers:board"))
    CommuneAssignment.objects.filter(user=busy.officer_b).delete()
    with django_assert_max_num_queries(12):
        browser.get(reverse("officers:board"))


def test_cards_that_follow_each_other_end_with_the_last_one():
    day = date(2026, 3, 10)
    chain = [(date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 9, 30))]
    assert last_card_day(chain, day) == date(2026, 9, 30)
    assert last_card_day(chain[:1], day) == date(2026, 3, 31)
    assert last_card_day([*chain[:1], (date(2026, 4, 2), None)], day) == date(2026, 3, 31)
    assert last_card_day([(date(2026, 1, 1), date(2026, 3, 9))], day) == day - DAY
    assert last_card_day([], day) == day - DAY
