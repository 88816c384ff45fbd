"""The decisions of a year: what each assigned or changed, for whom, and the history of one owner's
target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from agents.lineage import Lineage
from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind, Target
from agents.operations.targets import Owner
from agents.targets.in_force import (
    Decided,
    Key,
    Levels,
    TargetHistory,
    histories_of,
    key_of,
    year_rows,
)
from agents.territory import load_lineage
from reports.setting_targets.weights import results_by_collector, results_by_owner, results_of


@dataclass(slots=True)
class Effect:
    """What a decision did to one metric at one level: the sums before and after of those that it
    names.
    """

    before: int = 0
    after: int = 0
    owners: int = 0

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(slots=True)
class Decision:
    """One decision of the year with its effects by kind of owner and metric."""

    number: str
    day: date | None
    first: int = 0
    revised: int = 0
    effects: dict[str, dict[str, Effect]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Effect))
    )

    @property
    def is_revision(self) -> bool:
        return self.revised > 0

    @property
    def query(self) -> str:
        """The decision's address, beside the year."""
        return urlencode({"so": self.number, "ngay": f"{self.day:%d/%m/%Y}" if self.day else ""})

    @property
    def lines(self) -> list[tuple[str, str, Effect]]:
        """Level, metric and effect, in the order of levels and metrics."""
        return [
            (OwnerKind(kind).label, Metric(metric).label, self.effects[kind][metric])
            for kind in OwnerKind.values
            if kind in self.effects
            for metric in Metric.values
            if metric in self.effects[kind]
        ]


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One figure of a decision: what was in force before it, and what it set."""

    row: Target
    before: int | None
    first: int | None


@dataclass(frozen=True)
class YearDecisions:
    """All versions of a year's targets, and what each found in force."""

    year: int
    lineage: Lineage
    rows: Sequence[Target]
    histories: Mapping[Key, TargetHistory]

    @classmethod
    def of(cls, year: int) -> YearDecisions:
        """The year (two queries)."""
        lineage, rows = load_lineage(), sorted(year_rows(year), key=lambda row: row.revision_no)
        return cls(year, lineage, rows, histories_of(rows, lineage, date(year, 12, 31)))

    def changes(self) -> Iterable[TargetChange]:
        """Every version with what it replaced: the version before it, else what the owner
        inherited.
        """
        before: dict[Key, int | None] = {}
        for row in self.rows:
            key = key_of(row)
            if key not in before:
                before[key] = TargetHistory(row.owner_id, (), self.histories[key].inherited).now
            yield TargetChange(row, before[key], self.histories[key].first)
            before[key] = row.value

    def decisions(self) -> list[Decision]:
        """The year's decisions, the earliest first."""
        found: dict[Decided, Decision] = {}
        for change in self.changes():
            row = change.row
            key = (row.decision_no, row.decision_date)
            one = found.setdefault(key, Decision(*key))
            one.first, one.revised = (
                one.first + (row.revision_no == 0),
                one.revised + (row.revision_no > 0),
            )
            effect = one.effects[row.owner_kind][row.metric]
            effect.owners += 1
            effect.before, effect.after = (
                effect.before + (change.before or 0),
                effect.after + (row.value or 0),
            )
        return sorted(found.values(), key=lambda one: (one.day or date.min, one.number))

    def decision(self, decided: Decided) -> Decision | None:
        """The decision of that number and date, when the year has it."""
        return next((one for one in self.decisions() if (one.number, one.day) == decided), None)

    def of_decision(self, number: str, day: date | None) -> list[TargetChange]:
        """The figures that one decision set."""
        mine = (number, day)
        return [
            one for one in self.changes() if (one.row.decision_no, one.row.decision_date) == mine
        ]


def owners_by_key(kind: str, keys: Iterable[int]) -> dict[int, Owner]:
    """The owners of a kind with these keys, in order of code (one query)."""
    wanted = list(keys)
    if kind == OwnerKind.COMMUNE:
        return {
            one.pk: one
            for one in Commune.objects.filter(pk__in=wanted).order_by("code", "valid_from")
        }
    if kind == OwnerKind.AGENT:
        return {
            one.pk: one for one in CollectionAgent.objects.filter(pk__in=wanted).order_by("code")
        }
    return {one.pk: one for one in Collector.objects.filter(pk__in=wanted).order_by("code")}


@dataclass(frozen=True, slots=True)
class Story:
    """One metric of one owner: its history and the level asked for at the end of each month."""

    metric: Metric
    history: TargetHistory
    levels: Levels | None
    steps: tuple[tuple[int, int | None, str, date | None, int], ...]
    """Revision, value, decision's number and date, first month it speaks for."""


def stories_of(year: int, owner: Owner, kind: str) -> list[Story]:
    """The year's targets of one owner, metric by metric, with their plan by month."""
    book = YearDecisions.of(year)
    key = owner.pk if owner else None
    bases = _bases(book, owner)
    return [
        _story(metric, history, bases if metric == Metric.ACTIVE else {})
        for metric in Metric
        if (history := book.histories.get((metric.value, kind, key)))
    ]


def _bases(book: YearDecisions, owner: Owner) -> Mapping[int, int]:
    """Persons active at the end of the year before: of the owner, and of the communes it inherits
    from.
    """
    year, metric = book.year, Metric.ACTIVE
    if not any(key[0] == metric for key in book.histories):
        return {}
    if isinstance(owner, Collector):
        return results_by_collector(year - 1, metric, owner.point.agent)
    grain = results_of(year - 1)
    if owner is None:
        return {0: sum(of[metric] for of in grain.values())}
    owners: list[Owner] = [owner]
    if isinstance(owner, Commune):
        owners = [
            *owners_by_key(
                OwnerKind.COMMUNE, book.lineage.members([owner.pk], owner.valid_from)
            ).values(),
            owner,
        ]
    return results_by_owner(grain, metric, owners, book.lineage, year)


def _story(metric: Metric, history: TargetHistory, bases: Mapping[int, int]) -> Story:
    steps = tuple(
        (one.revision_no, one.value, one.decision_no, one.decision_date, one.effective_month)
        for one in history.versions
    )
    return Story(metric, history, history.levels(lambda pk: bases.get(pk or 0, 0)), steps)
