"""What each role sees first in the morning: the figures of the month, who is due, what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from agents.access import lineage_for, scope_of
from agents.models import CommuneAssignment, Metric, User
from enrollment.access import drafts_of
from enrollment.law import ContributionRequest, LawRefused, Quote, quote
from enrollment.law.methods import FIXED_METHODS
from enrollment.models import Participant, PolicyParameter, Receipt
from enrollment.policy import OfficeLaw, office_law
from enrollment.querysets import ParticipantQuerySet
from enrollment.status import Status, status_of
from enrollment.support import groups_by_person
from reports.definitions.growth import GrowthParameters, table_of
from reports.measures import Figures, Period, Tally, rows_behind, tallies, total
from reports.tables import percent
from reports.targets import targets_by, targets_of
from reports.units import AGENT, COMMUNE, NETWORK, Unit, Units, units_for
from thaithuy_bhxh.months import Month

SHOWN_DUE = 10
DUE_DAYS = 15
_NEED = {"bad": 0, "warn": 1, "ok": 2, "quiet": 3}


@dataclass(frozen=True, slots=True)
class Progress:
    """Done against a target, and where today should be. ``tone``/``word``: ahead, close or behind."""

    done: int
    target: int | None
    expected: int | None

    @property
    def percent(self) -> str | None:
        return percent(self.done, self.target)

    @property
    def gap(self) -> int | None:
        return None if self.expected is None else self.done - self.expected

    @property
    def behind(self) -> int:
        """How many are missing by today; 0 when none."""
        return max(0, -(self.gap or 0))

    @property
    def tone(self) -> str:
        if self.expected is None:
            return "quiet"
        if self.done >= self.expected:
            return "ok"
        return "warn" if self.done * 10 >= self.expected * 9 else "bad"

    @property
    def word(self) -> str:
        return {"ok": "Vượt", "warn": "Sát", "bad": "Chậm", "quiet": "Chưa giao"}[self.tone]


def progress(done: int, target: int | None, day: date) -> Progress:
    """``expected`` is the share of the target that the days of the year gone by call for."""
    if not target:
        return Progress(done, None, None)
    length = (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
    return Progress(done, target, target * day.timetuple().tm_yday // length)


def due_counts(user: User, day: date) -> dict[str, int]:
    """People due within a week and a fortnight, and overdue within the last 30 days."""
    week, fortnight = day + timedelta(days=7), day + timedelta(days=DUE_DAYS)
    return Participant.objects.visible_to(user).aggregate(
        week=Count("id", filter=Q(due_on__gte=day, due_on__lte=week)),
        fortnight=Count("id", filter=Q(due_on__gte=day, due_on__lte=fortnight)),
        overdue=Count("id", filter=Q(due_on__lt=day, due_on__gte=day - timedelta(days=30))),
        active=Count("id", filter=Q(active_to__gte=Month.of(day))),
        in_grace=Count("id", filter=Q(active_to__gte=Month.of(day), covered_to__lt=Month.of(day))),
    )


def collector_home(user: User, day: date) -> dict[str, Any]:
    """My people, due soon, drafts, today's receipts, new people against the agent's target."""
    due = Participant.objects.visible_to(user).due_between(day, day + timedelta(days=DUE_DAYS))
    taken = Receipt.objects.visible_to(user).filter(agent=user.agent_id, received_on=day)
    units = units_for(scope_of(user), AGENT, Month.of(day))
    unit = units.rows[0] if user.agent_id else None
    target = targets_of(units, Month.of(day)).get(unit.code, {}) if unit else {}
    return {
        "agent": unit.name if unit else "",
        "counts": due_counts(user, day),
        "due": _due_lines(list(_with_last_income(due.order_by("due_on", "sort_key")[:SHOWN_DUE])), day),
        "drafts": list(drafts_of(user)[:5]),
        "today": taken.aggregate(n=Count("id"), sum=Sum("participant_amount", filter=Q(void__isnull=True), default=0)),
        "new": progress(_new_of(unit, day) if unit else 0, target.get(Metric.NEW), day),
    }


def _new_of(unit: Unit, day: date) -> int:
    """The one figure of growth that the page shows; the others are not read."""
    return rows_behind("new_ytd", unit, Period(Month(day.year, 1), Month.of(day))).count()


def _with_last_income(people: ParticipantQuerySet) -> ParticipantQuerySet:
    """``last_income``: what the person chose at the latest receipt that counts."""
    receipts = Receipt.objects.live().filter(participant=OuterRef("pk")).order_by("-received_on", "-recorded_at", "-id")
    return people.annotate(last_income=Subquery(receipts.values("chosen_income")[:1]))


def _due_lines(people: list[Any], day: date) -> list[tuple[Participant, Status, Quote | None]]:
    """Whom to call, and what the next period would come to."""
    law, groups = office_law(), groups_by_person(people, day)
    return [(one, status_of(one, day), _next_amount(one, day, law, groups[one.pk])) for one in people]


def _next_amount(person: Any, day: date, law: OfficeLaw, groups: tuple[str, ...]) -> Quote | None:
    """The last income and method once more, paid on ``day``; ``None`` when the law refuses it as it stands.

    Somebody due has no stop that holds and no paid month after ``covered_to``, so that only the law can refuse.
    """
    if person.last_income is None or person.covered_to is None or person.method not in FIXED_METHODS:
        return None
    request = ContributionRequest(
        method=person.method, income=person.last_income, from_month=person.covered_to + 1, paid_on=day, groups=groups,
        prior_supported_months=person.supported_months,
    )  # fmt: skip
    try:
        return quote(law.table, request, law.readings.on(day))
    except LawRefused:
        return None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of the manager's or officer's table."""

    unit: Unit
    figures: Figures
    new: Progress
    officer: str = ""


