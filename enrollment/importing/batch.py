"""From lines to records: who each line is about, whether the rules admit it, then all of it in one transaction.

A list is taken whole or not at all; a list brought in twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.access import require_role, scope_of
from agents.models import User
from enrollment.access import IMPORTERS
from enrollment.activity import StopFact
from enrollment.admission import Account, Paid, admit_receipt, admit_stop, refuse_without_card
from enrollment.importing.amounts import lawful_amounts, request_of, trusted_amounts
from enrollment.importing.lines import LineError, ReceiptLine, StopLine
from enrollment.importing.people import People, Subject
from enrollment.importing.places import Places, refuse_changed
from enrollment.importing.writer import Accepted, Writer, chunks
from enrollment.law import ContributionRequest, Quote, quote
from enrollment.law.methods import remark_on_gap
from enrollment.models import ImportBatch, Receipt
from enrollment.operations.stops import AHEAD
from enrollment.policy import office_law
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

COLUMN_OF = {
    "received_on": "3",
    "number": "4",
    "chosen_income": "5",
    "months": "6",
    "method": "6",
    "monthly_rate": "6",
    "from_month": "7",
    "month": "7",
    "gross": "8",
    "participant": "9",
    "state_support": "11",
    "local_support": "13",
    "local_percent": "12",
    "other_support": "15",
    "collector": "16",
    "group": "17",
    "reason": "17",
    "address": "2",
    "citizen_id": "1",
    "birth_date": "1",
    "bhxh_no": "C",
}
"""The D05-TS column in which a refused field stands."""
_CODES = ("A", "B", "C", *(str(number) for number in range(1, 18)))


@dataclass(slots=True)
class Outcome:
    """What a list did or would do. ``rows`` = receipts and stops found in it."""

    rows: int = 0
    created_participants: int = 0
    receipts: int = 0
    stops: int = 0
    unchanged: int = 0
    errors: list[LineError] = field(default_factory=list)
    renewals: int = 0
    remarks: list[str] = field(default_factory=list)


class ListRefused(Refused):
    """A list with bad rows, of which nothing was taken; ``outcome`` holds the errors."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"Có {len(outcome.errors)} lỗi nên chưa nhập dòng nào; hãy sửa rồi nhập lại.")
        self.outcome = outcome


def do_import_lines(
    *,
    actor: User,
    lines: Sequence[ReceiptLine | StopLine],
    errors: Sequence[LineError] = (),
    trust_amounts: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
    batch: ImportBatch | None = None,
) -> Outcome:
    """Record a list's receipts and stops. With any bad row nothing is written (:class:`ListRefused`) unless
    ``skip_bad``; ``dry_run`` checks everything and writes nothing. ``errors`` are those found while reading."""
    require_role(actor, *IMPORTERS)
    with transaction.atomic():
        desk = _Desk(actor, lines, trust_amounts)
        desk.outcome.errors.extend(errors)
        desk.outcome.rows += len({(e.sheet, e.row) for e in errors} - {(line.sheet, line.row) for line in lines})
        desk.check(lines)
        desk.outcome.errors = _in_order(desk.outcome.errors, lines)
        if dry_run:
            return desk.outcome
        if desk.outcome.errors and not skip_bad:
            raise ListRefused(desk.outcome)
        Writer(actor, batch).write(desk.people, desk.receipts, desk.stops)
        # Last, so that the collectors' other receipts wait only for the end of this transaction.
        refuse_changed(one.post for one in desk.receipts)
    return desk.outcome


