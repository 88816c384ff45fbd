"""Danh sách tiềm năng: made anew at every reading from the portal's own facts (docs/rules.md 9.1).

A person stands in the first list that holds: stopped this year, due, household member, group of the
office, brought in otherwise. Whoever participates or may not be approached is in none.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, TextChoices

from agents.models import User
from enrollment.models import (
    Exclusion,
    Holding,
    Movement,
    Participant,
    Prospect,
    ProspectQuerySet,
    StopReason,
)
from enrollment.querysets import ParticipantQuerySet
from thaithuy_bhxh.months import Month


class ListOf(TextChoices):
    """The lists in their order; ``code`` stands in addresses."""

    STOPPED = "dung", "Dừng trong năm"
    DUE = "den-han", "Đến hạn đóng"
    HOUSEHOLD = "ho", "Thành viên hộ"
    GROUP = "nhom", "Nhóm chọn"
    BROUGHT = "nhap", "Danh sách nhập"


OF_PARTICIPANTS = (ListOf.STOPPED, ListOf.DUE)
MINOR = 15
"""Below this age nobody participates (Law 41/2024 Art. 2)."""


def stopped_people(user: User, day: date) -> ParticipantQuerySet:
    """Who ceased this year for not renewing and has not come back, and may be approached."""
    month = Month.of(day)
    last = Movement.objects.filter(
        participant=OuterRef("pk"),
        kind=Movement.Kind.DECREASED,
        grace=True,
        reason=StopReason.NOT_RENEWED,
        month=OuterRef("active_to") + 1,
    )
    since = Month(day.year - 1, 12)
    found = Participant.objects.visible_to(user).filter(~_barred("participant", day))
    return found.filter(
        Q(stopped_from__isnull=True) | Q(stop_reason=StopReason.NOT_RENEWED),
        Exists(last),
        active_to__gte=since,
        active_to__lt=month,
    )


def due_people(user: User, day: date) -> ParticipantQuerySet:
    """Who is active this month and not paid for the next, and may be approached."""
    month = Month.of(day)
    found = Participant.objects.visible_to(user).filter(~_barred("participant", day))
    return found.active_in(month).filter(stopped_from__isnull=True, covered_to__lte=month)


def prospects_on(user: User, day: date) -> ProspectQuerySet:
    """The prospects of the reader's scope whom one may approach."""
    found = Prospect.objects.visible_to(user).open().filter(~_barred("prospect", day))
    grown = Q(birth_date__lte=same_day(day, day.year - MINOR))
    by_year = Q(birth_date__isnull=True) & (
        Q(birth_year__isnull=True) | Q(birth_year__lte=day.year - MINOR)
    )
    return found.filter(grown | by_year)


def same_day(day: date, year: int) -> date:
    """The same day of another year; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def of_list(found: ProspectQuerySet, code: str) -> ProspectQuerySet:
    """Those of the prospects that stand in one of the three lists of prospects."""
    member = _member()
    if code == ListOf.HOUSEHOLD:
        return found.filter(member)
    rest = found.filter(~member)
    return rest.filter(group__isnull=code != ListOf.GROUP)


def _barred(column: str, day: date) -> Exists:
    return Exists(Exclusion.objects.valid_on(day).filter(**{column: OuterRef("pk")}))


def held(column: str, day: date, **worker: int) -> Exists:
    """That somebody (any worker when none is named) holds the person on a day; ``column`` is
    ``prospect`` or ``participant``.
    """
    found = Holding.objects.in_force(day).filter(**{column: OuterRef("pk")}, **worker)
    return Exists(found)


def counts(user: User, day: date) -> dict[str, int]:
    """How many people each list has (three statements)."""
    found = prospects_on(user, day).annotate(has_member=_member()).order_by()
    grouped = Q(has_member=False, group__isnull=False)
    return {
        ListOf.STOPPED: stopped_people(user, day).count(),
        ListOf.DUE: due_people(user, day).count(),
        **found.aggregate(
            **{
                ListOf.HOUSEHOLD: Count("pk", filter=Q(has_member=True)),
                ListOf.GROUP: Count("pk", filter=grouped),
                ListOf.BROUGHT: Count("pk", filter=Q(has_member=False, group__isnull=True)),
            }
        ),
    }


def _member() -> Exists:
    """That somebody of the prospect's household participates or did."""
    return Exists(
        Participant.objects.filter(household=OuterRef("household"), first_active__isnull=False)
    )
