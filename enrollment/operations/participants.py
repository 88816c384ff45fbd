"""People: enrolling, correcting, moving, households and support statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import Commune, User
from agents.roles import Can
from agents.territory import load_lineage
from enrollment.admission import refuse_minor
from enrollment.identity import (
    clean_bhxh_no,
    clean_citizen_id,
    clean_name,
    clean_phone,
    is_one_word,
)
from enrollment.models import Draft, Household, Participant, Receipt, Residence, SupportStatus
from enrollment.operations.derive import derive
from enrollment.operations.lookups import ask_if_free
from enrollment.operations.receipts import Payment, do_record_receipt, refuse_recorded
from enrollment.operations.sources import last_touch, put_source
from enrollment.outreach.operations.prospects import note_joined
from enrollment.querysets import LATEST_FIRST, participant_keys
from enrollment.write_scope import require_following, require_settled
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean, fold, upper_first


@dataclass(frozen=True, slots=True)
class Person:
    """Personal data as a form states them; empty text = not known."""

    full_name: str
    citizen_id: str = ""
    bhxh_no: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    one_word: bool = False
    """Confirmed: the name has one word only."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A support group with the paper that proves it; ``valid_to`` ``None`` = no end
    yet.
    """

    group: str
    evidence: str
    valid_from: date
    valid_to: date | None = None


def do_enroll(
    *,
    actor: User,
    person: Person,
    payment: Payment,
    evidence: Evidence | None = None,
    draft: Draft | None = None,
    source: str = "",
    prospect: int = 0,
) -> Receipt:
    """A new participant and the first receipt, both or neither; the form, ``draft``, ends with
    them.

    ``prospect`` is the key of the :class:`~enrollment.models.Prospect` that the form began with, 0
    = none.

    ``source`` is what brought the person in (a :class:`~enrollment.models.Source`), empty = not
    known. Refuses as
    :func:`~enrollment.operations.receipts.do_record_receipt` does.
    """
    require(actor, Can.RECORD_RECEIPTS)
    try:
        return _enroll(actor, person, payment, evidence, draft, source, prospect)
    except Refused:
        # The same form, sent twice at once: the second finds the first one's person.
        refuse_recorded(draft)
        raise


def _enroll(
    actor: User,
    person: Person,
    payment: Payment,
    evidence: Evidence | None,
    draft: Draft | None,
    source: str,
    prospect: int,
) -> Receipt:
    with transaction.atomic():
        participant = _create(actor, person)
        was = note_joined(actor, participant, payment.received_on, prospect)
        touch = last_touch(was) if was else None
        put_source(actor, participant, source or (touch.source if touch else ""), touch)
        if evidence and evidence.group != "other":
            _add_status(actor, participant, evidence)
        return do_record_receipt(actor=actor, participant=participant, payment=payment, draft=draft)


def check_newcomer(actor: User, person: Person) -> None:
    """Whether somebody new could be stored so; :class:`Refused` names the field. Asked before money
    is spoken of.

    The numbers count as looked up: the answer shows whether they are taken.
    """
    values = _newcomer(person)
    refuse_others_numbers(actor, {name: values[name] for name in _NUMBERS}, "Thông tin cá nhân")


def _newcomer(person: Person) -> dict[str, Any]:
    values = clean_person(person)
    born, year = values["birth_date"], values["birth_year"]
    refuse_minor(born or (date(year, 1, 1) if year else None), today())
    return values


def refuse_others_numbers(actor: User, numbers: Mapping[str, str | None], where: str) -> None:
    """Refuse numbers (field → number) that somebody has; each is a look-up on record, so outside
    any transaction.
    """
    for name, value in numbers.items():
        if value and not ask_if_free(actor, value, where):
            raise _taken(name, value)


def _create(actor: User, person: Person) -> Participant:
    values = _newcomer(person)
    participant = Participant(**values, **participant_keys(values["full_name"]))
    save_person(participant)
    audit.record(
        actor=actor,
        action="participant.create",
        on=participant,
        summary=f"Ghi người tham gia {participant.full_name}",
    )
    return participant


def clean_person(person: Person, *, recorded: str = "") -> dict[str, Any]:
    """The values to store; raises :class:`Refused` naming the field. A name that is ``recorded`` so
    is not judged anew.
    """
    values = asdict(person)
    sure = values.pop("one_word")
    if person.full_name != recorded:
        values["full_name"] = _cleaned(clean_name, person.full_name, "full_name")
    if not sure and is_one_word(values["full_name"]):
        raise Refused(ONE_WORD, "full_name")
    values["citizen_id"] = _cleaned(clean_citizen_id, person.citizen_id, "citizen_id")
    values["bhxh_no"] = _cleaned(clean_bhxh_no, person.bhxh_no, "bhxh_no")
    values["phone"] = _cleaned(clean_phone, person.phone, "phone") or ""
    if person.birth_date:
        values["birth_year"] = person.birth_date.year
        if person.birth_date > today():
            raise Refused("Ngày sinh không được ở tương lai.", "birth_date")
    elif person.birth_year and person.birth_year > today().year:
        raise Refused("Năm sinh không được ở tương lai.", "birth_year")
    if not values["citizen_id"] and not values["bhxh_no"]:
        raise Refused("Cần ít nhất một số: CCCD/CMND hoặc mã số BHXH.", "citizen_id")
    return values


def _cleaned(cleaner: Any, text: str, field: str) -> str | None:
    try:
        value: str | None = cleaner(text)
    except ValueError as error:
        raise Refused(str(error), field) from error
    return value


ONE_WORD = "Tên chỉ có một chữ; hãy ghi đủ họ và tên, hoặc xác nhận rằng giấy tờ chỉ ghi một chữ."
_NUMBERS = {"citizen_id": "Số CCCD", "bhxh_no": "Mã số BHXH"}


def _refuse_taken(values: Mapping[str, Any], own: int = 0) -> None:
    """No number names two people; ``own`` is the id of the person who may have it."""
    for name in _NUMBERS:
        value = values[name]
        if value and Participant.objects.filter(**{name: value}).exclude(pk=own).exists():
            raise _taken(name, value)


def _taken(name: str, value: str) -> Refused:
    return Refused(
        f"{_NUMBERS[name]} {value} đã thuộc về một người khác; hãy tìm người đó theo số này.", name
    )


def save_person(participant: Participant) -> None:
    """Save; refused when a number belongs to somebody already."""
    _refuse_taken({name: getattr(participant, name) for name in _NUMBERS}, participant.pk or 0)
    try:
        participant.full_clean(validate_constraints=False, validate_unique=False)
        with transaction.atomic():
            participant.save()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], field) from error
    except IntegrityError as error:
        raise Refused(
            "Số CCCD hoặc mã số BHXH vừa được ghi cho một người khác.", "citizen_id"
        ) from error


def do_move(
    *,
    actor: User,
    participant: Participant,
    commune: Commune,
    hamlet: str,
    since: date,
    note: str = "",
) -> Residence:
    """Record a new residence from a day on. Raises :class:`Refused`."""
    require(actor, Can.CORRECT_RECORDS)
    if since > today():
        raise Refused("Ngày chuyển không được ở tương lai.", "since")
    if commune.valid_from > since or (commune.valid_to and commune.valid_to < since):
        raise Refused(
            f"{upper_first(commune.label)} không có vào ngày {since:%d/%m/%Y}.", "commune"
        )
    with transaction.atomic():
        locked = Participant.objects.select_for_update().get(pk=participant.pk)
        require_following(actor, locked)
        _refuse_same_place(locked, commune, clean(hamlet), since)
        row = Residence(
            participant=locked,
            commune=commune,
            hamlet=clean(hamlet),
            since=since,
            note=clean(note),
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        row.full_clean()
        row.save(force_insert=True)
        audit.record(
            actor=actor,
            action="participant.move",
            on=locked,
            summary=f"Chuyển nơi ở đến {commune.label} từ {since:%d/%m/%Y}",
            changes={
                "commune": [locked.commune_id, commune.pk],
                "hamlet": [locked.hamlet, row.hamlet],
            },
        )
        derive([locked.pk])
    return row


def _refuse_same_place(
    participant: Participant, commune: Commune, hamlet: str, since: date
) -> None:
    """A move leads elsewhere: to another hamlet or commune than the one of that day, under whatever
    name it had.
    """
    moves = participant.residences.filter(since__lte=since).order_by(
        "-since", "-recorded_at", "-id"
    )
    visits = (
        Receipt.objects.live()
        .filter(participant=participant, received_on__lte=since)
        .order_by(*LATEST_FIRST)
    )
    words = [
        *moves.values_list("since", "recorded_at", "commune", "hamlet")[:1],
        *visits.values_list("received_on", "recorded_at", "commune", "hamlet")[:1],
    ]
    here = max(words, default=None)
    if here and fold(here[3]) == fold(hamlet) and load_lineage().at(here[2], since) == commune.pk:
        place = ", ".join(filter(None, (hamlet, commune.label)))
        raise Refused(
            f"Ngày {since:%d/%m/%Y} người này vốn ở {place}; hãy chọn xã hoặc thôn khác.", "commune"
        )


def do_add_support_status(
    *, actor: User, participant: Participant, evidence: Evidence, household: bool = False
) -> SupportStatus:
    """Record a dated support group with its evidence, for the person or for the whole household."""
    require(actor, Can.CORRECT_RECORDS)
    with transaction.atomic():
        locked = Participant.objects.select_for_update().get(pk=participant.pk)
        require_following(actor, locked)
        return _add_status(actor, locked, evidence, household=household)


def _add_status(
    actor: User, participant: Participant, evidence: Evidence, *, household: bool = False
) -> SupportStatus:
    if not clean(evidence.evidence):
        raise Refused("Hãy ghi giấy tờ chứng minh (số, ngày của giấy chứng nhận).", "evidence")
    if evidence.valid_to and evidence.valid_to < evidence.valid_from:
        raise Refused("Ngày hết hiệu lực phải sau ngày bắt đầu.", "evidence_to")
    whole = participant.household if household else None
    status = SupportStatus(
        participant=None if whole else participant,
        household=whole,
        group=evidence.group,
        evidence=clean(evidence.evidence),
        valid_from=evidence.valid_from,
        valid_to=evidence.valid_to,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    status.full_clean()
    status.save()
    audit.record(
        actor=actor,
        action="participant.support",
        on=participant,
        summary=f"Ghi đối tượng {status.get_group_display().lower()}: {status.evidence}",
        changes={
            "group": evidence.group,
            "valid_from": evidence.valid_from,
            "valid_to": evidence.valid_to,
        },
    )
    return status


def do_join_household(
    *, actor: User, participant: Participant, other: Participant, relation: str
) -> Household:
    """Put two people into one household; the other person is its head when it is new."""
    require(actor, Can.CORRECT_RECORDS)
    if participant.pk == other.pk:
        raise Refused("Hãy chọn một người khác trong hộ.", "other")
    with transaction.atomic():
        ids = sorted((participant.pk, other.pk))
        people = {
            p.pk: p
            for p in Participant.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        }
        for one in people.values():
            require_following(actor, one)
            require_settled(actor, one)
        household = people[other.pk].household or Household.objects.create(head=people[other.pk])
        for one, role in (
            (people[other.pk], people[other.pk].household_relation or "chủ hộ"),
            (people[participant.pk], clean(relation)),
        ):
            one.household, one.household_relation = household, role
            one.save(update_fields=["household", "household_relation"])
        audit.record(
            actor=actor,
            action="participant.household",
            on=participant,
            summary=f"Cùng hộ với {other.full_name}",
            changes={"household": household.pk, "relation": clean(relation)},
        )
    return household
