"""Correcting personal data: of two people who edit one record at once, neither undoes the other's
change.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.identity import is_one_word
from enrollment.models import Participant
from enrollment.operations.participants import (
    Person,
    clean_person,
    refuse_others_numbers,
    save_person,
)
from enrollment.querysets import participant_keys
from enrollment.write_scope import require_following, require_settled
from thaithuy_bhxh.errors import EditConflict
from thaithuy_bhxh.sealed import SealedNumber, is_seal

CORRECT = "participant.correct"
PARTS = {
    "full_name": ("full_name",), "sex": ("sex",), "birth": ("birth_date", "birth_year"),
    "citizen_id": ("citizen_id",), "bhxh_no": ("bhxh_no",), "phone": ("phone",),
}  # fmt: skip
"""Part that is corrected as one → the fields that hold it."""


def do_correct_participant(
    *, actor: User, participant: Participant, version: int, person: Person
) -> Participant:
    """Correct personal data as they were in ``version``: a part that ``person`` leaves unchanged
    keeps the value on record now.

    :class:`EditConflict` names the parts that somebody else changed since to another value; nothing
        is saved then.
    """
    require(actor, Can.CORRECT_RECORDS)
    _refuse_others_numbers(actor, participant, person)
    with transaction.atomic():
        locked = Participant.objects.select_for_update().get(pk=participant.pk)
        require_following(actor, locked)
        require_settled(actor, locked)
        typed = clean_person(_unsealed(person, locked), recorded=locked.full_name)
        before, now = _stored(person_as_of(locked, version)), _stored(person_of(locked))
        wanted = _wanted(typed, before, now)
        changes = {name: [now[name], value] for name, value in wanted.items() if now[name] != value}
        if changes:
            stated = clean_person(_stated(wanted), recorded=wanted["full_name"])
            _store(actor, locked, stated, changes)
    return locked


def _wanted(typed: dict[str, Any], before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The values now, with the parts that were typed anew; :class:`EditConflict` for a part that
    somebody else changed to another value meanwhile.
    """
    mine = [part for part in PARTS if _differ(part, typed, before)]
    both = [part for part in mine if _differ(part, now, before) and _differ(part, now, typed)]
    if both:
        raise EditConflict(
            "Người khác vừa sửa thông tin này; hãy so hai bản rồi lưu lại.", fields=both
        )
    return {**now, **{name: typed[name] for part in mine for name in PARTS[part]}}


def _refuse_others_numbers(actor: User, participant: Participant, person: Person) -> None:
    """Refuse a new number that is another person's. Only who may correct learns it, and the look-up
    is recorded.
    """
    now = Participant.objects.get(pk=participant.pk)
    require_following(actor, now)
    require_settled(actor, now)
    typed = clean_person(_unsealed(person, now), recorded=now.full_name)
    new = {
        name: typed[name] for name in ("citizen_id", "bhxh_no") if typed[name] != getattr(now, name)
    }
    refuse_others_numbers(actor, new, "Sửa thông tin")


def _unsealed(person: Person, now: Participant) -> Person:
    """A number that its form never showed is left to the record as it is now."""
    unseen = [
        one.name for one in fields(Person) if isinstance(getattr(person, one.name), SealedNumber)
    ]
    left: dict[str, Any] = {name: getattr(now, name) or "" for name in unseen}
    return replace(person, **left)


def _differ(part: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    return any(one[name] != other[name] for name in PARTS[part])


def _store(
    actor: User, locked: Participant, values: dict[str, Any], changes: dict[str, Any]
) -> None:
    for name, value in {**values, **participant_keys(values["full_name"])}.items():
        setattr(locked, name, value)
    locked.version += 1
    save_person(locked)
    audit.record(
        actor=actor,
        action=CORRECT,
        on=locked,
        summary="Sửa thông tin: " + ", ".join(_label(name) for name in changes),
        changes=changes,
    )


def _label(name: str) -> str:
    return str(Participant._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def person_of(participant: Participant) -> Person:
    """The personal data on record, as a form would state them."""
    return _stated({name: getattr(participant, name) for part in PARTS.values() for name in part})


def person_as_of(participant: Participant, version: int) -> Person:
    """The personal data of that version: later corrections taken back.

    Of a number that was corrected since, the trail keeps only the seal; it equals the number it was
    made of.
    """
    since = participant.version - version
    if since <= 0:
        return person_of(participant)
    values = _stored(person_of(participant))
    for changes in (
        audit.history_of(participant)
        .filter(action=CORRECT)
        .values_list("changes", flat=True)[:since]
    ):
        values.update({name: _unwrapped(before) for name, (before, _) in changes.items()})
    if isinstance(values["birth_date"], str):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    return _stated(values)


def _unwrapped(before: Any) -> Any:
    return SealedNumber(before) if is_seal(before) else before


def _stored(person: Person) -> dict[str, Any]:
    """The values as the record holds them: a number that is not known is none."""
    values = asdict(person)
    del values["one_word"]
    return {
        **values,
        "citizen_id": person.citizen_id or None,
        "bhxh_no": person.bhxh_no or None,
    }


def _stated(values: dict[str, Any]) -> Person:
    """What is on record, or was judged, has been confirmed."""
    numbers = {name: values[name] or "" for name in ("citizen_id", "bhxh_no")}
    return Person(**{**values, **numbers}, one_word=is_one_word(values["full_name"]))
