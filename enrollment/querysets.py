"""Named questions to people and receipts, each with an explicit day or month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Expression, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from agents.access import Scope, scope_of
from agents.models import User
from agents.office_settings import office_setting
from agents.roles import Can
from enrollment.looking import SETTLING_DAYS
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import clean, digits_of, fold, home_phone, sort_key

if TYPE_CHECKING:
    from enrollment.models import Participant, Receipt  # noqa: F401


LATEST_FIRST = ("-received_on", "-recorded_at", "-id")
"""Receipts of one person, the latest one first."""


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: User) -> ParticipantQuerySet:
        """The people of the reader's agent or communes, or all; with those that a closed agent
        handed over.
        """
        return self.filter(_inside(scope_of(user)))

    def matching(self, text: str) -> ParticipantQuerySet:
        """People whose name has words that begin so (without diacritics), or who have just this
        number or phone.

        Never by a part of a number: what is masked would be found out digit by digit.
        """
        if digits := number_in(text):
            return self.filter(_named_by(digits)) if is_whole(text) else self.none()
        found = self
        for word in fold(clean(text)).split():
            found = found.filter(search_key__contains=f" {word}")
        return found

    def alike(self, full_name: str, birth_year: int | None) -> ParticipantQuerySet:
        """People of the same name (without diacritics) and, where both are known, the same birth
        year.
        """
        same = self.filter(search_key=search_key_of(full_name))
        return (
            same.filter(Q(birth_year=birth_year) | Q(birth_year__isnull=True))
            if birth_year
            else same
        )

    def active_in(self, month: Month) -> ParticipantQuerySet:
        """Active under rule ``grace`` in the current or a later month, as known now."""
        return self.filter(active_to__gte=month)

    def paid_in(self, month: Month) -> ParticipantQuerySet:
        return self.active_in(month).filter(covered_to__gte=month)

    def in_grace_in(self, month: Month) -> ParticipantQuerySet:
        return self.active_in(month).filter(covered_to__lt=month)

    def lapsed_by(self, month: Month) -> ParticipantQuerySet:
        """Without a stop, but no longer active."""
        return self.filter(active_to__lt=month, stopped_from__isnull=True)

    def stopped(self) -> ParticipantQuerySet:
        return self.filter(stopped_from__isnull=False)

    def due_between(self, first: date, last: date) -> ParticipantQuerySet:
        """Whose last lawful day for the next payment falls into these days, both included."""
        return self.filter(due_on__gte=first, due_on__lte=last)

    def overdue_on(self, day: date) -> ParticipantQuerySet:
        """Whose last lawful day has passed without a payment or a stop."""
        return self.filter(due_on__lt=day)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: User) -> ReceiptQuerySet:
        """Receipts of the reader's agent or communes, and those of the people whom the reader sees.

        An agent does not see what others took from a payer who just came over: see
        :func:`just_came`.
        """
        scope = scope_of(user)
        theirs = _inside(scope, "participant__")
        if scope.agent is None:
            return self.filter(scope.q() | theirs)
        return self.filter(
            scope.q() | theirs & Q(Exact(just_came(scope, "participant"), Value(False)))
        )

    def live(self) -> ReceiptQuerySet:
        """Not voided."""
        return self.filter(void__isnull=True)


def _inside(scope: Scope, path: str = "") -> Q:
    """The people of a scope, as a filter on rows that reach them by ``path``."""
    own = scope.q(agent=f"{path}agent", commune=f"{path}commune")
    if not scope.taken_over:
        return own
    receipts = apps.get_model("enrollment", "Receipt").objects
    latest = receipts.filter(void__isnull=True, participant=OuterRef("participant")).order_by(
        *LATEST_FIRST
    )
    handed = receipts.filter(collector__in=scope.taken_over, pk=Subquery(latest.values("pk")[:1]))
    return own | Q(**{f"{path}pk__in": handed.values("participant")})


def just_came(scope: Scope, person: str = "pk") -> Expression:
    """Whether a payer came over to the scope's agent so lately that what was before is none of its
    business yet.

    True when, of the other agents' receipts and the own ones that have settled, the latest is
    another agent's. An own receipt settles by the office's days since it was recorded, because its
    day is what the collector says it is; one that the office recorded settles by its day.
    ``person`` is the path to the person's key. Always false for others.
    """
    if scope.agent is None:
        return Value(False)
    wait = timedelta(days=office_setting(SETTLING_DAYS))
    theirs = ~Q(agent=scope.agent) & ~Q(collector__in=scope.taken_over)
    by_office = Q(
        recorded_by__role__in=Can.ACT_FOR_THE_OFFICE.roles, received_on__lt=today() - wait
    )
    settled = Q(recorded_at__lte=timezone.now() - wait) | by_office
    receipts = apps.get_model("enrollment", "Receipt").objects.filter(
        void__isnull=True, participant=OuterRef(person)
    )
    latest = receipts.filter(theirs | settled).order_by(*LATEST_FIRST)
    latest = latest.annotate(foreign=Case(When(theirs, then=Value(True)), default=Value(False)))
    return Coalesce(
        Subquery(latest.values("foreign")[:1]), Value(False), output_field=models.BooleanField()
    )


def number_in(text: str) -> str:
    """The digits of a search for a number, its country code as 0; empty for a search by name."""
    text = clean(text)
    return "" if any(char.isalpha() for char in text) else home_phone(digits_of(text))


def is_whole(text: str) -> bool:
    """Whether a search for a number has all its digits: 9 or 12 of an identity card, 10 of the
    insurance, 9–11 of a telephone.
    """
    return len(number_in(text)) in (9, 10, 11, 12)


def _named_by(digits: str) -> Q:
    named = Q(phone=digits)
    if len(digits) in (9, 12):
        named |= Q(citizen_id=digits)
    return named | Q(bhxh_no=digits) if len(digits) == 10 else named


def search_key_of(full_name: str) -> str:
    """The stored key: folded words between blanks, so that every word has a blank before it."""
    return f" {fold(full_name)} "


def participant_keys(full_name: str) -> dict[str, Any]:
    """``search_key`` and ``sort_key`` for a name."""
    return {"search_key": search_key_of(full_name), "sort_key": sort_key(full_name)[:400]}
