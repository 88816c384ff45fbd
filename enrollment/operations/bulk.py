"""Many people at once: taking over a register that an office already has, before its receipts are
brought in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.models import Acquisition, Household, Participant, SupportStatus
from enrollment.operations.participants import Evidence, Person, clean_person
from enrollment.operations.sources import checked_source
from enrollment.querysets import participant_keys


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to put on record, with the support groups that papers prove and what brought the
    person in, if known.
    """

    person: Person
    evidence: Sequence[Evidence] = field(default=())
    source: str = ""


def do_register_people(*, actor: User, newcomers: Iterable[Newcomer]) -> list[Participant]:
    """Put people on record without receipts, in the order given. Raises :class:`Refused` for bad
    data.
    """
    require(actor, Can.TAKE_A_REGISTER_OVER)
    listed = list(newcomers)
    at = timezone.now()
    with transaction.atomic():
        people = Participant.objects.bulk_create(_participant(one.person) for one in listed)
        SupportStatus.objects.bulk_create(
            SupportStatus(
                participant=participant,
                group=proof.group,
                evidence=proof.evidence,
                valid_from=proof.valid_from,
                valid_to=proof.valid_to,
                recorded_by=actor,
                recorded_at=at,
            )
            for participant, one in zip(people, listed, strict=True)
            for proof in one.evidence
        )
        Acquisition.objects.bulk_create(
            Acquisition(
                participant=one,
                source=checked_source(newcomer.source),
                recorded_by=actor,
                recorded_at=at,
            )
            for one, newcomer in zip(people, listed, strict=True)
            if newcomer.source
        )
        audit.record_all(
            _entry(actor, one, newcomer, at) for one, newcomer in zip(people, listed, strict=True)
        )
    return people


def _entry(
    actor: User, participant: Participant, newcomer: Newcomer, at: datetime
) -> audit.NewAuditRow:
    return audit.entry(
        actor=actor,
        action="participant.create",
        kind=Participant,
        pk=participant.pk,
        summary=f"Ghi người tham gia {participant.full_name}",
        at=at,
        changes={"source": newcomer.source} if newcomer.source else None,
    )


def _participant(person: Person) -> Participant:
    values = clean_person(person)
    return Participant(**values, **participant_keys(values["full_name"]))


def do_form_households(
    *, actor: User, households: Iterable[tuple[Participant, Sequence[tuple[Participant, str]]]]
) -> int:
    """Put heads and members (each with the relation to the head) into new households; returns how
    many.
    """
    require(actor, Can.TAKE_A_REGISTER_OVER)
    listed = list(households)
    at = timezone.now()
    with transaction.atomic():
        made = Household.objects.bulk_create(Household(head=head) for head, _ in listed)
        changed: list[Participant] = []
        for household, (head, members) in zip(made, listed, strict=True):
            for person, relation in [(head, "chủ hộ"), *members]:
                person.household, person.household_relation = household, relation
                changed.append(person)
        Participant.objects.bulk_update(
            changed, ["household", "household_relation"], batch_size=300
        )
        audit.record_all(
            audit.entry(
                actor=actor,
                action="participant.household",
                kind=Participant,
                pk=one.pk,
                summary="Ghi hộ gia đình",
                changes={"household": one.household_id},
                at=at,
            )
            for one in changed
        )
    return len(made)
