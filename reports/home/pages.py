"""What each role sees first in the morning: the figures of the month, who is due, what needs a
decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from agents.access import lineage_for, scope_of
from agents.backups import backup_state
from agents.log_in_limits import attacks
from agents.models import (
    BackupRun,
    Collector,
    CollectorCard,
    CommuneAssignment,
    Metric,
    OwnerKind,
    User,
)
from agents.targets.in_force import year_rows
from enrollment.access import drafts_of
from enrollment.collector_of_person import followed_by
from enrollment.law import LABELS, ContributionRequest, LawRefused, Quote, quote
from enrollment.law.methods import FIXED_METHODS
from enrollment.models import Participant, PolicyParameter, Receipt
from enrollment.parameters_in_force import OfficeLaw, office_law
from enrollment.person_status import SOON as DUE_DAYS
from enrollment.person_status import Status, status_of
from enrollment.querysets import LATEST_FIRST, ParticipantQuerySet
from enrollment.support_groups import groups_by_person
from reports.counting.measures import Figures, Period, total
from reports.counting.units import COLLECTOR, COMMUNE, DISTRICT, NETWORK, Unit, Units, units_for
from reports.definitions import targets
from reports.home.decisions_needed import DecisionNeeded, needing_decision
from reports.home.headline import headline
from reports.progress.early_warnings import warnings_of
from reports.progress.lines import TargetLine, agent_lines, lines, units_by
from reports.progress.pace import Progress
from reports.progress.targets_asked import in_force_by, rows_for
from reports.progress.year_so_far import YearPoint, YearReading, read, read_with
from reports.tables import percent
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import lower_first

SHOWN_DUE, SHOWN_AHEAD, LATE_DAYS = 7, 4, 30
"""Lines of a collector's list, those of it that are for a calm day, and how long after the last day
somebody is still asked back (docs/rules.md 9).
"""
SHOWN_STAFF = 12
"""Lines of a lead's staff before the rest is folded; most need comes first."""


def due_counts(people: ParticipantQuerySet, day: date) -> dict[str, int]:
    """Of these people who is due within a week and a fortnight, and overdue within the last 30
    days.
    """
    week, fortnight = day + timedelta(days=7), day + timedelta(days=DUE_DAYS)
    return people.aggregate(
        week=Count("id", filter=Q(due_on__gte=day, due_on__lte=week)),
        fortnight=Count("id", filter=Q(due_on__gte=day, due_on__lte=fortnight)),
        overdue=Count("id", filter=Q(due_on__lt=day, due_on__gte=day - timedelta(days=LATE_DAYS))),
        active=Count("id", filter=Q(active_to__gte=Month.of(day))),
        in_grace=Count("id", filter=Q(active_to__gte=Month.of(day), covered_to__lt=Month.of(day))),
    )


def collector_home(user: User, day: date) -> dict[str, Any]:
    """Whom of my own people to call, drafts, today's receipts, my targets and those of my agent.

    The list and its counts are about the same people.
    """
    every = Participant.objects.visible_to(user)
    mine = followed_by(every, user.collector_id, day) if user.collector_id else every
    near = mine.due_between(day - timedelta(days=LATE_DAYS), day + timedelta(days=DUE_DAYS))
    found: list[Any] = list(_with_last_income(near.order_by("due_on", "sort_key")))
    late = [one for one in found if one.due_on < day]
    coming = found[len(late) :]
    taken = Receipt.objects.visible_to(user).filter(agent=user.agent_id, received_on=day)
    return {
        **_target_lines(user, day, history=False),
        "counts": {
            "week": sum(one.due_on <= day + timedelta(days=7) for one in coming),
            "fortnight": len(coming),
            "overdue": len(late),
        },
        **_calls(coming, late, mine, day),
        "drafts": list(drafts_of(user).filled()[:5]),
        "today": taken.aggregate(
            n=Count("id"), sum=Sum("participant_amount", filter=Q(void__isnull=True), default=0)
        ),
        "decide": needing_decision(user, day),
    }


