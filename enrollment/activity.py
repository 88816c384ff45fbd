"""Counting, by one definition for every screen and sheet (docs/rules.md 5). Pure: facts in,
movements out.

Facts count as known at the time: a receipt from its month on, a void from its month on, a stop from
its month on until it is withdrawn. A later fact therefore never moves an earlier month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from thaithuy_bhxh.months import Month

GRACE = "grace"
STRICT = "strict"
RULES = (GRACE, STRICT)

_FOREVER = 10**6

Order = tuple[datetime, int]
Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A receipt: months ``first..last`` paid by ``method``, received on a day, in a commune, by a
    collector of an agent (ids).

    ``grace`` is the number of months after the last one in which the person still counts, as kept
    with the receipt.
    """

    received_on: date
    order: Order
    first: int
    last: int
    method: str
    commune: int
    agent: int
    collector: int
    grace: int
    voided: int | None = None

    @property
    def received(self) -> int:
        return self.received_on.year * 12 + self.received_on.month - 1


@dataclass(frozen=True, slots=True)
class StopFact:
    """A stop from ``month`` on, with its reason, until the month in which it was withdrawn."""

    month: int
    reason: str
    order: Order
    withdrawn: int | None = None

    @property
    def in_force(self) -> bool:
        """A stop that was withdrawn in or before its own month never counted."""
        return self.withdrawn is None or self.withdrawn > self.month


@dataclass(frozen=True, slots=True)
class MoveFact:
    """A residence recorded on its own, from a day on."""

    since: date
    order: Order
    commune: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one person."""

    contributions: Sequence[Contribution] = ()
    stops: Sequence[StopFact] = ()
    moves: Sequence[MoveFact] = ()


class Span(NamedTuple):
    """Months ``start..end`` active without a break in one commune with one collector of an
    agent.
    """

    start: int
    end: int
    commune: int
    agent: int
    collector: int

    @property
    def place(self) -> tuple[int, int]:
        """Commune and agent: another collector of the same agent is no move."""
        return self.commune, self.agent


class MonthMovement(NamedTuple):
    """A movement into ``month``. ``from_*`` is set for ``moved`` only, ``reason`` for ``decreased``
    only.
    """

    month: int
    kind: str
    reason: str
    commune: int
    agent: int
    collector: int
    from_commune: int | None = None
    from_agent: int | None = None


@dataclass(slots=True)
class Trace:
    """One person's spans per rule, and each movement with the rules under which it holds."""

    spans: dict[str, list[Span]] = field(default_factory=dict)
    movements: dict[MonthMovement, set[str]] = field(default_factory=dict)


def trace(facts: Facts) -> Trace:
    """Spans of activity and movements under both rules."""
    result = Trace()
    places = _Places(facts)
    for rule in RULES:
        runs = _runs(facts, rule)
        pieces = [list(places.segments(run)) for run in runs]
        result.spans[rule] = [span for spans in pieces for span in spans]
        for step in _movements(facts, rule, pieces, places):
            result.movements.setdefault(step, set()).add(rule)
    return result


def interval(contribution: Contribution, rule: str) -> Run:
    """Months that a contribution keeps its person active, before any void or stop; empty when the
    end is earlier.
    """
    if contribution.method == "MISS":
        return contribution.received, contribution.received
    grace = contribution.grace if rule == GRACE else 0
    return contribution.received, contribution.last + grace


def _unstopped(contribution: Contribution, rule: str, stops: Iterable[StopFact]) -> list[Run]:
    """The interval less the months in which a stop was in force over contributions received up to
    it.
    """
    pieces = [interval(contribution, rule)]
    for stop in stops:
        if stop.in_force and contribution.received <= stop.month:
            pieces = [piece for whole in pieces for piece in _around(stop, whole)]
    return [(start, end) for start, end in pieces if start <= end]


def _around(stop: StopFact, whole: Run) -> Iterator[Run]:
    """The months of a run before a stop and since its withdrawal."""
    start, end = whole
    back = _FOREVER if stop.withdrawn is None else stop.withdrawn
    for piece in ((start, min(end, stop.month - 1)), (max(start, back), end)):
        if piece[0] <= piece[1]:
            yield piece


def _unvoided(contribution: Contribution, pieces: Iterable[Run]) -> list[Run]:
    if contribution.voided is None:
        return list(pieces)
    last = contribution.voided - 1
    return [(start, min(end, last)) for start, end in pieces if start <= last]


def _runs(facts: Facts, rule: str) -> list[Run]:
    """Maximal runs of months in which the person is active, in order."""
    pieces = sorted(
        piece
        for c in facts.contributions
        for piece in _unvoided(c, _unstopped(c, rule, facts.stops))
    )
    runs: list[Run] = []
    for start, end in pieces:
        if runs and start <= runs[-1][1] + 1:
            runs[-1] = runs[-1][0], max(runs[-1][1], end)
        else:
            runs.append((start, end))
    return runs


Visit = tuple[date, Order, int, int, int, int, int]
"""Day, order, first month, first month in which it no longer counts, commune, agent, collector (0 =
none).
"""


def _visit_of_contribution(one: Contribution) -> Visit:
    ended = _FOREVER if one.voided is None else one.voided
    return (
        one.received_on, one.order, one.received, ended, one.commune, one.agent, one.collector
    )  # fmt: skip


def _visit_of_move(one: MoveFact) -> Visit:
    month = one.since.year * 12 + one.since.month - 1
    return one.since, one.order, month, _FOREVER, one.commune, 0, 0


