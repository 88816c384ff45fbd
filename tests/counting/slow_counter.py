"""A second counter, slow and literal, that shares no code with the portal: docs/rules.md 5 read
aloud.

It keeps plain lists of facts and walks every month and person; what the portal answers must equal
what this says.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

GRACE_OF = {"1": 0, "3": 2, "6": 3, "12": 6, "ADV": 0, "MISS": 0}
REASONS = ("not_renewed", "compulsory", "retired", "one_off", "death", "left_area", "error")
BEGINNING = date(1900, 1, 1)
REFERENCE = Path(__file__).parents[2] / "agents" / "reference"

Key = tuple[str, date]
"""A commune: its code and its first day, because codes are used again."""


def month(year: int, number: int) -> int:
    """A month as a plain number, so that the next one is one more."""
    return year * 12 + number - 1


def month_of(day: date) -> int:
    """The month of a day."""
    return month(day.year, day.month)


def first_day(of: int) -> date:
    """The first day of a month."""
    return date(of // 12, of % 12 + 1, 1)


def last_day(of: int) -> date:
    """The last day of a month."""
    return date(of // 12, of % 12 + 1, monthrange(of // 12, of % 12 + 1)[1])


@dataclass
class Paper:
    """One receipt as it lies in the drawer; money in đồng, ``recorded`` tells which of two came
    later.
    """

    day: date
    first: int
    months: int
    method: str
    commune: Any
    agent: Any
    recorded: Any
    voided: date | None = None
    participant: int = 0
    state: int = 0
    local: int = 0
    other: int = 0
    number: str = ""
    collector: Any = None

    @property
    def received(self) -> int:
        return month_of(self.day)

    @property
    def last(self) -> int:
        return self.first + self.months - 1

    @property
    def gross(self) -> int:
        return self.participant + self.state + self.local + self.other


@dataclass
class Halt:
    """A stop from a month on, withdrawn in a month or never."""

    month: int
    reason: str
    recorded: Any
    withdrawn: int | None = None

    def holds_in(self, when: int) -> bool:
        return self.month <= when and (self.withdrawn is None or when < self.withdrawn)


@dataclass
class Relocation:
    """A residence recorded on its own."""

    since: date
    commune: Any
    recorded: Any


@dataclass
class Person:
    """All facts about one person."""

    papers: list[Paper]
    halts: list[Halt]
    relocations: list[Relocation]

    def months(self) -> range:
        """Every month in which anything can be said of this person, with margins on both sides."""
        first = min((paper.received for paper in self.papers), default=0)
        last = max((max(paper.received, paper.last) for paper in self.papers), default=0)
        return range(first - 1, last + 9)


# --- one person in one month ----------------------------------------------------------------------


def interval(paper: Paper, rule: str) -> tuple[int, int]:
    """``[R, T + grace]``; for missing months ``[R, R]``; before any void or stop."""
    if paper.method == "MISS":
        return paper.received, paper.received
    return paper.received, paper.last + (GRACE_OF[paper.method] if rule == "grace" else 0)


def voided_by(paper: Paper, when: int) -> bool:
    """A void counts from its month on."""
    return paper.voided is not None and month_of(paper.voided) <= when


def stopped_in(person: Person, paper: Paper, when: int) -> bool:
    """Some stop that holds ended what had been received up to its month."""
    return any(halt.holds_in(when) and paper.received <= halt.month for halt in person.halts)


def lives(person: Person, paper: Paper, when: int) -> bool:
    """Neither voided nor stopped by this month."""
    return not voided_by(paper, when) and not stopped_in(person, paper, when)


def spans(paper: Paper, when: int, rule: str) -> bool:
    """The paper's own interval contains the month."""
    first, last = interval(paper, rule)
    return first <= when <= last


def active(person: Person, when: int, rule: str) -> bool:
    return any(spans(paper, when, rule) and lives(person, paper, when) for paper in person.papers)


def covered(person: Person, when: int) -> bool:
    """Under either rule the same: grace plays no part in it."""
    return any(
        spans(paper, when, "strict") and lives(person, paper, when) for paper in person.papers
    )


def commune_in(person: Person, when: int) -> Any:
    """The latest residence at the end of the month, from receipts that count by then and from
    moves.
    """
    said = [
        (paper.day, paper.recorded, paper.commune)
        for paper in person.papers
        if paper.day <= last_day(when) and not voided_by(paper, when)
    ] + [
        (one.since, one.recorded, one.commune)
        for one in person.relocations
        if one.since <= last_day(when)
    ]
    return max(said, key=lambda one: one[:2])[2]


def agent_in(person: Person, when: int) -> Any:
    """The agent of the latest contribution; on one date of the later recorded."""
    return latest_paper(person, when).agent


def collector_in(person: Person, when: int) -> Any:
    """The collector of the latest contribution, likewise."""
    return latest_paper(person, when).collector


