"""What the simulator yields: plain values in the order in which they happened. Amounts in đồng.

A commune is named by its key ``(code, valid_from)``, as in the register: codes are reused by
successors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from enrollment.importing.lines import ReceiptLine, StopLine
from thaithuy_bhxh.months import Month

CommuneKey = tuple[str, date]
"""GSO code and first day; ``date(1900, 1, 1)`` = since always."""


@dataclass(frozen=True, slots=True)
class SimulatedAgent:
    """A collection agent; ``closed_on`` is its last day, ``None`` while it works."""

    code: str
    name: str
    network: str
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class SimulatedPoint:
    """A service point of an agent and the communes, of every era, that it serves."""

    code: str
    name: str
    agent_code: str
    opened_on: date
    closed_on: date | None
    communes: tuple[CommuneKey, ...]


@dataclass(frozen=True, slots=True)
class SimulatedCard:
    """A collector's card: money may be taken on ``valid_from..valid_to``, both included."""

    number: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class SimulatedCollector:
    """One of an agent's staff at a point, with every card that was issued."""

    code: str
    full_name: str
    point_code: str
    phone: str
    cards: tuple[SimulatedCard, ...]

    def has_card_on(self, day: date) -> bool:
        """Whether this person may take money on this day."""
        return any(card.valid_from <= day <= card.valid_to for card in self.cards)


@dataclass(frozen=True, slots=True)
class OfficePerson:
    """Somebody of the office: role ``officer`` (account officer) or ``manager`` (leader in
    charge).
    """

    username: str
    full_name: str
    role: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """``kind`` is ``officer`` or ``leader``, one of each per commune at a time; ``None`` = no
    end yet.
    """

    kind: str
    commune: CommuneKey
    username: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """A yearly target: ``active`` and ``new`` in persons, ``collected`` in đồng (participants'
    money).

    ``owner_kind`` is ``district``, ``commune``, ``agent`` or ``collector``, whose key or code is
    set. All have theirs from January on. Of two decisions in a year the later one
    counts; a commune formed in the year replaces its predecessors from then on, while a closed
    agent, which has no lineage, keeps what is left to it.
    """

    year: int
    metric: str
    owner_kind: str
    value: int
    decision_no: str
    decision_date: date
    commune: CommuneKey | None = None
    agent_code: str | None = None
    collector_code: str | None = None


@dataclass(frozen=True, slots=True)
class SimulatedEvidence:
    """Membership of a support group with the paper that proves it; both days included."""

    group: str
    paper: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A generated participant. ``id`` is the index in :attr:`Campaign.people`.

    At least one of ``citizen_id`` (12 digits, or 9 of an old card) and ``bhxh_no`` is set and never
    changes; ``birth_date`` is ``None`` where only the year is known. ``commune`` and ``hamlet`` are
    those of the first receipt.
    """

    id: int
    full_name: str
    sex: str
    birth_date: date | None
    birth_year: int
    citizen_id: str | None
    bhxh_no: str | None
    phone: str
    commune: CommuneKey
    hamlet: str
    joined_on: date
    evidence: tuple[SimulatedEvidence, ...]

    def group_on(self, day: date) -> str:
        """The support group that the evidence proves on this day."""
        return next((e.group for e in self.evidence if e.valid_from <= day <= e.valid_to), "other")


@dataclass(frozen=True, slots=True)
class SimulatedHousehold:
    """People of one household: the head's id, then each other member's id with the relation to the
    head.
    """

    head: int
    members: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class SimulatedMove:
    """From a day on the person lives elsewhere."""

    person: int
    since: date
    commune: CommuneKey
    hamlet: str


@dataclass(frozen=True, slots=True)
class SimulatedVoid:
    """A receipt that no longer counts from a day on."""

    number: str
    voided_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class MonthBatch:
    """What happened in one month, to be recorded in the order of the fields.

    ``lines``: receipts by date, then the stops of this month. ``voids``: receipts of this or the
    month before. ``corrections``: the right receipts for some of the voided ones. ``moves``: of
    people without a receipt this month. ``newcomers``: ids of the people whose first receipt is in
    ``lines``. ``participants_money``: participants' money of the month's
    receipts less its voids, đồng.
    """

    month: Month
    lines: tuple[ReceiptLine | StopLine, ...]
    voids: tuple[SimulatedVoid, ...]
    corrections: tuple[ReceiptLine, ...]
    moves: tuple[SimulatedMove, ...]
    newcomers: tuple[int, ...]
    participants_money: int

    def receipts(self) -> Iterator[ReceiptLine]:
        """Every receipt of the month, corrections last."""
        yield from (line for line in self.lines if isinstance(line, ReceiptLine))
        yield from self.corrections

    def stops(self) -> Iterator[StopLine]:
        """Every stop of the month."""
        return (line for line in self.lines if isinstance(line, StopLine))


@dataclass(frozen=True, slots=True)
class Campaign:
    """Everything needed to run the campaign through the portal's operations; ``months`` is
    chronological.
    """

    agents: tuple[SimulatedAgent, ...]
    points: tuple[SimulatedPoint, ...]
    collectors: tuple[SimulatedCollector, ...]
    office: tuple[OfficePerson, ...]
    assignments: tuple[Assignment, ...]
    targets: tuple[TargetFigure, ...]
    people: tuple[SimulatedPerson, ...]
    households: tuple[SimulatedHousehold, ...]
    months: tuple[MonthBatch, ...]

    def counts(self) -> Counter[str]:
        """How much there is of each kind of fact."""
        found = Counter(
            people=len(self.people), households=len(self.households), targets=len(self.targets)
        )
        for batch in self.months:
            found["receipts"] += sum(1 for _ in batch.receipts())
            found["stops"] += sum(1 for _ in batch.stops())
            found["voids"] += len(batch.voids)
            found["moves"] += len(batch.moves)
        return found
