"""Contracts with agents, courses for their staff, and collectors who left: from 2019 on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from enrollment.demonstration import words
from enrollment.demonstration.campaign import (
    Campaign,
    CommuneKey,
    SimulatedAgent,
    SimulatedCollector,
)
from enrollment.demonstration.side_records import (
    CourseGuest,
    SimulatedContract,
    SimulatedCourse,
    SimulatedLeaving,
)
from thaithuy_bhxh.workdays import is_working_day

BEGIN = date(2019, 1, 1)
"""When the campaign began."""
_TERM_YEARS = 2
_BEFORE_CARDS = timedelta(days=75)


def contracts(campaign: Campaign, day: date, rng: Random) -> Iterator[SimulatedContract]:
    """Two-year terms from 2019 on; one agent has let its contract run out, one is about to."""
    served: dict[str, set[CommuneKey]] = defaultdict(set)
    for point in campaign.points:
        served[point.agent_code] |= set(point.communes)
    late = {
        agent.code for agent in rng.sample([a for a in campaign.agents if a.closed_on is None], 2)
    }
    for agent in campaign.agents:
        first, number = max(agent.opened_on, BEGIN), 0
        while first <= day and (agent.closed_on is None or first <= agent.closed_on):
            last = date(first.year + _TERM_YEARS - 1, 12, 31)
            last = min(last, agent.closed_on or last)
            if agent.code in late and last > day:
                last = (
                    day + timedelta(days=24) if agent.code == min(late) else day - timedelta(days=9)
                )
            number += 1
            if last >= first:
                yield SimulatedContract(
                    agent.code,
                    f"{number:02d}/{first.year}/HĐUQ-{agent.code}",
                    first - timedelta(days=6),
                    first,
                    last,
                    tuple(sorted(served[agent.code])),
                )
            first = last + timedelta(days=1)
            if agent.code in late and last <= day + timedelta(days=60):
                break


def courses(campaign: Campaign, day: date, rng: Random) -> Iterator[SimulatedCourse]:
    """Two courses a year since 2019 for whose card begins soon; early in the running month one for
    candidates; those of the coming weeks are planned already.
    """
    agents = {point.code: point.agent_code for point in campaign.points}
    for year in range(BEGIN.year, day.year + 1):
        for half, begins in ((1, date(year - 1, 12, 9)), (2, date(year, 6, 17))):
            starts = office_day(begins)
            if starts <= day:
                guests = tuple(_guests(campaign, agents, starts, rng))
                if guests:
                    yield _course(year, half, starts, guests)
    held = office_day(day.replace(day=4))
    if held + timedelta(days=1) < day:
        candidates = tuple(
            CourseGuest(code, None, name, f"0100{place:06d}", True)
            for place, (code, name) in enumerate(words.NEWLY_TRAINED)
        )
        yield _course(held.year, 4, held, candidates)
    ahead = office_day(day + timedelta(days=17))
    coming = [one for one in campaign.collectors if _expires_soon(one, ahead)][:12]
    guests = tuple(
        CourseGuest(agents[c.point_code], c.code, c.full_name, c.phone, None) for c in coming
    )
    yield _course(ahead.year, 3, ahead, guests)


def _course(year: int, half: int, starts: date, guests: tuple[CourseGuest, ...]) -> SimulatedCourse:
    title = words.COURSES[(year + half) % len(words.COURSES)]
    return SimulatedCourse(
        f"TH{year}-{half:02d}",
        title,
        starts,
        starts + timedelta(days=1),
        words.place_on(starts),
        words.TRAINERS[half % 2],
        f"{20 + half}/GM-BHXH-{year}",
        guests,
    )


def _guests(
    campaign: Campaign, agents: dict[str, str], starts: date, rng: Random
) -> Iterator[CourseGuest]:
    """Whose next card begins after the course; nearly all come and pass, because the card waits for
    it.
    """
    for one in campaign.collectors:
        if any(starts < card.valid_from <= starts + _BEFORE_CARDS for card in one.cards):
            yield CourseGuest(agents[one.point_code], one.code, one.full_name, one.phone, True)
    for name in words.CANDIDATES[starts.year % 4 :: 4]:
        agent = rng.choice([agent.code for agent in campaign.agents if is_open(agent, starts)])
        outcome = rng.choices((True, False, None), (6, 3, 1))[0]
        yield CourseGuest(agent, None, name, f"09{rng.randint(10**7, 10**8 - 1)}", outcome)


def _expires_soon(one: SimulatedCollector, day: date) -> bool:
    last = max(card.valid_to for card in one.cards)
    return day <= last <= day + timedelta(days=60)


def leavings(campaign: Campaign, day: date) -> Iterator[SimulatedLeaving]:
    """Whose last card ran out while the point went on and somebody else there has one for the next
    day.
    """
    at_point: dict[str, list[SimulatedCollector]] = defaultdict(list)
    for one in campaign.collectors:
        at_point[one.point_code].append(one)
    closed = {point.code: point.closed_on for point in campaign.points}
    for staff in at_point.values():
        for one in staff:
            ended = max(card.valid_to for card in one.cards)
            heirs = [
                other
                for other in staff
                if other is not one and other.has_card_on(ended + timedelta(days=1))
            ]
            if ended < day and ended != closed[one.point_code] and heirs:
                yield SimulatedLeaving(one.code, ended, heirs[-1].code)


def office_day(day: date) -> date:
    """This day, or the next one on which the office is open."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_open(agent: SimulatedAgent, day: date) -> bool:
    return agent.opened_on <= day and (agent.closed_on is None or agent.closed_on >= day)
