"""Drafts: half-filled receipt forms that are kept until they are recorded or thrown away."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404

from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.lookups import was_looked_up
from enrollment.write_scope import follows
from thaithuy_bhxh.text import clean


def do_start_draft(
    *,
    actor: User,
    title: str,
    participant: Participant | None = None,
    data: dict[str, Any] | None = None,
) -> Draft:
    """A new draft with its own submission key; one for the same person, or with just the same in
    it, is taken up again.

    What holds no text is not kept: such a draft is not offered (:meth:`DraftQuerySet.filled`). One
    that became a receipt is never taken up but thrown away.
    """
    require(actor, Can.RECORD_RECEIPTS)
    if participant:
        _require_reach(actor, participant)
    kept = {
        step: _storable(values) for step, values in (data or {}).items() if any(values.values())
    }
    with transaction.atomic():
        for old in _unused(actor):
            said = {name: value for name, value in old.data.items() if name != "key"}
            if participant and old.data.get("participant") == participant.pk:
                return old
            if participant is None and said == {"participant": None, **kept}:
                return old
        first = {"key": str(uuid4()), "participant": participant.pk if participant else None}
        return Draft.objects.create(owner=actor, title=clean(title)[:160], data={**first, **kept})


def _require_reach(actor: User, participant: Participant) -> None:
    """Money is taken of one's own people, and of people looked up by a full number today."""
    if not follows(actor, participant) and not was_looked_up(actor, participant):
        raise PermissionDenied


def _unused(owner: User) -> list[Draft]:
    """The owner's drafts but those that became a receipt, which go."""
    kept = list(Draft.objects.filter(owner=owner))
    keys = [draft.data["key"] for draft in kept]
    used = (
        set(
            Receipt.objects.filter(submission_key__in=keys).values_list("submission_key", flat=True)
        )
        if keys
        else ()
    )
    gone = {draft.pk for draft in kept if UUID(draft.data["key"]) in used}
    if gone:
        Draft.objects.filter(pk__in=gone).delete()
    return [draft for draft in kept if draft.pk not in gone]


def do_fill_draft(
    *, actor: User, draft: Draft, step: str, values: dict[str, Any], title: str = ""
) -> Draft:
    """Keep what one step's form holds; 404 if it was thrown away or recorded meanwhile."""
    require(actor, Can.RECORD_RECEIPTS)
    with transaction.atomic():
        locked = get_object_or_404(Draft.objects.select_for_update(), pk=draft.pk, owner=actor)
        others = {name: value for name, value in locked.data.items() if name != step}
        locked.data = {**others, step: _storable(values)} if any(values.values()) else others
        locked.title = clean(title)[:160] or locked.title
        locked.save()
    return locked


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    """Typed text without NUL, which PostgreSQL refuses, and of at most 1,000 characters."""
    return {
        name: text.replace("\x00", "")[:1000] if isinstance(text, str) else text
        for name, text in values.items()
    }


def do_discard_draft(*, actor: User, draft: Draft) -> None:
    """Throw a draft away."""
    require(actor, Can.RECORD_RECEIPTS)
    with transaction.atomic():
        Draft.objects.filter(pk=draft.pk, owner=actor).delete()
