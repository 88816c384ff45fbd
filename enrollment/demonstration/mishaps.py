"""What goes wrong and what changes: receipts voided and written again, people who move."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from enrollment.demonstration.campaign import SimulatedMove
from enrollment.demonstration.ledger import MonthLedger, SimulatedReceipt
from enrollment.demonstration.members import Cashier, Member
from enrollment.demonstration.places import Settlement, Territory
from enrollment.demonstration.population import Population
from enrollment.demonstration.tariff import STEP
from enrollment.demonstration.workdays import workdays

_WRITTEN_AGAIN_LATER, _WITHDRAWN, _WRITTEN_AGAIN_AT_ONCE = 0.35, 0.22, 0.45
"""Chance of one such receipt in a month."""
_WRONG_INCOME = (
    "Ghi sai mức thu nhập",
    "Ghi nhầm số tiền trên biên lai",
    "Ghi sai mức đóng, lập lại biên lai",
)
_NOT_OWED = ("Thu trùng với BHXH bắt buộc", "Thu nhầm người", "Người nộp rút lại đăng ký")


class Mishaps:
    """Keeps the receipts of the month before, of which a few are voided in this one."""

    def __init__(
        self,
        territory: Territory,
        settlement: Settlement,
        population: Population,
        cashier: Cashier,
        rng: Random,
    ) -> None:
        self._territory = territory
        self._settlement = settlement
        self._population = population
        self._cashier = cashier
        self._rng = rng
        self._earlier: list[tuple[Member, SimulatedReceipt]] = []
        self._fresh: list[Member] = []

    def remember(self, active: Sequence[Member], fresh: list[Member], ledger: MonthLedger) -> None:
        """This month's receipts, for the next one."""
        taken = {id(draft) for draft in ledger.drafts if not draft.corrects}
        self._earlier = [(m, m.last) for m in active if m.last is not None and id(m.last) in taken]
        self._fresh = [m for m in fresh if m.last is not None and id(m.last) in taken]

    def undo_last_month(self, ledger: MonthLedger, staying: list[Member]) -> list[Member]:
        """Void receipts of the month before: one is written again, one was not owed and its person
        is gone.
        """
        if (
            self._earlier
            and self._rng.random() < _WRITTEN_AGAIN_LATER
            and self._cashier.same_terms(ledger.month)
        ):
            self._write_again(ledger, {id(m) for m in staying})
        if self._rng.random() < _WITHDRAWN:
            return self._withdraw(ledger, staying)
        return staying

    def _write_again(self, ledger: MonthLedger, staying: set[int]) -> None:
        known = [
            (member, draft)
            for member, draft in self._earlier
            if id(member) in staying and draft.method != "1"
        ]
        in_time = [
            (m, draft)
            for m, draft in known
            if draft.first + self._cashier.grace(draft) >= ledger.month
        ]
        if in_time:
            member, wrong = self._rng.choice(in_time)
            right = self._cashier.correct(member, wrong, ledger.month)
            ledger.add(right)
            self._cashier.settle(member, right)
            ledger.voids.append((wrong, right.day, self._rng.choice(_WRONG_INCOME)))

    def _withdraw(self, ledger: MonthLedger, staying: list[Member]) -> list[Member]:
        free = [m for m in staying if m in self._fresh and m.person.id not in ledger.busy]
        if not free:
            return staying
        member = self._rng.choice(free)
        if member.last is not None:
            day = self._rng.choice(workdays(ledger.month))
            ledger.voids.append((member.last, day, self._rng.choice(_NOT_OWED)))
        return [m for m in staying if m is not member]

    def miswrite(self, ledger: MonthLedger) -> None:
        """One of the month's receipts was first written with a wrong income."""
        if self._rng.random() >= _WRITTEN_AGAIN_AT_ONCE:
            return
        draft = self._rng.choice(ledger.drafts)
        later = [day for day in workdays(ledger.month) if day > draft.day]
        if draft.corrects or not later:
            return
        day = self._rng.choice(later)
        income, amount = self._cashier.price(draft, draft.income + STEP * self._rng.randint(1, 8))
        if draft.collector.has_card_on(day) and income != draft.income:
            ledger.write_again(draft, income, amount, day, self._rng.choice(_WRONG_INCOME))

    def move_people(self, ledger: MonthLedger, active: Sequence[Member]) -> None:
        """A few people without a receipt this month live elsewhere from some day of it on."""
        free = [m for m in active if m.person.id not in ledger.busy]
        for member in self._rng.sample(
            free, min(len(free), self._rng.randint(1, 2 + len(active) // 900))
        ):
            self._move(ledger, member)

    def _move(self, ledger: MonthLedger, member: Member) -> None:
        home = self._population.homes[member.person.id]
        leaf, hamlet = self._settlement.draw(self._rng, eager=False)
        if (leaf, hamlet) != (home.leaf, home.hamlet):
            day = self._rng.choice(workdays(ledger.month))
            home.leaf, home.hamlet = leaf, hamlet
            ledger.moves.append(
                SimulatedMove(member.person.id, day, self._territory.at(leaf, day).key, hamlet)
            )
