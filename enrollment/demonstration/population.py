"""Who the participants are: age, sex, household, numbers and support group. All of it generated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from enrollment.demonstration.campaign import SimulatedEvidence, SimulatedHousehold, SimulatedPerson
from enrollment.demonstration.names import Numbers, full_name
from enrollment.demonstration.places import Place, Settlement, Territory

_NUMBER_IS_ENOUGH = date(2025, 8, 1)
"""From this day the citizen id takes the insurance number's place."""
_CARDS_CHANGED = date(2021, 1, 1)
_MOST_IN_HOUSEHOLD = 4
_PAPERS = {
    "poor": "Giấy chứng nhận hộ nghèo",
    "near_poor": "Giấy chứng nhận hộ cận nghèo",
    "ethnic_minority": "Giấy khai sinh ghi dân tộc Tày",
}


@dataclass(slots=True)
class Home:
    """Where a person lives now; ``evidence`` is shared by those who live together."""

    leaf: Place
    hamlet: str
    evidence: tuple[SimulatedEvidence, ...]


class Population:
    """Makes participants one by one, some of them relatives of earlier ones."""

    def __init__(
        self, territory: Territory, settlement: Settlement, rng: Random, numbers: Numbers
    ) -> None:
        self._territory = territory
        self._settlement = settlement
        self._rng = rng
        self._numbers = numbers
        self.people: list[SimulatedPerson] = []
        self.homes: list[Home] = []
        self._members: dict[int, list[tuple[int, str]]] = {}
        self._in_household: set[int] = set()

    def households(self) -> tuple[SimulatedHousehold, ...]:
        return tuple(
            SimulatedHousehold(head, tuple(members)) for head, members in self._members.items()
        )

    def newcomer(self, day: date, head: int | None, eager: bool) -> SimulatedPerson:
        """A person who joins on this day, in the household of ``head`` where one is given and has
        room.
        """
        if head is not None and self._has_room(head):
            return self._relative(day, head)
        leaf, hamlet = self._settlement.draw(self._rng, eager)
        home = Home(leaf, hamlet, tuple(self._evidence(day, leaf)))
        sex = "female" if self._rng.random() < 0.62 else "male"
        return self._person(day, home, sex, day.year - self._age(sex), None)

    def _has_room(self, head: int) -> bool:
        return (
            head not in self._in_household
            and len(self._members.get(head, ())) < _MOST_IN_HOUSEHOLD - 1
        )

    def _relative(self, day: date, head: int) -> SimulatedPerson:
        """A spouse, a brother or sister, a grown-up child of the head."""
        of = self.people[head]
        relation, sex, surname, year = self._kinship(day, of, len(self._members.get(head, ())))
        person = self._person(day, self.homes[head], sex, year, surname)
        self._members.setdefault(head, []).append((person.id, relation))
        self._in_household.add(person.id)
        return person

    def _kinship(
        self, day: date, of: SimulatedPerson, place: int
    ) -> tuple[str, str, str | None, int]:
        rng = self._rng
        sex = "male" if of.sex == "female" else "female"
        if place == 0 and day.year - of.birth_year >= 25:
            year = max(
                min(of.birth_year + rng.randint(-4, 4), day.year - 22),
                day.year - (58 if sex == "male" else 53),
            )
            return ("chồng" if sex == "male" else "vợ"), sex, None, year
        surname = of.full_name.split()[0]
        sex = rng.choice(("male", "female"))
        if day.year - of.birth_year >= 42:
            age = rng.randint(18, day.year - of.birth_year - 22)
            return "con", sex, surname if of.sex == "male" else None, day.year - age
        return "em", sex, surname, min(of.birth_year + rng.randint(1, 8), day.year - 17)

    def _age(self, sex: str) -> int:
        if self._rng.random() < 0.015:
            return self._rng.randint(56, 61)
        return round(self._rng.triangular(18, 55 if sex == "male" else 51, 37))

    def _person(
        self, day: date, home: Home, sex: str, year: int, surname: str | None
    ) -> SimulatedPerson:
        rng = self._rng
        citizen_id, bhxh_no = self._ids(day, sex, year)
        born = None if rng.random() < 0.03 else date(year, rng.randint(1, 12), rng.randint(1, 28))
        phone = self._numbers.phone() if rng.random() < 0.85 else ""
        person = SimulatedPerson(
            id=len(self.people),
            full_name=full_name(rng, sex, surname),
            sex=sex,
            birth_date=born,
            birth_year=year,
            citizen_id=citizen_id,
            bhxh_no=bhxh_no,
            phone=phone,
            commune=self._territory.at(home.leaf, day).key,
            hamlet=home.hamlet,
            joined_on=day,
            evidence=tuple(e for e in home.evidence if e.valid_to >= day),
        )
        self.people.append(person)
        self.homes.append(Home(home.leaf, home.hamlet, home.evidence))
        return person

    def _ids(self, day: date, sex: str, year: int) -> tuple[str | None, str | None]:
        draw = self._rng.random()
        if day >= _NUMBER_IS_ENOUGH:
            return self._numbers.citizen_id(
                sex, year
            ), self._numbers.bhxh_no() if draw < 0.15 else None
        if day < _CARDS_CHANGED and draw < 0.10:
            return (None if draw < 0.05 else self._numbers.old_card()), self._numbers.bhxh_no()
        return self._numbers.citizen_id(sex, year), None if draw > 0.98 else self._numbers.bhxh_no()

    def _evidence(self, day: date, leaf: Place) -> Iterator[SimulatedEvidence]:
        """Yearly reviewed papers: some households stay poor, rise to near-poor, or become near-poor
        later.
        """
        rng = self._rng
        draw = rng.random()
        first = date(day.year, 1, 1)
        if draw < 0.0006:
            yield self._paper("ethnic_minority", leaf, first, date(day.year + 60, 12, 31))
        elif draw < 0.075:
            last = date(day.year + rng.randint(1, 6), 12, 31)
            yield self._paper("poor", leaf, first, last)
            if rng.random() < 0.6:
                yield self._near_poor(leaf, date(last.year + 1, 1, 1))
        elif draw < 0.145:
            yield self._near_poor(leaf, first)
        elif draw < 0.195:
            yield self._near_poor(leaf, date(day.year + rng.randint(1, 6), 1, 1))
        elif draw < 0.235:
            first = date(day.year + rng.randint(1, 7), 1, 1)
            yield self._paper("poor", leaf, first, date(first.year + rng.randint(2, 5), 12, 31))

    def _near_poor(self, leaf: Place, first: date) -> SimulatedEvidence:
        return self._paper(
            "near_poor", leaf, first, date(first.year + self._rng.randint(1, 5), 12, 31)
        )

    def _paper(self, group: str, leaf: Place, first: date, last: date) -> SimulatedEvidence:
        number = self._rng.randint(1, 480)
        issuer = self._territory.at(leaf, first).label
        return SimulatedEvidence(
            group, f"{_PAPERS[group]} số {number:03d}/{first.year}, UBND {issuer}", first, last
        )
