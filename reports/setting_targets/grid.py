"""Who is asked for what in a year: owners of one tab, what stands on record, and how it adds up to
the level above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from agents.lineage import Lineage
from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind
from agents.operations.targets import Owner
from agents.querysets import agents_of_year, employed_between, units_of_year
from agents.targets.in_force import Key, TargetHistory, histories_of, year_rows
from agents.territory import load_lineage
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import upper_first

COMMUNES, AGENTS, COLLECTORS = "xa", "dai-ly", "nhan-vien"
TABS = ((COMMUNES, "Xã, thị trấn"), (AGENTS, "Đại lý"), (COLLECTORS, "Nhân viên thu"))
KIND_OF = {COMMUNES: OwnerKind.COMMUNE, AGENTS: OwnerKind.AGENT, COLLECTORS: OwnerKind.COLLECTOR}


def kind_of(owner: Owner) -> OwnerKind:
    """The kind of an owner; ``None`` is the district."""
    if isinstance(owner, Commune):
        return OwnerKind.COMMUNE
    if isinstance(owner, CollectionAgent):
        return OwnerKind.AGENT
    return OwnerKind.COLLECTOR if isinstance(owner, Collector) else OwnerKind.DISTRICT


def name_of(owner: Owner) -> str:
    """“Xã Thái Ninh”, “Bưu điện huyện”, “Toàn huyện”."""
    text = owner.label if isinstance(owner, Commune) else str(owner or "toàn huyện")
    return upper_first(text)


@dataclass(frozen=True, slots=True)
class Balance:
    """The sum of the parts of a target beside the target itself (persons, or đồng for
    ``collected``).
    """

    metric: Metric
    given: int | None
    asked: int | None

    @property
    def left(self) -> int | None:
        """What is not given yet; negative when more is given than asked; ``None`` when nothing is
        asked.
        """
        return None if self.asked is None else self.asked - (self.given or 0)

    @property
    def tone(self) -> str:
        if self.left is None:
            return "quiet"
        return "ok" if self.left == 0 else "warn" if self.left > 0 else "bad"

    @property
    def sentence(self) -> str:
        """“Đã giao 900 / 1.000 · còn 100 chưa giao”."""
        if self.left is None:
            return f"Đã giao {dots(self.given or 0)} · cấp trên chưa có chỉ tiêu"
        head = f"Đã giao {dots(self.given or 0)} / {dots(self.asked or 0)} · "
        if self.left == 0:
            return head + "đã giao đủ"
        return head + (
            f"còn {dots(self.left)} chưa giao" if self.left > 0 else f"giao vượt {dots(-self.left)}"
        )


@dataclass(frozen=True, slots=True)
class Twin:
    """The two splits of one district target, by communes and by agents; they may differ."""

    metric: Metric
    communes: int | None
    agents: int | None

    @property
    def difference(self) -> int | None:
        return None if self.communes is None or self.agents is None else self.communes - self.agents


@dataclass(frozen=True)
class TargetBoard:
    """One tab of a year's targets: the owner above, the owners below it, and all histories of the
    year.
    """

    year: int
    tab: str
    parent: CollectionAgent | None
    parts: Sequence[Owner]
    lineage: Lineage
    histories: Mapping[Key, TargetHistory]

    def history(self, metric: str, owner: Owner) -> TargetHistory:
        key = owner.pk if owner else None
        return self.histories.get((metric, str(kind_of(owner)), key), TargetHistory(key))

    def is_counted(self, owner: Owner) -> bool:
        """Whether the owner's figure counts in the sum; a commune that went into another counts
        there.
        """
        return not isinstance(owner, Commune) or self._lasts(owner.pk)

    def _lasts(self, commune: int) -> bool:
        edge = self.lineage.successor.get(commune)
        return edge is None or edge.effective_on.year > self.year

    def given(self, metric: str, kind: OwnerKind) -> int | None:
        """The sum of what owners of a kind are asked for; collectors are those of this
        tab's agent.
        """
        mine = {owner.pk for owner in self.parts if owner} if kind == OwnerKind.COLLECTOR else None
        values = [
            history.now
            for (of, named, owner), history in self.histories.items()
            if of == metric
            and named == kind
            and history.now is not None
            and owner is not None
            and (kind != OwnerKind.COMMUNE or self._lasts(owner))
            and (mine is None or owner in mine)
        ]
        return sum(values) if values else None

    @property
    def balances(self) -> list[Balance]:
        """The parts of this tab against the figure above them."""
        kind = KIND_OF[self.tab]
        return [
            Balance(metric, self.given(metric, kind), self.history(metric, self.parent).now)
            for metric in Metric
        ]

    @property
    def twins(self) -> list[Twin]:
        """The communes' and the agents' sums of the same district target."""
        return [
            Twin(metric, self.given(metric, OwnerKind.COMMUNE), self.given(metric, OwnerKind.AGENT))
            for metric in Metric
        ]


def board_of(year: int, tab: str, agent: CollectionAgent | None = None) -> TargetBoard:
    """One tab of a year (four queries); the collectors' tab needs its agent."""
    lineage = load_lineage()
    found = histories_of(year_rows(year), lineage, date(year, 12, 31))
    parent = agent if tab == COLLECTORS else None
    return TargetBoard(year, tab, parent, owners_of(year, tab, agent), lineage, found)


def owners_of(year: int, tab: str, agent: CollectionAgent | None) -> list[Owner]:
    """The owners of a tab on any day of the year, in order of code."""
    if tab == COMMUNES:
        return list(units_of_year(year))
    if tab == AGENTS:
        return list(agents_of_year(year))
    return list(collectors_of_year(year, [agent])) if agent else []


def collectors_of_year(year: int, agents: Iterable[CollectionAgent]) -> Iterable[Collector]:
    """The collectors of these agents who work on any day of the year, with their points, in order
    of code.
    """
    there = employed_between(date(year, 1, 1), date(year, 12, 31))
    return (
        Collector.objects.filter(there, point__agent__in=agents)
        .select_related("point")
        .order_by("code")
    )


def owner_named(kind: str, pk: int) -> Owner:
    """The owner of a history page; 404 when there is none."""
    if kind == OwnerKind.DISTRICT and pk == 0:
        return None
    found: Owner = None
    if kind == OwnerKind.COMMUNE:
        found = Commune.objects.filter(pk=pk).first()
    elif kind == OwnerKind.AGENT:
        found = CollectionAgent.objects.filter(pk=pk).first()
    elif kind == OwnerKind.COLLECTOR:
        found = Collector.objects.select_related("point__agent").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
