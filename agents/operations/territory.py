"""Merging communes: the successor, the lineage, and everything that follows the territory, in one
step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import (
    CollectionPoint,
    Commune,
    CommuneAssignment,
    CommuneBoundary,
    CommuneSuccession,
    Metric,
    OwnerKind,
    PointCommune,
    User,
)
from agents.operations.assignments import assign_commune
from agents.roles import Can
from agents.targets.in_force import histories_of_year
from agents.territory import load_lineage
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, code_of, required, store
from thaithuy_bhxh.terms import lasting_to, lasts_to
from thaithuy_bhxh.text import fold, upper_first

KINDS = ("xã", "phường", "thị trấn")
_CODE = re.compile(r"[0-9]{5}")
Kind = CommuneAssignment.Kind


def do_merge_communes(
    *,
    actor: User,
    predecessors: Sequence[Commune],
    code: str,
    name: str,
    kind: str,
    on: date,
    source: str,
    officer: User | None = None,
    leader: User | None = None,
) -> Commune:
    """The whole of the predecessors goes into a new commune on a day; gives the new commune.

    The predecessors end the day before, with the terms of whoever followed them; their points serve
    the successor as well. Targets, figures and labour forces follow the lineage by themselves.

    The day may not lie before the current month: units of a month are those of its last day, so
    that an earlier day would change which units the reports of past months show. Within the current
    month a decision that came late is taken; what was recorded since its day stays with the old
    unit and is shown by the new one.
    """
    require(actor, Can.KEEP_COMMUNES)
    with transaction.atomic():
        former = _locked(predecessors)
        _refuse_predecessors(former, on)
        _refuse_past(on)
        successor = _successor(former, code, name, kind, on, source)
        for unit in former:
            _end(actor, unit, successor, on)
        _inherit_outline(former, successor)
        _serve(actor, former, successor)
        audit.record(
            actor=actor,
            action="commune.merge",
            on=successor,
            summary=_merger_in_words(former, successor),
            changes={
                "predecessors": [unit.pk for unit in former],
                "code": successor.code,
                "valid_from": on,
                "source": source,
            },
        )
        for role, person in ((Kind.OFFICER, officer), (Kind.LEADER, leader)):
            if person:
                assign_commune(actor, role, successor, person, on)
    return successor


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a merger would end and carry over."""

    predecessors: Sequence[Commune]
    successor: Commune
    terms: Sequence[CommuneAssignment]
    points: Sequence[CollectionPoint]
    targets: Sequence[tuple[str, int]]
    """Metric and sum of the year's targets that the successor takes over."""
    next_targets: Sequence[tuple[str, int]] = ()
    """The same of the year after, where those were assigned already."""


def consequences_of(
    *, predecessors: Sequence[Commune], code: str, name: str, kind: str, on: date, source: str
) -> Consequences:
    """The same rules as :func:`do_merge_communes` asks for, and what would follow; writes
    nothing.
    """
    former = sorted(predecessors, key=lambda unit: (unit.code, unit.pk))
    _refuse_predecessors(former, on)
    _refuse_past(on)
    successor = _successor_of(former, code, name, kind, on, source)
    running = lasting_to(on)
    terms = CommuneAssignment.objects.filter(running, commune__in=former).select_related(
        "user", "commune"
    )
    points = CollectionPoint.objects.filter(communes__in=former).distinct().order_by("code")
    now, then = _targets_of(former, on.year), _targets_of(former, on.year + 1)
    return Consequences(former, successor, list(terms), list(points), now, then)


def _targets_of(former: Sequence[Commune], year: int) -> list[tuple[str, int]]:
    found = histories_of_year(year, load_lineage(), [OwnerKind.COMMUNE])
    values = {
        metric: [found.get((metric.value, OwnerKind.COMMUNE, unit.pk)) for unit in former]
        for metric in Metric
    }
    sums = {
        metric: [one.now for one in held if one and one.now is not None]
        for metric, held in values.items()
    }
    return [(str(metric.label), sum(numbers)) for metric, numbers in sums.items() if numbers]


def _locked(predecessors: Sequence[Commune]) -> list[Commune]:
    """The units in order of code, locked in one order so that two merges cannot wait for each
    other.
    """
    found = Commune.objects.select_for_update().filter(pk__in=[unit.pk for unit in predecessors])
    return list(found.order_by("code", "pk"))


def _refuse_predecessors(former: Sequence[Commune], on: date) -> None:
    if len(former) < 2:
        raise Refused("Hãy chọn ít nhất hai xã để nhập.", "predecessors")
    for unit in former:
        if unit.valid_to:
            raise Refused(
                f"{upper_first(unit.label)} đã kết thúc ngày {unit.valid_to:%d/%m/%Y}.",
                "predecessors",
            )
        if unit.valid_from >= on:
            raise Refused(
                f"{upper_first(unit.label)} chỉ có từ {unit.valid_from:%d/%m/%Y}; ngày nhập "
                "phải sau ngày đó.",
                "on",
            )


