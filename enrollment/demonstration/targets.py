"""Yearly targets as the office assigned them: near what came out, often a little above it.

January's decision divides the district's figures among the communes and among the agents of that
day, and every agent's among its staff; where communes merge a second one passes theirs on; in
some years July's revises what remains. Parts add up to their whole, except for :data:`_ON_TOP`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from random import Random
from statistics import median

from enrollment.demonstration.campaign import SimulatedAgent, SimulatedCollector, TargetFigure
from enrollment.demonstration.network import committee_code
from enrollment.demonstration.places import Place, Territory
from enrollment.demonstration.results import Owner, ResultsByYear, YearResult
from enrollment.demonstration.staffing import office_day
from enrollment.demonstration.target_register import (
    DISTRICT,
    UNIT,
    Decision,
    Subject,
    TargetRegister,
)
from thaithuy_bhxh.months import Month

_FIRST_YEAR = 2019
_METRICS = ("active", "new", "collected")
_ROUND_TO = {"active": 10, "new": 5, "collected": 50_000_000}
_AMBITION = {2019: 0.94, 2020: 0.93, 2021: 1.06, 2022: 1.42, 2023: 1.04, 2025: 0.96, 2026: 0.95}
"""Target over result: the campaign's years were exceeded, the year of the new poverty line was
missed.
"""
_USUAL_AMBITION = 1.01
_REVISED = {2020: 1.06, 2021: 0.97, 2023: 1.05, 2024: 1.03, 2026: 1.04}
"""Years in which the figures were revised in July, and the district's new figure against
January's.
"""
_ON_TOP = {(2023, "new"): 10}
"""Asked of the agents beyond the district's figure in one year, so that the portal has a difference
to show.
"""
_SMALLEST = 0.35
"""Share of the middle one's result that counts at least for everybody, so that hardly anybody is
asked for nothing.
"""


def targets(
    territory: Territory,
    agents: Sequence[SimulatedAgent],
    collectors: Sequence[SimulatedCollector],
    results: ResultsByYear,
    last_month: Month,
    seed: str,
) -> tuple[TargetFigure, ...]:
    """Targets of 2019 up to the year of the month after ``last_month``, which the office is living
    in.
    """
    found: list[TargetFigure] = []
    for year in range(_FIRST_YEAR, (last_month + 1).year + 1):
        staff: dict[str, list[SimulatedCollector]] = defaultdict(list)
        for one in collectors:
            staff[one.code.rpartition("-")[0]].append(one)
        assigned = _YearDecisions(
            year,
            territory,
            agents,
            staff,
            _expected(results, year),
            Random(f"{seed}/targets/{year}"),
        )
        found.extend(assigned.decided_by(last_month))
    return tuple(found)


def _expected(results: ResultsByYear, year: int) -> dict[str, Counter[Owner]]:
    """The year's results, carried on to December where the year is not over; the last year's before
    it began.
    """
    result = results.years.get(year) or results.years.get(year - 1) or YearResult(months=12)
    share = 12 / result.months
    return {
        "active": result.active,
        "new": Counter({owner: round(count * share) for owner, count in result.new.items()}),
        "collected": Counter(
            {owner: round(money * share) for owner, money in result.collected.items()}
        ),
    }


class _YearDecisions:
    """The decisions of one year."""

    def __init__(
        self,
        year: int,
        territory: Territory,
        agents: Sequence[SimulatedAgent],
        staff: dict[str, list[SimulatedCollector]],
        expected: dict[str, Counter[Owner]],
        rng: Random,
    ) -> None:
        self._year, self._territory, self._staff, self._rng = year, territory, staff, rng
        self._first, self._last = date(year, 1, 1), date(year, 12, 31)
        self._agents = [one for one in agents if _touches(one, self._first, self._last)]
        self._expected = expected
        self._book = TargetRegister(year)

    def decided_by(self, last_month: Month) -> list[TargetFigure]:
        """Everything that was decided up to the end of a month; January's in any case."""
        self._january()
        for place, parts in self._formed.items():
            if Month.of(place.valid_from) <= last_month:
                self._pass_on(place, parts)
        if self._year in _REVISED and Month(self._year, 7) <= last_month:
            self._july(_REVISED[self._year])
        return self._book.figures

    @cached_property
    def _formed(self) -> dict[Place, list[Place]]:
        """The communes formed in the year with those that went into them."""
        found: dict[Place, list[Place]] = {}
        for leaf in self._territory.leaves:
            before, after = (
                self._territory.at(leaf, self._first),
                self._territory.at(leaf, self._last),
            )
            if before != after and before not in found.setdefault(after, []):
                found[after].append(before)
        return found

    def _january(self) -> None:
        decision = f"15/QĐ-BHXH-{self._year}", office_day(date(self._year, 1, 15))
        there = [agent for agent in self._agents if agent.opened_on <= self._first]
        for metric in _METRICS:
            results, step = self._expected[metric], _ROUND_TO[metric]
            came = sum(results[leaf.id] for leaf in self._territory.leaves)
            guessed = (
                came * _AMBITION.get(self._year, _USUAL_AMBITION) * self._rng.uniform(0.975, 1.025)
            )
            whole = max(step, round(guessed / step) * step)
            self._book.decide(metric, DISTRICT, whole, decision)
            self._divide(metric, whole, self._communes(results), decision)
            asked = whole + _ON_TOP.get((self._year, metric), 0)
            shares: dict[Subject, float] = {
                ("agent", one.code): self._share(one.code, results) for one in there
            }
            self._divide(metric, asked, shares, decision)
            self._hand_on(metric, (one.code for one in there), decision)

    def _communes(self, results: Counter[Owner]) -> dict[Subject, float]:
        """January's communes with what came out in each."""
        found: dict[Subject, float] = defaultdict(float)
        for leaf in self._territory.leaves:
            found["commune", self._territory.at(leaf, self._first).key] += results[leaf.id]
        return found

    @cached_property
    def _family(self) -> dict[str, tuple[str, list[str]]]:
        """Every committee that closes in the year: the one that follows it, and all that close with
        it.
        """
        found: dict[str, tuple[str, list[str]]] = {}
        for place, parts in self._formed.items():
            codes = [committee_code(self._territory, part) for part in parts]
            found |= dict.fromkeys(codes, (committee_code(self._territory, place), codes))
        return found

    def _share(self, code: str, results: Counter[Owner]) -> float:
        """An agent's result; one that closes in the year shares the result of its successor."""
        if code not in self._family:
            return results[code]
        successor, codes = self._family[code]
        together = sum(results[one] for one in codes)
        family = together + results[successor]
        return family * results[code] / together if together else family / len(codes)

    def _divide(
        self,
        metric: str,
        whole: int,
        shares: dict[Subject, float],
        decision: Decision,
        *,
        born: int = 1,
    ) -> None:
        """Divide by shares that the office guessed nearly right."""
        smallest = _SMALLEST * median(shares.values())
        weights = {
            one: max(share, smallest) * self._rng.uniform(0.9, 1.1) for one, share in shares.items()
        }
        self._book.divide(metric, whole, weights, decision, born=born)

    def _hand_on(
        self, metric: str, agents: Iterable[str], decision: Decision, *, born: int = 1
    ) -> None:
        """An agent's figure among its staff with a card on that day; who has gone keeps
        the past months'.
        """
        for code in agents:
            whole = self._book.now(metric, ("agent", code)) or 0
            shares: dict[Subject, float] = {
                ("collector", one.code): self._expected[metric][one.code]
                for one in self._staff[code]
                if one.has_card_on(decision[1])
            }
            if shares:
                self._divide(metric, whole, shares, decision, born=born)

    def _pass_on(self, place: Place, parts: Sequence[Place]) -> None:
        """A commune formed in the year takes over the figures of its parts, its committee what
        theirs leave.
        """
        born = place.valid_from.month
        decision = f"118/QĐ-BHXH-{self._year}", office_day(date(self._year, born, 10))
        successor = committee_code(self._territory, place)
        codes = [committee_code(self._territory, part) for part in parts]
        communes: list[Subject] = [("commune", part.key) for part in parts]
        for metric in _METRICS:
            asked = self._book.sum(metric, communes)
            self._book.decide(
                metric, ("commune", place.key), asked, decision, successor_of=communes
            )
            before = self._book.sum(metric, [("agent", code) for code in codes])
            left = sum(self._close(metric, code, successor, codes, decision) for code in codes)
            self._book.decide(metric, ("agent", successor), before - left, decision, born=born)
            self._hand_on(metric, [successor], decision, born=born)

    def _close(
        self, metric: str, code: str, successor: str, codes: Sequence[str], decision: Decision
    ) -> int:
        """What a closed committee is still asked for: the months past, and those who have not paid
        elsewhere yet.
        """
        agent: Subject = ("agent", code)
        now, unit = self._book.now(metric, agent) or 0, UNIT[metric]
        results = self._expected[metric]
        family = sum(results[one] for one in (*codes, successor))
        stay = sum(results[one] for one in codes) / family if family and metric == "active" else 0
        staff: list[Subject] = [("collector", one.code) for one in self._staff[code]]
        mine = {one: share for one in staff if (share := self._book.now(metric, one)) is not None}
        past = sum(self._book.past(metric, one, decision[1]) for one in mine)
        kept = max(
            round(now * stay / unit) * unit, self._book.past(metric, agent, decision[1]), past
        )
        self._book.decide(metric, agent, kept, decision)
        if mine:
            self._book.divide(metric, kept, mine, decision)
        return kept

    def _july(self, factor: float) -> None:
        """The district's figures revised: past months stay, what remains is divided anew."""
        decision = f"96/QĐ-BHXH-{self._year}", office_day(date(self._year, 7, 8))
        day = decision[1]
        places = {self._territory.at(leaf, day).key for leaf in self._territory.leaves}
        open_ = [agent for agent in self._agents if _touches(agent, day, day)]
        closed: list[Subject] = [("agent", one.code) for one in self._agents if one not in open_]
        for metric in _METRICS:
            step, now = _ROUND_TO[metric], self._in_force(metric)
            whole = round((self._book.now(metric, DISTRICT) or 0) * factor / step) * step
            self._book.decide(metric, DISTRICT, whole, decision)
            self._divide(
                metric,
                whole,
                {one: now(one) for one in sorted(("commune", key) for key in places)},
                decision,
            )
            asked = whole + _ON_TOP.get((self._year, metric), 0) - self._book.sum(metric, closed)
            self._divide(
                metric,
                asked,
                {one: now(one) for one in (("agent", one.code) for one in open_)},
                decision,
            )
            self._hand_on(metric, (one.code for one in open_), decision)

    def _in_force(self, metric: str) -> Callable[[Subject], float]:
        return lambda subject: float(self._book.now(metric, subject) or 0)


def _touches(agent: SimulatedAgent, first: date, last: date) -> bool:
    return agent.opened_on <= last and (agent.closed_on is None or agent.closed_on >= first)
