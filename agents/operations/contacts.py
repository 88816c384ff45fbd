"""Notes of an officer's contacts with a commune: written once, finished once, never rewritten."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require, scope_of
from agents.models import Commune, CommuneContact, User
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import locked, required, store, twin_of
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import clean, paragraphs, upper_first

LONGEST = 2000
"""Characters of a note."""


def do_note_contact(
    *,
    actor: User,
    commune: Commune,
    happened_on: date,
    kind: str,
    with_whom: str,
    content: str,
    next_step: str = "",
    next_on: date | None = None,
) -> CommuneContact:
    """Note a contact with a commune, and what is to follow until when; the same note sent twice is
    one.

    Raises :class:`Refused`.
    """
    _require_follower(actor, commune)
    if happened_on > today():
        raise Refused("Ngày làm việc không được sau hôm nay.", "happened_on")
    return note_contact(actor, commune, happened_on, kind, with_whom, content, next_step, next_on)


def note_contact(
    author: User,
    commune: Commune,
    happened_on: date,
    kind: str,
    with_whom: str,
    content: str,
    next_step: str = "",
    next_on: date | None = None,
) -> CommuneContact:
    """The same without asking who follows the commune today: for operations that asked already."""
    _refuse_day(commune, happened_on)
    if kind not in CommuneContact.Kind.values:
        raise Refused("Hãy chọn hình thức: đến xã, điện thoại, họp hoặc văn bản.", "kind")
    row = CommuneContact(
        commune=commune,
        happened_on=happened_on,
        kind=kind,
        author=author,
        recorded_at=timezone.now(),
        with_whom=required(with_whom, "with_whom", "Hãy ghi đã làm việc với ai."),
        content=_content(content),
        next_step=clean(next_step),
        next_on=next_on,
    )
    _refuse_next(row)
    with transaction.atomic():
        if noted := twin_of(row, "recorded_at", "done_on"):
            return noted
        store(row)
        audit.record(
            actor=author,
            action="contact.note",
            on=row,
            summary=_contact_in_words(row),
            changes={"commune": commune},
        )
    return row


def do_finish_contact(*, actor: User, contact: CommuneContact, done_on: date) -> CommuneContact:
    """Write down that what was to follow has been done. Raises :class:`Refused`."""
    _require_follower(actor, contact.commune)
    with transaction.atomic():
        row = locked(contact)
        if not row.next_step:
            raise Refused("Lần làm việc này không hẹn việc gì tiếp theo.", "done_on")
        if row.done_on:
            raise Refused(f"Việc này đã ghi là làm xong ngày {row.done_on:%d/%m/%Y}.", "done_on")
        if not row.happened_on <= done_on <= today():
            raise Refused(
                f"Ngày làm xong phải từ {row.happened_on:%d/%m/%Y} đến hôm nay.", "done_on"
            )
        row.done_on = done_on
        store(row)
        audit.record(
            actor=actor,
            action="contact.finish",
            on=row,
            changes={"done_on": [None, done_on]},
            summary=f"{row.commune.label}: đã làm xong “{row.next_step}” ngày {done_on:%d/%m/%Y}",
        )
    return row


def _content(text: str) -> str:
    required(text, "content", "Hãy ghi nội dung làm việc.")
    said = paragraphs(text)
    if len(said) > LONGEST:
        raise Refused(f"Nội dung dài nhất {LONGEST} ký tự.", "content")
    return said


def _require_follower(actor: User, commune: Commune) -> None:
    require(actor, Can.NOTE_CONTACTS)
    if not scope_of(actor).holds(agent=None, commune=commune.pk):
        raise PermissionDenied


def _refuse_day(commune: Commune, day: date) -> None:
    if not holds_on(commune, day):
        raise Refused(
            f"{upper_first(commune.label)} không có vào ngày {day:%d/%m/%Y}.", "happened_on"
        )


def _refuse_next(row: CommuneContact) -> None:
    if row.next_on and not row.next_step:
        raise Refused("Đã hẹn ngày thì hãy ghi việc tiếp theo.", "next_step")
    if row.next_on and row.next_on < row.happened_on:
        raise Refused("Ngày hẹn không được trước ngày làm việc.", "next_on")


def _contact_in_words(row: CommuneContact) -> str:
    kind = CommuneContact.Kind(row.kind).label.lower()
    following = f"; tiếp theo: {row.next_step}" if row.next_step else ""
    return (
        f"{row.commune.label}, {row.happened_on:%d/%m/%Y}, {kind}, với {row.with_whom}{following}"
    )
