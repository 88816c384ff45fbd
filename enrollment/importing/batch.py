"""From lines to records: who each line is about, whether the rules admit it, then all of it in one
short transaction.

A list is taken whole or not at all; a list brought in twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.activity import StopFact
from enrollment.admission import Account, Paid, admit_receipt, admit_stop, refuse_without_card
from enrollment.identity import is_one_word
from enrollment.importing.amounts import Amounts, lawful_amounts, request_of, trusted_amounts
from enrollment.importing.columns import column_of, place_of
from enrollment.importing.lines import (
    MOST_ERRORS,
    LineError,
    ReadResult,
    ReceiptLine,
    Refusals,
    StopLine,
)
from enrollment.importing.people import People, StrangerRefused, Subject
from enrollment.importing.places import Places, hold_posts
from enrollment.importing.world import World
from enrollment.importing.writer import Accepted, Writer
from enrollment.law import ContributionRequest, Quote, quote
from enrollment.law.methods import remark_on_gap
from enrollment.models import ImportBatch, Receipt
from enrollment.operations.stops import AHEAD
from enrollment.parameters_in_force import office_law
from thaithuy_bhxh.bulk import Staging, chunks
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.months import Month

SHOWN_NUMBERS = 5
TRIES = 5
"""So often a list is judged anew because its people were changed while it was judged."""


@dataclass(slots=True)
class Outcome:
    """What a list did or would do. ``rows`` = receipts and stops found in it; ``errors`` are the
    first of ``error_count`` in ``bad_rows`` rows; ``known`` the first numbers of receipts that were
    on record already; ``strangers`` the people on record outside the importer's scope whose money
    the list brings for the first time.
    """

    rows: int = 0
    created_participants: int = 0
    receipts: int = 0
    stops: int = 0
    unchanged: int = 0
    errors: list[LineError] = field(default_factory=list)
    renewals: int = 0
    remarks: list[LineError] = field(default_factory=list)
    bad_rows: int = 0
    error_count: int = 0
    known: list[str] = field(default_factory=list)
    strangers: int = 0
    stranger_renewals: int = 0


class ListRefused(Refused):
    """Lists with bad rows, of which nothing was taken; ``outcome`` (of one list) and ``outcomes``
    hold the errors.
    """

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        count = sum(one.error_count for one in outcomes)
        super().__init__(f"Có {count} lỗi nên chưa nhập dòng nào; hãy sửa rồi nhập lại.")
        self.outcomes = list(outcomes)
        self.outcome = self.outcomes[0]


class _Changed(Exception):
    """Somebody touched what the list was judged by."""


class Companion(Protocol):
    """What else belongs into the transaction of a list's facts."""

    def begin(self) -> None:
        """Before anything is written; may raise, and then nothing is."""

    def finish(self, outcome: Outcome) -> None:
        """After all facts."""


