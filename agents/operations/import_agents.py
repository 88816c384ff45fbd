"""Taking over a list of agents, service points, collectors and cards: all of it, or nothing with
every error named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db import transaction

from agents.access import require
from agents.models import (
    BEGINNING,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CollectorCard,
    Commune,
    Network,
    User,
)
from agents.operations.collectors import do_add_card, do_add_collector
from agents.operations.organisations import do_add_agent, do_add_point, do_serve_communes
from agents.roles import Can
from thaithuy_bhxh.csv_lists import CsvLine, CsvListRefused, RowError
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import code_of
from thaithuy_bhxh.text import fold

COLUMNS = (
    "agent_code",
    "agent_name",
    "network",
    "point_code",
    "point_name",
    "commune_code",
    "commune_valid_from",
    "commune_name",
    "collector_code",
    "collector_name",
    "active_from",
    "active_to",
)
"""One row per collector and commune served; ``card_no`` may follow."""

KINDS = ("agents", "points", "collectors", "cards")

T = TypeVar("T")


@dataclass(slots=True)
class AgentsImported:
    """What a list brought: new records by kind, and rows that changed nothing."""

    rows: int = 0
    created: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    unchanged: int = 0


def do_import_agents(*, actor: User, lines: Sequence[CsvLine]) -> AgentsImported:
    """Add what the list names and is not on record; a list taken over twice changes nothing.

    Agents and points open with the first day of a card in the list. What is on record differently
    is an error, never overwritten. Raises :class:`CsvListRefused` with all errors.
    """
    require(actor, Can.KEEP_AGENTS)
    errors: list[RowError] = []
    with transaction.atomic():
        taking = _Taking(actor, lines)
        for line in lines:
            try:
                taking.take(line)
            except Refused as refusal:
                errors.append(RowError(line.row, refusal.field, refusal.message))
        if errors:
            raise CsvListRefused(len(lines), errors)
    return taking.done


class _Taking:
    """One list on its way in, with what it met so far."""

    def __init__(self, actor: User, lines: Sequence[CsvLine]) -> None:
        self.actor = actor
        self.done = AgentsImported(rows=len(lines))
        self._agents = {agent.code: agent for agent in CollectionAgent.objects.all()}
        self._points = {
            point.code: point for point in CollectionPoint.objects.prefetch_related("communes")
        }
        self._served = {
            code: {one.pk for one in point.communes.all()} for code, point in self._points.items()
        }
        self._collectors = {one.code: one for one in Collector.objects.select_related("point")}
        self._cards = {
            (card.collector_id, card.valid_from): card for card in CollectorCard.objects.all()
        }
        self._communes = {(unit.code, unit.valid_from): unit for unit in Commune.objects.all()}
        self._agent_opens = _first_days(lines, "agent_code")
        self._point_opens = _first_days(lines, "point_code")

    def take(self, line: CsvLine) -> None:
        """Add what this row names; raises :class:`Refused` with the column."""
        before = dict(self.done.created)
        agent = self._agent(line)
        commune = self._commune(line)
        point, served_more = self._point(line, agent, commune)
        collector = self._collector(line, point)
        self._card(line, collector)
        if self.done.created == before and not served_more:
            self.done.unchanged += 1

    def _agent(self, line: CsvLine) -> CollectionAgent:
        code, name, network = (
            code_of(line.needed("agent_code")),
            line.needed("agent_name"),
            line.needed("network"),
        )
        if network not in Network.values:
            raise Refused(
                f"Hệ thống “{network}” không có; hãy ghi post_office hoặc commune_committee.",
                "network",
            )
        agent = self._agents.get(code)
        if agent is None:
            opened_on = self._opened(line, self._agent_opens)
            with _columns(code="agent_code", name="agent_name", opened_on="active_from"):
                agent = do_add_agent(
                    actor=self.actor, code=code, name=name, network=network, opened_on=opened_on
                )
            self._agents[code] = self._count("agents", agent)
        _same_name(agent.name, name, "agent_name")
        if agent.network != network:
            raise Refused(f"Đại lý {code} thuộc hệ thống {agent.get_network_display()}.", "network")
        return agent

    def _commune(self, line: CsvLine) -> Commune:
        code, first = line.needed("commune_code"), line.day("commune_valid_from") or BEGINNING
        commune = self._communes.get((code, first))
        if commune is None:
            since = "" if first == BEGINNING else f" từ ngày {first:%d/%m/%Y}"
            raise Refused(f"Không có xã, thị trấn mã {code}{since} trong danh mục.", "commune_code")
        if line.text("commune_name"):
            _same_name(commune.name, line.text("commune_name"), "commune_name")
        return commune

    def _point(
        self, line: CsvLine, agent: CollectionAgent, commune: Commune
    ) -> tuple[CollectionPoint, bool]:
        """The point, and whether the row adds a commune to those that it serves."""
        code, name = code_of(line.needed("point_code")), line.needed("point_name")
        point = self._points.get(code)
        if point is None:
            opened_on = self._opened(line, self._point_opens)
            with _columns(code="point_code", name="point_name", opened_on="active_from"):
                point = do_add_point(
                    actor=self.actor,
                    agent=agent,
                    code=code,
                    name=name,
                    opened_on=opened_on,
                    communes=[commune],
                )
            self._points[code] = self._count("points", point)
            self._served[code] = {commune.pk}
        _same_name(point.name, name, "point_name")
        if point.agent_id != agent.pk:
            raise Refused(f"Điểm thu {code} thuộc một đại lý khác.", "point_code")
        if commune.pk in self._served[code]:
            return point, False
        do_serve_communes(actor=self.actor, point=point, communes=[commune])
        self._served[code].add(commune.pk)
        return point, True

    def _collector(self, line: CsvLine, point: CollectionPoint) -> Collector:
        code, name = code_of(line.needed("collector_code")), line.needed("collector_name")
        collector = self._collectors.get(code)
        if collector is None:
            with _columns(code="collector_code", full_name="collector_name"):
                collector = do_add_collector(
                    actor=self.actor, point=point, code=code, full_name=name
                )
            self._collectors[code] = self._count("collectors", collector)
        _same_name(collector.full_name, name, "collector_name")
        if collector.point_id != point.pk:
            raise Refused(
                f"Nhân viên thu {code} đang ở điểm thu {collector.point.code}.", "point_code"
            )
        return collector

    def _card(self, line: CsvLine, collector: Collector) -> None:
        first, last, number = line.day("active_from"), line.day("active_to"), line.text("card_no")
        if first is None:
            raise Refused("Thiếu ngày bắt đầu có giá trị của thẻ.", "active_from")
        card = self._cards.get((collector.pk, first))
        if card is None:
            with _columns(number="card_no", valid_from="active_from", valid_to="active_to"):
                card = do_add_card(
                    actor=self.actor,
                    collector=collector,
                    number=number,
                    valid_from=first,
                    valid_to=last,
                )
            self._cards[collector.pk, first] = self._count("cards", card)
        if card.valid_to != last:
            kept = f"đến {card.valid_to:%d/%m/%Y}" if card.valid_to else "không thời hạn"
            raise Refused(
                f"Thẻ từ {first:%d/%m/%Y} đã ghi {kept}; hãy sửa trên màn hình.", "active_to"
            )
        if number and card.number != number:
            raise Refused(
                f"Thẻ từ {first:%d/%m/%Y} đã ghi số “{card.number}”; hãy sửa trên màn hình.",
                "card_no",
            )

    def _opened(self, line: CsvLine, first_days: dict[str, date]) -> date:
        """The first day in the list of this row's agent or point; the row's own date is named when
        it is wrong.
        """
        column = "agent_code" if first_days is self._agent_opens else "point_code"
        day = first_days.get(code_of(line.text(column))) or line.day("active_from")
        if day is None:
            raise Refused("Thiếu ngày bắt đầu có giá trị của thẻ.", "active_from")
        return day

    def _count(self, kind: str, record: T) -> T:
        self.done.created[kind] += 1
        return record


def _first_days(lines: Iterable[CsvLine], column: str) -> dict[str, date]:
    """Code → the earliest readable ``active_from`` of its rows."""
    found: dict[str, date] = {}
    for line in lines:
        try:
            day = line.day("active_from")
        except Refused:
            continue
        code = code_of(line.text(column))
        if day and (code not in found or day < found[code]):
            found[code] = day
    return found


def _same_name(on_record: str, in_list: str, column: str) -> None:
    """Thụy and Thuỵ are the same; anything else is an error, never overwritten."""
    if fold(on_record) != fold(in_list):
        raise Refused(
            f"Mã này đã ghi tên “{on_record}”; nếu tên đổi, hãy sửa trên màn hình.", column
        )


@contextmanager
def _columns(**names: str) -> Iterator[None]:
    """Refusals of an operation name their field; here they name the list's column."""
    try:
        yield
    except Refused as refusal:
        raise Refused(refusal.message, names.get(refusal.field, "")) from refusal