def latest_paper(person: Person, when: int) -> Paper:
    """The receipt received last by the month's end that has not been voided by then."""
    said = [
        (paper.day, paper.recorded, paper)
        for paper in person.papers
        if paper.received <= when and not voided_by(paper, when)
    ]
    return max(said, key=lambda one: one[:2])[2]


def reason_of_leaving(person: Person, when: int, rule: str) -> str:
    """Why somebody active in the month before is not active in this one."""
    halts = [halt for halt in person.halts if halt.month == when and halt.holds_in(when)]
    if halts:
        return max(halts, key=lambda halt: halt.recorded).reason
    for paper in person.papers:
        taken = (
            paper.voided is not None and month_of(paper.voided) == when and paper.received < when
        )
        if taken and spans(paper, when, rule) and not stopped_in(person, paper, when):
            return "error"
    before = [
        paper
        for paper in person.papers
        if spans(paper, when - 1, rule) and lives(person, paper, when - 1)
    ]
    return "retired" if any(paper.method == "MISS" for paper in before) else "not_renewed"


def paid_again(person: Person, when: int) -> bool:
    """A further contribution received in this month that was not voided in it."""
    return any(paper.received == when and not voided_by(paper, when) for paper in person.papers)


@dataclass(frozen=True)
class Event:
    """What happened to a person from the month before to ``when``; places are (commune, agent)."""

    when: int
    kind: str
    reason: str
    place: tuple[Any, Any]
    came_from: tuple[Any, Any] | None = None


def life(person: Person, rule: str) -> dict[int, tuple[Any, Any]]:
    """Each active month with the commune and the agent in it."""
    return {
        when: (commune_in(person, when), agent_in(person, when))
        for when in person.months()
        if active(person, when, rule)
    }


def events(person: Person, rule: str) -> Iterator[Event]:
    """All movements and renewals under a rule."""
    lived = life(person, rule)
    for when in person.months():
        now, before = lived.get(when), lived.get(when - 1)
        if now and not before:
            yield Event(when, "returned" if any(past < when for past in lived) else "new", "", now)
        if now and before and now != before:
            yield Event(when, "moved", "", now, before)
        if before and not now:
            yield Event(when, "decreased", reason_of_leaving(person, when, rule), before)
        if now and before and paid_again(person, when):
            yield Event(when, "renewed", "", now)


# --- the territory and the people in charge -------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A commune of one era, from the reference file."""

    code: str
    name: str
    kind: str
    since: date
    until: date | None

    @property
    def key(self) -> Key:
        return self.code, self.since

    def stands_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass
class Charge:
    """An account officer holds a commune from a day to a day."""

    commune: Key
    officer: str
    since: date
    until: date | None = None


@dataclass
class World:
    """Where and by whom: communes, edges of the lineage, the agents' networks, who holds which
    commune.
    """

    places: list[Place]
    edges: list[tuple[str, str, date]]
    networks: dict[str, str]
    charges: list[Charge]

    def standing(self, day: date) -> list[Place]:
        return [place for place in self.places if place.stands_on(day)]

    def place(self, key: Key) -> Place:
        return next(place for place in self.places if place.key == key)

    def folded(self, key: Key, day: date) -> Key:
        """The unit of that day which holds this unit's history: one edge after another."""
        place = self.place(key)
        while not place.stands_on(day):
            assert place.until is not None and place.until < day, (
                f"{key} would have to be split for {day}"
            )
            new, on = next(
                (new, on) for old, new, on in self.edges if old == place.code and on > place.until
            )
            place = next(one for one in self.standing(on) if one.code == new)
        return place.key

    def officer(self, key: Key, day: date) -> str:
        for charge in self.charges:
            if (
                charge.commune == key
                and charge.since <= day
                and (charge.until is None or day <= charge.until)
            ):
                return charge.officer
        return "none"


