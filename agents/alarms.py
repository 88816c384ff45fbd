"""What needs a decision about the agents and their people today; one list for the page and for the home pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from agents.access import scope_of
from agents.cards import SOON, card_state
from agents.contracts import contract_state
from agents.models import CollectionAgent, Collector, CollectorCard, CourseAttendance, CourseResult, Role, User
from agents.querysets import agents_visible_to

RECENT = 90
"""Days within which a receipt shows that somebody is at work."""
WAITING = 365
"""Days after a course within which a candidate who passed is still waited for."""
_ORDER = {"bad": 0, "warn": 1}

KINDS = {
    "uncarded": "Đang thu mà không có thẻ",
    "card": "Thẻ sắp hết hạn",
    "contract": "Hợp đồng cần ký",
    "candidate": "Chờ nhận vào làm",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to decide: ``kind`` (see :data:`KINDS`), a sentence, where to act (empty: nowhere), and how bad."""

    kind: str
    text: str
    url: str
    tone: str

    @property
    def label(self) -> str:
        """What sort of thing it is, in words."""
        return KINDS[self.kind]


@dataclass(slots=True)
class _Term:
    """One card or contract of a joined row."""

    valid_from: date
    valid_to: date | None

    @property
    def last_day(self) -> date:
        return self.valid_to or date.max


def alarms_for(user: User, day: date) -> list[Alarm]:
    """Everything that needs this person's decision, worst first (four queries; one for a collector).

    An officer is told of the agents that serve the own communes, a lead of the own agent, a collector of the own card.
    """
    if user.has_role(Role.COLLECTOR):
        return _own_card(user, day)
    agents = _agents_of(user, day)
    found = [*_uncarded(agents, day), *_cards(agents, day), *_contracts(agents, day), *_candidates(agents, day)]
    return sorted(found, key=lambda alarm: _ORDER[alarm.tone])


def _agents_of(user: User, day: date) -> QuerySet[CollectionAgent]:
    agents = agents_visible_to(user).filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day), opened_on__lte=day)
    if user.has_role(Role.OFFICER):
        served = CollectionAgent.objects.filter(points__communes__in=scope_of(user).communes)
        return agents.filter(pk__in=served.values("pk"))
    return agents


def _own_card(user: User, day: date) -> list[Alarm]:
    if user.collector_id is None:
        return []
    terms = [_Term(*row) for row in _card_rows(Q(collector=user.collector_id))]
    state = card_state(terms, day)
    return [] if state.tone == "ok" else [Alarm("card", f"Thẻ của bạn: {state.word}", "", state.tone)]


def _card_rows(who: Q) -> Iterable[tuple[date, date | None]]:
    return CollectorCard.objects.filter(who).values_list("valid_from", "valid_to")


def _working(agents: QuerySet[CollectionAgent], day: date) -> Q:
    return Q(point__agent__in=agents) & (Q(ended_on__isnull=True) | Q(ended_on__gte=day))


def _uncarded(agents: QuerySet[CollectionAgent], day: date) -> Iterable[Alarm]:
    """Who has written receipts lately and has no valid card today."""
    carded = CollectorCard.objects.valid_on(day).filter(collector=OuterRef("pk"))
    recent = Collector.objects.filter(pk=OuterRef("pk"), receipts__received_on__gt=day - timedelta(days=RECENT))
    staff = Collector.objects.filter(_working(agents, day), ~Exists(carded), Exists(recent))
    for one in staff.select_related("point__agent").order_by("code"):
        text = f"{one} ({one.point.agent}) đã thu trong {RECENT} ngày qua, nay không có thẻ còn giá trị"
        yield Alarm("uncarded", text, reverse("agents:collector", args=[one.pk]), "bad")


def _cards(agents: QuerySet[CollectionAgent], day: date) -> Iterable[Alarm]:
    """Whose cards, taken together, end within :data:`SOON` days."""
    ending = CollectorCard.objects.valid_on(day).filter(
        collector=OuterRef("collector"), valid_to__lte=day + timedelta(days=SOON)
    )
    staff = Collector.objects.filter(_working(agents, day), ended_on__isnull=True)
    rows = CollectorCard.objects.filter(Exists(ending), collector__in=staff).select_related("collector__point__agent")
    by_collector: dict[Collector, list[CollectorCard]] = {}
    for card in rows.order_by("collector__code", "valid_from"):
        by_collector.setdefault(card.collector, []).append(card)
    for one, cards in by_collector.items():
        state = card_state(cards, day)
        if state.tone == "warn":
            text = f"Thẻ của {one} ({one.point.agent}): {state.word}"
            yield Alarm("card", text, reverse("agents:collector", args=[one.pk]), "warn")


def _contracts(agents: QuerySet[CollectionAgent], day: date) -> Iterable[Alarm]:
    rows = agents.values_list(
        "pk", "name", "closed_on", "contracts__valid_from", "contracts__valid_to", "contracts__ended_on"
    )
    terms: dict[tuple[int, str, date | None], list[_Term]] = {}
    for pk, name, closed_on, first, last, ended_on in rows.order_by("code"):
        kept = terms.setdefault((pk, name, closed_on), [])
        if first:
            kept.append(_Term(first, ended_on or last))
    for (pk, name, closed_on), contracts in terms.items():
        state = contract_state(contracts, day, closed_on)
        if state.is_alarm:
            yield Alarm("contract", f"{name}: {state.word}", reverse("agents:agent", args=[pk]), state.tone)


def _candidates(agents: QuerySet[CollectionAgent], day: date) -> Iterable[Alarm]:
    waiting = CourseAttendance.objects.filter(
        agent__in=agents, collector=None, result=CourseResult.PASSED,
        course__ends_on__gt=day - timedelta(days=WAITING), course__ends_on__lte=day,
    )  # fmt: skip
    for one in waiting.select_related("agent", "course").order_by("course__ends_on", "full_name"):
        text = f"{one.full_name} ({one.agent}) đã đạt lớp {one.course.code}, chưa nhận vào làm"
        yield Alarm("candidate", text, reverse("agents:course", args=[one.course_id]), "warn")
