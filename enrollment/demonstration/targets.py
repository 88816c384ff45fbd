"""Yearly targets as the office assigned them: near what came out, often a little above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from enrollment.demonstration.campaign import Agent, CommuneKey, TargetFigure
from enrollment.demonstration.places import Place, Territory
from enrollment.demonstration.tally import Owner, Tally, YearResult
from thaithuy_bhxh.months import Month

_FIRST_YEAR = 2019
_METRICS = ("active", "new", "collected")
_ROUND_TO = {"active": 5, "new": 5, "collected": 1_000_000}
_AMBITION = {2019: 0.94, 2020: 0.97, 2021: 1.04, 2022: 1.42, 2023: 1.08, 2025: 0.96}
"""Target over result: the campaign's years were exceeded, the year of the new poverty line was missed."""
_USUAL_AMBITION = 1.03


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose target it is, since when that unit exists, and the leaves or the agent whose results count for it."""

    place: Place | None
    agent: Agent | None
    since: date
    owners: tuple[Owner, ...]


def targets(
    territory: Territory, agents: Sequence[Agent], tally: Tally, last_month: Month, seed: str
) -> tuple[TargetFigure, ...]:
    """Targets of 2019 up to the year of the month after ``last_month``, which the office is living in."""
    found: list[TargetFigure] = []
    for year in range(_FIRST_YEAR, (last_month + 1).year + 1):
        rng = Random(f"{seed}/targets/{year}")
        expected = _expected(tally, year)
        lasting = {territory.at(leaf, date(year, 12, 31)).key for leaf in territory.leaves}
        owners = [*_communes(territory, year), *_agents(territory, agents, year)]
        for metric in _METRICS:
            figures = [_figure(year, metric, one, expected[metric], rng) for one in owners]
            found.append(_district(year, metric, figures, lasting))
            found.extend(figures)
    return tuple(found)


def _expected(tally: Tally, year: int) -> dict[str, Counter[Owner]]:
    """The year's results, carried on to December where the year is not over; the last year's before it began."""
    result = tally.years.get(year) or tally.years.get(year - 1) or YearResult(months=12)
    share = 12 / result.months
    return {
        "active": result.active,
        "new": Counter({owner: round(count * share) for owner, count in result.new.items()}),
        "collected": Counter({owner: round(money * share) for owner, money in result.collected.items()}),
    }


def _communes(territory: Territory, year: int) -> Iterator[_Subject]:
    """Those of January and those formed in the year, each with its leaves."""
    leaves: dict[Place, list[Owner]] = {}
    for leaf in territory.leaves:
        for place in {territory.at(leaf, date(year, 1, 1)), territory.at(leaf, date(year, 12, 31))}:
            leaves.setdefault(place, []).append(leaf.id)
    for place in sorted(leaves, key=lambda place: place.key):
        yield _Subject(place, None, place.valid_from, tuple(leaves[place]))


def _agents(territory: Territory, agents: Sequence[Agent], year: int) -> Iterator[_Subject]:
    """Those that are open on 31 December; people of closed committees are nobody's until they pay again."""
    for agent in agents:
        if agent.opened_on <= date(year, 12, 31) and (agent.closed_on is None or agent.closed_on >= date(year, 12, 31)):
            yield _Subject(None, agent, agent.opened_on, (agent.code,))


def _figure(year: int, metric: str, of: _Subject, expected: Counter[Owner], rng: Random) -> TargetFigure:
    ambition = _AMBITION.get(year, _USUAL_AMBITION) * rng.uniform(0.88, 1.12)
    unit = _ROUND_TO[metric]
    value = max(unit, round(sum(expected[owner] for owner in of.owners) * ambition / unit) * unit)
    number, day = _decision(year, of.since)
    return TargetFigure(
        year=year, metric=metric, owner_kind="commune" if of.place else "agent", value=value, decision_no=number,
        decision_date=day, commune=of.place.key if of.place else None, agent_code=of.agent.code if of.agent else None,
    )  # fmt: skip


def _decision(year: int, since: date) -> tuple[str, date]:
    """The yearly decision of January, or the one that followed the unit's creation in the year."""
    if since > date(year, 1, 31):
        return f"118/QĐ-BHXH-{year}", date(since.year, since.month, 10)
    return f"15/QĐ-BHXH-{year}", date(year, 1, 15)


def _district(year: int, metric: str, figures: Sequence[TargetFigure], lasting: set[CommuneKey]) -> TargetFigure:
    """The sum of those of the communes that exist at the end of the year."""
    total = sum(figure.value for figure in figures if figure.owner_kind == "commune" and figure.commune in lasting)
    number, day = _decision(year, date(year, 1, 1))
    return TargetFigure(year, metric, "district", total, number, day)