def _calls(
    coming: list[Any], late: list[Any], mine: ParticipantQuerySet, day: date
) -> dict[str, Any]:
    """Whom to call: who is due first, and where that leaves room, who has just fallen out and who
    has months to pay though the last day is still far.
    """
    due = coming[:SHOWN_DUE]
    fallen = late[: SHOWN_DUE - len(due)]
    room = min(SHOWN_AHEAD, SHOWN_DUE - len(due) - len(fallen))
    unpaid = mine.filter(
        active_to__gte=Month.of(day),
        covered_to__lt=Month.of(day),
        due_on__gt=day + timedelta(days=DUE_DAYS),
    )
    ahead = list(_with_last_income(unpaid.order_by("due_on", "sort_key"))[:room]) if room else []
    lines = _due_lines([*due, *fallen, *ahead], day)
    first, last = len(due), len(due) + len(fallen)
    return {"due": lines[:first], "late": lines[first:last], "ahead": lines[last:]}


def lead_home(user: User, day: date) -> dict[str, Any]:
    """My agent's targets with their forecast, its staff with their cards, and who is behind."""
    targets_of_agent = _target_lines(user, day, history=True)
    by_collector = targets_of_agent["by_collector"]
    shown = [
        *targets_of_agent["agent_lines"],
        *(line for of in by_collector.values() for line in of),
    ]
    staff = _staff(user, day, by_collector)
    return {
        **targets_of_agent,
        "staff": staff,
        "first_staff": staff[:SHOWN_STAFF],
        "other_staff": staff[SHOWN_STAFF:],
        "warnings": warnings_of(shown),
        "counts": due_counts(Participant.objects.visible_to(user), day),
        "decide": needing_decision(user, day),
    }


def _target_lines(user: User, day: date, *, history: bool) -> dict[str, Any]:
    """Targets of the user's agent and of its collectors, from one reading by collector."""
    scope, month = scope_of(user), Month.of(day)
    reading = read(scope, YearPoint.of(month, day), collectors=True, history=history)
    units = units_by(scope, COLLECTOR, reading, month)
    rows = [
        row
        for row in in_force_by(month, year_rows(day.year, (OwnerKind.AGENT, OwnerKind.COLLECTOR)))
        if row.agent_id in (None, user.agent_id)
    ]
    mine = agent_lines(reading, units, [row for row in rows if row.agent_id], _agent_name(user))
    by_code: dict[str, list[TargetLine]] = {}
    for line in lines(reading, units, rows)[0]:
        by_code.setdefault(line.code, []).append(line)
    by_collector = {pk: by_code[unit.code] for unit, pk in units.collectors}
    return {
        "agent": _agent_name(user),
        "agent_lines": mine,
        "new": next(line.progress for line in mine if line.metric == Metric.NEW),
        "active": next(line.done for line in mine if line.metric == Metric.ACTIVE),
        "by_collector": by_collector,
        "own": by_collector.get(user.collector_id or 0, []),
    }


def _agent_name(user: User) -> str:
    return user.agent.name if user.agent else ""


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A collector of the lead's agent: until when the card is valid, and the lines by metric."""

    collector: Collector
    card_to: date | None
    carded: bool
    lines: list[TargetLine]
    gone: bool = False
    """Whether the person has left: then no card is missing."""


def _staff(user: User, day: date, by_collector: Mapping[int, list[TargetLine]]) -> list[StaffLine]:
    """Who works for the agent today, and others with a target or credit this year, the most behind
    with new people first.
    """
    cards = (
        CollectorCard.objects.valid_on(day)
        .filter(collector=OuterRef("pk"))
        .order_by(F("valid_to").desc(nulls_first=True))
    )
    people = (
        Collector.objects.filter(pk__in=list(by_collector))
        .order_by("code")
        .annotate(
            card=Subquery(cards.values("valid_from")[:1]),
            card_to=Subquery(cards.values("valid_to")[:1]),
        )
    )
    found = [
        StaffLine(one, one.card_to, one.card is not None, by_collector[one.pk], _has_left(one, day))
        for one in people
        if not _has_left(one, day) or _busy(by_collector[one.pk])
    ]
    return sorted(found, key=_by_need)


def _by_need(line: StaffLine) -> tuple[bool, int, int]:
    new = next(one.progress for one in line.lines if one.metric == Metric.NEW)
    return line.gone, *new.need


