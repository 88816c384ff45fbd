"""Writes what a list's desk accepted: people, receipts, stops, each fact with its audit row, then what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any, TypeVar

from django.utils import timezone

from agents import audit
from agents.models import Commune, User
from enrollment.importing.amounts import Amounts
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.importing.people import People, Subject
from enrollment.importing.places import Post
from enrollment.law import Quote
from enrollment.models import ImportBatch, Participant, Receipt, Stop, SupportStatus
from enrollment.operations.derive import ReceiptFact, StopRecord, derive, introduce
from enrollment.operations.receipts import receipt_facts, receipt_summary, reckoning
from enrollment.operations.stops import stop_summary
from thaithuy_bhxh.bulk import insert_rows, reserve_keys
from thaithuy_bhxh.months import Month

T = TypeVar("T")
CHUNK = 1000


@dataclass(slots=True)
class Accepted:
    """A receipt line that passed every rule."""

    line: ReceiptLine
    subject: Subject
    post: Post
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
            self.subject.key, line.received_on, at, self.key, line.from_month, self.to_month, line.method,
            self.commune.pk, self.post.agent, self.hamlet, self.amounts.supported_months,
        )  # fmt: skip


class Writer:
    """Writes what the desk accepted, in chunks, with an audit row for each fact."""

    def __init__(self, actor: User, batch: ImportBatch | None) -> None:
        self._actor = actor
        self._batch = batch
        self._at = timezone.now()
        self._reckoned: dict[int, tuple[Quote, dict[str, Any]]] = {}

    def write(self, people: People, accepted: Sequence[Accepted], stops: Sequence[tuple[StopLine, Subject]]) -> None:
        """All of it, inside the caller's transaction."""
        people.enrol(self._actor, self._at)
        for one, key in zip(accepted, reserve_keys(Receipt, len(accepted)), strict=True):
            one.key = key
        stopped = [self._stop(*one) for one in zip(reserve_keys(Stop, len(stops)), stops, strict=True)]
        introduce(
            [one.participant for one in people.created],
            (one.fact(self._at) for one in accepted),
            (StopRecord(one.participant_id, one.month, one.reason, one.recorded_at, one.pk) for one in stopped),
        )
        for chunk in chunks(accepted):
            self._save_receipts(chunk)
            self._save_statuses(chunk)
        for some in chunks(stopped):
            self._save_stops(some)
        touched = {one.subject.key for one in accepted} | {one.participant_id for one in stopped}
        derive(touched - {one.key for one in people.created})

    def _save_receipts(self, chunk: list[Accepted]) -> None:
        receipts = [self._receipt(one) for one in chunk]
        insert_rows(Receipt, receipts, keyed=True)
        audit.record_all(
            audit.entry(
                actor=self._actor, action="receipt.import", kind=Receipt, pk=receipt.id,
                summary=receipt_summary(receipt),
                changes={**receipt_facts(receipt), **self._reckoning(one.amounts.quoted)},
                at=self._at,
            )
            for receipt, one in zip(receipts, chunk, strict=True)
        )  # fmt: skip

    def _reckoning(self, quoted: Quote | None) -> dict[str, Any]:
        """The desk hands out the same quote to all who pay alike, so each is put into words once."""
        if quoted is None:
            return {}
        if id(quoted) not in self._reckoned:
            self._reckoned[id(quoted)] = quoted, reckoning(quoted)
        return self._reckoned[id(quoted)][1]

    def _receipt(self, one: Accepted) -> SimpleNamespace:
        """The columns of a receipt: thousands of model objects would take as long as writing them."""
        line, amounts = one.line, one.amounts
        return SimpleNamespace(
            id=one.key,
            number=line.number,
            participant_id=one.subject.key,
            collector_id=one.post.collector,
            agent_id=one.post.agent,
            commune_id=one.commune.pk,
            hamlet=one.hamlet,
            received_on=line.received_on,
            received_month=Month.of(line.received_on),
            from_month=line.from_month,
            to_month=one.to_month,
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
            readings=self._reckoning(amounts.quoted).get("readings", {}),
            amounts_trusted=amounts.quoted is None,
            note=line.note[:300],
            submission_key=None,
            draft_no=None,
            batch_id=self._batch.pk if self._batch else None,
            recorded_by_id=self._actor.pk,
            recorded_at=self._at,
        )

    def _save_statuses(self, chunk: list[Accepted]) -> None:
        """A group named in a list is a status with the list as its evidence, until the yearly review."""
        rows: list[SupportStatus] = []
        for one in chunk:
            if one.line.group != "other" and one.subject.learn_status(one.line.group, one.line.received_on):
                rows.append(
                    SupportStatus(
                        participant_id=one.subject.key,
                        group=one.line.group,
                        evidence=f"Bảng kê D05-TS, biên lai {one.line.number}",
                        valid_from=one.line.received_on,
                        valid_to=date(one.line.received_on.year, 12, 31),
                        recorded_by=self._actor,
                        recorded_at=self._at,
                    )
                )
        SupportStatus.objects.bulk_create(rows)

    def _stop(self, key: int, said: tuple[StopLine, Subject]) -> Stop:
        line, subject = said
        return Stop(
            pk=key, participant_id=subject.key, month=line.month, reason=line.reason, note=line.note[:300],
            recorded_by=self._actor, recorded_at=self._at,
        )  # fmt: skip

    def _save_stops(self, chunk: list[Stop]) -> None:
        Stop.objects.bulk_create(chunk)
        audit.record_all(
            audit.entry(
                actor=self._actor, action="participant.stop", kind=Participant, pk=stop.participant_id,
                summary=stop_summary(stop),
                changes={"month": str(stop.month), "reason": stop.reason}, at=self._at,
            )
            for stop in chunk
        )  # fmt: skip


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
