"""Random ledgers for the portal, kept twice: through its own operations, and as the slow counter's
plain lists.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.management import call_command
from hypothesis import strategies as st

from agents.models import Collector, Commune, CommuneAssignment, Role, User
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.models import Participant, Receipt, Stop
from enrollment.operations.participants import do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_withdraw_stop
from tests import builders
from tests.counting import slow_counter as slow
from tests.counting.slow_counter import Charge, Halt, Paper, Person, Relocation, World
from tests.shipped import load_shipped
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

AGENTS = {
    "BD001": "post_office",
    "BD002": "post_office",
    "XA01": "commune_committee",
    "XA02": "commune_committee",
}
CLOSED = {"BD002": date(2021, 3, 31)}
HAUNTS = ("12826", "12886", "12832", "12835", "12841", "12862", "12910", "12922")
"""Codes that share heirs on both days of change, and some that never change."""
FIRST = slow.month(2018, 6)


@dataclass
class Stage:
    """The portal's records that the ledgers need, and the same world for the slow counter."""

    manager: User
    collectors: dict[str, Collector]
    communes: dict[slow.Key, Commune]
    world: World

    def haunts(self, day: date) -> list[slow.Place]:
        return [place for place in self.world.standing(day) if place.code in HAUNTS]


def set_the_stage() -> Stage:
    """Reference data, four agents of which one closes, two officers who hand over, communes of
    nobody.
    """
    load_shipped()
    places, edges = slow.territory_of_the_files()
    communes = {(one.code, one.valid_from): one for one in Commune.objects.all()}
    agents = {
        code: builders.agent(code, net, closed_on=CLOSED.get(code)) for code, net in AGENTS.items()
    }
    stage = Stage(
        builders.user("giamdoc", Role.MANAGER),
        {code: builders.collector(agent) for code, agent in agents.items()},
        communes,
        World(places, edges, dict(AGENTS), list(_charges(places))),
    )
    officers = {name: builders.user(name, Role.OFFICER) for name in ("chuyenquan1", "chuyenquan2")}
    for one in stage.world.charges:
        CommuneAssignment.objects.create(
            kind="officer",
            commune=communes[one.commune],
            user=officers[one.officer],
            valid_from=one.since,
            valid_to=one.until,
        )
    return stage


def _charges(places: Iterable[slow.Place]) -> Iterable[Charge]:
    """Every third commune belongs to nobody; every second of the others changes hands in the middle
    of 2019, 2021.
    """
    for index, place in enumerate(places):
        since = max(place.since, date(2018, 1, 1))
        if index % 3 == 0:
            continue
        middle = (
            date(2019, 7, 15) if place.until and place.until.year == 2020 else date(2021, 2, 28)
        )
        if index % 2 and (place.until is None or middle < place.until) and since < middle:
            yield Charge(place.key, "chuyenquan1", since, middle)
            yield Charge(place.key, "chuyenquan2", middle + timedelta(days=1), place.until)
        else:
            yield Charge(
                place.key, "chuyenquan2" if index % 2 else "chuyenquan1", since, place.until
            )


# --- what may happen ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deed:
    """One fact to come, of person number ``who``; choices are numbers that the day turns into
    records.
    """

    day: date
    what: str
    who: int
    pick: int
    other: int
    money: int


def deeds() -> st.SearchStrategy[Deed]:
    """Mostly receipts, so that there is something to void, stop and move."""
    era = st.sampled_from([0, 9, 18, 20, 22, 24, 30, 36, 78, 84, 86])
    day = st.builds(
        lambda start, ahead, day: slow.first_day(FIRST + start + ahead) + timedelta(days=day),
        era,
        st.integers(0, 11),
        st.sampled_from([0, 9, 27]),
    )
    what = st.sampled_from(["pay"] * 9 + ["void"] * 2 + ["stop"] * 2 + ["withdraw", "move"])
    return st.builds(
        Deed,
        day,
        what,
        st.integers(0, 9),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(1, 9999),
    )


