"""Saves the side records of the demonstration through the portal's own operations, under the same
rules as anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from agents.models import CollectionAgent, Collector, Commune, CourseAttendance, CourseResult, User
from agents.operations.collectors import do_add_card
from agents.operations.contacts import do_finish_contact, do_note_contact
from agents.operations.contracts import do_add_contract
from agents.operations.labour import LabourRow, do_set_labour_forces
from agents.operations.training import (
    CourseOutcome,
    do_certify,
    do_invite,
    do_invite_collectors,
    do_plan_course,
    do_record_results,
)
from enrollment.demonstration.campaign import CommuneKey, SimulatedCollector
from enrollment.demonstration.side_records import CourseGuest, SideRecords, SimulatedCourse
from enrollment.models import Receipt
from enrollment.operations.handover import do_end_collector
from enrollment.operations.service import do_answer_complaint, do_rate, do_record_complaint
from thaithuy_bhxh.clock import today

_LABOUR_SOURCE = "Số liệu trình diễn, không phải thống kê"
_RESULTS = {
    True: (True, CourseResult.PASSED),
    False: (True, CourseResult.FAILED),
    None: (False, ""),
}


@dataclass(slots=True)
class SideRecordLoader:
    """Saves one set of side records; communes, agents and collectors are saved already."""

    records: SideRecords
    manager: User
    communes: Mapping[CommuneKey, Commune]
    agents: Mapping[str, CollectionAgent]
    collectors: Mapping[str, Collector]
    _certified: dict[str, list[CourseAttendance]] = field(default_factory=dict)

    def contracts(self) -> None:
        """Every agent's contracts, term after term."""
        for one in self.records.contracts:
            do_add_contract(
                actor=self.manager,
                agent=self.agents[one.agent_code],
                number=one.number,
                signed_on=one.signed_on,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                communes=[self.communes[key] for key in one.communes],
            )

    def courses(self) -> None:
        """Courses with invitations, results and the certificates that later cards refer to."""
        for one in self.records.courses:
            course = do_plan_course(
                actor=self.manager,
                code=one.code,
                title=one.title,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                place=one.place,
                trainer=one.trainer,
                invitation_no=one.invitation_no,
            )
            invited_on = min(one.starts_on - timedelta(days=14), today())
            staff = [guest for guest in one.guests if guest.collector_code]
            rows = do_invite_collectors(
                actor=self.manager,
                course=course,
                invited_on=invited_on,
                collectors=[self.collectors[str(guest.collector_code)] for guest in staff],
            )
            others = [guest for guest in one.guests if not guest.collector_code]
            rows += [
                do_invite(
                    actor=self.manager,
                    course=course,
                    agent=self.agents[guest.agent_code],
                    full_name=guest.full_name,
                    phone=guest.phone,
                    invited_on=invited_on,
                )
                for guest in others
            ]
            if one.ends_on <= today():
                self._results(one, [*staff, *others], rows)

    def _results(
        self, one: SimulatedCourse, guests: Sequence[CourseGuest], rows: Sequence[CourseAttendance]
    ) -> None:
        results = [
            CourseOutcome(row, *_RESULTS[guest.passed])
            for guest, row in zip(guests, rows, strict=True)
        ]
        do_record_results(actor=self.manager, course=rows[0].course, results=results)
        for number, (guest, row) in enumerate(zip(guests, rows, strict=True), start=1):
            if guest.passed:
                done = do_certify(
                    actor=self.manager,
                    attendance=row,
                    certificate_no=f"{one.code}/{number:03d}",
                    certified_on=one.ends_on,
                )
                if guest.collector_code:
                    self._certified.setdefault(guest.collector_code, []).append(done)

    def cards(self, of: SimulatedCollector) -> None:
        """A collector's cards, each with the latest certificate by its first day."""
        for card in of.cards:
            do_add_card(
                actor=self.manager,
                collector=self.collectors[of.code],
                number=card.number,
                valid_from=card.valid_from,
                valid_to=card.valid_to,
                attendance=self._certificate(of.code, card.valid_from),
            )

    def _certificate(self, code: str, day: date) -> CourseAttendance | None:
        rows = [
            row
            for row in self._certified.get(code, [])
            if row.certified_on and row.certified_on <= day
        ]
        return rows[-1] if rows else None

    def leavings(self) -> None:
        """Collectors who left, each with the hand-over to a successor."""
        for one in self.records.leavings:
            do_end_collector(
                actor=self.manager,
                collector=self.collectors[one.collector_code],
                ended_on=one.ended_on,
                successor=self.collectors[one.successor_code],
                note="Nghỉ việc, bàn giao danh sách người tham gia",
            )

    def labour(self) -> None:
        """The labour force of communes, marked as generated."""
        do_set_labour_forces(
            actor=self.manager,
            rows=[
                LabourRow(self.communes[one.commune], one.counted_on, one.persons, _LABOUR_SOURCE)
                for one in self.records.labour
            ],
        )

    def ratings(self) -> None:
        """Ratings of payers."""
        receipts = Receipt.objects.select_related("agent", "collector").in_bulk(
            [one.number for one in self.records.ratings], field_name="number"
        )
        for one in self.records.ratings:
            do_rate(
                receipt=receipts[one.number],
                score=one.score,
                comment=one.comment,
                rated_at=one.rated_at,
            )

    def complaints(self) -> None:
        """Complaints about agents with their answers."""
        for one in self.records.complaints:
            complaint = do_record_complaint(
                actor=self.manager,
                agent=self.agents[one.agent_code],
                received_on=one.received_on,
                channel=one.channel,
                content=one.content,
            )
            if one.answered_on:
                do_answer_complaint(
                    actor=self.manager,
                    complaint=complaint,
                    answer=one.answer,
                    answered_on=one.answered_on,
                    upheld=one.upheld,
                )

    def contacts(self, author_of: Mapping[CommuneKey, User]) -> None:
        """Contacts, noted by the commune's present officer."""
        for one in self.records.contacts:
            author = author_of.get(one.commune, self.manager)
            contact = do_note_contact(
                actor=author,
                commune=self.communes[one.commune],
                happened_on=one.happened_on,
                kind=one.kind,
                with_whom=one.with_whom,
                content=one.content,
                next_step=one.next_step,
                next_on=one.next_on,
            )
            if one.done_on:
                do_finish_contact(actor=author, contact=contact, done_on=one.done_on)