def _refuse_past(on: date) -> None:
    first = this_month().first_day
    if on < first:
        raise Refused(
            f"Ngày nhập không được trước {first:%d/%m/%Y}: số liệu theo xã của các tháng đã "
            "qua sẽ bị đổi.",
            "on",
        )


def _successor(
    former: Sequence[Commune], code: str, name: str, kind: str, on: date, source: str
) -> Commune:
    unit = _successor_of(former, code, name, kind, on, source)
    store(unit, taken=f"Mã {unit.code} đã dùng cho một xã từ ngày này.", field="code")
    return unit


def _successor_of(
    former: Sequence[Commune], code: str, name: str, kind: str, on: date, source: str
) -> Commune:
    """The new unit, checked and not yet stored."""
    name = required(name, "name", "Hãy nhập tên xã mới.")
    unit = Commune(
        code=code_of(code),
        name=name,
        search_key=fold(name),
        kind=kind,
        valid_from=on,
        source=required(source, "source", "Hãy ghi nghị quyết hoặc văn bản sáp nhập."),
    )
    _refuse_successor(unit, former)
    return unit


def _refuse_successor(unit: Commune, former: Sequence[Commune]) -> None:
    """Code and name are free from the day on, but for what the predecessors themselves leave."""
    if not _CODE.fullmatch(unit.code):
        raise Refused("Mã xã gồm 5 chữ số.", "code")
    if unit.kind not in KINDS:
        raise Refused("Hãy chọn xã, phường hoặc thị trấn.", "kind")
    lasting = Commune.objects.filter(lasting_to(unit.valid_from))
    others = lasting.exclude(pk__in=[one.pk for one in former])
    if taken := others.filter(code=unit.code).first():
        raise Refused(f"Mã {unit.code} đang là của {taken.label}.", "code")
    if others.filter(search_key=unit.search_key).exists():
        raise Refused(f"Đã có xã, thị trấn tên {unit.name} vào ngày này.", "name")


def _end(actor: User, unit: Commune, successor: Commune, on: date) -> None:
    changes = assign(unit, valid_to=on - timedelta(days=1))
    store(unit)
    edge = CommuneSuccession(
        predecessor=unit, successor=successor, effective_on=on, source=successor.source
    )
    store(edge, taken=f"{upper_first(unit.label)} đã được nhập.", field="predecessors")
    audit.record(
        actor=actor,
        action="commune.end",
        on=unit,
        changes=changes,
        summary=f"Nhập vào {successor.label} từ {on:%d/%m/%Y}",
    )
    for term in unit.assignments.select_for_update(of=("self",)).select_related("user"):
        if lasts_to(term, on):
            _end_term(actor, unit, term, on)


def _end_term(actor: User, unit: Commune, term: CommuneAssignment, on: date) -> None:
    """The term ends with the commune; one that was planned for later never begins and leaves the
    audit row only.
    """
    before = {
        "valid_from": [term.valid_from, term.valid_from],
        "valid_to": [term.valid_to, on - timedelta(days=1)],
    }
    if term.valid_from >= on:
        end = f"bỏ việc giao từ {term.valid_from:%d/%m/%Y}, xã được nhập"
        term.delete()
    else:
        end = f"thôi phụ trách sau {on - timedelta(days=1):%d/%m/%Y}, xã được nhập"
        assign(term, valid_to=on - timedelta(days=1))
        store(term)
    audit.record(
        actor=actor,
        action="assignment.end",
        on=unit,
        changes=before,
        summary=f"{term.get_kind_display()} {term.user}: {end}",
    )


def _inherit_outline(former: Sequence[Commune], successor: Commune) -> None:
    """Together the outlines are the successor's; with one unknown it has none until the office
    enters it.
    """
    outlines = list(CommuneBoundary.objects.filter(commune__in=former).order_by("commune"))
    if len(outlines) == len(former):
        parts = [polygon for outline in outlines for polygon in outline.coordinates]
        store(CommuneBoundary(commune=successor, coordinates=parts, source=outlines[0].source))


def _serve(actor: User, former: Sequence[Commune], successor: Commune) -> None:
    """The points keep the former communes as history and serve the successor too."""
    points = CollectionPoint.objects.filter(communes__in=former).distinct().order_by("code")
    for point in points:
        PointCommune.objects.create(point=point, commune=successor)
        audit.record(
            actor=actor,
            action="point.communes",
            on=point,
            changes={"communes": [None, successor.pk]},
            summary=f"Phục vụ thêm {successor.label} (sáp nhập xã)",
        )


def _merger_in_words(former: Sequence[Commune], successor: Commune) -> str:
    names = ", ".join(unit.label for unit in former)
    return (
        f"Nhập {names} thành {successor.label} từ {successor.valid_from:%d/%m/%Y} "
        f"({successor.source})"
    )
