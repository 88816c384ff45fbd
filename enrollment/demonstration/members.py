"""Participants as the simulation follows them, and the receipts that they are given.

Months are indexes ``year * 12 + month - 1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from enrollment.demonstration import habits
from enrollment.demonstration.campaign import SimulatedCollector, SimulatedPerson
from enrollment.demonstration.ledger import SimulatedReceipt
from enrollment.demonstration.network import COMMITTEE, POST_OFFICE, CollectionNetworks
from enrollment.demonstration.places import Territory
from enrollment.demonstration.population import Population
from enrollment.demonstration.tariff import STEP, Tariff
from enrollment.demonstration.workdays import workdays
from enrollment.law.methods import LAW_2024_FROM
from thaithuy_bhxh.months import Month

_BACK_PAYMENT_ENDED = int(Month.of(LAW_2024_FROM))


@dataclass(slots=True, eq=False)
class Member:
    """a participant's state: paid up to ``paid_to``, active up to ``end`` (docs/rules.md 5.1,
    rule ``grace``).

    ``planned`` is the month in which the person means to pay next; ``left_in`` the month in which
    activity ended.
    """

    person: SimulatedPerson
    network: str
    method: str
    wanted: int
    retires: int
    collector: SimulatedCollector | None = None
    paid_to: int = 0
    end: int = 0
    planned: int | None = None
    supported: int = 0
    last: SimulatedReceipt | None = None
    left_in: int = 0
    reason: str = ""


class Cashier:
    """Writes receipts: month by month lawful, by a collector with a valid card."""

    def __init__(
        self,
        territory: Territory,
        network: CollectionNetworks,
        population: Population,
        tariff: Tariff,
        rng: Random,
    ) -> None:
        self._territory = territory
        self._network = network
        self._population = population
        self._tariff = tariff
        self._rng = rng

    def enroll(self, month: int, head: int | None) -> tuple[Member, SimulatedReceipt]:
        """A new participant with the first receipt, not yet taken."""
        rng = self._rng
        day = rng.choice(workdays(month))
        person = self._population.newcomer(day, head, eager=month >= Month(2019, 1))
        network = POST_OFFICE if habits.prefers_post_office(rng, month) else COMMITTEE
        retires = habits.retirement_year(person.sex, person.birth_year)
        member = Member(
            person, network, habits.method(rng, month), habits.wanted_income(rng, month), retires
        )
        return member, self._draft(member, day, member.method, self._first_month(member, day))

    def _first_month(self, member: Member, day: date) -> int:
        """Most begin at once; late in the month from the next one; some make up for the month
        before.
        """
        month, draw = int(Month.of(day)), self._rng.random()
        if member.method == "1":
            return month
        if day.day > 20 and draw < 0.3:
            return month + 1
        return (
            month - 1
            if draw > 0.97 and int(Month(2016, 1)) < month < _BACK_PAYMENT_ENDED
            else month
        )

    def renew(self, member: Member, month: int) -> SimulatedReceipt:
        """The next receipt of a participant, lapsed ones too; not yet taken."""
        rng = self._rng
        how = member.method if rng.random() < 0.93 else habits.method(rng, month)
        first = member.paid_to + 1
        if month > first + self._tariff.grace(month, how) or (
            month > first and rng.random() < 0.12
        ):
            first = month
        return self._draft(member, rng.choice(workdays(month)), how, first)

    def correct(self, member: Member, draft: SimulatedReceipt, month: int) -> SimulatedReceipt:
        """The right receipt, this month, for the same months as a wrong one."""
        member.supported -= draft.supported
        income = draft.income + STEP * self._rng.randint(1, 6)
        right = self._draft(
            member, self._rng.choice(workdays(month)), draft.method, draft.first, income
        )
        right.corrects = True
        return right

    def _draft(
        self, member: Member, day: date, how: str, first: int, wanted: int | None = None
    ) -> SimulatedReceipt:
        month, person = int(Month.of(day)), member.person
        home = self._population.homes[person.id]
        income = self._tariff.income(month, wanted or member.wanted)
        group = person.group_on(day)
        supported = self._tariff.supported(month, group, int(how), member.supported)
        collector = self._collector(member, day)
        return SimulatedReceipt(
            person=person,
            day=day,
            address=self._territory.address(home.leaf, home.hamlet, day),
            method=how,
            first=first,
            income=income,
            group=group,
            supported=supported,
            amount=self._tariff.participant(month, income, int(how), group, supported),
            collector=collector,
            network=member.network,
        )

    def _collector(self, member: Member, day: date) -> SimulatedCollector:
        """The one whom the person knows, as long as that one serves the place."""
        leaf = self._population.homes[member.person.id].leaf
        staff = self._network.staff(member.network, leaf, day)
        if member.collector in staff and member.collector is not None:
            return member.collector
        if member.collector is not None and self._rng.random() < 0.15:
            member.network = POST_OFFICE
            staff = self._network.staff(member.network, leaf, day)
        return self._rng.choice(staff)

    def reprice(self, draft: SimulatedReceipt, income: int) -> None:
        """Another income on a receipt that is not numbered yet."""
        month = int(Month.of(draft.day))
        draft.income = self._tariff.income(month, income)
        draft.amount = self._tariff.participant(
            month, draft.income, draft.months, draft.group, draft.supported
        )

    def price(self, draft: SimulatedReceipt, income: int) -> tuple[int, int]:
        """Income and participant's money if the receipt said this income."""
        month = int(Month.of(draft.day))
        lawful = self._tariff.income(month, income)
        return lawful, self._tariff.participant(
            month, lawful, draft.months, draft.group, draft.supported
        )

    def grace(self, draft: SimulatedReceipt) -> int:
        """Months after the paid ones in which the person of a receipt still counts."""
        return self._tariff.grace(int(Month.of(draft.day)), draft.method)

    def same_terms(self, month: int) -> bool:
        """Whether the law's parameters are those of the month before."""
        return self._tariff.terms(month) == self._tariff.terms(month - 1)

    def settle(self, member: Member, draft: SimulatedReceipt) -> None:
        """The receipt is taken: what it changes for the person, and when the person means to come
        again.
        """
        rng = self._rng
        member.method, member.collector, member.last = draft.method, draft.collector, draft
        member.supported += draft.supported
        member.paid_to = max(member.paid_to, draft.last)
        member.end = max(member.end, draft.last + self.grace(draft))
        member.left_in, member.reason = 0, ""
        if not draft.corrects:
            member.planned = habits.comes_again(rng, draft.method, member.paid_to)
            member.wanted += STEP * rng.randint(1, 3) if rng.random() < 0.12 else 0
