"""The units that a report counts in, and which rows belong to each: one rule for figures and for
the lists behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from agents.access import Scope
from agents.lineage import Lineage
from agents.models import CollectionAgent, CommuneAssignment, Network, PointCommune
from agents.territory import load_lineage
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

COMMUNE, AGENT, NETWORK, OFFICER, DISTRICT = "commune", "agent", "network", "officer", "district"
BY = {
    COMMUNE: "Xã, thị trấn",
    AGENT: "Đại lý",
    NETWORK: "Hệ thống đại lý",
    OFFICER: "Chuyên quản thu",
    DISTRICT: "Toàn huyện",
}
"""Ways to group a report: code → what the first column is called."""
COLLECTOR = "collector"
"""Who has the credit; only reports of credit are told so (:mod:`reports.counting.by_collector`)."""
NOBODY = "none"
OTHER = "other"
"""The row of an agent's people who live where the agent neither serves nor took money; left out
when it is empty.
"""
_TERRITORIAL = (COMMUNE, OFFICER, DISTRICT)
"""Groupings whose figures or targets are folded through the lineage; the others do without it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of a report: the communes (of every era) or the agents whose figures it gathers;
    ``None`` = all.
    """

    code: str
    name: str
    communes: frozenset[int] | None = None
    agents: frozenset[int] | None = None

    def q(self, prefix: str = "") -> Q:
        """Rows inside this unit, by the fields ``<prefix>commune`` and ``<prefix>agent``."""
        inside = Q()
        if self.communes is not None:
            inside &= Q(**{f"{prefix}commune_id__in": self.communes})
        if self.agents is not None:
            inside &= Q(**{f"{prefix}agent_id__in": self.agents})
        return inside


@dataclass(frozen=True)
class Units:
    """All rows of a report for one reader: ``whole`` is everything that the reader may see."""

    rows: tuple[Unit, ...]
    whole: Unit
    scope: Scope
    _commune: Mapping[int, str]
    _agent: Mapping[int, str]
    by: str
    lineage: Lineage
    day: date
    """The day whose communes the report tells, with everything that went into them folded in."""
    _asked: Mapping[int, str] = field(default_factory=dict)
    _credited: Mapping[int, str] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    """Codes of agents that were closed before the day's year or opened after the day, and of the
    row for places elsewhere: a row of one that has no figures either tells nothing.
    """

    def key(self, commune: int | None, agent: int | None) -> str | None:
        """Code of the unit that a row of this commune and agent falls into; ``None`` when out of
        scope.
        """
        if commune is None or agent is None or not self.scope.holds(agent=agent, commune=commune):
            return None
        if self.by in (COMMUNE, OFFICER):
            return self._commune.get(commune)
        return self._agent[agent] if self.by in (AGENT, NETWORK) else DISTRICT

    def commune_unit(self, commune: int) -> str | None:
        """Code of the unit that holds a commune's own figures, such as its target; ``None`` when
        out of scope.
        """
        if not self.scope.everything and (
            self.scope.agent is not None or commune not in self.scope.communes
        ):
            return None
        return self._commune.get(commune) if self.by in (COMMUNE, OFFICER) else DISTRICT

    def agent_unit(self, agent: int) -> str | None:
        """Code of the unit that holds an agent's own figures; ``None`` when out of scope."""
        if self.scope.agent not in (None, agent) or (
            not self.scope.everything and self.scope.agent is None
        ):
            return None
        return self._agent.get(agent)

    def collector_unit(self, collector: int) -> str | None:
        """Code of the collector who is asked for a target; ``None`` when that is not the reader's
        to see.
        """
        return self._asked.get(collector)

    @property
    def collectors(self) -> list[tuple[Unit, int]]:
        """Each row of a report by collector with the collector's key."""
        keys = {code: pk for pk, code in self._credited.items()}
        return [(unit, keys[unit.code]) for unit in self.rows]

    def unit(self, code: str | None) -> Unit | None:
        """The row with this code, the whole for ``None``."""
        return (
            self.whole
            if code is None
            else next((unit for unit in self.rows if unit.code == code), None)
        )


def units_for(
    scope: Scope,
    by: str,
    last: Month,
    territory: date | None = None,
    lineage: Lineage | None = None,
) -> Units:
    """The rows of a report that ends with month ``last``; ``territory`` ``None`` = the units of
    that day (``as_of``).

    :class:`Refused` when an old territory is asked for by commune: old series cannot be split.
    """
    if by not in BY:
        raise Refused(f"Không có cách xếp “{by}”; hãy chọn {', '.join(BY)}.", "by")
    day = territory or last.last_day
    lineage = lineage or (load_lineage() if by in _TERRITORIAL else Lineage.of((), ()))
    if by == COMMUNE and territory is not None:
        _refuse_split(lineage, territory, last.last_day)
    whole = Unit(DISTRICT, "Tổng cộng", _scope_communes(scope), _scope_agents(scope))
    if by == COMMUNE:
        rows, communes = _commune_rows(lineage, lineage.fold(day), day, scope)
        return Units(
            rows, whole, scope, communes, {}, by, lineage, day, strangers=frozenset({OTHER})
        )
    if by == OFFICER:
        rows, communes = _officer_rows(lineage, scope, last.last_day)
        return Units(rows, whole, scope, communes, {}, by, lineage, day)
    if by == DISTRICT:
        return Units(
            (Unit(DISTRICT, "Toàn huyện", whole.communes, whole.agents),),
            whole,
            scope,
            {},
            {},
            by,
            lineage,
            day,
        )
    agents = list(
        CollectionAgent.objects.values_list(
            "id", "code", "name", "network", "opened_on", "closed_on"
        )
    )
    keys = {pk: (code if by == AGENT else network) for pk, code, _, network, *_ in agents}
    names = {code: name for _, code, name, *_ in agents} if by == AGENT else dict(Network.choices)
    shown = [code for code in sorted(names) if _agent_shown(scope, keys, code)]
    rows = tuple(_agent_row(code, str(names[code]), keys, whole) for code in shown)
    return Units(
        rows,
        whole,
        scope,
        {},
        keys,
        by,
        lineage,
        day,
        strangers=_strangers(agents, last) if by == AGENT else frozenset(),
    )


