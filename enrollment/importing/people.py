"""Whom a line is about: by citizen id, else by insurance number; somebody new otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from agents import audit
from agents.access import Scope
from agents.models import User
from enrollment.admission import Account
from enrollment.identity import decode_citizen_id
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.models import Participant, SupportStatus
from enrollment.operations.paid_so_far import accounts_of
from enrollment.querysets import participant_keys
from thaithuy_bhxh.bulk import chunks, reserve_keys, update_values
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import fold, person_name

Line = ReceiptLine | StopLine
NOT_AS_ON_RECORD = (
    "Dòng này không khớp với sổ của cơ quan (số giấy tờ, tháng đóng hoặc tình trạng tham gia); "
    "hãy kiểm tra giấy tờ và "
    "biên lai trước của người này, hoặc hỏi chuyên quản thu."
)
"""The one answer about people outside the importer's scope: whatever does not fit, nothing is said
of them.
"""


class StrangerRefused(Refused):
    """A line that does not fit what is on record about somebody outside the importer's scope."""

    def __init__(self) -> None:
        super().__init__(NOT_AS_ON_RECORD, "citizen_id")


@dataclass(slots=True)
class Subject:
    """A person of the list, on record or about to be; ``learned`` are numbers that the list
    added.
    """

    participant: Participant
    account: Account
    statuses: list[tuple[str, date, date | None]] = field(default_factory=list)
    learned: dict[str, str] = field(default_factory=dict)

    @property
    def pk(self) -> int | None:
        return self.participant.pk

    @property
    def key(self) -> int:
        """The id of somebody who is on record by now."""
        pk = self.participant.pk
        assert pk is not None
        return pk

    def differs_from(self, full_name: str) -> bool:
        """Whether the list writes another name than the register, beyond spelling and case."""
        return fold(full_name) != fold(self.participant.full_name)

    def learn_status(self, group: str, day: date) -> bool:
        """Whether the group is news on this day; remembered for the rest of the list."""
        if any(
            g == group and first <= day and (last is None or last >= day)
            for g, first, last in self.statuses
        ):
            return False
        self.statuses.append((group, day, date(day.year, 12, 31)))
        return True