def do_import_lines(
    *,
    actor: User,
    lines: Sequence[ReceiptLine | StopLine],
    errors: Sequence[LineError] = (),
    trust_amounts: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Record the receipts and stops of one list; see :func:`do_import_lists`."""
    read = ReadResult(list(lines))
    for error in errors:
        read.refusals.add(error)
    (outcome,) = do_import_lists(
        actor=actor, lists=[read], trust_amounts=trust_amounts, skip_bad=skip_bad, dry_run=dry_run
    )
    return outcome


def do_import_lists(
    *,
    actor: User,
    lists: Sequence[ReadResult],
    trust_amounts: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
    batch: ImportBatch | None = None,
    companion: Companion | None = None,
) -> list[Outcome]:
    """Record the receipts and stops of lists, each judged by what those before it say.

    With any bad row nothing is written (:class:`ListRefused`) unless ``skip_bad``; ``dry_run``
    checks everything and writes nothing. Lines are judged outside any transaction. The one
    transaction, with its commit, is in
    :func:`_write`: it holds what was judged against the register once more and writes it at a
        stroke. When the list's people, numbers, law, cards or scope changed meanwhile, nothing is
        written and all of it is judged again.
    """
    require(actor, Can.IMPORT_LISTS)
    for _ in range(TRIES):
        world = World(actor, [line for read in lists for line in read.lines])
        judge = _Judge(world, lists, trust_amounts)
        outcomes = [judge.take(read) for read in lists]
        if dry_run:
            return outcomes
        if not skip_bad and any(one.errors for one in outcomes):
            raise ListRefused(outcomes)
        try:
            _write(actor, world, judge, batch, companion)
            return outcomes
        except _Changed:
            continue
        except (IntegrityError, OperationalError) as error:
            # Two at once: the other's rows can be seen by now, or the engine has broken a circle of
            # waiting.
            if not (world.has_changed() or _is_deadlock(error)):
                raise
    raise Refused(
        "Những người trong bảng kê này đang được người khác sửa nên chưa nhập dòng nào; hãy "
        "nhập lại."
    )


def _write(
    actor: User, world: World, judge: _Judge, batch: ImportBatch | None, companion: Companion | None
) -> None:
    """The transaction of an import. It commits when the ``atomic`` block is left: before that
    nothing of the list is on record, after it all of it is. :class:`_Changed` when what was judged
    no longer holds.
    """
    with Staging() as rows:
        writer = Writer(actor, batch, rows)
        if rows.beside:
            writer.prepare(judge.people, judge.receipts, judge.stops)
            world.look_again()
        with transaction.atomic():
            if companion:
                companion.begin()
            if not rows.beside:
                writer.prepare(judge.people, judge.receipts, judge.stops)
            if not (
                world.still_stands(writer.written)
                and hold_posts(one.post for one in judge.receipts)
            ):
                raise _Changed
            writer.write()
            if companion:
                companion.finish(judge.outcome)


def _is_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "40P01"


class _Judge:
    """Judges the lines one after another, remembering what the earlier ones said, of the same list
    or one before.
    """

    def __init__(self, world: World, lists: Sequence[ReadResult], trust_amounts: bool) -> None:
        lines = [line for read in lists for line in read.lines]
        self.outcome = Outcome()
        self.receipts: list[Accepted] = []
        self.stops: list[tuple[StopLine, Subject]] = []
        self.people = People(lines, world.scope)
        self.places = Places(world.scope)
        self._table, self._readings = office_law()
        # A list asks the law the same question many times: same day, income and method, another
        # name.
        self._quote = lru_cache(maxsize=4096)(quote)
        self._trust = trust_amounts
        self._today = today()
        self._numbers = _known_numbers(
            line.number for line in lines if isinstance(line, ReceiptLine)
        )
        self._seen: dict[str, ReceiptLine] = {}
        self._paid: set[int] = set()
        self._at = timezone.now()

    def take(self, read: ReadResult) -> Outcome:
        """One list: what it does after those before it."""
        self.outcome = Outcome(rows=read.refusals.rows, remarks=list(read.remarks))
        self._refusals = Refusals()
        self._seen = {}
        before = len(self.receipts), len(self.stops), len(self.people.created)
        self.check(read.lines)
        after = len(self.receipts), len(self.stops), len(self.people.created)
        receipts, stops, people = (last - first for first, last in zip(before, after, strict=True))
        self.outcome.receipts, self.outcome.stops, self.outcome.created_participants = (
            receipts,
            stops,
            people,
        )
        self._numbers |= {one.line.number: _said(one) for one in self.receipts[before[0] :]}
        _tell(self.outcome, read, self._refusals)
        return self.outcome

    def check(self, lines: Sequence[ReceiptLine | StopLine]) -> None:
        """One after another in the order of their months: a stop frees the months after it for
        later receipts.

        A stop of somebody whom only a later line brings in is judged last, so that its refusal says
        what is wrong.
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

    def _guard(self, line: Any, judge: Any) -> None:
        try:
            judge(line)
        except Refused as refusal:
            column = column_of(refusal.field)
            self._refusals.add(
                LineError(line.row, column, refusal.message, line.sheet, line.full_name)
            )

    def _receipt(self, line: ReceiptLine) -> None:
        subject = self.people.find(line)
        if self._is_known(line, subject):
            self._count_known(line)
            return
        commune, hamlet = self.places.locate(line.address, line.received_on)
        post = self.places.post(line.collector_code, line.received_on, commune)
        refuse_without_card(post.label, post.cards, line.received_on)
        stranger = subject is not None and self._is_stranger(subject)
        account = subject.account if subject else Account(born=self.people.born(line))
        gap = (
            "" if stranger else remark_on_gap(line.from_month, line.received_on, account.covered_to)
        )
        amounts = self._judged(line, account, stranger=stranger)
        subject = self.people.settle(line, subject)
        self._count_receipt(subject, stranger=stranger)
        subject.account.paid.append(_paid(line, amounts))
        self._seen[line.number] = line
        self._remark(line, subject, gap)
        self._paid.add(id(subject))
        self.receipts.append(Accepted(line, subject, post, commune, hamlet[:200], amounts))

    def _count_known(self, line: ReceiptLine) -> None:
        self.outcome.unchanged += 1
        if len(self.outcome.known) < SHOWN_NUMBERS:
            self.outcome.known.append(line.number)

    def _count_receipt(self, subject: Subject, *, stranger: bool) -> None:
        if subject.account.paid:
            self.outcome.renewals += 1
            self.outcome.stranger_renewals += stranger
        self.outcome.strangers += stranger

    def _judged(self, line: ReceiptLine, account: Account, *, stranger: bool) -> Amounts:
        """The line's amounts. Of a stranger a refusal names what is wrong with the line by itself,
        never what is wrong with it because of the person.
        """
        try:
            return self._amounts(line, account)
        except Refused as refusal:
            if not stranger:
                raise
            self._amounts(line, Account(born=self.people.born(line)))
            raise StrangerRefused from refusal

    def _amounts(self, line: ReceiptLine, account: Account) -> Amounts:
        request = request_of(line, account)
        if self._trust:
            return trusted_amounts(self._table, line, account, request, self._today)
        return lawful_amounts(line, self._admitted(account, request))

    def _is_stranger(self, subject: Subject) -> bool:
        """Out of the importer's scope, unless this very list takes the person over."""
        return not self.people.is_own(subject) and id(subject) not in self._paid

    def _admitted(self, account: Account, request: ContributionRequest) -> Quote:
        readings = self._readings.on(request.paid_on)
        return admit_receipt(
            account, request, self._table, today=self._today, readings=readings, compute=self._quote
        )

    def _is_known(self, line: ReceiptLine, subject: Subject | None) -> bool:
        """Whether this very receipt is recorded already; a number used for anything else is
        refused.
        """
        if line.number in self._seen:
            first = self._seen[line.number]
            where = f"dòng {first.row}" + (
                f" trang “{first.sheet}”" if first.sheet != line.sheet else ""
            )
            raise Refused(f"Số biên lai {line.number} đã có ở {where} của bảng.", "number")
        known = self._numbers.get(line.number)
        if known is None:
            return False
        if not _is_same(line, subject, known):
            raise Refused(
                f"Số biên lai {line.number} đã có trong sổ cho một lần thu khác.", "number"
            )
        self._seen[line.number] = line
        return True

    def _remark(self, line: ReceiptLine, subject: Subject, gap: str) -> None:
        if gap:
            self._say(line, "7", gap)
        if subject.differs_from(line.full_name) and self.people.is_own(subject):
            on_record = subject.participant.full_name
            self._say(line, "B", f"Bảng ghi tên {line.full_name}, sổ ghi {on_record}.")

        if subject.pk is None and is_one_word(line.full_name):
            said = f"Tên “{line.full_name}” chỉ có một chữ; hãy đối chiếu giấy tờ."
            self._say(line, "B", said)

    def _say(self, line: ReceiptLine, column: str, remark: str) -> None:
        self.outcome.remarks.append(LineError(line.row, column, remark, line.sheet))

    def _stop(self, line: StopLine) -> None:
        try:
            subject = self.people.find(line)
        except StrangerRefused as refusal:
            raise _unknown() from refusal
        if subject is None or self._is_stranger(subject):
            raise _unknown()
        known = (int(line.month), line.reason)
        if any((stop.month, stop.reason) == known for stop in subject.account.stops):
            self.outcome.unchanged += 1
            return
        admit_stop(subject.account, line.month, latest=this_month() + AHEAD)
        subject.account.stops.append(StopFact(int(line.month), line.reason, (self._at, line.row)))
        self.stops.append((line, subject))


def _unknown() -> Refused:
    return Refused(
        "Không tìm thấy người này trong sổ; hãy kiểm tra số CCCD, mã số BHXH.", "citizen_id"
    )


def _known_numbers(numbers: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """What the register says of these receipt numbers, as :func:`_is_same` takes it apart."""
    found: dict[str, tuple[Any, ...]] = {}
    for chunk in chunks(set(numbers)):
        for number, first, *rest in Receipt.objects.filter(number__in=chunk).values_list(
            "number",
            "from_month",
            "participant_id",
            "received_on",
            "months",
            "method",
            "chosen_income",
            "collector__code",
            "gross",
            "participant_amount",
        ):
            found[number] = (int(first), *rest)
    return found


def _said(one: Accepted) -> tuple[Any, ...]:
    """What the register will say of a receipt of a list before this one."""
    line, amounts = one.line, one.amounts
    return (
        int(line.from_month),
        one.subject,
        line.received_on,
        amounts.months,
        line.method,
        line.chosen_income,
        line.collector_code,
        amounts.gross,
        amounts.participant,
    )


def _is_same(line: ReceiptLine, subject: Subject | None, known: tuple[Any, ...]) -> bool:
    """Whether the line says what the register says; amounts that the list does not state say
    nothing.
    """
    first, whose, day, months, method, income, code, gross, participant = known
    return (
        subject is not None
        and (subject is whose or subject.pk == whose)
        and (line.received_on, int(line.from_month), line.months) == (day, first, months)
        and (line.method, line.chosen_income, line.collector_code.casefold())
        == (method, income, code.casefold())
        and line.gross in (None, gross)
        and line.participant_amount in (None, participant)
    )


def _moment(line: ReceiptLine | StopLine) -> tuple[int, bool, date, int]:
    if isinstance(line, StopLine):
        return int(line.month), True, line.month.first_day, line.row
    return int(Month.of(line.received_on)), False, line.received_on, line.row


def _tell(outcome: Outcome, read: ReadResult, judged: Refusals) -> None:
    """All reasons together; the last one shown says how many rows are left out."""
    outcome.bad_rows, outcome.error_count = (
        read.refusals.rows + judged.rows,
        read.refusals.total + judged.total,
    )
    shown = _in_order([*read.errors, *judged.kept], read.lines)[:MOST_ERRORS]
    if outcome.error_count > len(shown):
        others = outcome.bad_rows - len({(one.sheet, one.row) for one in shown})
        more = (
            f"{dots(others)} dòng khác"
            if others
            else f"{dots(outcome.error_count - len(shown))} lỗi khác"
        )
        shown[-1] = replace(shown[-1], reason=f"{shown[-1].reason} (và {more})")
    outcome.errors = shown


def _in_order(
    errors: Iterable[LineError], lines: Iterable[ReceiptLine | StopLine]
) -> list[LineError]:
    """By sheet, row and column; where a workbook has several lists, each reason names its sheet."""
    errors = list(errors)
    if not errors:
        return []
    sheets = list(dict.fromkeys(one.sheet for one in (*lines, *errors)))
    if len(sheets) > 1:
        errors = [replace(one, reason=f"Trang “{one.sheet}”: {one.reason}") for one in errors]
    return sorted(errors, key=lambda one: (sheets.index(one.sheet), one.row, place_of(one.column)))


def _paid(line: ReceiptLine, amounts: Amounts) -> Paid:
    """What the person's account knows of this line from now on."""
    first = int(line.from_month)
    return Paid(
        line.number,
        first,
        first + amounts.months - 1,
        int(Month.of(line.received_on)),
        amounts.supported_months,
    )
