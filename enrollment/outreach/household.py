"""One page per household: every member, who participates until when, who does not, and what each
would pay (docs/rules.md 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from agents.models import Commune
from enrollment.counsel import Offer, Situation, offers_of, situation_of
from enrollment.law import LawRefused
from enrollment.law.conditions import conditions_on
from enrollment.models import (
    Exclusion,
    Household,
    HouseholdVisit,
    Participant,
    Prospect,
    SupportStatus,
    VisitOutcome,
)
from enrollment.models.participants import SupportGroup
from enrollment.outreach.people import Who, who
from enrollment.parameters_in_force import OfficeLaw
from enrollment.person_status import Status, status_of

VISITS = 10
"""Visits that are shown, the latest first."""
WAYS = 4
"""Ways to pay that are shown: by the month, the quarter, half a year, the year."""
METHOD = "3"
"""The way that is shown first: the quarter, which most begin with."""


@dataclass(frozen=True, slots=True)
class HouseMember:
    """Somebody of the household: ``status`` of a participant, ``offers`` to who does not pay now,
    ``last`` what came of the latest visit, ``barred`` why not to be approached.
    """

    person: Prospect | Participant
    status: Status | None
    offers: list[Offer]
    last: VisitOutcome | None
    barred: str

    @property
    def named(self) -> Who:
        return who(self.person)

    @property
    def participates(self) -> bool:
        """Whether the person pays now."""
        return self.status is not None and self.status.code in ("dang-dong", "trong-han")

    @property
    def relation(self) -> str:
        return self.person.household_relation


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """One visit with what came of it for the members."""

    visit: HouseholdVisit
    outcomes: list[VisitOutcome]


@dataclass(frozen=True, slots=True)
class VisitedHome:
    """A household as a visit finds it."""

    household: Household | None
    commune: Commune
    hamlet: str
    members: list[HouseMember]
    visits: list[SeenVisit]

    @property
    def to_ask(self) -> list[HouseMember]:
        """Whom a visit is about: those who do not pay now and may be approached."""
        return [one for one in self.members if not one.participates and not one.barred]


def home_of(
    person: Prospect | Participant,
    people: list[Prospect | Participant],
    law: OfficeLaw,
    day: date,
) -> VisitedHome:
    """The household of somebody with its ``people``; alone where none is on record."""
    keys = [who(one) for one in people]
    outcomes, groups = _outcomes(keys), _groups(people, day)
    latest = {_named(row): row for row in outcomes}
    members = [
        HouseMember(
            one,
            status_of(one, day) if isinstance(one, Participant) else None,
            _offers(one, groups[who(one)], law, day),
            latest.get(who(one)),
            _barred(one),
        )
        for one in people
    ]
    commune = person.commune
    assert commune is not None
    return VisitedHome(person.household, commune, person.hamlet, members, _visits(outcomes))


def _about(keys: Iterable[Who]) -> Q:
    found = Q(pk__in=[])
    for one in keys:
        found |= Q(**one.columns)
    return found


def _named(row: Any) -> Who:
    return Who("t", row.prospect_id) if row.prospect_id else Who("n", row.participant_id)


def _outcomes(keys: list[Who]) -> list[VisitOutcome]:
    """What came of the visits to these people, oldest first."""
    rows = VisitOutcome.objects.filter(_about(keys)).select_related(
        "visit__collector",
        "visit__collaborator",
        "visit__officer",
        "visit__leader",
        "prospect",
        "participant",
    )
    return list(rows.order_by("visit__visited_at", "pk"))


def _barred(one: Prospect | Participant) -> str:
    reason = vars(one).get("barred")
    return Exclusion.Reason(reason).label.lower() if reason else ""


def _visits(outcomes: list[VisitOutcome]) -> list[SeenVisit]:
    """The latest visits, each with what came of it for the members."""
    visits: dict[int, SeenVisit] = {}
    for row in reversed(outcomes):
        visits.setdefault(row.visit_id, SeenVisit(row.visit, [])).outcomes.append(row)
    return list(visits.values())[:VISITS]


def _groups(people: list[Prospect | Participant], day: date) -> dict[Who, str]:
    """The support group of each, by the own statuses and those of the household (one statement)."""
    houses = {one.household_id for one in people if one.household_id}
    members = [one.pk for one in people if isinstance(one, Participant)]
    rows = list(
        SupportStatus.objects.valid_on(day)
        .filter(Q(household__in=houses) | Q(participant__in=members))
        .values_list("household", "participant", "group")
    )
    return {who(one): _group(one, rows) for one in people}


def _group(one: Prospect | Participant, rows: Iterable[tuple[int | None, int | None, str]]) -> str:
    mine = {
        group
        for household, participant, group in rows
        if (household and household == one.household_id)
        or (isinstance(one, Participant) and participant == one.pk)
    }
    return next((code for code in SupportGroup.values if code in mine), SupportGroup.OTHER)


def _offers(person: Prospect | Participant, group: str, law: OfficeLaw, day: date) -> list[Offer]:
    """Each way to pay at the lowest income of the day; none where the birth year is not known."""
    year = person.birth_year
    if not year:
        return []
    try:
        least = conditions_on(law.table, day).min_income
    except LawRefused:
        return []
    here: Situation = situation_of(
        (person.birth_date, year),
        on=day,
        sex=person.sex or "female",
        group=group,
        income=least,
        method=METHOD,
        paid=0,
        supported=person.supported_months if isinstance(person, Participant) else 0,
    )
    readings = law.readings.on(day)
    return [one for one in offers_of(law.table, readings, here) if one.quote][:WAYS]