def territory_of_the_files() -> tuple[list[Place], list[tuple[str, str, date]]]:
    """Communes and edges as the reference files state them."""
    with (REFERENCE / "communes.csv").open(encoding="utf-8") as file:
        places = [
            Place(
                row["code"],
                row["name"],
                row["kind"],
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else BEGINNING,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in csv.DictReader(file)
        ]
    with (REFERENCE / "commune_lineage.csv").open(encoding="utf-8") as file:
        edges = [
            (row["old_code"], row["new_code"], date.fromisoformat(row["effective_date"]))
            for row in csv.DictReader(file)
        ]
    return places, sorted(edges, key=lambda edge: edge[2])


# --- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A growth report as asked for; ``territory`` a day, or nothing for the units at the period's
    end.
    """

    first: int
    last: int
    by: str = "commune"
    territory: date | None = None
    rule: str = "grace"


class Table:
    """The growth table of some people: ``row(code)`` for a unit, ``total()`` for the district."""

    def __init__(self, world: World, people: Sequence[Person], asked: Question) -> None:
        self.world, self.people, self.asked = world, people, asked
        self._lives = [life(person, asked.rule) for person in people]
        self._events = [event for person in people for event in events(person, asked.rule)]

    def codes(self) -> list[str]:
        """Every unit that must be listed, in order of code."""
        end = last_day(self.asked.last)
        if self.asked.by == "commune":
            return sorted(place.code for place in self.world.standing(self.asked.territory or end))
        if self.asked.by == "agent":
            return sorted(self.world.networks)
        return {"network": ["commune_committee", "post_office"], "district": ["district"]}[
            self.asked.by
        ]

    def unit(self, place: tuple[Key, str], whole: bool) -> str | None:
        """The code of the row that somebody in this commune with this agent falls into; ``None`` =
        the total.
        """
        commune, agent = place
        end = last_day(self.asked.last)
        if whole:
            return None
        if self.asked.by == "commune":
            return self.world.folded(commune, self.asked.territory or end)[0]
        if self.asked.by == "officer":
            return self.world.officer(self.world.folded(commune, end), end)
        return {"agent": agent, "network": self.world.networks[agent], "district": "district"}[
            self.asked.by
        ]

    def total(self) -> dict[str, Any]:
        return self._figures(None)

    def row(self, code: str) -> dict[str, Any]:
        return self._figures(code)

    def _figures(self, code: str | None) -> dict[str, Any]:
        first, last = self.asked.first, self.asked.last
        year = last - last % 12
        closing, year_ago = self._active(code, last), self._active(code, last - 12)
        by_reason = {
            reason: len(
                [e for e in self._within(code, "decreased", first, last) if e.reason == reason]
            )
            for reason in REASONS
        }
        paid, paid_before = self._money(code, first, last), self._money(code, first - 12, last - 12)
        return {
            "opening": self._active(code, first - 1),
            "new": len(self._within(code, "new", first, last)),
            "returned": len(self._within(code, "returned", first, last)),
            "moved_in": self._moved(code, arriving=True),
            "moved_out": self._moved(code, arriving=False),
            "decreased": sum(by_reason.values()),
            "decreased_by_reason": by_reason,
            "renewed": len(self._within(code, "renewed", first, last)),
            "closing": closing,
            "net": closing - self._active(code, first - 1),
            "covered": self._covered(code),
            "in_grace": closing - self._covered(code),
            "same_period_last_year": year_ago,
            "yoy_change": closing - year_ago,
            "yoy_percent": percent(closing - year_ago, year_ago),
            "new_ytd": len(self._within(code, "new", year, last)),
            "collected": paid["participant"],
            "collected_gross": paid["gross"],
            "collected_state": paid["state"],
            "collected_same_period_last_year": paid_before["participant"],
            "collected_yoy_percent": percent(
                paid["participant"] - paid_before["participant"], paid_before["participant"]
            ),
        }

    def _active(self, code: str | None, when: int) -> int:
        found = [lived[when] for lived in self._lives if when in lived]
        return len([place for place in found if self.unit(place, code is None) == code])

    def _covered(self, code: str | None) -> int:
        when = self.asked.last
        return len(
            [
                1
                for person, lived in zip(self.people, self._lives, strict=True)
                if when in lived
                and covered(person, when)
                and self.unit(lived[when], code is None) == code
            ]
        )

    def _within(self, code: str | None, kind: str, first: int, last: int) -> list[Event]:
        return [
            event
            for event in self._events
            if event.kind == kind
            and first <= event.when <= last
            and self.unit(event.place, code is None) == code
        ]

    def _moved(self, code: str | None, *, arriving: bool) -> int:
        """Persons who changed the unit; a change inside one unit is none."""
        found = 0
        for event in self._events:
            if event.kind == "moved" and self.asked.first <= event.when <= self.asked.last:
                assert event.came_from
                to, of = (
                    self.unit(event.place, code is None),
                    self.unit(event.came_from, code is None),
                )
                found += to != of and code == (to if arriving else of)
        return found

    def _money(self, code: str | None, first: int, last: int) -> dict[str, int]:
        """Receipts on their day, voids on theirs, always where the receipt was written."""
        sums = {"participant": 0, "gross": 0, "state": 0}
        for paper in papers(self.people):
            if (
                self._known(paper, first, last)
                and self.unit((paper.commune, paper.agent), code is None) == code
            ):
                times = int(first <= paper.received <= last)
                times -= int(paper.voided is not None and first <= month_of(paper.voided) <= last)
                for name in sums:
                    sums[name] += times * getattr(paper, name)
        return sums

    @staticmethod
    def _known(paper: Paper, first: int, last: int) -> bool:
        """Whether receipt or void falls into the months (a later commune could not be
        folded back).
        """
        months = [paper.received] + ([month_of(paper.voided)] if paper.voided else [])
        return any(first <= when <= last for when in months)


def papers(people: Iterable[Person]) -> Iterator[Paper]:
    for person in people:
        yield from person.papers


def percent(part: int, base: int) -> str | None:
    """Two decimals, halves away from zero; nothing on a base of nothing."""
    if base == 0:
        return None
    return str((Decimal(part) * 100 / Decimal(base)).quantize(Decimal("0.01"), ROUND_HALF_UP))