def _has_left(collector: Collector, day: date) -> bool:
    return collector.ended_on is not None and collector.ended_on < day


def _busy(found: list[TargetLine]) -> bool:
    return any(line.done or line.target for line in found)


def _with_last_income(people: ParticipantQuerySet) -> ParticipantQuerySet:
    """``last_income``: what the person chose at the latest receipt that counts."""
    receipts = Receipt.objects.live().filter(participant=OuterRef("pk")).order_by(*LATEST_FIRST)
    return people.annotate(last_income=Subquery(receipts.values("chosen_income")[:1]))


def _due_lines(people: list[Any], day: date) -> list[tuple[Participant, Status, Quote | None]]:
    """Whom to call, and the amount of the next period."""
    law, groups = office_law(), groups_by_person(people, day)
    return [
        (one, status_of(one, day), _next_amount(one, day, law, groups[one.pk])) for one in people
    ]


def _next_amount(person: Any, day: date, law: OfficeLaw, groups: tuple[str, ...]) -> Quote | None:
    """The last income and method once more, paid on ``day``; ``None`` when the law refuses it as it
    stands.

    Somebody due has no stop that holds and no paid month after ``covered_to``, so that only the law
    can refuse.
    """
    if (
        person.last_income is None
        or person.covered_to is None
        or person.method not in FIXED_METHODS
    ):
        return None
    request = ContributionRequest(
        method=person.method,
        income=person.last_income,
        from_month=person.covered_to + 1,
        paid_on=day,
        groups=groups,
        prior_supported_months=person.supported_months,
    )
    try:
        return quote(law.table, request, law.readings.on(day))
    except LawRefused:
        return None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of the manager's or officer's table; ``why`` says what it is behind with, empty when
    it is not.

    ``commune`` is the key of today's commune, ``None`` for a network.
    """

    unit: Unit
    figures: Figures
    new: Progress
    commune: int | None = None
    officer: str = ""
    why: str = ""


def office_home(user: User, day: date) -> dict[str, Any]:
    """The year so far: the three targets, who is behind and why, networks, what needs a decision,
    and what is due.
    """
    scope, month, lineage = scope_of(user), Month.of(day), lineage_for(user)
    point = YearPoint.of(month, day)
    reading, (tally, of_month) = read_with(scope, point, Period(month, month))
    communes, networks, district = (
        units_for(scope, by, month, lineage=lineage) for by in (COMMUNE, NETWORK, DISTRICT)
    )
    rows = rows_for(month, communes, networks, district)
    found, of_district = lines(reading, communes, rows)[0], lines(reading, district, rows)[1]
    figures = tally.by(communes)
    whole, running = total(figures.values()), total(of_month.by(communes).values())
    shown = _lines(communes, figures, found, point, _officers(day))
    without = [line.unit.name for line in shown if not line.officer]
    return {
        **_district_targets(of_district, whole, point),
        "this_month": running,
        **_year_before(reading, communes, whole, running),
        "lines": shown,
        "tally": _tally(shown),
        "networks": _network_lines(
            networks, tally.by(networks), lines(reading, networks, rows, (Metric.NEW,))[0]
        ),
        "counts": due_counts(Participant.objects.visible_to(user), day),
        "without_officer": without,
        "decide": needing_decision(user, day, _without_officer(without)),
    }


def _tally(shown: Sequence[UnitLine]) -> str:
    """How many units are in which state, the worst first: “4 chậm, 2 hơi chậm, 5 đúng tiến độ”."""
    words = Counter(line.new.word for line in shown)
    order = dict.fromkeys(line.new.word for line in shown)
    return ", ".join(f"{words[word]} {lower_first(word)}" for word in order)


def _district_targets(
    of_district: Sequence[TargetLine], whole: Figures, point: YearPoint
) -> dict[str, Any]:
    """The three targets of all that the reader sees, in words, cards and figures."""
    by_metric = {line.metric: line for line in of_district}
    asked = targets.TargetParameters(point.january, point.month)
    return {
        # Texts: a month is a number, which a page would print as 2.026.
        "parameters": {"first": str(point.january), "last": str(point.month)},
        "whole": whole,
        "headline": headline(by_metric[Metric.ACTIVE], by_metric[Metric.NEW]),
        "target_lines": of_district,
        "links": {
            line.metric: targets.behind_address(line, asked, is_total=True) for line in of_district
        },
        "new": by_metric[Metric.NEW].progress,
    }


def _lines(
    units: Units,
    figures: Mapping[str, Figures],
    found: Sequence[TargetLine],
    point: YearPoint,
    officers: Mapping[int, str],
) -> list[UnitLine]:
    """Units in order of need: behind, close, ahead, each with the widest gap first; those without a
    target last.
    """
    new = {line.code: line for line in found if line.metric == Metric.NEW}
    why = {one.line.code: one.pace for one in warnings_of(new.values())}
    today_units = {unit.code: unit.id for unit in units.lineage.existing(units.day)}
    shown = [
        UnitLine(
            unit,
            figures[unit.code],
            new[unit.code].progress,
            today_units.get(unit.code),
            next((officers[pk] for pk in sorted(unit.communes or ()) if pk in officers), ""),
            why.get(unit.code, ""),
        )
        for unit in units.rows
    ]
    return sorted(shown, key=lambda line: (*line.new.need, line.unit.code))


def _officers(day: date) -> dict[int, str]:
    """Who follows each commune; somebody whose account is closed follows none any more."""
    found = CommuneAssignment.objects.officers().valid_on(day).filter(user__is_active=True)
    return dict(found.values_list("commune_id", "user__full_name"))


def _without_officer(names: Sequence[str]) -> list[DecisionNeeded]:
    if not names:
        return []
    text = (
        f"{len(names)} xã chưa có chuyên quản thu, hoặc chuyên quản đã ngừng tài khoản: "
        f"{', '.join(names)}."
    )
    return [DecisionNeeded("no_officer", text, reverse("agents:communes"))]


def _network_lines(
    units: Units, figures: Mapping[str, Figures], found: Sequence[TargetLine]
) -> list[UnitLine]:
    new = {line.code: line.progress for line in found}
    return [UnitLine(unit, figures[unit.code], new[unit.code]) for unit in units.rows]


def _year_before(
    reading: YearReading, communes: Units, whole: Figures, running: Figures
) -> dict[str, Any]:
    """People at the end of the last month that is over, and money until then, against the year
    before.

    While a month runs, a few of its days stand against none of last year's: the whole of that month
    would say that people and money are lost.
    """
    settled = reading.point.settled
    if settled == reading.point.month:
        active = _against(whole.closing, whole.same_period_last_year)
        money = _against(whole.collected, whole.collected_same_period_last_year)
    else:
        then = settled - 12
        before = total(reading.history[then.year, then.month].by(communes).values())
        active = _against(running.opening, before.closing)
        money = _against(
            whole.collected - running.collected,
            whole.collected_same_period_last_year - running.collected_same_period_last_year,
        )
    return {"settled": settled.vi, "active": active, "money": money}


def _against(now: int, before: int) -> dict[str, Any]:
    return {"change": now - before, "percent": percent(now - before, before)}


def administrator_home(day: date) -> dict[str, Any]:
    """Accounts and parameters that need attention; nothing about people."""
    users = User.objects.aggregate(
        active=Count("id", filter=Q(is_active=True)),
        first=Count("id", filter=Q(must_change_password=True, is_active=True)),
    )
    rows = list(
        PolicyParameter.objects.exclude(confidence=PolicyParameter.Confidence.HIGH).order_by(
            "source", "key"
        )
    )
    papers = [
        (source, [(row, LABELS.get(row.key, row.key)) for row in of])
        for source, of in groupby(rows, _source)
    ]
    copies = [backup_state(kind) for kind in BackupRun.Kind]
    return {
        "attacks": attacks(),
        "users": users,
        "doubtful": len(rows),
        "papers": papers,
        "copies": copies,
        "uncopied": next((one for one in copies if one.code), None),
    }


def _source(row: PolicyParameter) -> str:
    """Values are checked paper by paper: one coefficient of a circular is not read without the
    others.
    """
    return row.source
