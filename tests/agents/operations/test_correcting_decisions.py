"""A mistyped number or date of a decision is put right; what it asked, and of which months,
stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry, Target, User
from agents.operations.decisions import do_correct_decision
from agents.operations.targets import Figure, do_set_targets
from agents.targets.in_force import histories_of_year
from agents.territory import load_lineage
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.errors import Refused

Login = Callable[[User], Client]
JANUARY, JULY = ("15/QĐ-BHXH", date(2026, 1, 12)), ("77/QĐ-BHXH", date(2026, 7, 6))
PAGE = reverse("targets:decision_correct")


@pytest.fixture
def decided(cast: Cast) -> Cast:
    """January asks 120 and 60 of two communes; July raises the first to 180."""
    first = [
        Figure(2026, "new", owner, value, *JANUARY)
        for owner, value in ((cast.commune_a, 120), (cast.commune_b, 60))
    ]
    do_set_targets(
        actor=cast.manager, figures=[*first, Figure(2026, "new", cast.commune_a, 180, *JULY)]
    )
    return cast


def correct(cast: Cast, decided: tuple[str, date | None], number: str, day: date) -> int:
    return do_correct_decision(
        actor=cast.manager, year=2026, decided=decided, number=number, day=day
    )


def decisions() -> list[tuple[object, ...]]:
    return sorted(
        Target.objects.values_list("decision_no", "decision_date", "value", "effective_month")
    )


def test_every_figure_of_the_decision_tells_the_right_paper_and_keeps_its_months(decided: Cast):
    def plan() -> tuple[int, ...] | None:
        return histories_of_year(2026, load_lineage())[
            "new", "commune", decided.commune_a.pk
        ].levels(lambda _: 0)

    before = plan()
    assert correct(decided, JANUARY, " 16/QĐ-BHXH ", date(2026, 2, 2)) == 2
    assert correct(decided, JULY, "77/QĐ-BHXH", date(2026, 9, 1)) == 1
    assert decisions() == [
        ("16/QĐ-BHXH", date(2026, 2, 2), 60, 1),
        ("16/QĐ-BHXH", date(2026, 2, 2), 120, 1),
        ("77/QĐ-BHXH", date(2026, 9, 1), 180, 7),
    ]
    assert plan() == before
    told = AuditEntry.objects.get(summary__contains="16/QĐ-BHXH").summary
    assert "15/QĐ-BHXH ngày 12/01/2026 thành 16/QĐ-BHXH ngày 02/02/2026" in told


@pytest.mark.parametrize(
    ("which", "number", "day", "field"),
    [
        (JANUARY, "", date(2026, 1, 12), "number"),
        (JANUARY, "77/qđ-bhxh", date(2026, 1, 12), "number"),
        (JANUARY, "77/QĐ-BHXH", date(2026, 7, 6), "number"),
        (JANUARY, "15/QĐ-BHXH", date(2026, 7, 7), "day"),
        (JULY, "77/QĐ-BHXH", date(2026, 1, 11), "day"),
        (JULY, "77/QĐ-BHXH", date(2027, 1, 1), "day"),
    ],
)
def test_what_a_decision_cannot_become(
    decided: Cast, which: tuple[str, date], number: str, day: date, field: str
):
    before = decisions()
    with pytest.raises(Refused) as refusal:
        correct(decided, which, number, day)
    assert refusal.value.field == field and decisions() == before


def test_figures_without_a_number_join_the_decision_that_the_rest_has(cast: Cast):
    for owner, given in ((cast.commune_a, JANUARY), (cast.commune_b, ("", None))):
        do_set_targets(actor=cast.manager, figures=[Figure(2026, "new", owner, 60, *given)])
    assert correct(cast, ("", None), *JANUARY) == 1
    assert decisions() == [(*JANUARY, 60, 1)] * 2


def test_a_decision_that_somebody_else_corrected_is_not_found_any_more(decided: Cast):
    correct(decided, JANUARY, "16/QĐ-BHXH", date(2026, 1, 12))
    with pytest.raises(Refused, match="người khác sửa"):
        correct(decided, JANUARY, "17/QĐ-BHXH", date(2026, 1, 12))


def test_only_a_manager_corrects(decided: Cast):
    with pytest.raises(PermissionDenied):
        do_correct_decision(
            actor=decided.officer_a, year=2026, decided=JANUARY, number="1", day=date(2026, 1, 12)
        )


def test_the_page_opens_with_what_is_on_record_and_keeps_what_was_typed(
    decided: Cast, logged_in: Login
):
    browser, page = logged_in(decided.manager), PAGE + "?nam=2026&so=15/QĐ-BHXH&ngay=12/01/2026"
    assert browser.get(page).context["form"].initial == {"number": JANUARY[0], "day": JANUARY[1]}
    assert "Sửa số, ngày" in markup(browser.get(reverse("targets:decisions") + "?nam=2026"))
    refused = markup(browser.post(page, {"number": "15/QĐ-BHXH", "day": "08/07/2026"}))
    assert "Không được sau ngày" in refused and 'value="08/07/2026"' in refused
    answer = browser.post(page, {"number": "15/QĐ-BHXH", "day": "13/01/2026"}, follow=True)
    assert "ngày 13/01/2026" in markup(answer)
    assert browser.get(page).status_code == 404


def test_sent_twice_it_is_done_once_and_the_second_answer_is_the_same(
    decided: Cast, logged_in: Login
):
    browser, page = logged_in(decided.manager), PAGE + "?nam=2026&so=15/QĐ-BHXH&ngay=12/01/2026"
    answers = [
        browser.post(page, {"number": "16/QĐ-BHXH", "day": "13/01/2026"}, follow=True)
        for _ in range(2)
    ]
    assert ["Đã sửa số, ngày quyết định thành 16/QĐ-BHXH" in markup(one) for one in answers] == [
        True,
        True,
    ]
    assert AuditEntry.objects.filter(action="target.decision").count() == 1
    assert [row[:2] for row in decisions()][:2] == [("16/QĐ-BHXH", date(2026, 1, 13))] * 2


def test_who_sends_too_late_is_told_so_and_keeps_what_was_typed(decided: Cast, logged_in: Login):
    browser, page = logged_in(decided.manager), PAGE + "?nam=2026&so=15/QĐ-BHXH&ngay=12/01/2026"
    correct(decided, JANUARY, "16/QĐ-BHXH", date(2026, 1, 12))
    before = decisions()
    answer = markup(browser.post(page, {"number": "17/QĐ-BHXH", "day": "12/01/2026"}))
    assert (
        "vừa được người khác sửa" in answer
        and 'value="17/QĐ-BHXH"' in answer
        and decisions() == before
    )