class People:
    """Everybody whom the list's numbers name, found with a few queries and kept by both numbers.

    Of people outside the importer's ``scope`` no refusal says more than the list itself.
    """

    def __init__(self, lines: Sequence[Line], scope: Scope) -> None:
        self._scope = scope
        self.created: list[Subject] = []
        self._by_id: dict[str, Subject] = {}
        self._by_no: dict[str, Subject] = {}
        self._load({line.citizen_id for line in lines if line.citizen_id}, "citizen_id")
        self._load({line.bhxh_no for line in lines if line.bhxh_no}, "bhxh_no")

    def _load(self, numbers: set[str], field_name: str) -> None:
        wanted = sorted(numbers - set(self._by_id if field_name == "citizen_id" else self._by_no))
        for some in chunks(wanted):
            found = Participant.objects.filter(**{f"{field_name}__in": some})
            self._adopt([one for one in found.order_by("pk") if one.bhxh_no not in self._by_no])

    def _adopt(self, people: list[Participant]) -> None:
        accounts = accounts_of(people)
        subjects = {one.pk: Subject(one, accounts[one.pk]) for one in people}
        for pk, group, first, last in SupportStatus.objects.filter(
            participant__in=list(subjects)
        ).values_list("participant_id", "group", "valid_from", "valid_to"):
            subjects[pk].statuses.append((group, first, last))
        for subject in subjects.values():
            self._index(subject)

    def _index(self, subject: Subject) -> None:
        if subject.participant.citizen_id:
            self._by_id[subject.participant.citizen_id] = subject
        if subject.participant.bhxh_no:
            self._by_no[subject.participant.bhxh_no] = subject

    def find(self, line: Line) -> Subject | None:
        """The person whom the line's numbers name, ``None`` for somebody new; refused when they
        contradict.
        """
        by_id = self._by_id.get(line.citizen_id) if line.citizen_id else None
        by_no = self._by_no.get(line.bhxh_no) if line.bhxh_no else None
        if by_id and by_no and by_id is not by_no:
            if not (self.is_own(by_id) and self.is_own(by_no)):
                raise StrangerRefused
            raise Refused(
                f"Số CCCD {line.citizen_id} là của {by_id.participant.full_name}, "
                f"còn mã số BHXH {line.bhxh_no} là của {by_no.participant.full_name}.",
                "citizen_id",
            )
        found = by_id or by_no
        if found:
            self._refuse_contradiction(found, line)
        return found

    def knows(self, line: Line) -> bool:
        """Whether either number of the line names somebody by now."""
        return bool(self._by_id.get(line.citizen_id or "") or self._by_no.get(line.bhxh_no or ""))

    def is_own(self, subject: Subject) -> bool:
        """Whether the importer may see this person; new people are the list's own."""
        person = subject.participant
        return person.pk is None or self._scope.holds(
            agent=person.agent_id, commune=person.commune_id
        )

    def _refuse_contradiction(self, subject: Subject, line: Line) -> None:
        known = subject.participant
        other_id = line.citizen_id and known.citizen_id and line.citizen_id != known.citizen_id
        other_no = line.bhxh_no and known.bhxh_no and line.bhxh_no != known.bhxh_no
        if (other_id or other_no) and not self.is_own(subject):
            raise StrangerRefused
        if other_id:
            raise Refused(
                f"Mã số BHXH {line.bhxh_no} trong sổ có số CCCD {known.citizen_id}, bảng ghi "
                f"{line.citizen_id}; "
                "hãy kiểm tra lại, hoặc sửa thông tin người này trước.",
                "citizen_id",
            )
        if other_no:
            raise Refused(
                f"Số CCCD {line.citizen_id} trong sổ có mã số BHXH {known.bhxh_no}, bảng ghi "
                f"{line.bhxh_no}.",
                "bhxh_no",
            )

    @staticmethod
    def born(line: Line) -> date | None:
        """First day of the birth year in the citizen id."""
        decoded = decode_citizen_id(line.citizen_id)
        return date(decoded.birth_year, 1, 1) if decoded else None

    def settle(self, line: ReceiptLine, subject: Subject | None) -> Subject:
        """The subject of an accepted line: created when new, completed with numbers that it
        lacked.
        """
        if subject is None:
            subject = self._create(line)
        for name in ("citizen_id", "bhxh_no"):
            value = getattr(line, name)
            if value and not getattr(subject.participant, name):
                setattr(subject.participant, name, value)
                subject.learned[name] = value
                self._index(subject)
        return subject

    def _create(self, line: ReceiptLine) -> Subject:
        decoded = decode_citizen_id(line.citizen_id)
        name = person_name(line.full_name)
        participant = Participant(
            full_name=name,
            citizen_id=line.citizen_id,
            bhxh_no=line.bhxh_no,
            sex=decoded.sex if decoded else "",
            birth_year=decoded.birth_year if decoded else None,
            **participant_keys(name),
        )
        subject = Subject(participant, Account(born=self.born(line)))
        self.created.append(subject)
        self._index(subject)
        return subject

    def enrol(self, actor: User, at: datetime) -> list[audit.NewAuditRow]:
        """Give the new people their ids; returns their audit rows and those of people to whom the
        list gave a number.

        The new people themselves are written once, with the summary of their receipts.
        """
        for one, key in zip(
            self.created, reserve_keys(Participant, len(self.created)), strict=True
        ):
            one.participant.pk, one.participant.created_at = key, at
        for one in self.completed:
            # Who has the record open for correction learns that it is no longer what was shown.
            one.participant.version += 1
        return [
            *(
                self._entry(
                    actor,
                    at,
                    one.participant,
                    "participant.create",
                    "Ghi người tham gia từ bảng kê",
                    {},
                )
                for one in self.created
            ),
            *(
                self._entry(
                    actor,
                    at,
                    one.participant,
                    "participant.correct",
                    "Bổ sung số giấy tờ từ bảng kê",
                    {name: [None, value] for name, value in one.learned.items()},
                )
                for one in self.completed
            ),
        ]

    @cached_property
    def completed(self) -> list[Subject]:
        """People on record whom the list gave a number that they lacked; asked when all lines are
        judged.
        """
        new = {id(one) for one in self.created}
        return [one for one in self._subjects() if one.learned and id(one) not in new]

    def complete(self) -> None:
        """Write the numbers learned, inside the transaction of the facts."""
        rows = [
            (p.citizen_id, p.bhxh_no, p.version, p.pk)
            for p in (one.participant for one in self.completed)
        ]
        update_values(
            Participant,
            {"citizen_id": "text", "bhxh_no": "text", "version": "int", "id": "bigint"},
            rows,
        )

    def _subjects(self) -> Iterable[Subject]:
        return {id(one): one for one in [*self._by_id.values(), *self._by_no.values()]}.values()

    @staticmethod
    def _entry(
        actor: User,
        at: datetime,
        on: Participant,
        action: str,
        summary: str,
        changes: dict[str, Any],
    ) -> Any:
        return audit.entry(
            actor=actor,
            action=action,
            kind=Participant,
            pk=on.pk,
            summary=summary,
            changes=changes,
            at=at,
        )
