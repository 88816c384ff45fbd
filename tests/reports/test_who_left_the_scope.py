"""What a reader still learns about people who have left the scope: the figures, their names as they
were, no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.access import scope_of
from agents.models import Commune, User
from enrollment.models import Participant
from enrollment.operations.corrections import do_correct_participant, person_of
from enrollment.operations.participants import do_move
from reports.question import Asked
from reports.registry import REPORTS
from tests.builders import again, paid
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.months import Month

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)
THEN, LATER = "Người Mẫu Tên Khi Ấy", "Người Mẫu Tên Về Sau"


def renamed(actor: User, person: Participant, name: str) -> None:
    person.refresh_from_db()
    do_correct_participant(
        actor=actor,
        participant=person,
        version=person.version,
        person=replace(person_of(person), full_name=name),
    )


@pytest.fixture
def gone(cast: Cast) -> Participant:
    """Paid on side A in August, corrected there, since September on side B, where the name was
    corrected again.
    """
    person = paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 8, 5), months=1
    ).participant
    renamed(cast.lead_a, person, THEN)
    line = again(person, months=3, from_month=SEPTEMBER)
    paid(cast.manager, cast.commune_b, cast.collector_b, date(2026, 9, 7), **line)
    renamed(cast.lead_b, person, LATER)
    return person


def listed(browser: Client, figure: str, month: Month, **more: str) -> Any:
    query = {"tu": str(month), "den": str(month), "theo": "district", "cot": figure, **more}
    return browser.get(reverse("reports:growth_list"), query)


@pytest.mark.parametrize("role", ["lead", "collector", "officer"])
@pytest.mark.parametrize(
    ("figure", "month"), [("closing", AUGUST), ("moved_out", SEPTEMBER), ("collected", AUGUST)]
)
def test_who_left_is_named_as_then_without_a_link_or_where_to(
    gone: Participant,
    cast: Cast,
    logged_in: Callable[[User], Client],
    role: str,
    figure: str,
    month: Month,
):
    answer = listed(logged_in(cast.by_role(role)), figure, month)
    page = markup(answer)
    assert answer.context["page"].paginator.count == 1
    assert THEN in page and LATER not in page
    assert reverse("enrollment:participant", args=[gone.pk]) not in page
    assert cast.agent_b.name not in page and f">{cast.commune_b.name}<" not in page
    assert cast.agent_a.name in page and f">{cast.commune_a.name}<" in page


def test_the_office_reads_the_name_on_record_and_where_they_went(
    gone: Participant, cast: Cast, logged_in: Callable[[User], Client]
):
    page = listed(
        logged_in(cast.manager), "moved_out", SEPTEMBER, theo="agent", don_vi=cast.agent_a.code
    )
    text = markup(page)
    assert LATER in text and cast.agent_b.name in text
    assert reverse("enrollment:participant", args=[gone.pk]) in text


def test_the_new_agent_does_not_learn_where_they_came_from(
    gone: Participant, cast: Cast, logged_in: Callable[[User], Client]
):
    text = markup(listed(logged_in(cast.lead_b), "moved_in", SEPTEMBER))
    assert LATER in text and reverse("enrollment:participant", args=[gone.pk]) in text
    assert cast.agent_a.name not in text


def test_a_move_takes_somebody_out_of_an_officers_list_but_not_out_of_the_agents(
    cast: Cast, logged_in: Callable[[User], Client]
):
    person = paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 8, 5)).participant
    do_move(
        actor=cast.manager,
        participant=person,
        commune=cast.commune_b,
        hamlet="Thôn Kín",
        since=date(2026, 9, 3),
    )
    renamed(cast.lead_a, person, LATER)
    page = markup(listed(logged_in(cast.officer_a), "moved_out", SEPTEMBER))
    assert person.full_name in page and LATER not in page
    assert reverse("enrollment:participant", args=[person.pk]) not in page
    page = markup(listed(logged_in(cast.lead_a), "closing", SEPTEMBER))
    assert LATER in page and reverse("enrollment:participant", args=[person.pk]) in page


def test_who_lives_where_the_agent_has_nothing_stands_in_a_row_of_its_own(cast: Cast):
    for day in (5, 6):
        person = paid(
            cast.manager, cast.commune_a, cast.collector_a, date(2026, 8, day)
        ).participant
    far = (
        Commune.objects.filter(valid_to=None)
        .exclude(pk__in=[cast.commune_a.pk, cast.commune_b.pk])
        .first()
    )
    assert far
    do_move(actor=cast.manager, participant=person, commune=far, hamlet="", since=date(2026, 9, 3))
    rows, total = growth_by_commune(cast.lead_a, SEPTEMBER)
    assert rows == {cast.commune_a.code: (1, 0, 1), "other": (1, 1, 0)} and total == (2, 0, 0)
    assert list(growth_by_commune(cast.lead_a, AUGUST)[0]) == [cast.commune_a.code], (
        "an empty row tells nothing"
    )


def growth_by_commune(user: User, month: Month) -> tuple[dict[str, Any], Any]:
    table = REPORTS["growth"].build(
        scope_of(user), Asked(month, month, "commune", "as_of", "grace")
    )
    assert table.total
    names = ("closing", "moved_in", "moved_out")
    rows = {row.cells["unit_code"]: tuple(row.cells[name] for name in names) for row in table.rows}
    return rows, tuple(table.total.cells[name] for name in names)


def test_moves_across_the_border_are_not_set_off_against_each_other(cast: Cast):
    """One comes and one goes: a total of 0 and 0 would be another figure than the list
    behind it.
    """
    goes = paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 8, 5), months=1
    ).participant
    comes = paid(
        cast.manager, cast.commune_b, cast.collector_b, date(2026, 8, 5), months=1
    ).participant
    months: dict[str, Any] = {"months": 1, "from_month": SEPTEMBER}
    paid(cast.manager, cast.commune_b, cast.collector_b, date(2026, 9, 7), **again(goes, **months))
    paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 9, 7), **again(comes, **months))
    assert growth_by_commune(cast.lead_a, SEPTEMBER) == (
        {cast.commune_a.code: (1, 1, 1)},
        (1, 1, 1),
    )
