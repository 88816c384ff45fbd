"""Whatever happens to cards, people, points and agents: money is taken on exactly the days of a
valid card.

Beyond ``test_handover.py``: points that close, moves, reopenings, later first days, and lists.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agents.models import Collector, CollectorCard
from agents.operations import collectors, organisations
from enrollment.operations.handover import do_end_collector
from enrollment.operations.receipts import Payment, do_record_receipt
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

START = date(2026, 1, 1)
SPAN = 59
days = st.integers(0, SPAN).map(lambda n: START + timedelta(days=n))
NAMES = (
    "add",
    "add",
    "end_card",
    "move",
    "close_point",
    "close_agent",
    "reopen",
    "later",
    "hired",
    "leave",
)
acts = st.lists(st.tuples(st.sampled_from(NAMES), days, st.none() | days), min_size=2, max_size=9)


@pytest.fixture
def who(cast: Cast) -> Collector:
    """Somebody of agent A without a card, at a point of their own."""
    return Collector.objects.create(
        code="BD001-50", full_name="Người Thử", point=builders.point(cast.agent_a, 2)
    )


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(acts, st.lists(days, min_size=2, max_size=2), st.booleans())
def test_nobody_takes_money_on_a_day_without_a_card(
    cast: Cast,
    who: Collector,
    done: list[tuple[str, date, date | None]],
    asked: list[date],
    listed: bool,
):
    with transaction.atomic():
        mine = _Model()
        for name, day, other in [("add", done[0][1], None), *done]:
            _tried(cast, who, mine, name, day, other)
            _assert_inside_work(who)
        for day in asked:
            assert _takes(cast, who, day, listed=listed) == mine.holds(day), (day, mine.cards)
        transaction.set_rollback(True)


class _Model:
    """The days of the cards as the accepted acts leave them: the test's own book."""

    def __init__(self) -> None:
        self.cards: dict[int, list[date | None]] = {}

    def holds(self, day: date) -> bool:
        return any(
            first <= day and (last is None or day <= last) for first, last in self.cards.values()
        )  # type: ignore[operator]

    def cut(self, last: date) -> None:
        """All ends on this day; what would begin later never begins."""
        self.cards = {
            key: [first, min(end or last, last)]
            for key, (first, end) in self.cards.items()
            if first <= last  # type: ignore[operator]
        }


def _tried(
    cast: Cast, who: Collector, mine: _Model, name: str, day: date, other: date | None
) -> None:
    """Do it and book it, or be refused and book nothing."""
    by, point = cast.manager, Collector.objects.get(pk=who.pk).point
    elsewhere = builders.point(cast.agent_a, 1 if point.pk != cast.collector_a.point_id else 2)
    card = CollectorCard.objects.filter(collector=who).order_by("-valid_from").first()
    heir = builders.collector(cast.agent_a, 3)
    person = {"actor": by, "collector": who, "full_name": who.full_name, "phone": ""}
    moved: dict[str, Callable[[], Any]] = {
        "add": lambda: collectors.do_add_card(
            actor=by, collector=who, number="", valid_from=day, valid_to=other
        ),
        "end_card": lambda: card and collectors.do_end_card(actor=by, card=card, valid_to=day),
        "move": lambda: collectors.do_edit_collector(point=elsewhere, **person),
        "hired": lambda: collectors.do_edit_collector(point=point, hired_on=day, **person),
        "close_point": lambda: organisations.do_close_point(actor=by, point=point, closed_on=day),
        "close_agent": lambda: organisations.do_close_agent(
            actor=by, agent=cast.agent_a, closed_on=day
        ),
        "reopen": lambda: _reopened(cast),
        "later": lambda: organisations.do_edit_point(
            actor=by, point=point, name=point.name, opened_on=day, communes=point.communes.all()
        ),
        "leave": lambda: do_end_collector(actor=by, collector=who, ended_on=day, successor=heir),
    }
    try:
        with transaction.atomic():
            result = moved[name]()
    except Refused:
        return
    if name == "add":
        mine.cards[result.pk] = [day, other]
    elif name == "end_card" and card:
        mine.cards[card.pk][1] = day
    elif name in ("close_agent", "leave"):
        mine.cut(day)


def _reopened(cast: Cast) -> None:
    organisations.do_reopen_agent(actor=cast.manager, agent=cast.agent_a)
    for point in cast.agent_a.points.all():
        organisations.do_reopen_point(actor=cast.manager, point=point)


def _assert_inside_work(who: Collector) -> None:
    """No card is for a day on which its holder, the point or the agent does not work."""
    row = Collector.objects.select_related("point__agent").get(pk=who.pk)
    ends = [day for day in (row.ended_on, row.point.closed_on, row.point.agent.closed_on) if day]
    for card in row.cards.all():
        assert not row.hired_on or row.hired_on <= card.valid_from
        assert all(card.valid_to and card.valid_to <= end for end in ends), (card.valid_to, ends)


def _takes(cast: Cast, who: Collector, day: date, *, listed: bool) -> bool:
    """Whether somebody new can pay on this day, on the form or by a list; refused for the
    collector's sake only.
    """
    if listed:
        line = builders.receipt_line(cast.commune_a, who, day)
        outcome = builders.import_lines(cast.manager, line, skip_bad=True)
        assert {error.column for error in outcome.errors} <= {"16"}, outcome.errors
        return not outcome.errors
    person = builders.paid(cast.manager, cast.commune_a, cast.collector_b, START).participant
    payment = Payment(
        collector=Collector.objects.select_related("point__agent").get(pk=who.pk),
        received_on=day,
        method="6",
        from_month=Month(2026, 7),
        chosen_income=1_500_000,
        commune=cast.commune_a,
    )
    try:
        do_record_receipt(actor=cast.lead_a, participant=person, payment=payment)
    except Refused as refused:
        assert refused.field == "collector", refused.message
        return False
    return True
