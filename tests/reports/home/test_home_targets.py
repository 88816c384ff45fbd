"""Home pages begin with the targets: done, target, pace, who is behind and why, what needs a
decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from agents.access import scope_of
from agents.models import AuditEntry, Collector, CollectorCard, User
from agents.operations.targets import Figure, do_set_targets
from reports.home import decisions_needed
from reports.home.decisions_needed import DecisionNeeded
from reports.question import Asked
from reports.registry import REPORTS
from reports.tables import Table
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month

ROLES = ("manager", "auditor", "officer", "lead", "collector")


@pytest.fixture
def year(cast: Cast) -> Cast:
    """Three new people on side A this month, of 1200 asked of everybody."""
    for _ in range(3):
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, this_month().first_day)
    owners = (None, cast.commune_a, cast.agent_a, cast.collector_a)
    figures = [
        Figure(today().year, "new", owner, 1200, "1/QĐ", date(today().year, 1, 2))
        for owner in owners
    ]
    do_set_targets(actor=cast.manager, figures=figures)
    return cast


def report(user: User, by: str) -> Table:
    asked = Asked(Month(today().year, 1), this_month(), by, "as_of", "grace", "new")
    return REPORTS["targets"].build(scope_of(user), asked)


@pytest.mark.parametrize(
    ("role", "by"), [("manager", "district"), ("auditor", "district"), ("officer", "district")]
)
def test_the_office_reads_the_figures_of_the_report(
    year: Cast, logged_in: Callable[[Any], Client], role: str, by: str
) -> None:
    user = year.by_role(role)
    home = logged_in(user).get("/").context
    line = next(line for line in home["target_lines"] if line.metric == "new")
    (row,) = report(user, by).rows
    assert (
        line.done,
        line.target,
        line.progress.expected,
        line.needed,
        line.forecast.centre,
    ) == tuple(
        row.cells[key]
        for key in ("done", "target_now", "expected_today", "needed_per_working_day", "forecast")
    )
    behind = {line.unit.code: line.why for line in home["lines"] if line.why}
    assert list(behind) == ["12922"] and behind["12922"].startswith("thiếu ")


def test_the_trail_names_whose_target_was_set(year: Cast) -> None:
    entries = AuditEntry.objects.filter(action="target.set").values_list("summary", flat=True)
    said = " | ".join(entries)
    for name in (year.commune_a.label, year.agent_a.name, year.collector_a.full_name):
        assert f"của {name}:" in said


def test_decisions_stand_before_statistics(year: Cast, logged_in: Callable[[Any], Client]) -> None:
    CollectorCard.objects.update(valid_to=today())
    for user in (year.manager, year.lead_a):
        page = markup(logged_in(user).get("/"))
        assert page.index("Cần quyết định") < page.index('class="tiles')


def test_a_telephone_shows_only_the_communes_that_are_behind(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    answer = logged_in(year.manager).get("/")
    calm = [line for line in answer.context["lines"] if not line.new.behind]
    assert 0 < len(calm) < len(answer.context["lines"])
    assert markup(answer).count('<tr class="calm">') == len(calm)


def test_a_commune_of_a_closed_account_asks_for_an_officer(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    name = year.commune_a.name
    assert name not in logged_in(year.manager).get("/").context["without_officer"]
    User.objects.filter(pk=year.officer_a.pk).update(is_active=False)
    home = logged_in(year.manager).get("/")
    assert name in home.context["without_officer"] and "đã ngừng tài khoản" in markup(home)
    assert f'<a href="/dia-ban/{year.commune_a.pk}/">{name}</a>' in markup(home)


def test_a_lead_sees_the_staff_with_cards_and_targets(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    builders.collector(year.agent_a, 2, card_to=date(2020, 1, 1))
    home = logged_in(year.lead_a).get("/")
    assert [(one.collector.code, one.carded) for one in home.context["staff"]] == [
        ("BD001-01", True),
        ("BD001-02", False),
    ]
    assert {one.line.code for one in home.context["warnings"]} == {"district", "BD001-01"}
    table = report(year.lead_a, "agent")
    agent = next(line for line in home.context["agent_lines"] if line.metric == "new")
    cells = table.rows[0].cells
    assert (agent.done, agent.target, agent.forecast.high) == (3, 1200, cells["forecast_high"])
    assert CollectorCard.objects.count() == 3 and "Không có thẻ" in markup(home)


def test_a_target_that_is_reached_asks_for_nothing_more(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    assert "đến 31/12" in markup(logged_in(year.staff_a).get("/"))
    owners = (year.agent_a, year.collector_a)
    reached = [
        Figure(today().year, "new", owner, 3, "1/QĐ", date(today().year, 1, 2)) for owner in owners
    ]
    do_set_targets(actor=year.manager, figures=reached)
    home = markup(logged_in(year.staff_a).get("/"))
    assert "đến 31/12" not in home and ">Đạt<" in home


def test_a_collector_sees_the_own_target_beside_the_agents(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    other = builders.collector(year.agent_a, 2)
    builders.paid(year.manager, year.commune_a, other, this_month().first_day)
    home = logged_in(year.staff_a).get("/").context
    assert {line.metric: line.done for line in home["own"]}["new"] == 3
    assert home["new"].done == 4 and home["new"].target == 1200


@pytest.mark.parametrize("role", ROLES)
def test_every_provider_of_alarms_is_heard_on_every_home_page(
    year: Cast, logged_in: Callable[[Any], Client], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def provider(user: User, day: date) -> list[DecisionNeeded]:
        return [
            DecisionNeeded("quiet", f"Việc nhỏ của {user.username}"),
            DecisionNeeded("loud", f"Việc gấp {day:%d/%m/%Y}", "/x/", "bad"),
        ]

    monkeypatch.setattr(decisions_needed, "PROVIDERS", [provider])
    page = logged_in(year.by_role(role)).get("/")
    shown = markup(page)
    small = f"Việc nhỏ của {year.by_role(role).username}"
    urgent = re.search(r'<strong>(Việc gấp [\d/]+)</strong>.*?href="/x/"', shown, re.DOTALL)
    assert urgent and urgent[1] == f"Việc gấp {today():%d/%m/%Y}" and small in shown
    assert shown.index("Việc gấp") < shown.index("Việc nhỏ")


def test_who_has_left_is_not_told_to_be_without_a_card(
    year: Cast, logged_in: Callable[[Any], Client]
) -> None:
    CollectorCard.objects.filter(collector=year.collector_a).update(
        valid_to=today() - timedelta(days=2)
    )
    Collector.objects.filter(pk=year.collector_a.pk).update(ended_on=today() - timedelta(days=1))
    text = markup(logged_in(year.lead_a).get("/"))
    assert f"nghỉ từ {today() - timedelta(days=1):%d/%m/%Y}" in text and "Không có thẻ" not in text
