"""What the register shows: search words, commune, agent, status, due; and the sentence that says
so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, Value, When

from agents.access import lineage_for, scope_of
from agents.lineage import place_now
from agents.models import CollectionAgent, Collector, Commune, User
from enrollment.collector_of_person import collectors_to_filter_by, followed_by
from enrollment.models import Participant
from enrollment.person_status import STATUSES
from enrollment.querysets import ParticipantQuerySet, is_whole, number_in
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.text import place_key
from thaithuy_bhxh.web.ordering import Head, Order

MINE = "toi"
"""In the address: the reader's own people."""
DUE = {
    "7": "đến hạn trong 7 ngày",
    "15": "đến hạn trong 15 ngày",
    "30": "đến hạn trong 30 ngày",
    "qua30": "quá hạn trong 30 ngày qua",
    "qua": "đã quá hạn",
}


class ParticipantFilter:
    """The reader's people, narrowed by the address's filters and the session's search words."""

    def __init__(self, query: Mapping[str, Any], user: User, words: str) -> None:
        self.words = words
        self.status = _known(query.get("tinh_trang"), STATUSES)
        self.due = _known(query.get("den_han"), DUE)
        self.statuses, self.dues = STATUSES, DUE
        self._day = today()
        self._lineage = lineage_for(user)
        communes = sorted(Commune.objects.valid_on(self._day), key=lambda one: place_key(one.name))
        self._now = {one.pk: one for one in communes}
        self._choose_units(query, user)
        self.order = Order(query, self._heads(), ("sort_key", "pk"))
        self.people = self._narrow(
            Participant.objects.visible_to(user).select_related("commune", "agent")
        ).order_by(*self.order.by())

    def _heads(self) -> tuple[Head, ...]:
        """By what the list can be ordered; communes go by today's names."""
        names = {pk: place_key(self.place_now(pk)) for pk in self._lineage.units}
        by_name = sorted(names, key=lambda pk: names[pk])
        ranks = (When(commune=pk, then=Value(rank)) for rank, pk in enumerate(by_name))
        return (
            Head("ten", "tên gọi", "sort_key"),
            Head("nam-sinh", "năm sinh", "birth_year", gaps=True),
            Head("xa", "xã", Case(*ranks), gaps=True),
            Head("dai-ly", "đại lý", "agent__name", gaps=True),
            Head("dong-den", "tháng đã đóng đến", "covered_to", gaps=True),
            Head("han", "hạn đóng tiếp", "due_on", gaps=True),
        )

    def _choose_units(self, query: Mapping[str, Any], user: User) -> None:
        """Communes, agents and collectors to choose from, and those chosen."""
        self.communes = self._communes(user)
        self.agents = list(self._agents(user))
        self.commune = next((c for c in self.communes if str(c.pk) == query.get("xa")), None)
        self.agent = next((a for a in self.agents if a.code == query.get("dai_ly")), None)
        self.collectors = collectors_to_filter_by(user, self.agent and self.agent.pk, _code(query))
        self.collector = self._collector(query, user)

    def _communes(self, user: User) -> list[Commune]:
        """Today's communes in which the reader sees people."""
        scope = scope_of(user)
        everywhere = scope.everything or scope.agent is not None
        return [one for one in self._now.values() if everywhere or one.pk in scope.communes]

    def place_now(self, commune: int | None) -> str:
        """Today's name of a commune, the former one in brackets."""
        return place_now(self._lineage, commune, self._day)

    def _agents(self, user: User) -> Any:
        scope = scope_of(user)
        found = CollectionAgent.objects.order_by("code")
        return found.filter(pk=scope.agent) if scope.agent is not None else found

    def _collector(self, query: Mapping[str, Any], user: User) -> Collector | None:
        """Whose people: “toi” is the reader's own."""
        if query.get("nhan_vien") == MINE:
            return next((one for one in self.collectors if one.pk == user.collector_id), None)
        return next((one for one in self.collectors if one.code == query.get("nhan_vien")), None)

    def _narrow(self, people: ParticipantQuerySet) -> ParticipantQuerySet:
        if self.words:
            people = people.matching(self.words)
        if self.commune:
            people = people.filter(commune__in=self._lineage.members([self.commune.pk], today()))
        if self.agent:
            people = people.filter(agent=self.agent)
        if self.collector:
            people = followed_by(people, self.collector.pk, self._day)
        if self.status:
            people = _BY_STATUS[self.status](people)
        return self._narrow_due(people)

    def _narrow_due(self, people: ParticipantQuerySet) -> ParticipantQuerySet:
        if self.due == "qua":
            return people.overdue_on(today())
        if self.due == "qua30":
            return people.overdue_on(today()).filter(due_on__gte=today() - timedelta(days=30))
        if self.due:
            return people.due_between(today(), today() + timedelta(days=int(self.due)))
        return people

    @property
    def sentence(self) -> str:
        """“Người đang tham gia, xã Thái Ninh, đến hạn trong 7 ngày, khớp với từ đã tìm”."""
        parts = [
            "Mọi người tham gia"
            if not self.status
            else f"Người có tình trạng “{STATUSES[self.status]}”"
        ]
        if self.commune:
            parts.append(self.commune.label)
        if self.agent:
            parts.append(self.agent.name)
        if self.collector:
            parts.append(f"do {self.collector.full_name} theo dõi")
        if self.due:
            parts.append(DUE[self.due])
        if self.words:
            parts.append("khớp với từ đang tìm")
        return ", ".join(parts)

    @property
    def asks_for_a_part(self) -> bool:
        """Whether the search is for a number of which digits are missing."""
        return bool(number_in(self.words)) and not is_whole(self.words)

    @property
    def is_filtered(self) -> bool:
        """Whether the address narrows the list."""
        return bool(self.commune or self.agent or self.collector or self.status or self.due)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.is_filtered)


def _code(query: Mapping[str, Any]) -> str:
    """The code of the collector asked for; codes are short, and no other text is looked for."""
    code = str(query.get("nhan_vien") or "")
    return code if len(code) <= 30 and "\x00" not in code else ""


def _known(value: Any, allowed: Mapping[str, str]) -> str:
    return value if value in allowed else ""


def _going_on(people: ParticipantQuerySet) -> ParticipantQuerySet:
    """Without a stop that has begun: the same first question as in ``status_of``."""
    return people.exclude(stopped_from__lte=this_month())


_BY_STATUS: Mapping[str, Callable[[ParticipantQuerySet], ParticipantQuerySet]] = {
    "dang-dong": lambda people: _going_on(people).paid_in(this_month()),
    "trong-han": lambda people: _going_on(people).in_grace_in(this_month()),
    "gian-doan": lambda people: _going_on(people).filter(active_to__lt=this_month()),
    "da-dung": lambda people: people.filter(stopped_from__lte=this_month()),
    "chua-dong": lambda people: _going_on(people).filter(active_to__isnull=True),
}
