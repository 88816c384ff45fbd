"""The two networks that collect: the post office with its points, and the committees of the
communes of each era.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from enrollment.demonstration.campaign import (
    CommuneKey,
    SimulatedAgent,
    SimulatedCard,
    SimulatedCollector,
    SimulatedPoint,
)
from enrollment.demonstration.names import Numbers, full_name
from enrollment.demonstration.places import ALWAYS, TOWN, Place, Territory
from thaithuy_bhxh.months import Month

POST_OFFICE, COMMITTEE = "post_office", "commune_committee"
POST_OFFICE_CODE = "BD001"
OPENED = date(2016, 1, 1)
_ERA_SUFFIXES = ("", "B", "C")
_YEARS_PER_CARD = 3
_MONTHS_AHEAD = 6
_RUNNING_OUT = (12, 20, 27, 35, 43, 50, 58)
"""Days after the last month on which a card ends that nobody has renewed yet: whatever day it is,
some end soon.
"""
_CAMPAIGN_STARTS = (date(2019, 1, 1), date(2020, 1, 1), date(2021, 1, 1))


class CollectionNetworks:
    """Agents, points and collectors; ``last_month`` only decides up to when cards have been
    issued.
    """

    def __init__(
        self, territory: Territory, last_month: Month, rng: Random, numbers: Numbers
    ) -> None:
        self._territory = territory
        self._issued_to = (last_month + _MONTHS_AHEAD).last_day
        self._rng = rng
        self._numbers = numbers
        self._cards_issued = 0
        self.agents: list[SimulatedAgent] = []
        self.points: list[SimulatedPoint] = []
        self.collectors: list[SimulatedCollector] = []
        self._committee: dict[int, tuple[SimulatedPoint, list[SimulatedCollector]]] = {}
        self._post: dict[int, list[tuple[SimulatedPoint, list[SimulatedCollector]]]] = {}
        self._build_post_office()
        for place in territory.places:
            self._build_committee(place)
        self._let_run_out(last_month)

    def staff(self, network: str, leaf: Place, day: date) -> list[SimulatedCollector]:
        """Who may take money of people of this leaf on this day."""
        if network == POST_OFFICE:
            counters = self._post[self._territory.final[leaf.id].id]
            found = [collector for _, staff in counters for collector in staff]
        else:
            found = self._committee[self._territory.at(leaf, day).id][1]
        return [collector for collector in found if collector.has_card_on(day)]

    def _build_post_office(self) -> None:
        self.agents.append(
            SimulatedAgent(POST_OFFICE_CODE, "Bưu điện Thái Thụy", POST_OFFICE, OPENED, None)
        )
        finals = sorted(
            {place.id: place for place in self._territory.final.values()}.values(),
            key=self._town_first,
        )
        for place in [finals[0], *finals]:
            point = self._post_point(place)
            self.points.append(point)
            staff = [
                self._collector(POST_OFFICE_CODE, point.code, *term)
                for term in self._terms(2, None)
            ]
            self._post.setdefault(place.id, []).append((point, staff))

    def _town_first(self, place: Place) -> tuple[bool, str]:
        return not any(p.kind == TOWN for p in self._part_of(place)), place.code

    def _part_of(self, final: Place) -> Iterator[Place]:
        return (p for p in self._territory.places if self._territory.final[p.id] == final)

    def _post_point(self, place: Place) -> SimulatedPoint:
        served = tuple(part.key for part in self._part_of(place))
        oldest = [part for part in self._part_of(place) if part.valid_from == ALWAYS]
        seat = max(oldest, key=lambda part: (part.kind == TOWN, part.code == place.code))
        number = len(self.points) + 1
        name = (
            f"Bưu cục trung tâm {seat.name}"
            if number == 1
            else f"Điểm phục vụ bưu điện {seat.name}"
        )
        name += " 2" if number == 2 else ""
        return SimulatedPoint(
            f"{POST_OFFICE_CODE}-P{number:02d}", name, POST_OFFICE_CODE, OPENED, None, served
        )

    def _build_committee(self, place: Place) -> None:
        code = committee_code(self._territory, place)
        opened = max(OPENED, place.valid_from)
        agent = SimulatedAgent(code, f"UBND {place.label}", COMMITTEE, opened, place.valid_to)
        keys: tuple[CommuneKey, ...] = (place.key,)
        point = SimulatedPoint(f"{code}-P01", agent.name, code, opened, place.valid_to, keys)
        count = 2 if place.kind == TOWN or opened > OPENED else self._rng.choice((1, 1, 2))
        staff = [
            self._collector(code, point.code, *term)
            for term in self._terms(count, place.valid_to, opened)
        ]
        self.agents.append(agent)
        self.points.append(point)
        self._committee[place.id] = (point, staff)

    def _terms(
        self, count: int, closed: date | None, opened: date = OPENED
    ) -> list[tuple[date, date | None]]:
        """From when to when each collector serves: the first ones, a successor of one of them, who
        joins later.
        """
        terms: list[tuple[date, date | None]] = [(opened, closed)] * count
        leaving = date(self._rng.randint(2018, 2024), 12, 31)
        if opened < leaving and (closed is None or leaving < closed) and self._rng.random() < 0.5:
            terms[-1] = (opened, leaving)
            terms.append((leaving + timedelta(days=1), closed))
        if closed is None and opened == OPENED:
            terms.append((self._rng.choice(_CAMPAIGN_STARTS), None))
        return terms

    def _let_run_out(self, last_month: Month) -> None:
        """Cut the last cards of a few whose point has others; every month of the campaign stays as
        it is.
        """
        ends = [last_month.last_day + timedelta(days=days) for days in _RUNNING_OUT]
        at_point: dict[str, list[SimulatedCollector]] = {}
        for one in self.collectors:
            if one.has_card_on(last_month.last_day) and one.has_card_on(ends[-1]):
                at_point.setdefault(one.point_code, []).append(one)
        chosen = [staff[-1] for staff in at_point.values() if len(staff) > 1]
        step = max(1, len(chosen) // len(ends))
        cut = {one.code: _until(one, end) for one, end in zip(chosen[::step], ends, strict=False)}
        on_duty = [staff for counters in self._post.values() for _, staff in counters]
        on_duty += [staff for _, staff in self._committee.values()]
        for staff in (self.collectors, *on_duty):
            staff[:] = [cut.get(one.code, one) for one in staff]

    def _collector(
        self, agent: str, point: str, first: date, last: date | None
    ) -> SimulatedCollector:
        number = 1 + sum(1 for one in self.collectors if one.code.rpartition("-")[0] == agent)
        name = full_name(self._rng, self._rng.choice(("male", "female", "female")))
        cards = tuple(self._cards(first, last))
        collector = SimulatedCollector(
            f"{agent}-{number:02d}", name, point, self._numbers.phone(), cards
        )
        self.collectors.append(collector)
        return collector

    def _cards(self, first: date, last: date | None) -> Iterator[SimulatedCard]:
        """A card holds to the end of its third year, or to the end of the service."""
        while first <= self._issued_to and (last is None or first <= last):
            end = date(first.year + _YEARS_PER_CARD - 1, 12, 31)
            end = end if last is None else min(end, last)
            self._cards_issued += 1
            yield SimulatedCard(f"TNV-{first.year}-{self._cards_issued:04d}", first, end)
            first = end + timedelta(days=1)


def _until(one: SimulatedCollector, day: date) -> SimulatedCollector:
    """The same person with cards up to this day."""
    kept = (card for card in one.cards if card.valid_from <= day)
    return replace(
        one, cards=tuple(replace(card, valid_to=min(card.valid_to, day)) for card in kept)
    )


def committee_code(territory: Territory, place: Place) -> str:
    """``XA12826``, ``XA12826B``, ``XA12826C``: a letter marks the successors that reuse a code."""
    eras = sorted({p.valid_from for p in territory.places})
    return f"XA{place.code}{_ERA_SUFFIXES[eras.index(place.valid_from)]}"
