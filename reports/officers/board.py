"""The officers' board: the communes of one officer, or of all, in the order of their need, and what
to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agents.access import lineage_for, scope_of
from agents.models import CommuneAssignment, User
from agents.roles import Can
from enrollment.models import Participant
from reports.counting.units import COMMUNE, Unit, Units, units_for
from reports.officers.need import Need, Signal, need_of, ranked
from reports.officers.watched import SIGNALS, WATCHED, Watch
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import sort_key

NOBODY = "chua-co"


@dataclass(frozen=True, slots=True)
class SignalCell:
    """One signal's number in one commune, and where it leads; ``link`` is empty for 0."""

    signal: Signal
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One commune of the board."""

    unit: Unit
    pk: int
    officer: str
    need: Need
    cells: Sequence[SignalCell]
    last_contact: date | None
    day: date

    @property
    def days_silent(self) -> int | None:
        """Days since the last contact; ``None`` when there was none."""
        return None if self.last_contact is None else (self.day - self.last_contact).days


@dataclass(frozen=True, slots=True)
class OfficersBoard:
    """The lines in order of need; ``officers`` are those that a manager may choose, ``title`` whose
    board it is.
    """

    day: date
    lines: Sequence[CommuneRow]
    officers: Mapping[str, str]
    chosen: str
    title: str
    signals: Sequence[Signal] = SIGNALS

    @property
    def urgent(self) -> int:
        """Communes to be visited before the others."""
        return sum(1 for line in self.lines if line.need.tone == "bad")

    @property
    def this_week(self) -> int:
        """Communes with less urgent matters."""
        return sum(1 for line in self.lines if line.need.tone == "warn")


def board_of(user: User, chosen: str, day: date) -> OfficersBoard:
    """The reader's own communes for an officer; for others those of the officer chosen, all when
    none is.
    """
    lineage, last = lineage_for(user), Month.of(day).last_day
    units = units_for(scope_of(user), COMMUNE, Month.of(day), lineage=lineage)
    in_charge = _in_charge(units, day)
    officers = {} if user.may(Can.FOLLOW_COMMUNES) else _choices(in_charge)
    chosen = chosen if chosen in officers else ""
    ids = {unit.code: unit.id for unit in lineage.existing(last)}
    watch = Watch(
        _of_officer(units, in_charge, chosen), day, Participant.objects.visible_to(user), ids
    )
    return OfficersBoard(
        day, _lines(watch, in_charge), officers, chosen, officers.get(chosen, "") or _title(user)
    )


def _title(user: User) -> str:
    return str(user) if user.may(Can.FOLLOW_COMMUNES) else "mọi chuyên quản"


def _in_charge(units: Units, day: date) -> dict[str, tuple[str, str]]:
    """Unit code → (key, name) of the officer of the day."""
    held = (
        CommuneAssignment.objects.officers()
        .valid_on(day)
        .values_list("commune_id", "user_id", "user__full_name")
    )
    codes = ((units.commune_unit(commune), str(pk), name) for commune, pk, name in held)
    return {code: (pk, name) for code, pk, name in codes if code is not None}


def _choices(in_charge: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {
        NOBODY: "chưa có chuyên quản",
        **dict(sorted(in_charge.values(), key=lambda one: sort_key(one[1]))),
    }


def _of_officer(units: Units, in_charge: Mapping[str, tuple[str, str]], chosen: str) -> Units:
    if not chosen:
        return units
    wanted = "" if chosen == NOBODY else chosen
    return replace(
        units, rows=tuple(u for u in units.rows if in_charge.get(u.code, ("", ""))[0] == wanted)
    )


def _lines(watch: Watch, in_charge: Mapping[str, tuple[str, str]]) -> list[CommuneRow]:
    counts = {one.signal.name: one.counts(watch) for one in WATCHED} if watch.units.rows else {}
    by_code = {unit.code: unit for unit in watch.units.rows}
    needs = ranked(
        need_of(code, {name: found.get(code, 0) for name, found in counts.items()}, SIGNALS)
        for code in by_code
    )
    return [
        CommuneRow(
            by_code[need.code],
            watch.commune_ids[need.code],
            in_charge.get(need.code, ("", ""))[1],
            need,
            [_cell(watch, by_code[need.code], index, counts) for index in range(len(WATCHED))],
            watch.last_contact.get(need.code),
            watch.day,
        )
        for need in needs
    ]


def _cell(
    watch: Watch, unit: Unit, index: int, counts: Mapping[str, Mapping[str, int]]
) -> SignalCell:
    watched = WATCHED[index]
    count = counts[watched.signal.name].get(unit.code, 0)
    return SignalCell(watched.signal, count, watched.link(watch, unit) if count else "")
