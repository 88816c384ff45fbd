"""Prospects: written down, corrected, left alone from a day on, joined, made anonymous."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents import audit
from agents.access import require, scope_of, served_by
from agents.models import Commune, User
from agents.roles import Can
from enrollment.admission import refuse_minor
from enrollment.identity import clean_bhxh_no, clean_citizen_id, clean_name, clean_phone
from enrollment.models import (
    Exclusion,
    Holding,
    Household,
    Participant,
    Prospect,
    ProspectGroup,
    ProspectOrigin,
)
from enrollment.outreach.people import require_seen, who
from enrollment.querysets import participant_keys, search_key_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, locked, store
from thaithuy_bhxh.text import clean

OUT_OF_REACH = "Xã này không thuộc địa bàn của bạn; hãy chọn xã khác."


@dataclass(frozen=True, slots=True)
class NewProspect:
    """A prospect as a form or a list states it; empty text = not known."""

    full_name: str
    commune: Commune
    hamlet: str = ""
    citizen_id: str = ""
    bhxh_no: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    household: Household | None = None
    household_relation: str = ""
    group: ProspectGroup | None = None
    note: str = ""


class Known(Refused):
    """The person is on record already: as a participant or as a prospect."""

    def __init__(self, message: str, person: Prospect | Participant) -> None:
        super().__init__(message, "full_name")
        self.person = person


def do_add_prospect(
    *, actor: User, prospect: NewProspect, origin: str, key: UUID | None = None
) -> Prospect:
    """Write somebody down who may join; the same ``key`` sent twice is one.

    Raises :class:`Refused` naming the field, :class:`Known` when the person participates or is
    on the list.
    """
    require(actor, Can.RECORD_OUTREACH)
    values = cleaned_prospect(prospect)
    with transaction.atomic():
        if key and (noted := Prospect.objects.filter(key=key).first()):
            return noted
        _refuse_place(actor, prospect.commune)
        refuse_known(values)
        return write_prospect(actor, values, origin, key)


def write_prospect(
    actor: User | None, values: dict[str, Any], origin: str, key: UUID | None = None
) -> Prospect:
    """Store cleaned values, inside the transaction of who asked for the right and looked for
    twins.
    """
    row = Prospect(
        **values,
        **participant_keys(values["full_name"]),
        origin=ProspectOrigin(origin),
        key=key,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    store(row, taken="Số CCCD hoặc mã số BHXH vừa được ghi cho một người khác.", field="citizen_id")
    audit.record(
        actor=actor,
        action="outreach.prospect",
        on=row,
        summary=f"Ghi người tiềm năng {row.full_name}",
        changes={"origin": origin, "commune": row.commune},
    )
    return row


def cleaned_prospect(prospect: NewProspect) -> dict[str, Any]:
    """The values to store; :class:`Refused` names the field."""
    born, year = prospect.birth_date, prospect.birth_year
    if born and born > today() or year and year > today().year:
        raise Refused("Ngày sinh không được ở tương lai.", "birth_date")
    refuse_minor(born or (date(year, 1, 1) if year else None), today())
    try:
        return {
            "full_name": clean_name(prospect.full_name),
            "citizen_id": clean_citizen_id(prospect.citizen_id),
            "bhxh_no": clean_bhxh_no(prospect.bhxh_no),
            "phone": clean_phone(prospect.phone) or "",
            "sex": prospect.sex,
            "birth_date": born,
            "birth_year": born.year if born else year,
            "commune": prospect.commune,
            "hamlet": clean(prospect.hamlet),
            "household": prospect.household,
            "household_relation": clean(prospect.household_relation),
            "group": prospect.group,
            "note": clean(prospect.note),
        }
    except ValueError as error:
        raise Refused(str(error), "full_name") from error


def refuse_known(values: dict[str, Any]) -> None:
    """:class:`Known` when somebody on record has one of these numbers, or the same name with the
    same phone or birth date.
    """
    found = next(iter(Participant.objects.filter(likeness(values))[:1]), None)
    if found:
        raise Known(f"{found.full_name} đã có trong sổ người tham gia.", found)
    listed = next(iter(Prospect.objects.open().filter(likeness(values))[:1]), None)
    if listed:
        raise Known(f"{listed.full_name} đã có trong danh sách tiềm năng.", listed)


def likeness(values: dict[str, Any]) -> Q:
    """Who is the same person: by number, or by name with phone or birth date (docs/rules.md 8)."""
    named = Q(search_key=search_key_of(values["full_name"]))
    found = Q(pk__in=[])
    for name in ("citizen_id", "bhxh_no"):
        if values[name]:
            found |= Q(**{name: values[name]})
    if values["phone"]:
        found |= named & Q(phone=values["phone"])
    if values["birth_date"]:
        found |= named & Q(birth_date=values["birth_date"])
    return found


def _refuse_place(actor: User, commune: Commune) -> None:
    scope = scope_of(actor)
    inside = (
        commune.pk in served_by(actor)
        if scope.agent is not None
        else scope.everything or commune.pk in scope.communes
    )
    if not inside:
        raise Refused(OUT_OF_REACH, "commune")


def do_correct_prospect(*, actor: User, prospect: Prospect, changed: NewProspect) -> Prospect:
    """Correct what is on record about a prospect. Raises :class:`Refused`."""
    require(actor, Can.RECORD_OUTREACH)
    values = cleaned_prospect(changed)
    with transaction.atomic():
        row = locked(prospect)
        if row.participant_id or row.anonymised_at:
            raise Refused("Người này đã tham gia hoặc đã ẩn danh nên không sửa ở đây được.")
        require_seen(actor, row)
        if changed.commune != row.commune:
            _refuse_place(actor, changed.commune)
        changes = assign(row, **values, **participant_keys(values["full_name"]))
        for derived in ("search_key", "sort_key"):
            changes.pop(derived, None)
        if changes:
            store(row, taken="Số này đã thuộc về một người khác.", field="citizen_id")
            audit.record(
                actor=actor,
                action="outreach.correct",
                on=row,
                summary=f"Sửa người tiềm năng {row.full_name}",
                changes=changes,
            )
    return row


def do_exclude(
    *, actor: User, person: Prospect | Participant, reason: str, note: str = ""
) -> Exclusion:
    """Leave somebody alone from today on: off every list at once. Raises :class:`Refused`."""
    require(actor, Can.RECORD_OUTREACH)
    with transaction.atomic():
        require_seen(actor, locked(person))
        return exclude(actor, person, reason, note, today())


def exclude(
    actor: User, person: Prospect | Participant, reason: str, note: str, day: date
) -> Exclusion:
    """The same inside the transaction of another act, the person locked."""
    if reason not in Exclusion.Reason.values:
        raise Refused("Hãy chọn lý do không vận động.", "reason")
    about = who(person).columns
    if kept := Exclusion.objects.valid_on(day).filter(**about, reason=reason).first():
        return kept
    row = Exclusion(
        **about,
        reason=reason,
        note=clean(note),
        valid_from=day,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    store(row)
    release_rows(actor, about, Holding.Why.EXCLUDED)
    audit.record(
        actor=actor,
        action="outreach.exclude",
        on=person,
        summary=f"Không vận động {person}: {row.get_reason_display().lower()}",
        changes={"reason": reason},
    )
    return row


def do_end_exclusion(*, actor: User, exclusion: Exclusion, valid_to: date) -> Exclusion:
    """Somebody may be approached again after a day (today or earlier). Raises :class:`Refused`."""
    require(actor, Can.SHARE_PROSPECTS)
    with transaction.atomic():
        row = locked(exclusion)
        require_seen(actor, row.person)
        if row.valid_to:
            raise Refused(f"Đã thôi từ sau {row.valid_to:%d/%m/%Y}.")
        if not row.valid_from <= valid_to <= today():
            raise Refused("Ngày thôi phải từ ngày bắt đầu đến hôm nay.", "valid_to")
        row.valid_to = valid_to
        store(row)
        audit.record(
            actor=actor,
            action="outreach.include",
            on=row.person,
            summary=f"Lại vận động {row.person}",
            changes={"valid_to": valid_to},
        )
    return row


def release_rows(actor: User | None, about: dict[str, int], why: str) -> int:
    """Release whoever holds a person, inside the transaction of another act; gives how many
    holdings that ended (0 or 1).
    """
    return Holding.objects.filter(**about, released_at__isnull=True).update(
        released_at=timezone.now(), released_why=why, released_by=actor
    )


def note_joined(
    actor: User, participant: Participant, joined_on: date, began_with: int = 0
) -> Prospect | None:
    """The prospect that a new participant was, if any, inside the transaction of enrolling: the one
    (by key) that the form began with, where the actor sees it, or found by number, name and birth
    date; the history stays with the person.
    """
    values = {
        name: getattr(participant, name)
        for name in ("full_name", "citizen_id", "bhxh_no", "phone", "birth_date")
    }
    given = Prospect.objects.visible_to(actor).filter(pk=began_with).first() if began_with else None
    found = given or Prospect.objects.open().filter(likeness(values)).order_by("pk").first()
    row = locked(found) if found else None
    if row is None or row.participant_id or row.anonymised_at:
        return None
    row.participant, row.joined_on = participant, joined_on
    row.save(update_fields=["participant", "joined_on"])
    if row.household_id and not participant.household_id:
        participant.household_id = row.household_id
        participant.household_relation = row.household_relation
        participant.save(update_fields=["household", "household_relation"])
    release_rows(actor, {"prospect_id": row.pk}, Holding.Why.JOINED)
    audit.record(
        actor=actor,
        action="outreach.joined",
        on=row,
        summary=f"Người tiềm năng {row.full_name} đã tham gia",
        changes={"participant": participant.pk},
    )
    return row


_FORGOTTEN: dict[str, Any] = {
    "full_name": "",
    "search_key": "",
    "sort_key": "",
    "citizen_id": None,
    "bhxh_no": None,
    "birth_date": None,
    "phone": "",
    "note": "",
    "household": None,
    "household_relation": "",
    "hamlet": "",
}


def anonymise(before: datetime, dry_run: bool) -> int:
    """Prospects that nobody touched since a moment lose name, numbers and household; what is
    counted stays. Gives how many.
    """
    touched = Q(visitoutcome_rows__visit__recorded_at__gte=before) | Q(
        attendance_rows__attended_at__gte=before
    )
    old = Prospect.objects.open().filter(recorded_at__lt=before).exclude(touched)
    keys = list(old.values_list("pk", flat=True).order_by("pk"))
    if dry_run or not keys:
        return len(keys)
    moment = timezone.now()
    Prospect.objects.filter(pk__in=keys).update(**_FORGOTTEN, anonymised_at=moment)
    Holding.objects.filter(prospect__in=keys, released_at__isnull=True).update(
        released_at=moment, released_why=Holding.Why.RAN_OUT
    )
    audit.record(
        actor=None,
        action="outreach.anonymise",
        on=Prospect,
        summary=f"Ẩn danh {len(keys)} người tiềm năng quá hạn",
        changes={"count": len(keys)},
    )
    return len(keys)
