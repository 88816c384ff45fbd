"""Ending an agent, a point, a card on the screen: done and said, or refused at the field with what
was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import CollectionPoint, User
from agents.operations import collectors, organisations
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.security.scene import fingerprint

Login = Callable[[User], Client]


@pytest.fixture
def client(cast: Cast, logged_in: Login) -> Client:
    return logged_in(cast.manager)


@pytest.fixture
def late_point(cast: Cast) -> CollectionPoint:
    """A point that opens only in 2026."""
    return organisations.do_add_point(
        actor=cast.manager,
        agent=cast.agent_a,
        code="BD001-P7",
        name="Điểm Thu Mở Sau",
        opened_on=date(2026, 1, 1),
        communes=[],
    )


def closing(cast: Cast) -> dict[str, tuple[str, str]]:
    """Screen → its address and its field."""
    who = cast.collector_a
    return {
        "agent": (reverse("agents:agent_close", args=[cast.agent_a.pk]), "closed_on"),
        "point": (reverse("agents:point_close", args=[who.point.pk]), "closed_on"),
        "card": (reverse("agents:card_end", args=[who.cards.get().pk]), "valid_to"),
    }


def refused(client: Client, url: str, field: str, typed: str) -> str:
    """The page of a refused form: the field is marked, what was typed stays, nothing was
    changed.
    """
    before = fingerprint()
    answer = client.post(url, {field: typed})
    text = markup(answer)
    assert (
        answer.status_code == 200
        and f'id="id_{field}_error"' in text
        and f'href="#id_{field}"' in text
    )
    assert f'value="{typed}"' in text, "what was typed stays"
    assert fingerprint() == before
    return text[text.index(f'id="id_{field}_error"') :].partition("</p>")[0]


@pytest.mark.parametrize("screen", ["agent", "point", "card"])
@pytest.mark.parametrize(
    ("typed", "told"), [("31/12/2015", "01/01/2016"), ("31/02/2026", "ngày"), ("cuối năm", "ngày")]
)
def test_a_last_day_before_the_first_or_no_day_at_all(
    cast: Cast, client: Client, screen: str, typed: str, told: str
):
    assert told in refused(client, *closing(cast)[screen], typed).lower()


@pytest.mark.parametrize("screen", ["agent", "point", "card"])
def test_an_empty_last_day_is_asked_for(cast: Cast, client: Client, screen: str):
    url, field = closing(cast)[screen]
    before = fingerprint()
    assert f'id="id_{field}_error"' in markup(client.post(url, {field: ""}))
    assert fingerprint() == before


def test_an_agent_is_closed_with_its_points_and_cards_and_opened_again(cast: Cast, client: Client):
    page, (url, _) = reverse("agents:agent", args=[cast.agent_a.pk]), closing(cast)["agent"]
    assert "kết thúc vào ngày này" in markup(client.get(url)), "what follows is said before"
    said = client.post(url, {"closed_on": "31/12/2025"}, follow=True)
    assert said.redirect_chain == [(page, 302)] and "ngừng hoạt động sau ngày đã ghi" in markup(
        said
    )
    agents = reverse("agents:agents")
    assert page not in markup(client.get(agents))
    assert page in markup(client.get(f"{agents}?tinh_trang=ngung"))
    assert not cast.collector_a.has_card_on(date(2026, 1, 1))
    client.post(reverse("agents:agent_reopen", args=[cast.agent_a.pk]))
    assert page in markup(client.get(agents))


def test_an_agent_is_not_closed_before_a_point_of_it_opens(
    cast: Cast, client: Client, late_point: CollectionPoint
):
    told = refused(client, *closing(cast)["agent"], "31/12/2025")
    assert late_point.name in told and "01/01/2026" in told


def test_an_agent_is_not_closed_before_a_card_of_it_begins(cast: Cast, client: Client):
    who = builders.collector(cast.agent_a, 2, card_to=date(2025, 12, 31))
    collectors.do_add_card(
        actor=cast.manager,
        collector=who,
        number="T-SAU",
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )
    assert who.full_name in refused(client, *closing(cast)["agent"], "31/12/2025")


def test_a_point_is_not_closed_over_the_cards_of_its_people_who_are_named(
    cast: Cast, client: Client
):
    told = refused(client, *closing(cast)["point"], "31/12/2025")
    assert cast.collector_a.full_name in told and "kết thúc thẻ trước" in told
    card_url, field = closing(cast)["card"]
    client.post(card_url, {field: "31/12/2025"})
    assert client.post(closing(cast)["point"][0], {"closed_on": "31/12/2025"}).status_code == 302
    cast.collector_a.point.refresh_from_db()
    assert cast.collector_a.point.closed_on == date(2025, 12, 31)


def test_a_point_of_a_closed_agent_is_opened_again_only_after_the_agent(cast: Cast, client: Client):
    client.post(closing(cast)["agent"][0], {"closed_on": "31/12/2025"})
    point = cast.collector_a.point
    reopen = reverse("agents:point_reopen", args=[point.pk])
    assert "hãy cho đại lý hoạt động trở lại trước" in markup(client.post(reopen, follow=True))
    point.refresh_from_db()
    assert point.closed_on == date(2025, 12, 31)


def test_a_card_ends_and_its_state_says_so(cast: Cast, client: Client):
    url, field = closing(cast)["card"]
    said = client.post(url, {field: "30/06/2026"}, follow=True)
    assert "Đã ghi ngày cuối của thẻ" in markup(said) and "30/06/2026" in markup(said)
    assert cast.collector_a.has_card_on(date(2026, 6, 30)) and not cast.collector_a.has_card_on(
        date(2026, 7, 1)
    )


def test_a_card_is_not_prolonged_into_the_next_one(cast: Cast, client: Client):
    url, field = closing(cast)["card"]
    client.post(url, {field: "31/12/2024"})
    add = reverse("agents:card_add", args=[cast.collector_a.pk])
    client.post(add, {"number": "T-MOI", "valid_from": "01/01/2025", "valid_to": "31/12/2025"})
    assert "T-MOI" in refused(client, url, field, "01/01/2025")


def test_a_card_is_not_prolonged_beyond_the_last_day_of_its_agent(cast: Cast, client: Client):
    url, field = closing(cast)["card"]
    client.post(closing(cast)["agent"][0], {"closed_on": "31/12/2025"})
    assert "ngừng hoạt động sau 31/12/2025" in refused(client, url, field, "01/01/2026")


@pytest.mark.parametrize("screen", ["agent", "point", "card"])
@pytest.mark.parametrize("who", ["lead_a", "officer_a", "auditor", "staff_a"])
def test_only_the_keepers_end_anything(cast: Cast, logged_in: Login, screen: str, who: str):
    url, field = closing(cast)[screen]
    before = fingerprint()
    assert logged_in(getattr(cast, who)).post(url, {field: "31/12/2025"}).status_code == 403
    assert fingerprint() == before
