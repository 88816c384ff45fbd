"""The figures and people of monthly letters, read for all letters of a month together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from agents.access import lineage_for, scope_of
from agents.agent_names import told_apart
from agents.cards import SOON as CARD_DAYS
from agents.lineage import place_now
from agents.models import AgentContract, CollectionAgent, Commune, CommuneAssignment, Metric, User
from agents.targets.in_force import TargetHistory
from enrollment.models import Movement, Participant, Receipt
from enrollment.querysets import LATEST_FIRST
from reports.counting import units as unit_kinds
from reports.counting.measures import Figures, Period, movements_in, tallies
from reports.counting.units import Unit, Units, units_for
from reports.letters.letter import (
    AGENT,
    COMMUNE,
    DUE_DAYS,
    LOST_MONTHS,
    Due,
    EndingCard,
    Letter,
    Lost,
    TargetProgress,
    shortened,
)
from reports.officers.watched import last_card_day
from reports.progress.pace import Progress
from reports.progress.targets_asked import asked_of, flow_progress, rows_for
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import sort_key

CONTRACT_DAYS = 60
Wanted = list[tuple[int, Unit, Units]]
"""Key, unit and all units of each letter's addressee."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a letter goes; ``cards`` and ``contract`` of an agent, ``officer`` of a commune."""

    name: str
    officer: str = ""
    cards: tuple[EndingCard, ...] = ()
    contract: tuple[str, date] | None = None
    opened_on: date = date.min
    closed_on: date | None = None


def letter_day(month: Month) -> date:
    """The date of a letter: today for this month and the last one, the month's last day for those
    long gone.
    """
    return today() if month >= this_month() - 1 else month.last_day


def units_of(user: User, kind: str, month: Month) -> Wanted:
    """The agents or communes of a month to which the reader's letters go, with their keys."""
    by = unit_kinds.AGENT if kind == AGENT else unit_kinds.COMMUNE
    lineage = lineage_for(user) if kind == COMMUNE else None
    units = units_for(scope_of(user), by, month, lineage=lineage)
    if kind == AGENT:
        return [(next(iter(unit.agents)), unit, units) for unit in units.rows if unit.agents]
    ids = {one.code: one.id for one in units.lineage.existing(month.last_day)}
    return [(ids[unit.code], unit, units) for unit in units.rows if unit.code in ids]


def recipients_of(user: User, kind: str, month: Month) -> list[tuple[int, str]]:
    """Key and name of everybody to whom a letter of the month goes: those whose letters are printed
    together.
    """
    wanted = units_of(user, kind, month)
    if kind == COMMUNE or not wanted:
        return [(pk, unit.name) for pk, unit, _ in wanted]
    known = CollectionAgent.objects.in_bulk([pk for pk, *_ in wanted])
    now = tallies(Period(month, month))[0].by(wanted[0][2])
    agents = [
        known[pk] for pk, unit, _ in wanted if _gets_a_letter(known[pk], now[unit.code], month)
    ]
    return list(told_apart(agents).items())


def _gets_a_letter(agent: CollectionAgent | Addressee, now: Figures, month: Month) -> bool:
    """Whether an agent is at work in the month, or has people or money in it: nobody writes to a
    closed office.
    """
    if agent.opened_on <= month.last_day and (
        agent.closed_on is None or agent.closed_on >= month.first_day
    ):
        return True
    return bool(now.opening or now.closing or now.renewed or now.collected)


def letters_of(user: User, kind: str, month: Month, only: int | None = None) -> list[Letter]:
    """The letters of a month to all agents or communes of the reader, or to one of them.

    None when it is out of scope, or an agent long closed.
    """
    wanted = [one for one in units_of(user, kind, month) if only in (None, one[0])]
    if not wanted:
        return []
    units, day = wanted[0][2], letter_day(month)
    read = _Reading(user, units, month, day, None if only is None else wanted[0][1])
    addressees = (_agents if kind == AGENT else _communes)([pk for pk, *_ in wanted], day)
    written_to = set(addressees)
    if kind == AGENT:
        written_to &= {
            pk
            for pk, unit, _ in wanted
            if _gets_a_letter(addressees[pk], read.now[unit.code], month)
        }
    return [
        _letter(kind, pk, unit, read, addressees[pk]) for pk, unit, _ in wanted if pk in written_to
    ]


