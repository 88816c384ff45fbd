"""Side records since 2019: labour force, sources of newcomers, ratings, complaints, contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from enrollment.demonstration import words
from enrollment.demonstration.campaign import Campaign, CommuneKey
from enrollment.demonstration.side_records import (
    LabourCount,
    SideRecords,
    SimulatedComplaint,
    SimulatedContact,
    SimulatedRating,
)
from enrollment.demonstration.staffing import (
    BEGIN,
    contracts,
    courses,
    is_open,
    leavings,
    office_day,
)
from thaithuy_bhxh.months import Month

_RATED_SHARE, _RATED_NOW, _MOST_RATINGS = 0.02, 0.05, 420


def side_records_of(campaign: Campaign, day: date, seed: str) -> SideRecords:
    """All side records of a campaign up to ``day``; the same arguments give the same ones.

    The running month's have draws of their own, so that those of the months before stay as they
    are.
    """
    return SideRecords(
        contracts=tuple(contracts(campaign, day, Random(f"{seed}/contracts"))),
        courses=tuple(courses(campaign, day, Random(f"{seed}/courses"))),
        leavings=tuple(leavings(campaign, day)),
        labour=tuple(labour(campaign, day, Random(f"{seed}/labour"))),
        sources=sources(campaign, Random(f"{seed}/sources")),
        ratings=(
            *ratings(_past(campaign, day), day, Random(f"{seed}/ratings"), _RATED_SHARE),
            *ratings(_running(campaign, day), day, Random(f"{seed}/ratings/now"), _RATED_NOW),
        ),
        complaints=tuple(complaints(campaign, day, Random(f"{seed}/complaints"))),
        contacts=tuple(contacts(campaign, day, Random(f"{seed}/contacts"))),
    )


def labour(campaign: Campaign, day: date, rng: Random) -> Iterator[LabourCount]:
    """Generated: about five times the active participants, counted when a commune is formed and at
    the beginning of this year.
    """
    latest: dict[CommuneKey, int] = {
        one.commune: one.value for one in campaign.targets if one.commune and one.metric == "active"
    }
    for key, active in latest.items():
        first = max(key[1], date(2021, 1, 1))
        if key[1].year == 1900 or first > day:
            continue
        persons = round(active * rng.uniform(4.2, 7.5) / 10) * 10
        yield LabourCount(key, first, persons)
        if key[1].year == 2025:
            yield LabourCount(key, date(day.year, 1, 1), round(persons * 1.02))


def sources(campaign: Campaign, rng: Random) -> dict[int, str]:
    """Source by person id for those who joined since 2019; some have none, as nobody asked."""
    kinds = ("visit", "conference", "walk_in", "renewal_call", "")
    return {
        person.id: kind
        for person in campaign.people
        if person.joined_on >= BEGIN and (kind := rng.choices(kinds, (44, 27, 16, 5, 8))[0])
    }


def _past(campaign: Campaign, day: date) -> Campaign:
    """The campaign up to the month before this day's."""
    return replace(campaign, months=tuple(b for b in campaign.months if b.month < Month.of(day)))


def _running(campaign: Campaign, day: date) -> Campaign:
    """The campaign of this day's month."""
    return replace(campaign, months=tuple(b for b in campaign.months if b.month == Month.of(day)))


def ratings(campaign: Campaign, day: date, rng: Random, share: float) -> Iterator[SimulatedRating]:
    """Ratings of this share of the receipts since 2019, at most 420; the mean differs by agent."""
    voided = {void.number for batch in campaign.months for void in batch.voids}
    mood = {agent.code: rng.uniform(-0.5, 0.5) for agent in campaign.agents}
    found = []
    for batch in campaign.months:
        for line in batch.receipts() if batch.month.year >= BEGIN.year else ():
            if rng.random() < share and line.number not in voided:
                found.append(line)
    for line in rng.sample(found, min(len(found), _MOST_RATINGS)):
        agent = line.collector_code.rpartition("-")[0]
        score = max(1, min(5, round(rng.gauss(4.3 + mood.get(agent, 0), 0.8))))
        hour = time(8 + rng.randint(0, 12), tzinfo=timezone.get_current_timezone())
        at = datetime.combine(line.received_on + timedelta(days=rng.randint(0, 9)), hour)
        if at.date() <= day:
            yield SimulatedRating(line.number, score, rng.choice(words.COMMENTS[score]), at)


def complaints(campaign: Campaign, day: date, rng: Random) -> Iterator[SimulatedComplaint]:
    """Six complaints a year, all answered; two of the last weeks are open, one of them overdue."""
    for year in range(BEGIN.year, day.year + 1):
        for _ in range(6):
            received = office_day(date(year, rng.randint(1, 12), rng.randint(1, 26)))
            open_agents = [agent.code for agent in campaign.agents if is_open(agent, received)]
            content, answer, upheld = rng.choice(words.COMPLAINTS)
            channel = rng.choice(("phone", "in_person", "letter"))
            answered = received + timedelta(days=rng.randint(2, 15))
            if answered < day - timedelta(days=30):
                yield SimulatedComplaint(
                    rng.choice(open_agents), received, channel, content, answer, answered, upheld
                )
    present = [agent.code for agent in campaign.agents if agent.closed_on is None]
    for days_ago in (23, 3):
        content, _, _ = rng.choice(words.COMPLAINTS)
        yield SimulatedComplaint(
            rng.choice(present), day - timedelta(days=days_ago), "phone", content, "", None, False
        )


def contacts(campaign: Campaign, day: date, rng: Random) -> Iterator[SimulatedContact]:
    """About one contact a month with each present commune since it was formed; a few of the latest
    have an open next step.
    """
    keys = sorted(
        {key for point in campaign.points for key in point.communes if key[1].year == 2025}
    )
    for place, key in enumerate(keys):
        when = key[1] + timedelta(days=10 + place)
        while when <= day - timedelta(days=place * 4 % 43):
            happened = office_day(when)
            kind, whom, content, following = rng.choice(words.CONTACTS)
            until = happened + timedelta(days=14)
            done = (
                until - timedelta(days=rng.randint(0, 6))
                if until < day - timedelta(days=9)
                else None
            )
            if happened <= day:
                yield SimulatedContact(
                    key,
                    happened,
                    kind,
                    whom,
                    content,
                    following,
                    until if following else None,
                    done if following else None,
                )
            when += timedelta(days=rng.randint(24, 40))
