"""What brought a participant in: recorded once per person, corrected where it was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.models import Acquisition, Participant, Prospect, Source
from enrollment.write_scope import require_following
from thaithuy_bhxh.errors import Refused

UNKNOWN = "Chưa rõ"


def do_set_source(*, actor: User, participant: Participant, source: str) -> Acquisition | None:
    """Say what brought the person in; empty = not known after all. ``None`` when nothing is on
    record then.
    """
    require(actor, Can.RECORD_RECEIPTS)
    with transaction.atomic():
        # The person's row is the lock: of two at once the second corrects the first, and the trail
        # tells both.
        locked = Participant.objects.select_for_update().get(pk=participant.pk)
        require_following(actor, locked, Can.RECORD_RECEIPTS)
        return put_source(actor, locked, source)


@dataclass(frozen=True, slots=True)
class Touch:
    """The very visit, conference or call that brought somebody in."""

    source: str
    visit: int | None = None
    conference: int | None = None
    call: int | None = None


def last_touch(prospect: Prospect) -> Touch | None:
    """The latest visit at which a prospect was met, or conference attended; ``None`` without
    either.
    """
    met = prospect.visitoutcome_rows.filter(visit__met=True).order_by("-visit__visited_at")
    there = prospect.attendance_rows.filter(attended_at__isnull=False).order_by("-attended_at")
    visits = met.values_list("visit__visited_at", "visit")[:1]
    conferences = there.values_list("attended_at", "conference")[:1]
    found: list[tuple[Any, Touch]]
    found = [(when, Touch(Source.VISIT, visit=pk)) for when, pk in visits]
    found += [(when, Touch(Source.CONFERENCE, conference=pk)) for when, pk in conferences]
    return max(found, key=lambda one: one[0])[1] if found else None


def put_source(
    actor: User, participant: Participant, source: str, touch: Touch | None = None
) -> Acquisition | None:
    """The same inside the transaction of another act, with the ``touch`` of that source where it
    is known; a source that is on record already writes nothing.
    """
    source = checked_source(source)
    kept = Acquisition.objects.filter(participant=participant).first()
    before = kept.source if kept else ""
    if source == before:
        return kept
    row = _kept(actor, participant, source, touch if touch and touch.source == source else None)
    audit.record(
        actor=actor,
        action="participant.source",
        on=participant,
        summary=f"Biết đến qua: {source_in_words(before)} → {source_in_words(source)}",
        changes={"source": [before, source]},
    )
    return row


def _kept(
    actor: User, participant: Participant, source: str, touch: Touch | None
) -> Acquisition | None:
    if not source:
        Acquisition.objects.filter(participant=participant).delete()
        return None
    values = {
        "source": source,
        "visit_id": touch.visit if touch else None,
        "conference_id": touch.conference if touch else None,
        "call_id": touch.call if touch else None,
        "recorded_by": actor,
        "recorded_at": timezone.now(),
    }
    return Acquisition.objects.update_or_create(participant=participant, defaults=values)[0]


def checked_source(source: str) -> str:
    """The source, or :class:`Refused` for a word that is none; empty stays empty."""
    if source and source not in Source.values:
        raise Refused("Hãy chọn một nguồn trong danh sách.", "source")
    return source


def source_in_words(source: str) -> str:
    """“Tự đến”; “Chưa rõ” for empty."""
    return str(Source(source).label) if source else UNKNOWN
