"""Fetch-and-authorise: a person, receipt, draft or import of somebody else's is as good as absent
(404).
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404

from agents.access import OutOfReach
from agents.models import User
from agents.roles import Can
from enrollment.models import (
    Draft,
    DraftQuerySet,
    ImportBatch,
    ImportMapping,
    Participant,
    PolicyParameter,
    Receipt,
)
from enrollment.querysets import ReceiptQuerySet
from enrollment.rating_code import RATING, key_of
from thaithuy_bhxh.prepared import Given, PreparedRecords
from thaithuy_bhxh.text import digits_of

T = TypeVar("T")


def get_participant_for(user: User, pk: int, **more: Any) -> Participant:
    """The participant, when inside the reader's scope, with ``more`` annotated; 404 otherwise."""
    found = (
        Participant.objects.visible_to(user)
        .select_related("agent", "commune", "household", "acquisition")
        .annotate(**more)
    )
    return _only(found.filter(pk=pk).first(), Participant, pk)


def get_receipt_for(user: User, pk: int) -> Receipt:
    """The receipt with its person, collector, agent, commune and void, when inside the reader's
    scope.
    """
    return _only(_receipts_for(user).filter(pk=pk).first(), Receipt, pk)


def _receipts_for(user: User) -> ReceiptQuerySet:
    return Receipt.objects.visible_to(user).select_related(
        "participant", "collector", "agent", "commune", "void__recorded_by", "recorded_by"
    )


def get_recorded_for(user: User, draft: int, key: str = "") -> Receipt:
    """The receipt that a form of the user's became, by the key that its page sent or its number;
    404 otherwise.

    The form itself is gone by then, and so may be the session in which it was filled.
    """
    own = _receipts_for(user).filter(recorded_by=user)
    found = own.filter(submission_key=key).first() if is_key(key) else None
    return _only(found or own.filter(draft_no=draft).first())


def is_key(text: str) -> bool:
    """Whether this may be the key of a form."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def receipt_of_code(code: str, purpose: str = RATING) -> Receipt | None:
    """The receipt that a code on paper names; ``None`` alike for unknown, mistyped and made-up
    codes.
    """
    key = key_of(code, purpose)
    found = Receipt.objects.select_related("agent", "collector__point", "void")
    return found.filter(pk=key).first() if key is not None else None


def batches_for(user: User) -> QuerySet[ImportBatch]:
    """Imports: one's own, all for managers."""
    found = ImportBatch.objects.select_related("created_by")
    return found if user.may(Can.KEEP_EVERY_LIST) else found.filter(created_by=user)


def get_batch_for(user: User, pk: int) -> ImportBatch:
    """An import, for its author and for managers."""
    return _only(batches_for(user).filter(pk=pk).first())


def mapping_owner(user: User) -> str:
    """Whose matchings of columns a user's lists go by and make: the agent's code, empty for the
    office.
    """
    return user.agent.code if user.agent else ""


def mappings_for(user: User) -> dict[str, dict[str, int]]:
    """Saved matchings by the fingerprint of their header: the office's, and over them the own
    agent's.
    """
    found = ImportMapping.objects.filter(owner__in={"", mapping_owner(user)}).order_by("owner")
    return dict(found.values_list("fingerprint", "columns"))


def drafts_of(user: User) -> DraftQuerySet:
    """The user's own drafts, latest first."""
    return Draft.objects.filter(owner=user)


def get_draft_of(user: User, pk: int) -> Draft | None:
    """One of them, with a statement that is made once: every step of a form asks for it."""
    return next(iter(_DRAFT.records(owner=user.pk, draft=pk)), None)


_DRAFT: PreparedRecords[Draft] = PreparedRecords(
    lambda: Draft.objects.filter(owner=Given("owner"), pk=Given("draft")).order_by()
)


def get_parameter(pk: int) -> PolicyParameter:
    """A parameter row; everybody who may open the page may see it."""
    return _only(PolicyParameter.objects.filter(pk=pk).first())


def by_number(number: str) -> Participant | None:
    """The person with exactly this citizen id or insurance number."""
    digits = digits_of(number)
    if len(digits) in (9, 12):
        return Participant.objects.filter(citizen_id=digits).first()
    return Participant.objects.filter(bhxh_no=digits).first() if len(digits) == 10 else None


def _only(found: T | None, model: type[Model] | None = None, key: int = 0) -> T:
    """What was found; else 404, which names the record of people or money that was asked for."""
    if found is None:
        raise OutOfReach(model, key) if model else Http404
    return found