class _Desk:
    """Judges the lines one after another, remembering what the earlier ones of the same list said."""

    def __init__(self, actor: User, lines: Sequence[ReceiptLine | StopLine], trust_amounts: bool) -> None:
        self.outcome = Outcome()
        self.receipts: list[Accepted] = []
        self.stops: list[tuple[StopLine, Subject]] = []
        self.people = People(lines, scope_of(actor))
        self.places = Places(actor)
        self._table, self._readings = office_law()
        # A list asks the law the same question many times: same day, income and method, another name.
        self._reckon = lru_cache(maxsize=4096)(quote)
        self._trust = trust_amounts
        self._today = today()
        self._numbers = _known_numbers(line.number for line in lines if isinstance(line, ReceiptLine))
        self._seen: dict[str, ReceiptLine] = {}
        self._paid: set[int] = set()
        self._at = timezone.now()

    def check(self, lines: Sequence[ReceiptLine | StopLine]) -> None:
        """One after another in the order of their months: a stop frees the months after it for later receipts.

        A stop of somebody whom only a later line brings in is judged last, so that its refusal says what is wrong.
        """
        self.outcome.rows += len(lines)
        later: list[StopLine] = []
        for line in sorted(lines, key=_moment):
            if isinstance(line, ReceiptLine):
                self._guard(line, self._receipt)
            elif self.people.knows(line):
                self._guard(line, self._stop)
            else:
                later.append(line)
        for stop in later:
            self._guard(stop, self._stop)
        self.outcome.receipts, self.outcome.stops = len(self.receipts), len(self.stops)
        self.outcome.created_participants = len(self.people.created)

    def _guard(self, line: Any, judge: Any) -> None:
        try:
            judge(line)
        except Refused as refusal:
            column = COLUMN_OF.get(refusal.field, "B")
            self.outcome.errors.append(LineError(line.row, column, refusal.message, line.sheet))

    def _receipt(self, line: ReceiptLine) -> None:
        subject = self.people.find(line)
        if self._is_known(line, subject):
            self.outcome.unchanged += 1
            return
        commune, hamlet = self.places.locate(line.address, line.received_on)
        post = self.places.post(line.collector_code, line.received_on, commune)
        refuse_without_card(post.label, post.cards, line.received_on)
        account = subject.account if subject else Account(born=self.people.born(line))
        gap = remark_on_gap(line.from_month, line.received_on, account.covered_to)
        request = request_of(line, account)
        amounts = (
            trusted_amounts(line, account, request, self._today)
            if self._trust
            else lawful_amounts(line, self._admitted(account, request))
        )
        subject = self.people.settle(line, subject)
        if subject.account.paid:
            self.outcome.renewals += 1
        subject.account.paid.append(
            Paid(
                line.number, int(line.from_month), int(line.from_month) + amounts.months - 1,
                int(Month.of(line.received_on)), amounts.supported_months,
            )
        )  # fmt: skip
        self._seen[line.number] = line
        self._remark(line, subject, gap)
        self._paid.add(id(subject))
        self.receipts.append(Accepted(line, subject, post, commune, hamlet[:200], amounts))

    def _admitted(self, account: Account, request: ContributionRequest) -> Quote:
        readings = self._readings.on(request.paid_on)
        return admit_receipt(account, request, self._table, today=self._today, readings=readings, reckon=self._reckon)

    def _is_known(self, line: ReceiptLine, subject: Subject | None) -> bool:
        """Whether this very receipt is recorded already; a number used for anything else is refused."""
        if line.number in self._seen:
            first = self._seen[line.number]
            where = f"dòng {first.row}" + (f" trang “{first.sheet}”" if first.sheet != line.sheet else "")
            raise Refused(f"Số biên lai {line.number} đã có ở {where} của bảng.", "number")
        known = self._numbers.get(line.number)
        if known is None:
            return False
        if not _is_same(line, subject, known):
            raise Refused(f"Số biên lai {line.number} đã có trong sổ cho một lần thu khác.", "number")
        self._seen[line.number] = line
        return True

    def _refuse_foreign(self, subject: Subject) -> None:
        """Who is out of the importer's scope is as good as unknown, unless this very list takes the person over."""
        if not self.people.is_own(subject) and id(subject) not in self._paid:
            raise _unknown()

    def _remark(self, line: ReceiptLine, subject: Subject, gap: str) -> None:
        if gap:
            self.outcome.remarks.append(f"Dòng {line.row}: {gap}")
        if subject.differs_from(line.full_name) and self.people.is_own(subject):
            self.outcome.remarks.append(
                f"Dòng {line.row}: bảng ghi tên {line.full_name}, sổ ghi {subject.participant.full_name}."
            )

    def _stop(self, line: StopLine) -> None:
        subject = self.people.find(line)
        if subject is None:
            raise _unknown()
        self._refuse_foreign(subject)
        known = (int(line.month), line.reason)
        if any((stop.month, stop.reason) == known for stop in subject.account.stops):
            self.outcome.unchanged += 1
            return
        admit_stop(subject.account, line.month, latest=this_month() + AHEAD)
        subject.account.stops.append(StopFact(int(line.month), line.reason, (self._at, line.row)))
        self.stops.append((line, subject))


def _unknown() -> Refused:
    return Refused("Không tìm thấy người này trong sổ; hãy kiểm tra số CCCD, mã số BHXH.", "citizen_id")


def _known_numbers(numbers: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """What the register says of these receipt numbers, as :func:`_is_same` takes it apart."""
    found: dict[str, tuple[Any, ...]] = {}
    for chunk in chunks(set(numbers)):
        for number, first, *rest in Receipt.objects.filter(number__in=chunk).values_list(
            "number", "from_month", "participant_id", "received_on", "months", "method", "chosen_income",
            "collector__code", "gross", "participant_amount",
        ):  # fmt: skip
            found[number] = (int(first), *rest)
    return found


def _is_same(line: ReceiptLine, subject: Subject | None, known: tuple[Any, ...]) -> bool:
    """Whether the line says what the register says; amounts that the list does not state say nothing."""
    first, pk, day, months, method, income, code, gross, participant = known
    return (
        subject is not None
        and (subject.pk, line.received_on, int(line.from_month), line.months) == (pk, day, first, months)
        and (line.method, line.chosen_income, line.collector_code.casefold()) == (method, income, code.casefold())
        and line.gross in (None, gross)
        and line.participant_amount in (None, participant)
    )


def _moment(line: ReceiptLine | StopLine) -> tuple[int, bool, date, int]:
    if isinstance(line, StopLine):
        return int(line.month), True, line.month.first_day, line.row
    return int(Month.of(line.received_on)), False, line.received_on, line.row


def _in_order(errors: Iterable[LineError], lines: Iterable[ReceiptLine | StopLine]) -> list[LineError]:
    """By sheet, row and column; where a workbook has several lists, each reason names its sheet."""
    errors = list(errors)
    sheets = list(dict.fromkeys(one.sheet for one in (*lines, *errors)))
    if len(sheets) > 1:
        errors = [replace(one, reason=f"Trang “{one.sheet}”: {one.reason}") for one in errors]
    return sorted(errors, key=lambda one: (sheets.index(one.sheet), one.row, _CODES.index(one.column)))
