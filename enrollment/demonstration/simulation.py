"""The campaign month by month, steered to the published figures.

Who is active stays so until the activity interval ends (docs/rules.md 5.1, rule ``grace``). In
the month after, the person pays within the last lawful month or is gone; how many of them are won
back decides the month's figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from random import Random

from enrollment.demonstration import habits, plan
from enrollment.demonstration.campaign import Campaign, MonthBatch
from enrollment.demonstration.ledger import MonthLedger, Numbering, SimulatedReceipt
from enrollment.demonstration.members import Cashier, Member
from enrollment.demonstration.mishaps import Mishaps
from enrollment.demonstration.names import Numbers
from enrollment.demonstration.network import CollectionNetworks
from enrollment.demonstration.office import OFFICE, assignments
from enrollment.demonstration.places import Settlement, Territory
from enrollment.demonstration.population import Population
from enrollment.demonstration.results import ResultsByYear
from enrollment.demonstration.running_month import without_the_unpaid
from enrollment.demonstration.targets import targets
from enrollment.demonstration.tariff import STEP, Tariff
from thaithuy_bhxh.months import Month

SEED = "thai-thuy-2016"
_COME_BACK_WITHIN = 36
_BACK_FROM_WORK_AFTER = 6
_FINAL_REASONS = frozenset({"retired", "one_off", "death", "left_area", "error"})


def simulate(
    last_month: Month,
    *,
    until: date | None = None,
    seed: str = SEED,
    territory: Territory | None = None,
    tariff: Tariff | None = None,
) -> Campaign:
    """The campaign from January 2016 to ``last_month``; the same arguments give the same campaign.

    Months do not depend on later ones: a longer campaign begins with the shorter one. With a day
    ``until`` of the month after, that month follows as far as it has gone; targets, agents and
    cards are those that it finds. ``territory`` and ``tariff`` default to what the package ships.
    """
    territory = territory or Territory.read()
    numbers = Numbers(Random(f"{seed}/numbers/staff"))
    network = CollectionNetworks(territory, last_month, Random(f"{seed}/network"), numbers)
    simulation = _Simulation(territory, network, tariff or Tariff.shipped(), seed)
    months = tuple(simulation.run(goal) for goal in plan.goals(last_month, seed))
    whole = Campaign(
        agents=tuple(network.agents),
        points=tuple(network.points),
        collectors=tuple(network.collectors),
        office=OFFICE,
        assignments=assignments(territory, last_month.last_day),
        targets=targets(
            territory, network.agents, network.collectors, simulation.results, last_month, seed
        ),
        people=tuple(simulation.population.people),
        households=simulation.population.households(),
        months=months,
    )
    if until is None or until <= last_month.last_day:
        return whole
    (*_, running) = plan.goals(last_month + 1, seed)
    batch = simulation.run(running, until)
    everybody = replace(
        whole,
        people=tuple(simulation.population.people),
        households=simulation.population.households(),
        months=(*months, batch),
    )
    return without_the_unpaid(everybody, len(whole.people))


class _Simulation:
    def __init__(
        self, territory: Territory, network: CollectionNetworks, tariff: Tariff, seed: str
    ) -> None:
        self._rng = rng = Random(f"{seed}/life")
        settlement = Settlement(territory, Random(f"{seed}/places"))
        self.population = Population(
            territory, settlement, rng, Numbers(Random(f"{seed}/numbers/people"))
        )
        self._cashier = Cashier(territory, network, self.population, tariff, rng)
        self._mishaps = Mishaps(territory, settlement, self.population, self._cashier, rng)
        self._numbering = Numbering()
        self.results = ResultsByYear(self.population)
        self._active: list[Member] = []
        self._left: list[Member] = []
        self._money: dict[int, int] = {}

    def run(self, goal: plan.Goal, until: date | None = None) -> MonthBatch:
        """One month: wrong receipts, stops, who joins, comes back and is won back, then everybody
        else's payments. With a day ``until`` it is the last one, and ends on that day.
        """
        ledger = MonthLedger(goal.month)
        steered = goal.month in plan.STEERED
        staying = [m for m in self._active if m.end >= goal.month]
        due = [m for m in self._active if m.end < goal.month]
        if not steered:
            staying = self._mishaps.undo_last_month(ledger, staying)
        staying = self._stop(ledger, staying, goal, len(self._active))
        fresh = [self._enroll(ledger) for _ in range(goal.joins)]
        back = self._bring_back(ledger, goal)
        won = self._win(ledger, due, goal.active - len(staying) - len(fresh) - len(back))
        if steered:
            self._collect_towards(ledger, staying)
        else:
            self._collect(ledger, staying)
            self._mishaps.miswrite(ledger)
        self._active = [*staying, *won, *back, *fresh]
        self._mishaps.move_people(ledger, self._active)
        self._mishaps.remember(self._active, fresh, ledger)
        if until:
            ledger.cut_off(until)
        self._money[goal.month] = ledger.money()
        self.results.add(ledger, self._active)
        return ledger.seal(self._numbering)

    def _take(self, ledger: MonthLedger, member: Member, draft: SimulatedReceipt) -> None:
        ledger.add(draft)
        self._cashier.settle(member, draft)

    def _leave(self, member: Member, month: int, reason: str = "") -> None:
        member.left_in, member.reason = month, reason
        self._left.append(member)

    def _stop(
        self, ledger: MonthLedger, staying: list[Member], goal: plan.Goal, active: int
    ) -> list[Member]:
        """Some stop with a reason, those of retirement age first."""
        leaving = max(0, active + goal.joins + goal.returns - goal.active)
        count = min(round(leaving * 0.4), 2 + self._rng.randint(0, active // 450))
        year = goal.month // 12
        free = [m for m in staying if m.person.id not in ledger.busy]
        retiring = [m for m in free if m.retires <= year]
        chosen = self._rng.sample(retiring, min(len(retiring), (count + 1) // 2))
        others = [m for m in free if m.retires > year]
        chosen += self._rng.sample(others, min(len(others), count - len(chosen)))
        for member in chosen:
            reason = habits.stop_reason(
                self._rng, member.person.sex, member.person.birth_year, year
            )
            ledger.stops.append((member.person, reason, _known(member).collector.code))
            ledger.busy.add(member.person.id)
            self._leave(member, goal.month, reason)
        gone = {id(member) for member in chosen}
        return [m for m in staying if id(m) not in gone]

    def _enroll(self, ledger: MonthLedger) -> Member:
        head = (
            self._rng.choice(self._active).person.id
            if self._active and self._rng.random() < 0.24
            else None
        )
        member, draft = self._cashier.enroll(ledger.month, head)
        ledger.newcomers.append(member.person.id)
        self._take(ledger, member, draft)
        return member

    def _bring_back(self, ledger: MonthLedger, goal: plan.Goal) -> list[Member]:
        """People who had left earlier and pay again."""
        able = [m for m in self._left if self._may_return(m, goal.month)]
        back = self._rng.sample(able, min(goal.returns, len(able)))
        for member in back:
            self._take(ledger, member, self._cashier.renew(member, goal.month))
        returned = {id(member) for member in back}
        self._left = [m for m in self._left if id(m) not in returned]
        return back

    @staticmethod
    def _may_return(member: Member, month: int) -> bool:
        if (
            member.reason in _FINAL_REASONS
            or member.retires <= month // 12
            or member.paid_to > month
        ):
            return False
        away = month - member.left_in
        return (_BACK_FROM_WORK_AFTER if member.reason else 1) <= away <= _COME_BACK_WITHIN

    def _win(self, ledger: MonthLedger, due: list[Member], wanted: int) -> list[Member]:
        """Of those whose last lawful month this is, the wanted number pays; the rest are gone."""
        year = ledger.month // 12
        self._rng.shuffle(due)
        due.sort(key=lambda m: (m.retires <= year, m.planned is None))
        won, lost = due[: max(0, wanted)], due[max(0, wanted) :]
        for member in won:
            self._take(ledger, member, self._cashier.renew(member, ledger.month))
        for member in lost:
            self._leave(member, ledger.month)
        return won

    def _collect(self, ledger: MonthLedger, staying: Iterable[Member]) -> None:
        """Payments of people who come of their own accord within their time."""
        for member in self._free(ledger, staying):
            if member.planned is not None and member.planned <= ledger.month:
                if habits.stays_away(self._rng, ledger.month):
                    member.planned = ledger.month + 1
                else:
                    self._take(ledger, member, self._cashier.renew(member, ledger.month))

    def _free(self, ledger: MonthLedger, staying: Iterable[Member]) -> list[Member]:
        return [m for m in staying if m.person.id not in ledger.busy]

    def _collect_towards(self, ledger: MonthLedger, staying: Iterable[Member]) -> None:
        """The same, up to the month's published money: those who are due first, then the longest
        unpaid are visited.
        """
        open_ = [m for m in self._free(ledger, staying) if m.paid_to <= ledger.month]
        self._rng.shuffle(open_)
        open_.sort(key=lambda m: (m.planned is None or m.planned > ledger.month, m.paid_to))
        goal = self._money_goal(ledger.month)
        last: SimulatedReceipt | None = None
        for member in open_:
            draft = self._cashier.renew(member, ledger.month)
            if ledger.money() + draft.amount <= goal:
                self._take(ledger, member, draft)
                last = draft if draft.method == "12" else last
        if last is not None:
            self._cashier.reprice(
                last, last.income + (goal - ledger.money()) // _step_money(last) * STEP
            )

    def _money_goal(self, month: int) -> int:
        if month != plan.COMPARED:
            return plan.COLLECTED[Month.from_index(month)]
        before = sum(self._money[m] for m in plan.COMPARED_TO)
        return before * plan.GROWTH_PERCENT // 100 - self._money[month - 1]


def _step_money(draft: SimulatedReceipt) -> int:
    """What one more step of income costs over the months of a receipt (22 % of it), in đồng."""
    return STEP * 22 // 100 * draft.months


def _known(member: Member) -> SimulatedReceipt:
    if member.last is None:
        raise ValueError(f"{member.person.full_name} has no receipt")
    return member.last
