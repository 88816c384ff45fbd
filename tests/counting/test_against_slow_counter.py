"""The pure arithmetic against the slow counter: random lives, every month, both rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.activity import RULES, Contribution, Facts, MoveFact, StopFact, Trace, trace
from tests.counting import slow_counter as slow
from tests.counting.slow_counter import Halt, Paper, Person, Relocation

START = slow.month(2019, 1)
LENGTHS = {"1": [1], "3": [3], "6": [6], "12": [12], "ADV": [24, 36], "MISS": [1, 2, 7, 20]}
DAYS = st.integers(0, 40).flatmap(
    lambda ahead: st.sampled_from([1, 15, 28]).map(
        lambda day: slow.first_day(START + ahead).replace(day=day)
    )
)
MONTHS = st.integers(START, START + 45)
PLACES = st.sampled_from([1, 2, 3])


@st.composite
def drawn_papers(draw: Any) -> Paper:
    day, method = draw(DAYS), draw(st.sampled_from(sorted(LENGTHS)))
    voided = draw(
        st.none() | st.none() | st.integers(0, 400).map(lambda days: day + timedelta(days=days))
    )
    agent = draw(PLACES) + 10
    return Paper(
        day,
        slow.month_of(day) + draw(st.integers(-9, 4)),
        draw(st.sampled_from(LENGTHS[method])),
        method,
        draw(PLACES),
        agent,
        None,
        voided,
        collector=agent * 10 + draw(st.integers(0, 1)),
    )


@st.composite
def drawn_halts(draw: Any) -> Halt:
    since = draw(MONTHS)
    return Halt(
        since,
        draw(st.sampled_from(slow.REASONS)),
        None,
        draw(st.none() | st.integers(since - 2, since + 9)),
    )


@st.composite
def people(draw: Any) -> Person:
    """Somebody with a few facts, recorded in any order."""
    person = Person(
        draw(st.lists(drawn_papers(), min_size=1, max_size=6)),
        draw(st.lists(drawn_halts(), max_size=3, unique_by=lambda halt: halt.month)),
        draw(st.lists(st.builds(Relocation, DAYS, PLACES, st.none()), max_size=3)),
    )
    facts = [*person.papers, *person.halts, *person.relocations]
    for fact, at in zip(facts, draw(st.permutations(range(len(facts)))), strict=True):
        fact.recorded = at
    return person


def as_the_portal_has_it(person: Person) -> Facts:
    def order(recorded: int) -> tuple[datetime, int]:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=recorded // 2), recorded

    return Facts(
        [
            Contribution(
                p.day,
                order(p.recorded),
                p.first,
                p.last,
                p.method,
                p.commune,
                p.agent,
                p.collector or p.agent,
                slow.GRACE_OF[p.method],
                slow.month_of(p.voided) if p.voided else None,
            )
            for p in person.papers
        ],
        [StopFact(h.month, h.reason, order(h.recorded), h.withdrawn) for h in person.halts],
        [MoveFact(m.since, order(m.recorded), m.commune) for m in person.relocations],
    )


def months_of(traced: Trace, rule: str) -> dict[int, tuple[int, int]]:
    """Each month of the spans; a month in two spans fails."""
    lived: dict[int, tuple[int, int]] = {}
    for span in traced.spans[rule]:
        for when in range(span.start, span.end + 1):
            assert when not in lived
            lived[when] = (span.commune, span.agent)
    return lived


def events_of(traced: Trace, rule: str) -> list[slow.Event]:
    return [
        slow.Event(
            step.month,
            step.kind,
            step.reason,
            (step.commune, step.agent),
            (step.from_commune, step.from_agent) if step.from_commune is not None else None,
        )
        for step, rules in traced.movements.items()
        if rule in rules
    ]


def collectors_of(traced: Trace, rule: str) -> dict[int, int]:
    """The collector of each month of the spans."""
    return {
        when: span.collector
        for span in traced.spans[rule]
        for when in range(span.start, span.end + 1)
    }


def in_order(found: Any) -> list[str]:
    return sorted(map(repr, found))


@settings(max_examples=700, deadline=None, database=None, derandomize=True)
@given(people())
def test_every_month_and_movement_is_what_the_definition_says(person: Person) -> None:
    traced = trace(as_the_portal_has_it(person))
    for rule in RULES:
        assert months_of(traced, rule) == slow.life(person, rule)
        assert in_order(events_of(traced, rule)) == in_order(slow.events(person, rule))


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(people())
def test_every_month_and_movement_has_the_collector_of_the_latest_receipt(person: Person) -> None:
    traced = trace(as_the_portal_has_it(person))
    for rule in RULES:
        assert collectors_of(traced, rule) == {
            when: slow.collector_in(person, when) for when in slow.life(person, rule)
        }
    for step in traced.movements:
        last = step.month - 1 if step.kind == "decreased" else step.month
        assert step.collector == slow.collector_in(person, last)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(people(), MONTHS)
def test_facts_of_later_months_move_nothing_earlier(person: Person, closed: int) -> None:
    known = Person(
        [p for p in person.papers if p.received <= closed],
        [h for h in person.halts if h.month <= closed],
        [m for m in person.relocations if slow.month_of(m.since) <= closed],
    )
    before = as_the_portal_has_it(
        Person([_as_of(p, closed) for p in known.papers], [], known.relocations)
    )
    before = Facts(before.contributions, _stops_as_of(known, closed), before.moves)
    after = trace(as_the_portal_has_it(person))
    for rule in RULES:
        early, late = months_of(trace(before), rule), months_of(after, rule)
        assert {m: at for m, at in early.items() if m <= closed} == {
            m: at for m, at in late.items() if m <= closed
        }
        assert in_order(e for e in events_of(trace(before), rule) if e.when <= closed) == in_order(
            e for e in events_of(after, rule) if e.when <= closed
        )


def _as_of(paper: Paper, closed: int) -> Paper:
    """The paper without a void that came later."""
    voided = paper.voided if paper.voided and slow.month_of(paper.voided) <= closed else None
    return Paper(
        paper.day,
        paper.first,
        paper.months,
        paper.method,
        paper.commune,
        paper.agent,
        paper.recorded,
        voided,
        collector=paper.collector,
    )


def _stops_as_of(person: Person, closed: int) -> list[StopFact]:
    halts = [
        Halt(
            h.month,
            h.reason,
            h.recorded,
            h.withdrawn if h.withdrawn is not None and h.withdrawn <= closed else None,
        )
        for h in person.halts
    ]
    return list(as_the_portal_has_it(Person([], halts, [])).stops)


def test_months_are_numbered_as_the_portal_numbers_them() -> None:
    traced = trace(
        as_the_portal_has_it(
            Person([Paper(date(2020, 2, 10), START + 12, 6, "6", 1, 11, 0)], [], [])
        )
    )
    assert traced.spans["grace"][0][:2] == (slow.month(2020, 2), slow.month(2020, 9))
