"""From lines to records: who each line is about, whether the rules admit it, then all of it in one transaction.

A list is taken whole or not at all; a list brought in twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require_role, scope_of
from agents.models import Commune, User
from enrollment.access import IMPORTERS
from enrollment.activity import StopFact
from enrollment.admission import Account, Paid, admit_receipt, admit_stop, refuse_without_card
from enrollment.importing.amounts import TRUSTED, Amounts, lawful_amounts, request_of, trusted_amounts
from enrollment.importing.lines import LineError, ReceiptLine, StopLine
from enrollment.importing.people import People, Subject
from enrollment.importing.places import Places, Post
from enrollment.models import ImportBatch, Receipt, Stop, SupportStatus
from enrollment.operations.derive import derive
from enrollment.operations.receipts import receipt_facts, receipt_summary
from enrollment.operations.stops import AHEAD, stop_summary
from enrollment.policy import current_table
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

T = TypeVar("T")
CHUNK = 1000

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


@dataclass(slots=True)
class Accepted:
    """A receipt line that passed every rule."""

    line: ReceiptLine
    subject: Subject
    post: Post
    commune: Commune
    hamlet: str
    amounts: Amounts


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
        desk.outcome.rows += len({(error.row) for error in errors} - {line.row for line in lines})
        desk.check(lines)
        desk.outcome.errors.sort(key=lambda error: error.row)
        if dry_run:
            return desk.outcome
        if desk.outcome.errors and not skip_bad:
            raise ListRefused(desk.outcome)
        _Writer(actor, batch).write(desk)
    return desk.outcome


class _Desk:
    """Judges the lines one after another, remembering what the earlier ones of the same list said."""

    def __init__(self, actor: User, lines: Sequence[ReceiptLine | StopLine], trust_amounts: bool) -> None:
        self.outcome = Outcome()
        self.receipts: list[Accepted] = []
        self.stops: list[tuple[StopLine, Subject]] = []
        self.people = People(lines)
        self.places = Places(actor)
        self._scope = scope_of(actor)
        self._table = current_table()
        self._trust = trust_amounts
        self._today = today()
        self._numbers = _known_numbers(line.number for line in lines if isinstance(line, ReceiptLine))
        self._seen: dict[str, int] = {}
        self._at = timezone.now()

    def check(self, lines: Sequence[ReceiptLine | StopLine]) -> None:
        """Receipts in order of their date, then stops: the order in which an office would have learned of them."""
        self.outcome.rows += len(lines)
        receipts = [line for line in lines if isinstance(line, ReceiptLine)]
        for line in sorted(receipts, key=lambda line: (line.received_on, line.row)):
            self._guard(line, self._receipt)
        for stop in (line for line in lines if isinstance(line, StopLine)):
            self._guard(stop, self._stop)
        self.outcome.receipts, self.outcome.stops = len(self.receipts), len(self.stops)
        self.outcome.created_participants = len(self.people.created)

    def _guard(self, line: Any, judge: Any) -> None:
        try:
            judge(line)
        except Refused as refusal:
            column = COLUMN_OF.get(refusal.field, refusal.field or "B")
            self.outcome.errors.append(LineError(line.row, column, refusal.message))

    def _receipt(self, line: ReceiptLine) -> None:
        subject = self.people.find(line)
        if self._is_known(line, subject):
            self.outcome.unchanged += 1
            return
        commune, hamlet = self.places.locate(line.address, line.received_on)
        post = self.places.post(line.collector_code, line.received_on, commune)
        refuse_without_card(post.label, post.cards, line.received_on)
        account = subject.account if subject else Account(born=self.people.born(line))
        request = request_of(line, account)
        amounts = (
            trusted_amounts(line, account, request, self._today)
            if self._trust
            else lawful_amounts(line, admit_receipt(account, request, self._table, today=self._today))
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
        self._seen[line.number] = line.row
        self._remark(line, subject)
        self.receipts.append(Accepted(line, subject, post, commune, hamlet, amounts))

    def _is_known(self, line: ReceiptLine, subject: Subject | None) -> bool:
        """Whether this very receipt is recorded already; a number used for anything else is refused."""
        if line.number in self._seen:
            raise Refused(f"Số biên lai {line.number} đã có ở dòng {self._seen[line.number]} của bảng.", "number")
        known = self._numbers.get(line.number)
        if known is None:
            return False
        same = subject is not None and known == (
            subject.pk, line.received_on, int(line.from_month), line.months, line.chosen_income
        )  # fmt: skip
        if not same:
            raise Refused(f"Số biên lai {line.number} đã có trong sổ cho một lần thu khác.", "number")
        self._seen[line.number] = line.row
        return True

    def _refuse_foreign(self, subject: Subject) -> None:
        """Who is out of the importer's scope is as good as unknown, unless this very list takes the person over."""
        if not self._is_own(subject) and all(one.subject is not subject for one in self.receipts):
            raise _unknown()

    def _is_own(self, subject: Subject) -> bool:
        person = subject.participant
        return person.pk is None or self._scope.holds(agent=person.agent_id, commune=person.commune_id)

    def _remark(self, line: ReceiptLine, subject: Subject) -> None:
        if subject.differs_from(line.full_name) and self._is_own(subject):
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