def office_home(user: User, day: date) -> dict[str, Any]:
    """The year so far: key figures, communes by progress, networks, and what is due."""
    scope, month, lineage = scope_of(user), Month.of(day), lineage_for(user)
    parameters = GrowthParameters(Month(day.year, 1), month)
    tally, of_month = tallies(parameters.period, Period(month, month))
    by_commune = units_for(scope, COMMUNE, month, lineage=lineage)
    by_network = units_for(scope, NETWORK, month, lineage=lineage)
    figures = tally.by(by_commune)
    targets, of_networks = targets_by(month, by_commune, by_network)
    whole = total(figures.values(), by_commune)
    table = table_of(by_commune, parameters, figures, targets)
    lines = _lines(by_commune, figures, targets, day)
    return {
        # Texts: a month is a number, which a page would print as 2.026.
        "parameters": {"first": str(parameters.first), "last": str(parameters.last)},
        "whole": whole,
        "this_month": total(of_month.by(by_commune).values(), by_commune),
        "sentence": table.sentence,
        "lines": lines,
        "behind": sum(1 for line in lines if line.new.tone == "bad"),
        "networks": _network_lines(by_network, tally, of_networks, day),
        "new": progress(whole.new_ytd, _sum(targets, Metric.NEW), day),
        "active": _standing(whole, _sum(targets, Metric.ACTIVE)),
        "money": _money(whole),
        "counts": due_counts(user, day),
        "without_officer": [line.unit.name for line in lines if not line.officer],
    }


def _lines(units: Units, figures: Mapping[str, Figures], targets: Mapping[str, Mapping[str, int]], day: date
           ) -> list[UnitLine]:  # fmt: skip
    """Units in order of need: behind, close, ahead, each with the widest gap first; those without a target last."""
    officers = _officers(day)
    lines = [
        UnitLine(
            unit,
            figures[unit.code],
            progress(figures[unit.code].new_ytd, targets.get(unit.code, {}).get(Metric.NEW), day),
            next((officers[pk] for pk in sorted(unit.communes or ()) if pk in officers), ""),
        )
        for unit in units.rows
    ]
    return sorted(lines, key=lambda line: (_NEED[line.new.tone], line.new.gap or 0, line.unit.code))


def _officers(day: date) -> dict[int, str]:
    rows = CommuneAssignment.objects.officers().valid_on(day).values_list("commune_id", "user__full_name")
    return dict(rows)


def _network_lines(units: Units, tally: Tally, targets: Mapping[str, Mapping[str, int]], day: date) -> list[UnitLine]:
    figures = tally.by(units)
    return [
        UnitLine(u, figures[u.code], progress(figures[u.code].new_ytd, targets.get(u.code, {}).get(Metric.NEW), day))
        for u in units.rows
    ]


def _sum(targets: Mapping[str, Mapping[str, int]], metric: str) -> int | None:
    values = [figures[metric] for figures in targets.values() if metric in figures]
    return sum(values) if values else None


def _standing(whole: Figures, target: int | None) -> dict[str, Any]:
    change = whole.closing - whole.same_period_last_year
    return {
        "change": change,
        "percent": percent(change, whole.same_period_last_year),
        "target": target,
        "target_percent": percent(whole.closing, target),
    }


def _money(whole: Figures) -> dict[str, Any]:
    before = whole.collected_same_period_last_year
    return {"now": whole.collected, "before": before, "percent": percent(whole.collected - before, before)}


def administrator_home(day: date) -> dict[str, Any]:
    """Accounts and parameters that need attention; nothing about people."""
    users = User.objects.aggregate(
        active=Count("id", filter=Q(is_active=True)),
        first=Count("id", filter=Q(must_change_password=True, is_active=True)),
    )
    doubtful = PolicyParameter.objects.exclude(confidence=PolicyParameter.Confidence.HIGH).order_by("key")
    return {"users": users, "doubtful": list(doubtful[:10])}
