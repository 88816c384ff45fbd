"""What a year's targets are now, what they were first, and which way through the months they ask
for.

A commune formed in the year inherits the targets of those that went into it, month by month, until
a decision sets its own (docs/rules.md 3.2: folding is exact, and the past never moves).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Max, Min

from agents.lineage import Lineage
from agents.models import OwnerKind, Target
from agents.targets.splitting import MONTHS, levels_of

BaseOf = Callable[[int | None], int]
"""Owner's key → level at the year's start: persons active on 31/12 of the year before; 0 for what
starts at nothing.
"""
Levels = tuple[int, ...]


Decided = tuple[str, date | None]
"""Number and date of a decision; “” and ``None`` while figures have none."""


def decision_in_words(number: str, day: date | None) -> str:
    """“15/QĐ-BHXH ngày 12/01/2026”, or that there is no number yet."""
    return (number or "chưa có số") + (f" ngày {day:%d/%m/%Y}" if day else "")


@dataclass(frozen=True, slots=True)
class Version:
    """One decision's figure; ``None`` withdraws the target."""

    revision_no: int
    value: int | None
    effective_month: int = 1
    season: tuple[int, ...] = (1,) * MONTHS
    decision_no: str = ""
    decision_date: date | None = None


@dataclass(frozen=True, slots=True)
class TargetHistory:
    """The versions of one owner's target, oldest first, after the histories inherited from
    predecessors.
    """

    owner: int | None
    versions: tuple[Version, ...] = ()
    inherited: tuple[TargetHistory, ...] = ()

    def followed_by(self, row: Target) -> TargetHistory:
        """The history once this version is written; one of the same number is set right by it."""
        kept = tuple(one for one in self.versions if one.revision_no != row.revision_no)
        return replace(self, owner=row.owner_id, versions=(*kept, _version(row)))

    @property
    def first(self) -> int | None:
        """The figure of the year's first decision; ``None`` when there was none."""
        if known := [one.first for one in self.inherited if one.first is not None]:
            return sum(known)
        return next((one.value for one in self.versions if one.value is not None), None)

    @property
    def now(self) -> int | None:
        """The figure in force."""
        if self.versions:
            return self.versions[-1].value
        return _sum(one.now for one in self.inherited)

    @property
    def revision_no(self) -> int | None:
        """How many decisions have changed it; ``None`` without any figure."""
        if self.versions:
            return self.versions[-1].revision_no
        return max(
            (one.revision_no for one in self.inherited if one.revision_no is not None), default=None
        )

    @property
    def decision(self) -> Decided:
        """Number and date of the decision in force (the latest of those inherited)."""
        if self.versions:
            return self.versions[-1].decision_no, self.versions[-1].decision_date
        found = [one.decision for one in self.inherited if one.now is not None]
        return max(found, key=lambda one: one[1] or date.min, default=("", None))

    def base(self, base_of: BaseOf) -> int:
        """The level at the year's start; a commune formed in the year begins with what its
        predecessors had.
        """
        return (
            base_of(self.owner)
            if not self.inherited
            else sum(one.base(base_of) for one in self.inherited)
        )

    def levels(self, base_of: BaseOf) -> Levels | None:
        """What should stand at the end of each month of the year; ``None`` when no target is in
        force.
        """
        if self.now is None:
            return None
        before = _added(one.levels(base_of) for one in self.inherited)
        base = self.base(base_of)
        for version in self.versions:
            if version.value is not None:
                before = levels_of(
                    version.value,
                    version.season,
                    base=base,
                    first=version.effective_month,
                    before=before,
                )
        return before


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _added(levels: Iterable[Levels | None]) -> Levels | None:
    known = [one for one in levels if one is not None]
    return tuple(map(sum, zip(*known, strict=True))) if known else None


Key = tuple[str, str, int | None]
"""Metric, kind of owner, owner's key (``None`` = the district)."""


def key_of(row: Target) -> Key:
    """The key of the history that a version belongs to."""
    return row.metric, row.owner_kind, row.owner_id


def histories_of(
    rows: Iterable[Target], lineage: Lineage, until: date | None = None
) -> dict[Key, TargetHistory]:
    """The histories of one year's targets, whatever order their versions come in.

    ``until`` leaves out what communes formed after that day took over, so that the units of that
    day keep their own.
    """
    versions: dict[Key, list[Version]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.revision_no):
        versions[key_of(row)].append(_version(row))
    found = {key: TargetHistory(key[2], tuple(rows)) for key, rows in versions.items()}
    for metric in {key[0] for key in found}:
        _inherit(found, metric, lineage, until)
    return found


def _version(row: Target) -> Version:
    return Version(
        row.revision_no,
        row.value,
        row.effective_month,
        tuple(row.season),
        row.decision_no,
        row.decision_date,
    )


def _inherit(
    found: dict[Key, TargetHistory], metric: str, lineage: Lineage, until: date | None
) -> None:
    """Give every commune that took over others in time the histories of those."""
    parts: dict[int, list[int]] = defaultdict(list)
    for edge in lineage.successor.values():
        if until is None or edge.effective_on <= until:
            parts[edge.successor].append(edge.predecessor)
    for heir in sorted(parts, key=lambda unit: lineage.units[unit].valid_from):
        mine = [(metric, str(OwnerKind.COMMUNE), part) for part in sorted(parts[heir])]
        inherited = tuple(found[key] for key in mine if key in found)
        if inherited:
            key = (metric, str(OwnerKind.COMMUNE), heir)
            found[key] = TargetHistory(heir, found[key].versions if key in found else (), inherited)


def year_rows(year: int, kinds: Iterable[str] = OwnerKind.values) -> list[Target]:
    """All versions of a year's targets of these kinds of owners (one query)."""
    return list(Target.objects.filter(year=year, owner_kind__in=list(kinds)))


def histories_by_year(
    years: Iterable[int], lineage: Lineage, kinds: Iterable[str] = OwnerKind.values
) -> dict[int, dict[Key, TargetHistory]]:
    """The histories of several years (one query)."""
    rows = list(Target.objects.filter(year__in=list(years), owner_kind__in=list(kinds)))
    return {
        year: histories_of([row for row in rows if row.year == year], lineage) for year in years
    }


def histories_of_year(
    year: int, lineage: Lineage, kinds: Iterable[str] = OwnerKind.values, until: date | None = None
) -> dict[Key, TargetHistory]:
    """The year's histories (one query)."""
    return histories_of(year_rows(year, kinds), lineage, until)


def years_with_targets() -> tuple[int | None, int | None]:
    """The first and the last year that have targets (one query); ``None`` when there are none at
    all.
    """
    found = Target.objects.aggregate(first=Min("year"), last=Max("year"))
    return found["first"], found["last"]