class _Writer:
    """Writes what the desk accepted, in chunks, with an audit row for each fact."""

    def __init__(self, actor: User, batch: ImportBatch | None) -> None:
        self._actor = actor
        self._batch = batch
        self._at = timezone.now()

    def write(self, desk: _Desk) -> None:
        desk.people.save(self._actor, self._at)
        for chunk in _chunks(desk.receipts):
            self._save_receipts(chunk)
            self._save_statuses(chunk)
        for stops in _chunks(desk.stops):
            self._save_stops(stops)
        touched = {one.subject.pk for one in desk.receipts} | {subject.pk for _, subject in desk.stops}
        derive(pk for pk in touched if pk is not None)

    def _save_receipts(self, chunk: list[Accepted]) -> None:
        receipts = Receipt.objects.bulk_create(self._receipt(one) for one in chunk)
        audit.record_all(
            audit.entry(
                actor=self._actor, action="receipt.import", on=receipt, summary=receipt_summary(receipt),
                changes=receipt_facts(receipt), at=self._at,
            )
            for receipt in receipts
        )  # fmt: skip

    def _receipt(self, one: Accepted) -> Receipt:
        line, amounts = one.line, one.amounts
        return Receipt(
            number=line.number,
            participant_id=one.subject.pk,
            collector_id=one.post.collector,
            agent_id=one.post.agent,
            commune_id=one.commune.pk,
            hamlet=one.hamlet[:200],
            received_on=line.received_on,
            received_month=Month.of(line.received_on),
            from_month=line.from_month,
            to_month=line.from_month + (amounts.months - 1),
            months=amounts.months,
            method=line.method,
            chosen_income=line.chosen_income,
            group=amounts.group,
            gross=amounts.gross,
            participant_amount=amounts.participant,
            state_support=amounts.state_support,
            local_support=amounts.local_support,
            other_support=amounts.other_support,
            supported_months=amounts.supported_months,
            last_day=amounts.last_day,
            reading=amounts.reading,
            amounts_trusted=amounts.reading == TRUSTED,
            note=line.note[:300],
            batch=self._batch,
            recorded_by=self._actor,
            recorded_at=self._at,
        )

    def _save_statuses(self, chunk: list[Accepted]) -> None:
        """A group named in a list is a status with the list as its evidence, until the yearly review."""
        rows: list[SupportStatus] = []
        for one in chunk:
            if one.line.group != "other" and one.subject.learn_status(one.line.group, one.line.received_on):
                rows.append(
                    SupportStatus(
                        participant_id=one.subject.pk,
                        group=one.line.group,
                        evidence=f"Bảng kê D05-TS, biên lai {one.line.number}",
                        valid_from=one.line.received_on,
                        valid_to=date(one.line.received_on.year, 12, 31),
                        recorded_by=self._actor,
                        recorded_at=self._at,
                    )
                )
        SupportStatus.objects.bulk_create(rows)

    def _save_stops(self, chunk: list[tuple[StopLine, Subject]]) -> None:
        stops = Stop.objects.bulk_create(
            Stop(
                participant_id=subject.pk, month=line.month, reason=line.reason, note=line.note[:300],
                recorded_by=self._actor, recorded_at=self._at,
            )
            for line, subject in chunk
        )  # fmt: skip
        audit.record_all(
            audit.entry(
                actor=self._actor, action="participant.stop", on=subject.participant, summary=stop_summary(stop),
                changes={"month": str(stop.month), "reason": stop.reason}, at=self._at,
            )
            for stop, (_, subject) in zip(stops, chunk, strict=True)
        )  # fmt: skip


def _known_numbers(numbers: Iterable[str]) -> dict[str, tuple[int, date, int, int, int]]:
    """What the register says of these receipt numbers."""
    found: dict[str, tuple[int, date, int, int, int]] = {}
    for chunk in _chunks(set(numbers)):
        for number, pk, day, first, months, income in Receipt.objects.filter(number__in=chunk).values_list(
            "number", "participant_id", "received_on", "from_month", "months", "chosen_income"
        ):
            found[number] = (pk, day, int(first), months, income)
    return found


def _chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
