"""The matters still open when a hand-over of communes is prepared, and its printable record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from agents.access import Scope, lineage_for
from agents.models import AuditEntry, Commune, CommuneAssignment, CommuneContact, Metric, User
from enrollment.models import Participant
from enrollment.person_status import SOON as DUE_DAYS
from reports.counting.measures import Figures, Period, PeriodTally
from reports.counting.units import COMMUNE, Units, units_for
from reports.progress.targets_asked import targets_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import place_key, upper_first

NOTHING_OPEN = "không có việc đang hẹn"


@dataclass(frozen=True, slots=True)
class CommuneFigures:
    """One commune's figures of the year until the month of the hand-over; ``target`` of new people,
    if set.
    """

    commune: Commune
    figures: Figures
    target: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """Biên bản bàn giao: who, to whom, from when, which communes with which figures, what is still
    open.
    """

    giver: User
    taker: User
    kind: str
    day: date
    month: Month
    rows: Sequence[CommuneFigures]
    contacts: Sequence[CommuneContact]
    note: str


def open_matters(user: User, communes: Iterable[Commune], day: date) -> str:
    """A first draft of the note: people due and steps agreed on, commune by commune. Nobody is
    named.
    """
    units, lineage = list(communes), lineage_for(user)
    member_of = {member: unit.pk for unit in units for member in lineage.members([unit.pk], day)}
    due = _per_unit(_due_in(member_of, day), member_of)
    steps: dict[int, list[str]] = {}
    for contact in _open_contacts(member_of, day):
        steps.setdefault(member_of[contact.commune_id], []).append(_step(contact))
    return "\n".join(
        f"{upper_first(unit.label)}: {due.get(unit.pk, 0)} người đến hạn đóng trong {DUE_DAYS} "
        "ngày; " + ("; ".join(steps[unit.pk]) if unit.pk in steps else NOTHING_OPEN) + "."
        for unit in units
    )


def _due_in(communes: Iterable[int], day: date) -> Iterable[tuple[int, int]]:
    due = Participant.objects.due_between(day, day + timedelta(days=DUE_DAYS)).filter(
        commune__in=list(communes)
    )
    return due.order_by().values_list("commune_id").annotate(n=Count("id"))


def _per_unit(rows: Iterable[tuple[int, int]], member_of: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for commune, number in rows:
        found[member_of[commune]] = found.get(member_of[commune], 0) + number
    return found


def _open_contacts(communes: Iterable[int], day: date) -> list[CommuneContact]:
    """Steps agreed on by the day that were not done before it."""
    undone = Q(done_on__isnull=True) | Q(done_on__gte=day)
    rows = CommuneContact.objects.filter(undone, commune__in=list(communes), happened_on__lte=day)
    return list(rows.exclude(next_step="").select_related("commune").order_by("next_on", "id"))


def _step(contact: CommuneContact) -> str:
    return contact.next_step + (f" (hẹn {contact.next_on:%d/%m/%Y})" if contact.next_on else "")


def later_terms(communes: Iterable[Commune], kind: str, day: date) -> dict[int, CommuneAssignment]:
    """The next term that is planned after the day, per commune: there the taker's own ends."""
    rows = CommuneAssignment.objects.filter(kind=kind, commune__in=communes, valid_from__gt=day)
    found: dict[int, CommuneAssignment] = {}
    for term in rows.select_related("user").order_by("valid_from"):
        found.setdefault(term.commune_id, term)
    return found


def record_of(user: User, entry: AuditEntry) -> Record:
    """The record of a hand-over, with the figures until its month (the present one for a day to
    come).
    """
    changes = entry.changes
    day = date.fromisoformat(changes["valid_from"])
    month = min(Month.of(day), Month.of(today()))
    people = User.objects.in_bulk(changes["user"])
    giver, taker = (people[pk] for pk in changes["user"])
    lineage = lineage_for(user)
    members = lineage.members(changes["communes"], day)
    units = units_for(Scope(communes=frozenset(members)), COMMUNE, month, lineage=lineage)
    return Record(
        giver,
        taker,
        CommuneAssignment.Kind(changes["kind"]).label,
        day,
        month,
        _figures(units, changes["communes"], month),
        _open_contacts(members, day),
        changes["note"],
    )


def _figures(units: Units, communes: Iterable[int], month: Month) -> list[CommuneFigures]:
    """The figures of the year until the month, by name of the commune."""
    figures = PeriodTally.of(Period(Month(month.year, 1), month)).by(units)
    targets = targets_of(units, month)
    found = sorted(Commune.objects.filter(pk__in=communes), key=lambda one: place_key(one.name))
    codes = [(one, units.commune_unit(one.pk) or "") for one in found]
    return [
        CommuneFigures(one, figures.get(code, Figures()), targets.get(code, {}).get(Metric.NEW))
        for one, code in codes
    ]
