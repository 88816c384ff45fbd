"""Terms: rows with ``valid_from`` and ``valid_to``, both days included; without a last day a term
goes on.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db.models import Q


class LastingTerm(Protocol):
    """Whatever has a first day and perhaps a last one."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


def holds_on(term: LastingTerm, day: date) -> bool:
    """Whether the term holds on this day."""
    return term.valid_from <= day and lasts_to(term, day)


def lasts_to(term: LastingTerm, day: date) -> bool:
    """Whether the term is not over before this day."""
    return term.valid_to is None or term.valid_to >= day


def holding_on(day: date) -> Q:
    """The rows whose term holds on this day."""
    return lasting_to(day) & Q(valid_from__lte=day)


def lasting_to(day: date) -> Q:
    """The rows whose term is not over before this day."""
    return Q(valid_to__isnull=True) | Q(valid_to__gte=day)
