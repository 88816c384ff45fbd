"""The lists of one month in the making: receipts are drafted in any order and numbered by date when
it is sealed.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from enrollment.demonstration.campaign import (
    MonthBatch,
    SimulatedCollector,
    SimulatedMove,
    SimulatedPerson,
    SimulatedVoid,
)
from enrollment.demonstration.network import POST_OFFICE
from enrollment.importing.lines import ReceiptLine, StopLine
from thaithuy_bhxh.months import Month

_SERIES = {True: "BD", False: "XA"}


@dataclass(slots=True, eq=False)
class SimulatedReceipt:
    """A receipt before it has a number; ``amount`` is what the participant pays, in đồng."""

    person: SimulatedPerson
    day: date
    address: str
    method: str
    first: int
    income: int
    group: str
    supported: int
    amount: int
    collector: SimulatedCollector
    network: str
    corrects: bool = False
    number: str = ""

    @property
    def months(self) -> int:
        return int(self.method)

    @property
    def last(self) -> int:
        return self.first + self.months - 1

    def line(self, row: int) -> ReceiptLine:
        return ReceiptLine(
            row=row,
            full_name=self.person.full_name,
            bhxh_no=self.person.bhxh_no,
            citizen_id=self.person.citizen_id,
            address=self.address,
            received_on=self.day,
            number=self.number,
            chosen_income=self.income,
            months=self.months,
            method=self.method,
            from_month=Month.from_index(self.first),
            collector_code=self.collector.code,
            group=self.group,
        )


class Numbering:
    """Receipt numbers such as ``BD19-0000001``: one series per network and year."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def number(self, draft: SimulatedReceipt) -> str:
        series = f"{_SERIES[draft.network == POST_OFFICE]}{draft.day.year % 100:02d}"
        self._last[series] = self._last.get(series, 0) + 1
        return f"{series}-{self._last[series]:07d}"


class MonthLedger:
    """What has been drafted for one month."""

    def __init__(self, month: int) -> None:
        self.month = month
        self.drafts: list[SimulatedReceipt] = []
        self.stops: list[tuple[SimulatedPerson, str, str]] = []
        self.voids: list[tuple[SimulatedReceipt, date, str]] = []
        self.moves: list[SimulatedMove] = []
        self.newcomers: list[int] = []
        self.busy: set[int] = set()

    def add(self, draft: SimulatedReceipt) -> None:
        self.drafts.append(draft)
        self.busy.add(draft.person.id)

    def write_again(
        self, draft: SimulatedReceipt, income: int, amount: int, day: date, reason: str
    ) -> None:
        """The draft was first written with this wrong income, then voided and written as it is on a
        later day.
        """
        wrong = replace(draft, income=income, amount=amount)
        draft.day, draft.corrects = day, True
        self.drafts.append(wrong)
        self.voids.append((wrong, day, reason))

    def money(self) -> int:
        """Participants' money of the month's receipts less its voids."""
        return sum(d.amount for d in self.drafts) - sum(d.amount for d, _, _ in self.voids)

    def cut_off(self, until: date) -> None:
        """Forget what comes after a day of the month; stops, which have no day, come evenly."""
        self.drafts = [d for d in self.drafts if d.day <= until]
        self.voids = [one for one in self.voids if one[1] <= until]
        self.moves = [move for move in self.moves if move.since <= until]
        days = monthrange(until.year, until.month)[1]
        self.stops = self.stops[: len(self.stops) * until.day // days]
        paid = {d.person.id for d in self.drafts}
        self.newcomers = [pk for pk in self.newcomers if pk in paid]

    def seal(self, numbering: Numbering) -> MonthBatch:
        """The month's lists, in order of date; numbers are given on the way."""
        self.drafts.sort(key=lambda d: (d.day, d.corrects))
        for draft in self.drafts:
            draft.number = numbering.number(draft)
        first = [d for d in self.drafts if not d.corrects]
        lines: list[ReceiptLine | StopLine] = [d.line(row) for row, d in enumerate(first, start=1)]
        lines += [
            self._stop(row, *stop) for row, stop in enumerate(self.stops, start=len(first) + 1)
        ]
        corrected = enumerate((d for d in self.drafts if d.corrects), start=1)
        return MonthBatch(
            month=Month.from_index(self.month),
            lines=tuple(lines),
            voids=tuple(
                SimulatedVoid(d.number, day, reason)
                for d, day, reason in sorted(self.voids, key=lambda v: v[1])
            ),
            corrections=tuple(d.line(row) for row, d in corrected),
            moves=tuple(sorted(self.moves, key=lambda move: move.since)),
            newcomers=tuple(self.newcomers),
            participants_money=self.money(),
        )

    def _stop(
        self, row: int, person: SimulatedPerson, reason: str, collector_code: str
    ) -> StopLine:
        return StopLine(
            row=row,
            full_name=person.full_name,
            bhxh_no=person.bhxh_no,
            citizen_id=person.citizen_id,
            month=Month.from_index(self.month),
            reason=reason,
            collector_code=collector_code,
        )