@dataclass
class Ledger:
    """Plays deeds on the portal and writes down, as the slow counter does, those that the portal
    took.
    """

    stage: Stage
    people: dict[int, Person] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    phase: int = 0

    def play(self, deeds: Iterable[Deed]) -> None:
        """Lists first, as an import brings them, then the other deeds in order of their day."""
        deeds = sorted(deeds, key=lambda deed: deed.day)
        self.phase += 1
        self._list([deed for deed in deeds if deed.what == "pay"])
        self._list([deed for deed in deeds if deed.what == "stop"])
        for number, deed in enumerate(deeds):
            if deed.who in self.people and deed.what in ("void", "withdraw", "move"):
                try:
                    getattr(self, f"_{deed.what}")(deed, (self.phase, 2, number))
                except Refused:
                    continue

    def _list(self, chosen: list[Deed]) -> None:
        lines = [(deed, self._line(deed, row)) for row, deed in enumerate(chosen, 1)]
        if not lines:
            return
        outcome = builders.import_lines(
            self.stage.manager, *(line for _, line in lines), skip_bad=True, trust_amounts=True
        )
        bad = {error.row for error in outcome.errors}
        for deed, line in lines:
            if line.row not in bad and isinstance(line, ReceiptLine):
                self._person(deed.who).papers.append(self._paper(deed, line))
            elif line.row not in bad and deed.who in self.people:
                self._halt(deed.who, line)

    def _halt(self, who: int, line: Any) -> None:
        known = [(halt.month, halt.reason) for halt in self.people[who].halts]
        if (int(line.month), line.reason) not in known:
            self.people[who].halts.append(
                Halt(int(line.month), line.reason, (self.phase, 1, line.row))
            )

    def _person(self, who: int) -> Person:
        return self.people.setdefault(who, Person([], [], []))

    def _citizen(self, who: int) -> str:
        return self.ids.setdefault(who, builders.citizen_id())

    def _line(self, deed: Deed, row: int) -> ReceiptLine | StopLine:
        code = list(AGENTS)[deed.other % len(AGENTS)]
        same: dict[str, Any] = {
            "row": row,
            "full_name": f"Người Mẫu {deed.who}",
            "bhxh_no": None,
            "citizen_id": self._citizen(deed.who),
            "collector_code": self.stage.collectors[code].code,
        }
        if deed.what == "stop":
            return StopLine(
                month=Month.of(deed.day), reason=slow.REASONS[deed.pick % len(slow.REASONS)], **same
            )
        method = ("1", "3", "3", "6", "6", "12", "12", "ADV", "MISS")[deed.pick % 9]
        months = {"ADV": 24, "MISS": 5}.get(method) or int(method)
        place = self._place(deed)
        parts: dict[str, Any] = {
            "gross": deed.money * 10,
            "state_support": deed.money,
            "local_support": deed.money * 2,
        }
        return ReceiptLine(
            address=f"Thôn Bắc, {place.kind} {place.name}, huyện Thái Thụy, tỉnh Thái Bình",
            received_on=deed.day,
            number=f"S-{self.phase}-{row}",
            chosen_income=1_500_000,
            months=months,
            method=method,
            from_month=self._from(deed, method, months),
            other_support=3,
            **parts,
            **same,
        )

    def _from(self, deed: Deed, method: str, months: int) -> Month:
        """Sometimes the month itself, sometimes what follows the last receipt, early or late."""
        paid = self.people[deed.who].papers if deed.who in self.people else []
        last = max((paper.last for paper in paid), default=slow.month_of(deed.day))
        near = slow.month_of(deed.day) + (deed.other // 7) % 6 - 2
        if method == "MISS":
            near -= months
        return Month.from_index(
            last + 1 if deed.other % 2 and abs(last - slow.month_of(deed.day)) < 9 else near
        )

    def _place(self, deed: Deed) -> slow.Place:
        """One of the haunts, the same for most of a person's deeds."""
        haunts = self.stage.haunts(deed.day)
        return haunts[(deed.who if deed.money % 3 else deed.money) % len(haunts)]

    def _paper(self, deed: Deed, line: ReceiptLine) -> Paper:
        return Paper(
            deed.day,
            int(line.from_month),
            line.months,
            line.method,
            self._place(deed).key,
            list(AGENTS)[deed.other % len(AGENTS)],
            (self.phase, 0, line.row),
            None,
            deed.money * 7 - 3,
            deed.money,
            deed.money * 2,
            3,
            line.number,
        )

    def _void(self, deed: Deed, _: Any) -> None:
        for paper in self.people[deed.who].papers[deed.pick % 3 :]:
            on = (
                max(deed.day, paper.day + timedelta(days=deed.other % 20))
                if deed.other % 3
                else deed.day
            )
            if (
                paper.voided is None
                and on >= paper.day
                and (deed.other % 3 == 0 or paper.day >= deed.day)
            ):
                receipt = Receipt.objects.get(number=paper.number)
                do_void_receipt(actor=self.stage.manager, receipt=receipt, on=on, reason="Ghi nhầm")
                paper.voided = on
                return

    def _withdraw(self, deed: Deed, _: Any) -> None:
        for halt in self.people[deed.who].halts:
            if halt.withdrawn is None:
                stop = Stop.objects.get(
                    participant=self._row(deed.who), month=halt.month, reason=halt.reason
                )
                do_withdraw_stop(
                    actor=self.stage.manager, stop=stop, on=deed.day, reason="Đóng lại"
                )
                halt.withdrawn = slow.month_of(deed.day)
                return

    def _move(self, deed: Deed, at: Any) -> None:
        place = self._place(deed)
        commune = self.stage.communes[place.key]
        do_move(
            actor=self.stage.manager,
            participant=self._row(deed.who),
            commune=commune,
            hamlet="",
            since=deed.day,
        )
        self.people[deed.who].relocations.append(Relocation(deed.day, place.key, at))

    def _row(self, who: int) -> Participant:
        return Participant.objects.get(citizen_id=self.ids[who])


def growth(asked: slow.Question) -> dict[str, Any]:
    """The portal's answer as its command prints it."""
    out = io.StringIO()
    call_command(
        "report",
        "growth",
        "--from",
        str(Month.from_index(asked.first)),
        "--to",
        str(Month.from_index(asked.last)),
        "--by",
        asked.by,
        "--rule",
        asked.rule,
        "--format",
        "json",
        "--territory",
        asked.territory.isoformat() if asked.territory else "as_of",
        stdout=out,
    )
    return json.loads(out.getvalue())