def _strangers(agents: Iterable[tuple[Any, ...]], last: Month) -> frozenset[str]:
    first = date(last.year, 1, 1)
    return frozenset(
        code
        for _, code, _, _, opened, closed in agents
        if opened > last.last_day or (closed and closed < first)
    )


def _refuse_split(lineage: Lineage, territory: date, end: date) -> None:
    today_units = {unit.id for unit in lineage.existing(end)}
    if territory < end and {unit.id for unit in lineage.existing(territory)} != today_units:
        raise Refused(
            f"Địa giới ngày {territory:%d/%m/%Y} cũ hơn địa giới cuối kỳ {end:%d/%m/%Y}: số "
            "liệu đã gộp không tách lại "
            "theo xã cũ được; hãy chọn địa giới cuối kỳ hoặc kỳ sớm hơn.",
            "territory",
        )


def _scope_communes(scope: Scope) -> frozenset[int] | None:
    return None if scope.everything or scope.agent is not None else scope.communes


def _scope_agents(scope: Scope) -> frozenset[int] | None:
    return None if scope.agent is None else frozenset({scope.agent})


def _agent_shown(scope: Scope, keys: Mapping[int, str], code: str) -> bool:
    return scope.agent is None or keys.get(scope.agent) == code


def _agent_row(code: str, name: str, keys: Mapping[int, str], whole: Unit) -> Unit:
    members = frozenset(pk for pk, key in keys.items() if key == code)
    return Unit(
        code, name, whole.communes, members if whole.agents is None else members & whole.agents
    )


def _commune_rows(
    lineage: Lineage, fold: Mapping[int, int], day: date, scope: Scope
) -> tuple[tuple[Unit, ...], dict[int, str]]:
    members: dict[int, set[int]] = {}
    for member, successor in fold.items():
        members.setdefault(successor, set()).add(member)
    seen = _communes_shown(scope, fold)
    rows = []
    for unit in lineage.existing(day):
        inside = frozenset(members.get(unit.id, ()))
        if not scope.everything and scope.agent is None:
            inside &= scope.communes
        if seen is None or unit.id in seen:
            rows.append(Unit(unit.code, unit.name, inside, _scope_agents(scope)))
    codes = {member: lineage.units[successor].code for member, successor in fold.items()}
    if scope.agent is not None:
        # Moves take an agent's people to communes that it has nothing to do with: they are its
        # people all the same.
        elsewhere = frozenset(lineage.units) - frozenset().union(
            *(row.communes or () for row in rows)
        )
        rows.append(Unit(OTHER, "Nơi khác", elsewhere, _scope_agents(scope)))
        codes |= dict.fromkeys(elsewhere, OTHER)
    return tuple(rows), codes


def _communes_shown(scope: Scope, fold: Mapping[int, int]) -> set[int] | None:
    """Which units a reader of limited scope gets a row for: the own communes, or those that the own
    points serve and those where the own agent took money.
    """
    if scope.everything:
        return None
    if scope.agent is None:
        return {fold[one] for one in scope.communes if one in fold}
    served = PointCommune.objects.filter(point__agent=scope.agent).values_list(
        "commune_id", flat=True
    )
    paid = CollectionAgent.objects.filter(pk=scope.agent, receipts__isnull=False).values_list(
        "receipts__commune_id"
    )
    return {fold[one] for one in {*served, *(row[0] for row in paid.distinct())} if one in fold}


def _officer_rows(
    lineage: Lineage, scope: Scope, day: date
) -> tuple[tuple[Unit, ...], dict[int, str]]:
    held = (
        CommuneAssignment.objects.officers()
        .valid_on(day)
        .values_list("commune_id", "user__username", "user__full_name")
    )
    names: dict[str, str] = {}
    officer_of: dict[int, str] = {}
    for commune, username, full_name in held:
        names[username] = full_name
        officer_of[commune] = username
    communes = {member: officer_of.get(unit, NOBODY) for member, unit in lineage.fold(day).items()}
    limited = not scope.everything and scope.agent is None
    codes = (
        {communes[c] for c in scope.communes if c in communes}
        if limited
        else set(communes.values())
    )
    rows = (
        _officer_row(code, names.get(code, "Chưa có chuyên quản"), communes, scope)
        for code in sorted(codes)
    )
    return tuple(rows), communes


def _officer_row(code: str, name: str, communes: Mapping[int, str], scope: Scope) -> Unit:
    members: Iterable[int] = (pk for pk, officer in communes.items() if officer == code)
    inside = frozenset(members)
    limited = not scope.everything and scope.agent is None
    return Unit(code, name, inside & scope.communes if limited else inside, _scope_agents(scope))
