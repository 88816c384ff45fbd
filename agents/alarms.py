"""What needs a decision about the agents and their people today; one list for the page and for the
home pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse

from agents.access import scope_of
from agents.cards import SOON, card_state
from agents.contracts import contract_state
from agents.daily_limits import reached_lately
from agents.models import (
    CollectionAgent,
    Collector,
    CollectorCard,
    CourseAttendance,
    CourseResult,
    User,
)
from agents.querysets import agents_visible_to
from agents.roles import Can
from agents.taken_over import moved_lately
from thaithuy_bhxh.text import lower_first

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
    "moved": "Người tham gia đã đóng ở nơi khác",
    "limit": "Xem, tra số đến giới hạn trong ngày",
}


@dataclass(frozen=True, slots=True)
class AgentAlarm:
    """One thing to decide: ``kind`` (see :data:`KINDS`), a sentence, where to act (empty: nowhere),
    and how bad.
    """

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


def alarms_for(user: User, day: date) -> list[AgentAlarm]:
    """Everything that needs this person's decision, worst first (one query, besides that of the
    scope).

    An officer sees the agents that serve the own communes, a lead of the own agent, a
    collector of the own card.
    """
    if user.may(Can.WORK_UNDER_A_CARD):
        return _own_card(user, day)
    rows = _rows(_agents_of(user, day), day, user)
    found = [
        *_uncarded(rows["uncarded"]),
        *_cards(rows["card"], day),
        *_contracts(rows["contract"], day),
        *_candidates(rows["candidate"]),
        *_from_trail(user, rows["moved"], "moved"),
        *_from_trail(user, rows["limit"], "limit"),
    ]
    return sorted(found, key=lambda alarm: _ORDER[alarm.tone])


def _agents_of(user: User, day: date) -> QuerySet[CollectionAgent]:
    agents = agents_visible_to(user).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=day), opened_on__lte=day
    )
    if user.may(Can.FOLLOW_COMMUNES):
        served = CollectionAgent.objects.filter(points__communes__in=scope_of(user).communes)
        return agents.filter(pk__in=served.values("pk"))
    return agents


def _own_card(user: User, day: date) -> list[AgentAlarm]:
    if not _collects(user):
        return []
    terms = [_Term(*row) for row in _card_rows(Q(collector=user.collector_id))]
    if not any(term.valid_from <= day <= term.last_day for term in terms):
        return [AgentAlarm("card", _gap_in_words(terms, day), "", "bad")]
    state = card_state(terms, day)
    return (
        []
        if state.tone == "ok"
        else [AgentAlarm("card", f"Thẻ của bạn: {state.word}", "", state.tone)]
    )


def card_gap(user: User, day: date) -> str:
    """What a collector without a valid card on the day must know before starting; empty for whoever
    may take money.
    """
    return (
        next((alarm.text for alarm in alarms_for(user, day) if alarm.tone == "bad"), "")
        if _collects(user)
        else ""
    )


def _collects(user: User) -> bool:
    return user.may(Can.WORK_UNDER_A_CARD) and user.collector_id is not None


def _gap_in_words(terms: list[_Term], day: date) -> str:
    """Why no money may be taken, whom to ask, and what may be recorded nevertheless."""
    late = (
        " Biên lai của những ngày thẻ còn giá trị vẫn ghi được."
        if any(t.valid_from <= day for t in terms)
        else ""
    )
    return (
        f"Hôm nay bạn chưa được thu tiền vì không có thẻ nhân viên thu còn giá trị "
        f"({lower_first(card_state(terms, day).word)}). Hãy báo phụ trách đại lý hoặc chuyên "
        "quản thu "
        f"để cơ quan BHXH cấp thẻ.{late}"
    )


def _card_rows(who: Q) -> Iterable[tuple[date, date | None]]:
    return CollectorCard.objects.filter(who).values_list("valid_from", "valid_to")


def _working(agents: QuerySet[CollectionAgent], day: date) -> Q:
    return Q(point__agent__in=agents) & (Q(ended_on__isnull=True) | Q(ended_on__gte=day))


class _Row(NamedTuple):
    """What is asked about any kind: whose page, who or what, its code, the agent, and up to four
    days.
    """

    kind: str
    key: int
    name: str
    code: str
    agent: str
    first: date | None
    last: date | None
    ended: date | None
    closed: date | None


# Without the cast PostgreSQL takes two such columns for text and refuses to join them with a day.
_NO_DAY = Cast(Value(None), DateField())


def _asked(rows: QuerySet[Any], kind: str, *fields: Any) -> QuerySet[Any]:
    """Rows of one kind in the columns of :class:`_Row`."""
    named = dict(
        zip(
            _Row._fields[1:],
            (F(one) if isinstance(one, str) else one for one in fields),
            strict=True,
        )
    )
    columns = {f"asked_{name}": value for name, value in {"kind": Value(kind), **named}.items()}
    return rows.order_by().annotate(**columns).values_list(*columns)


def _rows(agents: QuerySet[CollectionAgent], day: date, user: User) -> dict[str, list[_Row]]:
    """The rows of every kind in order of their codes and days."""
    parts = [
        _asked(
            _without_card(agents, day),
            "uncarded",
            "pk",
            "full_name",
            "code",
            "point__agent__name",
            *[_NO_DAY] * 4,
        ),
        _asked(
            _ending_cards(agents, day),
            "card",
            "collector_id",
            "collector__full_name",
            "collector__code",
            "collector__point__agent__name",
            "valid_from",
            "valid_to",
            _NO_DAY,
            _NO_DAY,
        ),
        _asked(
            agents,
            "contract",
            "pk",
            "name",
            "code",
            "name",
            "contracts__valid_from",
            "contracts__valid_to",
            "contracts__ended_on",
            "closed_on",
        ),
        _asked(
            _waiting(agents, day),
            "candidate",
            "course_id",
            "full_name",
            "course__code",
            "agent__name",
            "course__ends_on",
            _NO_DAY,
            _NO_DAY,
            _NO_DAY,
        ),
        _asked(
            moved_lately(user, day),
            "moved",
            "pk",
            KT("changes__notice"),
            Value(""),
            Value(""),
            *[_NO_DAY] * 4,
        ),
        _asked(
            reached_lately(user, day),
            "limit",
            "pk",
            "summary",
            Value(""),
            Value(""),
            *[_NO_DAY] * 4,
        ),
    ]
    found: dict[str, list[_Row]] = {kind: [] for kind in KINDS}
    for row in sorted(
        map(_Row._make, parts[0].union(*parts[1:], all=True)),
        key=lambda row: (row.code, str(row.first)),
    ):
        found[row.kind].append(row)
    return found


def _without_card(agents: QuerySet[CollectionAgent], day: date) -> QuerySet[Collector]:
    """Who has written receipts lately and has no valid card today."""
    carded = CollectorCard.objects.valid_on(day).filter(collector=OuterRef("pk"))
    recent = Collector.objects.filter(
        pk=OuterRef("pk"), receipts__received_on__gt=day - timedelta(days=RECENT)
    )
    return Collector.objects.filter(_working(agents, day), ~Exists(carded), Exists(recent))


def _ending_cards(agents: QuerySet[CollectionAgent], day: date) -> QuerySet[CollectorCard]:
    """All cards of whoever has one that ends within :data:`SOON` days."""
    ending = CollectorCard.objects.valid_on(day).filter(
        collector=OuterRef("collector"), valid_to__lte=day + timedelta(days=SOON)
    )
    staff = Collector.objects.filter(_working(agents, day), ended_on__isnull=True)
    return CollectorCard.objects.filter(Exists(ending), collector__in=staff)


def _waiting(agents: QuerySet[CollectionAgent], day: date) -> QuerySet[CourseAttendance]:
    return CourseAttendance.objects.filter(
        agent__in=agents,
        collector=None,
        result=CourseResult.PASSED,
        course__ends_on__gt=day - timedelta(days=WAITING),
        course__ends_on__lte=day,
    )


def _from_trail(user: User, rows: Iterable[_Row], kind: str) -> Iterable[AgentAlarm]:
    """What the trail itself says, the latest first."""
    url = reverse("agents:audit") if user.may(Can.READ_THE_TRAIL) else ""
    return [
        AgentAlarm(kind, row.name, url, "warn") for row in sorted(rows, key=lambda row: -row.key)
    ]


def _uncarded(rows: Iterable[_Row]) -> Iterable[AgentAlarm]:
    for row in rows:
        text = (
            f"{row.name} ({row.code}, {row.agent}) đã thu trong {RECENT} ngày qua, nay "
            "không có thẻ còn giá trị"
        )
        yield AgentAlarm("uncarded", text, reverse("agents:collector", args=[row.key]), "bad")


def _cards(rows: Iterable[_Row], day: date) -> Iterable[AgentAlarm]:
    """Whose cards, taken together, end soon."""
    for key, cards in groupby(rows, key=lambda row: (row.key, row.name, row.code, row.agent)):
        state = card_state([_Term(row.first, row.last) for row in cards if row.first], day)
        if state.tone == "warn":
            pk, name, code, agent = key
            text = f"Thẻ của {name} ({code}, {agent}): {state.word}"
            yield AgentAlarm("card", text, reverse("agents:collector", args=[pk]), "warn")


def _contracts(rows: Iterable[_Row], day: date) -> Iterable[AgentAlarm]:
    for (pk, name, closed), terms in groupby(rows, key=lambda row: (row.key, row.name, row.closed)):
        signed = [_Term(row.first, row.ended or row.last) for row in terms if row.first]
        state = contract_state(signed, day, closed)
        if state.is_alarm:
            yield AgentAlarm(
                "contract", f"{name}: {state.word}", reverse("agents:agent", args=[pk]), state.tone
            )


def _candidates(rows: Iterable[_Row]) -> Iterable[AgentAlarm]:
    for row in sorted(rows, key=lambda row: (str(row.first), row.name)):
        text = f"{row.name} ({row.agent}) đã đạt lớp {row.code}, chưa nhận vào làm"
        yield AgentAlarm("candidate", text, reverse("agents:course", args=[row.key]), "warn")
