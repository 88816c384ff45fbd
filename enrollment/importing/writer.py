"""Writes what a list's judge accepted: people, receipts, stops, each fact with its audit row, and
what they come to.

Everything is made ready first and written at a stroke, so that whoever else writes waits as briefly
as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from agents import audit
from agents.models import Commune, User
from agents.taken_over import TAKEN_OVER, is_taken_over, notice_of
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.importing.people import People, Subject
from enrollment.importing.places import CollectorPost
from enrollment.importing.world import Written
from enrollment.law import Quote
from enrollment.models import ImportBatch, Participant, Receipt, Stop, SupportStatus
from enrollment.operations.derive import ReceiptFact, Rederived, StopRecord, introduce
from enrollment.operations.receipts import receipt_facts, receipt_summary, reckoning
from enrollment.operations.stops import stop_summary
from enrollment.receipt_columns import Amounts, receipt_columns
from thaithuy_bhxh.bulk import Staging, chunks, reserve_keys
from thaithuy_bhxh.months import Month


@dataclass(slots=True)
class Accepted:
    """A receipt line that passed every rule."""

    line: ReceiptLine
    subject: Subject
    post: CollectorPost
    commune: Commune
    hamlet: str
    amounts: Amounts
    key: int = 0
    """The id of the receipt, once it has one."""

    @property
    def to_month(self) -> Month:
        return self.line.from_month + (self.amounts.months - 1)

    def fact(self, at: datetime) -> ReceiptFact:
        """What counts of the receipt that is written of it at this moment."""
        line = self.line
        return ReceiptFact(
            self.subject.key,
            line.received_on,
            at,
            self.key,
            line.from_month,
            self.to_month,
            line.method,
            self.commune.pk,
            self.post.agent,
            self.post.collector,
            self.hamlet,
            self.amounts.supported_months,
            self.amounts.grace_months,
        )


class Writer:
    """Writes what the judge accepted, in chunks, with an audit row for each fact."""

    def __init__(self, actor: User, batch: ImportBatch | None, rows: Staging) -> None:
        self._actor = actor
        self._batch = batch
        self._rows = rows
        self._at = timezone.now()
        self.written = Written()
        self._reckoned: dict[int, tuple[Quote, dict[str, Any]]] = {}

    def prepare(
        self,
        people: People,
        accepted: Sequence[Accepted],
        stops: Sequence[tuple[StopLine, Subject]],
    ) -> None:
        """Make all rows ready: with ids, audit rows, and what the facts come to together with those
        on record.
        """
        self._people = people
        audit.record_all(people.enrol(self._actor, self._at), among=self._rows)
        for one, key in zip(accepted, reserve_keys(Receipt, len(accepted)), strict=True):
            one.key = key
        stopped = [
            self._stop(*one) for one in zip(reserve_keys(Stop, len(stops)), stops, strict=True)
        ]
        self._derive(accepted, stopped)
        for chunk in chunks(accepted):
            self._receipts(chunk)
            self._rows.take_rows(SupportStatus, self._statuses(chunk))
        for some in chunks(stopped):
            self._stops(some)

    def write(self) -> None:
        """All of it, inside the caller's transaction, in which nobody else changes these people."""
        self._people.complete()
        self._rederived.make_room()
        self._rows.pour()

    def _derive(self, accepted: Sequence[Accepted], stopped: Sequence[Stop]) -> None:
        ends = [
            StopRecord(one.participant_id, one.month, one.reason, one.recorded_at, one.pk)
            for one in stopped
        ]
        introduce(
            self._rows,
            [one.participant for one in self._people.created],
            (one.fact(self._at) for one in accepted),
            ends,
        )
        touched = {one.subject.key for one in accepted} | {one.participant_id for one in stopped}
        known = touched - {one.key for one in self._people.created}
        self._note(accepted, stopped, known)
        facts = (one.fact(self._at) for one in accepted if one.subject.key in known)
        self._rederived = Rederived(self._rows, known, facts, ends)

    def _note(self, accepted: Sequence[Accepted], stopped: Sequence[Stop], known: set[int]) -> None:
        """What is in the tables already when the register is asked again, where the engine has no
        staging beside.
        """
        if self._rows.beside:
            return
        self.written.people = {one.key for one in self._people.created}
        self.written.numbers = {one.line.number for one in accepted}
        self.written.facts[Receipt] = sum(one.subject.key in known for one in accepted)
        self.written.facts[Stop] = sum(one.participant_id in known for one in stopped)

    def _receipts(self, chunk: list[Accepted]) -> None:
        receipts = [self._receipt(one) for one in chunk]
        self._rows.take_rows(Receipt, receipts, keyed=True)
        entries = (
            audit.entry(
                actor=self._actor,
                action=TAKEN_OVER if moved else "receipt.import",
                kind=Receipt,
                pk=receipt.id,
                summary=receipt_summary(receipt),
                changes={**receipt_facts(receipt), **self._reckoning(one.amounts.quoted), **moved},
                at=self._at,
            )
            for receipt, one in zip(receipts, chunk, strict=True)
            for moved in (_taken_over(one),)
        )
        audit.record_all(entries, among=self._rows)

    def _reckoning(self, quoted: Quote | None) -> dict[str, Any]:
        """The judge hands out the same quote to all who pay alike, so each is put into words
        once.
        """
        if quoted is None:
            return {}
        if id(quoted) not in self._reckoned:
            self._reckoned[id(quoted)] = quoted, reckoning(quoted)
        return self._reckoned[id(quoted)][1]

    def _receipt(self, one: Accepted) -> SimpleNamespace:
        """A row without a model: thousands of model objects would take as long as writing them."""
        line = one.line
        columns = receipt_columns(
            one.amounts,
            number=line.number,
            participant_id=one.subject.key,
            collector_id=one.post.collector,
            agent_id=one.post.agent,
            commune_id=one.commune.pk,
            hamlet=one.hamlet,
            received_on=line.received_on,
            from_month=line.from_month,
            method=line.method,
            chosen_income=line.chosen_income,
            readings=self._reckoning(one.amounts.quoted).get("readings", {}),
            note=line.note[:300],
            batch_id=self._batch.pk if self._batch else None,
            recorded_by_id=self._actor.pk,
            recorded_at=self._at,
        )
        return SimpleNamespace(id=one.key, **columns)

    def _statuses(self, chunk: list[Accepted]) -> Iterator[SupportStatus]:
        """A group named in a list is a status with the list as its evidence, until the yearly
        review.
        """
        for one in chunk:
            if one.line.group != "other" and one.subject.learn_status(
                one.line.group, one.line.received_on
            ):
                if not self._rows.beside and one.subject.key not in self.written.people:
                    self.written.facts[SupportStatus] += 1
                yield SupportStatus(
                    participant_id=one.subject.key,
                    group=one.line.group,
                    evidence=f"Bảng kê D05-TS, biên lai {one.line.number}",
                    valid_from=one.line.received_on,
                    valid_to=date(one.line.received_on.year, 12, 31),
                    recorded_by=self._actor,
                    recorded_at=self._at,
                )

    def _stop(self, key: int, said: tuple[StopLine, Subject]) -> Stop:
        line, subject = said
        return Stop(
            pk=key,
            participant_id=subject.key,
            month=line.month,
            reason=line.reason,
            note=line.note[:300],
            recorded_by=self._actor,
            recorded_at=self._at,
        )

    def _stops(self, chunk: list[Stop]) -> None:
        self._rows.take_rows(Stop, chunk, keyed=True)
        entries = (
            audit.entry(
                actor=self._actor,
                action="participant.stop",
                kind=Participant,
                pk=stop.participant_id,
                summary=stop_summary(stop),
                changes={"month": str(stop.month), "reason": stop.reason},
                at=self._at,
            )
            for stop in chunk
        )
        audit.record_all(entries, among=self._rows)


def _taken_over(one: Accepted) -> dict[str, Any]:
    """The notice to the former agent, when another one followed the payer as the list came in."""
    former, day = one.subject.participant.agent_id, one.line.received_on
    if former is None or not is_taken_over(former, one.post.agent, day):
        return {}
    person = one.subject.participant
    return notice_of(
        person.full_name,
        one.post.agent_name,
        day,
        from_agent=former,
        from_commune=person.commune_id,
    )