class _Reading:
    """What the letters of one month need, each thing asked for once."""

    def __init__(
        self, user: User, units: Units, month: Month, day: date, unit: Unit | None
    ) -> None:
        self.month, self.day, self.units = month, day, units
        self._user, self._unit = user, unit
        periods = (
            Period(month, month),
            Period(month - 12, month - 12),
            Period(Month(month.year, 1), month),
        )
        self.now, self.before, self.year = (tally.by(units) for tally in tallies(*periods))
        self.targets = asked_of(units, rows_for(month, units))
        self.due = (
            self._grouped(self._due_rows(), lambda row: shortened(Due(*row)))
            if self._is_recent
            else None
        )
        self.lost = self._grouped(self._lost_rows(), lambda row: Lost(*row))

    @property
    def _is_recent(self) -> bool:
        """Who was due long ago is not known any more: people have paid since."""
        return self.month >= this_month() - 1

    def _due_rows(self) -> Iterable[Any]:
        people = Participant.objects.visible_to(self._user)
        people = people.due_between(self.day, self.day + timedelta(days=DUE_DAYS))
        people = people.filter(self._unit.q()) if self._unit else people
        order = people.order_by("due_on", "sort_key", "id")
        rows = order.values_list("commune_id", "agent_id", "full_name", "hamlet", "due_on")
        return [(*row[:3], self._place(row[3], row[0]), row[4]) for row in rows]

    def _lost_rows(self) -> Iterable[Any]:
        """People who fell out in the last months and are neither back nor gone for another
        reason.
        """
        within = movements_in(Period(self.month - (LOST_MONTHS - 1), self.month))
        group = Receipt.objects.filter(participant=OuterRef("participant"), void__isnull=True)
        group = group.order_by(*LATEST_FIRST)
        rows = Movement.objects.filter(
            within,
            scope_of(self._user).q(agent="participant__agent", commune="participant__commune"),
            kind=Movement.Kind.DECREASED,
            reason="not_renewed",
            participant__active_to__lt=this_month(),
            participant__stopped_from__isnull=True,
        )
        rows = rows.filter(self._unit.q("participant__")) if self._unit else rows
        found = rows.order_by("-month", "participant__sort_key", "id").values_list(
            "participant_id",
            "participant__commune_id",
            "participant__agent_id",
            "participant__full_name",
            "participant__hamlet",
            Subquery(group.values("group")[:1]),
        )
        # Somebody who fell out twice stands where the earlier time does, with the later one's row.
        latest = {pk: row for pk, *row in reversed(list(found))}
        return [
            (commune, agent, name, self._place(hamlet, commune), support or "")
            for commune, agent, name, hamlet, support in reversed(latest.values())
        ]

    def _place(self, hamlet: str, commune: int | None) -> str:
        """The hamlet, with today's commune in the letter to an agent: there are hamlets of one name
        in many communes.
        """
        if self.units.by == unit_kinds.COMMUNE:
            return hamlet
        place = place_now(lineage_for(self._user), commune, self.day)
        return ", ".join(part for part in (hamlet, place) if part)

    def _grouped(self, rows: Iterable[Any], made: Callable[[Any], Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for commune, agent, *row in rows:
            if (code := self.units.key(commune, agent)) is not None:
                found.setdefault(code, []).append(made(row))
        return found


def _letter(kind: str, pk: int, unit: Unit, read: _Reading, to: Addressee) -> Letter:
    code = unit.code
    return Letter(
        kind=kind,
        pk=pk,
        code=code,
        addressee=to.name,
        month=read.month,
        day=read.day,
        now=read.now[code],
        before=read.before[code],
        targets=_targets(read.targets.get(code, {}), read.now[code], read.year[code], read),
        due=None if read.due is None else read.due.get(code, []),
        lost=read.lost.get(code, []),
        cards=to.cards,
        contract=to.contract,
        officer=to.officer,
    )


def _targets(
    asked: Mapping[str, list[TargetHistory]], now: Figures, year: Figures, read: _Reading
) -> list[TargetProgress]:
    """Each target that was set, with what is done by the end of the month."""
    day = min(read.day, read.month.last_day)
    active = [one.now for one in asked.get(Metric.ACTIVE, []) if one.now is not None]
    found = [
        TargetProgress(
            "Tăng mới trong năm", flow_progress(asked.get(Metric.NEW, []), now.new_ytd, day)
        ),
        TargetProgress(
            "Đang tham gia đến 31/12", Progress(now.closing, sum(active) if active else None, None)
        ),
        TargetProgress(
            "Tiền thu cả năm",
            flow_progress(asked.get(Metric.COLLECTED, []), year.collected, day),
            money=True,
        ),
    ]
    return [one for one in found if one.progress.target]


def _communes(pks: list[int], day: date) -> dict[int, Addressee]:
    held = CommuneAssignment.objects.officers().valid_on(day).filter(commune=OuterRef("pk"))
    rows = Commune.objects.filter(pk__in=pks).annotate(
        officer=Subquery(held.values("user__full_name")[:1])
    )
    return {
        one.pk: Addressee(f"Ủy ban nhân dân {one.label}", officer=one.officer or "") for one in rows
    }


def _agents(pks: list[int], day: date) -> dict[int, Addressee]:
    """Agents with the cards and the contract that end soon (one query)."""
    contract = (
        AgentContract.objects.valid_on(day).filter(agent=OuterRef("pk")).order_by("-valid_to")
    )
    staff = "points__collectors__"
    rows = CollectionAgent.objects.filter(pk__in=pks).annotate(
        contract_no=Subquery(contract.values("number")[:1]),
        contract_to=Subquery(contract.values("valid_to")[:1]),
        contract_end=Subquery(contract.values("ended_on")[:1]),
    )
    names = ("full_name", "id", "hired_on", "ended_on", "cards__valid_from", "cards__valid_to")
    fields = (
        "id",
        "name",
        "opened_on",
        "closed_on",
        "contract_no",
        "contract_to",
        "contract_end",
        *(staff + name for name in names),
    )
    found: dict[int, list[Any]] = {}
    for row in sorted(
        rows.values_list(*fields), key=lambda row: (sort_key(row[7] or ""), row[8] or 0)
    ):
        found.setdefault(row[0], []).append(row)
    return {pk: _agent(mine, day) for pk, mine in found.items()}


def _agent(rows: list[Any], day: date) -> Addressee:
    _, name, opened_on, closed_on, number, term_end, ended_on, *_ = rows[0]
    last = ended_on or term_end
    soon = number and last <= day + timedelta(days=CONTRACT_DAYS)
    return Addressee(
        name,
        cards=tuple(_cards(rows, day)),
        contract=(number, last) if soon else None,
        opened_on=opened_on,
        closed_on=closed_on,
    )


def _cards(rows: list[Any], day: date) -> list[EndingCard]:
    """The staff of the day whose card ends soon or is not there."""
    terms: dict[tuple[int, str], list[tuple[date, date | None]]] = {}
    for *_, full_name, pk, hired, ended, first, last in rows:
        if pk is not None and (hired is None or hired <= day) and (ended is None or ended >= day):
            terms.setdefault((pk, full_name), []).extend([(first, last)] if first else [])
    cards = [EndingCard(name, last_card_day(mine, day)) for (_, name), mine in terms.items()]
    return [card for card in cards if card.last <= day + timedelta(days=CARD_DAYS)]