class _Places:
    """The commune, agent and collector of one person through time."""

    def __init__(self, facts: Facts) -> None:
        here = {(c.commune, c.agent, c.collector) for c in facts.contributions}
        # Most people pay one collector in one commune all their life, which needs no look-up.
        self._only = here.pop() if len(here) == 1 and not facts.moves else None
        if self._only:
            return
        self._agents = sorted(map(_visit_of_contribution, facts.contributions))
        self._communes = sorted([*self._agents, *map(_visit_of_move, facts.moves)])
        self._changes = sorted(
            {month for v in self._communes for month in (v[2], v[3]) if month < _FOREVER}
        )

    def at(self, month: int) -> tuple[int, int, int]:
        """Commune, agent and collector at the end of a month in which the person is active."""
        if self._only:
            return self._only
        commune = next(v[4] for v in reversed(self._communes) if v[2] <= month < v[3])
        agent, collector = next(v[5:] for v in reversed(self._agents) if v[2] <= month < v[3])
        return commune, agent, collector

    def segments(self, run: Run) -> Iterator[Span]:
        """The run cut where commune, agent or collector change."""
        start, end = run
        here = self.at(start)
        for month in () if self._only else self._changes:
            if start < month <= end and (there := self.at(month)) != here:
                yield Span(start, month - 1, *here)
                start, here = month, there
        yield Span(start, end, *here)


def _movements(
    facts: Facts, rule: str, runs: list[list[Span]], places: _Places
) -> Iterator[MonthMovement]:
    """Movements of the runs, each given as its spans."""
    for index, run in enumerate(runs):
        yield _entry(run[0], "returned" if index else "new")
        yield from _moves(run)
        yield _left(facts, rule, run[-1])
    for month in sorted({c.received for c in facts.contributions if _counted_at_first(c)}):
        if any(run[0].start < month <= run[-1].end for run in runs):
            yield MonthMovement(month, "renewed", "", *places.at(month))


def _entry(span: Span, kind: str) -> MonthMovement:
    return MonthMovement(span.start, kind, "", *span[2:])


def _moves(run: list[Span]) -> Iterator[MonthMovement]:
    for before, span in pairwise(run):
        if before.place != span.place:
            yield MonthMovement(span.start, "moved", "", *span[2:], *before.place)


def _left(facts: Facts, rule: str, span: Span) -> MonthMovement:
    month = span.end + 1
    return MonthMovement(month, "decreased", _reason(facts, rule, month), *span[2:])


def _counted_at_first(contribution: Contribution) -> bool:
    """Whether a contribution still counted at the end of the month in which it was received."""
    return contribution.voided is None or contribution.voided > contribution.received


def _reason(facts: Facts, rule: str, month: int) -> str:
    """Why the person is no longer active in ``month``, having been so the month before."""
    stops = [stop for stop in facts.stops if stop.month == month and stop.in_force]
    if stops:
        return max(stops, key=lambda stop: stop.order).reason
    if any(_ended_by_void(c, rule, facts.stops, month) for c in facts.contributions):
        return "error"
    if any(_paid_missing_months(c, rule, facts.stops, month - 1) for c in facts.contributions):
        return "retired"
    return "not_renewed"


def _ended_by_void(
    contribution: Contribution, rule: str, stops: Iterable[StopFact], month: int
) -> bool:
    """Whether only a void of this month took the month away."""
    voided_now = contribution.voided == month > contribution.received
    return voided_now and _contain(_unstopped(contribution, rule, stops), month)


def _paid_missing_months(
    contribution: Contribution, rule: str, stops: Iterable[StopFact], month: int
) -> bool:
    """Whether the month is active by a contribution for the months missing for a pension."""
    if contribution.method != "MISS":
        return False
    return _contain(_unvoided(contribution, _unstopped(contribution, rule, stops)), month)


def _contain(pieces: Iterable[Run], month: int) -> bool:
    return any(start <= month <= end for start, end in pieces)


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """Where a person stands after all known facts; months are indexes, ``None`` when there
    is none.
    """

    first_active: Month | None
    active_to: Month | None
    covered_to: Month | None
    stopped_from: Month | None
    stop_reason: str
    method: str
    grace: int
    paid_months: int


def summary_of(facts: Facts, traced: Trace) -> PersonSummary:
    """The summary that lists and the person's page show; voided contributions do not count."""
    live = sorted(
        (c for c in facts.contributions if c.voided is None), key=lambda c: (c.received_on, c.order)
    )
    stop = _standing_stop(facts.stops, live)
    spans = traced.spans[GRACE]
    covered = max((c.last for c in live if c.method != "MISS"), default=None)
    return PersonSummary(
        first_active=Month.from_index(spans[0].start) if spans else None,
        active_to=Month.from_index(spans[-1].end) if spans else None,
        covered_to=None if covered is None else Month.from_index(covered),
        stopped_from=None if stop is None else Month.from_index(stop.month),
        stop_reason="" if stop is None else stop.reason,
        method=live[-1].method if live else "",
        grace=live[-1].grace if live else 0,
        paid_months=sum(c.last - c.first + 1 for c in live),
    )


def _standing_stop(stops: Iterable[StopFact], live: Sequence[Contribution]) -> StopFact | None:
    """The stop that still holds: not withdrawn and not followed by a contribution."""
    latest = max((c.received for c in live), default=-1)
    holding = [stop for stop in stops if stop.withdrawn is None and stop.month >= latest]
    return max(holding, key=lambda stop: (stop.month, stop.order), default=None)
