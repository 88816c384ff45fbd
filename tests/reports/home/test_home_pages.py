"""The home pages' figures are those of the report and of the receipt form, though they are read
more cheaply.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from agents.access import scope_of
from agents.models import CollectorCard, Role, User
from enrollment.law import LABELS
from enrollment.models import Participant, PolicyParameter, Receipt, SupportStatus
from enrollment.operations.receipts import Payment, do_void_receipt, quote_payment
from enrollment.support_groups import groups_by_person, groups_on
from reports.counting.measures import Period, PeriodTally, total
from reports.counting.units import AGENT, COMMUNE, units_for
from reports.home.pages import collector_home, office_home
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.shipped import unguarded
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]


@pytest.fixture
def year(cast: Cast) -> Cast:
    """Somebody new on either side this month, one receipt voided, and a poor household that
    is due.
    """
    first = this_month().first_day
    for commune, collector in (
        (cast.commune_a, cast.collector_a),
        (cast.commune_b, cast.collector_b),
    ):
        for _ in range(2):
            builders.paid(cast.manager, commune, collector, first)
    wrong = builders.paid(cast.manager, cast.commune_a, cast.collector_a, first)
    do_void_receipt(actor=cast.manager, receipt=wrong, on=today(), reason="Ghi nhầm")
    due = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, first, months=1, chosen_income=1_650_000
    )
    SupportStatus.objects.create(
        participant=due.participant,
        group="poor",
        evidence="QĐ thử",
        valid_from=date(2026, 1, 1),
        recorded_by=cast.manager,
        recorded_at=due.recorded_at,
    )
    Participant.objects.filter(pk=due.participant_id).update(due_on=today())
    return cast


@pytest.mark.parametrize("role", ["manager", "officer", "auditor"])
def test_the_office_reads_the_figures_of_the_year_and_of_the_month_that_the_report_has(
    year: Cast, role: str
) -> None:
    user, month = year.by_role(role), this_month()
    home = office_home(user, today())
    units = units_for(scope_of(user), COMMUNE, month)
    for shown, first in (("whole", Month(month.year, 1)), ("this_month", month)):
        figures = PeriodTally.of(Period(first, month)).by(units)
        assert home[shown] == total(figures.values())
    assert home["this_month"].new == (3 if role == "officer" else 5)


def test_a_collector_reads_the_new_people_that_the_report_counts_for_the_agent(year: Cast) -> None:
    units = units_for(scope_of(year.staff_a), AGENT, this_month())
    report = PeriodTally.of(Period(Month(this_month().year, 1), this_month())).by(units)
    home = collector_home(year.staff_a, today())
    assert (home["agent"], home["new"].done) == (year.agent_a.name, report["BD001"].new_ytd)
    assert home["new"].done == 3


def test_the_next_amount_of_somebody_due_is_what_the_receipt_form_would_say(year: Cast) -> None:
    ((person, _, amount),) = collector_home(year.staff_a, today())["due"]
    payment = Payment(
        collector=year.collector_a,
        received_on=today(),
        method="1",
        from_month=person.covered_to + 1,
        chosen_income=1_650_000,
        commune=year.commune_a,
    )
    assert amount == quote_payment(person, payment)
    assert amount.group == "poor"


def test_the_list_is_mine_first_and_every_number_counts_the_same_people(
    year: Cast, logged_in: Login
) -> None:
    second = builders.collector(year.agent_a, 2)
    colleague = builders.user("dongnghiep", Role.COLLECTOR, agent=year.agent_a, collector=second)
    home = collector_home(colleague, today())
    assert (home["due"], home["counts"]["fortnight"]) == ([], 0)
    client = logged_in(colleague)
    assert 'href="/nguoi-tham-gia/?den_han=15">Cả đại lý' in markup(client.get("/"))
    assert "<strong>1 người</strong>" in markup(client.get("/nguoi-tham-gia/?den_han=15"))
    own = collector_home(year.staff_a, today())
    assert len(own["due"]) == own["counts"]["fortnight"] == 1
    shown = markup(logged_in(year.staff_a).get("/nguoi-tham-gia/?den_han=15&nhan_vien=toi"))
    assert "<strong>1 người</strong>" in shown


def test_the_overdue_on_the_page_are_those_of_the_list_it_opens(
    year: Cast, logged_in: Login
) -> None:
    late = Participant.objects.get(due_on=today())
    for days, number in ((1, 1), (30, 1), (31, 0)):
        Participant.objects.filter(pk=late.pk).update(due_on=today() - timedelta(days=days))
        assert collector_home(year.staff_a, today())["counts"]["overdue"] == number
        shown = logged_in(year.staff_a).get("/nguoi-tham-gia/?den_han=qua30&nhan_vien=toi")
        assert shown.context["page"].paginator.count == number


def test_a_calm_day_offers_who_has_just_fallen_out_and_whose_month_is_unpaid(
    year: Cast, logged_in: Login
) -> None:
    due = Participant.objects.get(due_on=today())
    calm = (today() + timedelta(days=16), this_month(), this_month() - 1)
    for due_on, active_to, covered_to, shown_in in (
        (today() + timedelta(days=15), *calm[1:], "due"),
        (*calm, "ahead"),
        (calm[0], this_month(), this_month(), ""),
        (calm[0], this_month() - 1, this_month() - 1, ""),
        (today() - timedelta(days=1), this_month() - 1, this_month() - 4, "late"),
    ):
        Participant.objects.filter(pk=due.pk).update(
            due_on=due_on, active_to=active_to, covered_to=covered_to
        )
        home = collector_home(year.staff_a, today())
        found = {key: [one.pk for one, _, _ in home[key]] for key in ("due", "late", "ahead")}
        assert found == {key: [due.pk] * (key == shown_in) for key in found}
        assert (due.full_name in markup(logged_in(year.staff_a).get("/"))) == bool(shown_in)


@pytest.mark.parametrize("role", ["manager", "officer"])
def test_a_running_month_is_not_held_against_the_whole_one_of_last_year(
    year: Cast, role: str
) -> None:
    user, day = year.by_role(role), date(2026, 10, 10)
    for received in (date(2025, 9, 20), date(2025, 10, 20), date(2026, 9, 20), date(2026, 10, 5)):
        builders.paid(year.manager, year.commune_a, year.collector_a, received, months=3)
    home = office_home(user, day)
    amounts = dict(
        Receipt.objects.live().values_list("received_on", "participant_amount").order_by("id")
    )
    before, now = amounts[date(2025, 9, 20)], amounts[date(2026, 9, 20)]
    assert home["settled"] == "09/2026"
    assert home["money"]["change"] == now - before
    assert home["active"]["change"] == 0
    whole_month = office_home(user, date(2026, 10, 31))
    assert (whole_month["settled"], whole_month["money"]["change"]) == (
        "10/2026",
        now + amounts[date(2026, 10, 5)] - before - amounts[date(2025, 10, 20)],
    )


def test_who_reads_only_is_not_asked_to_decide(year: Cast, logged_in: Login) -> None:
    card = CollectorCard.objects.get(collector=year.collector_a)
    with unguarded(CollectorCard):
        CollectorCard.objects.filter(pk=card.pk).update(valid_to=today() + timedelta(days=5))
    for user, words, other in (
        (year.manager, "Cần quyết định", "Đang chờ giải quyết"),
        (year.auditor, "Đang chờ giải quyết", "Cần quyết định"),
    ):
        page = markup(logged_in(user).get("/"))
        assert words in page and other not in page


def test_the_collectors_page_begins_with_whom_to_call(year: Cast, logged_in: Login) -> None:
    page = markup(logged_in(year.staff_a).get("/"))
    assert page.index("cần gọi") < page.index("Thu hôm nay")


def test_an_agents_staff_open_the_targets_at_the_level_that_has_them(
    year: Cast, logged_in: Login
) -> None:
    page = logged_in(year.staff_a).get("/bao-cao/chi-tieu/")
    assert page.context["query"]["theo"] == "agent"
    assert logged_in(year.manager).get("/bao-cao/chi-tieu/").context["query"]["theo"] == "commune"


def test_groups_read_together_are_those_read_one_by_one(year: Cast) -> None:
    people = list(Participant.objects.all())
    together = groups_by_person(people, today())
    assert together == {one.pk: groups_on(one, today()) for one in people}
    assert ("poor",) in together.values()


def test_the_administrator_reads_doubtful_values_by_paper_with_their_names(
    cast: Cast, logged_in: Login
) -> None:
    with unguarded(PolicyParameter):
        PolicyParameter.objects.all().delete()
    for key, source in (
        ("cpi_coefficient.2008", "TT 1"),
        ("cpi_coefficient.2009", "TT 1"),
        ("base_salary", "NĐ 2"),
    ):
        PolicyParameter.objects.create(
            key=key,
            value="2",
            valid_from=date(2025, 1, 1),
            source=source,
            confidence=PolicyParameter.Confidence.LOW,
        )
    page = logged_in(cast.administrator).get("/")
    assert page.context["doubtful"] == 3
    assert [(source, len(rows)) for source, rows in page.context["papers"]] == [
        ("NĐ 2", 1),
        ("TT 1", 2),
    ]
    text = markup(page)
    assert "TT 1: 2 giá trị" in text
    assert LABELS["cpi_coefficient.2008"] in text and LABELS["cpi_coefficient.2009"] in text
