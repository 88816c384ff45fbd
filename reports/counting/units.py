"""The units that a report counts in, and which rows belong to each: one rule for figures and for
the lists behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

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
"""A grouping of the reports of credit only (:mod:`reports.counting.by_collector`)."""
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
    """The day whose communes the report shows, with everything that went into them folded in."""
    _asked: Mapping[int, str] = field(default_factory=dict)
    _credited: Mapping[int, str] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    """Codes of agents that were closed before the day's year or opened after the day, and of the
    row for places elsewhere: a row of one that has no figures either is left out.
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
        """Code of the collector who has a target; ``None`` when the reader may not see it."""
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
    """The rows of a report that ends with month ``last``, by the communes of the day ``territory``
    (``None`` = the last day of the month).

    :class:`Refused` when an old territory is asked for by commune: old series cannot be split.
    """
    if by not in _MAKERS:
        raise Refused(f"Không có cách xếp “{by}”; hãy chọn {', '.join(BY)}.", "by")
    lineage = lineage or (load_lineage() if by in _TERRITORIAL else Lineage.of((), ()))
    if by == COMMUNE and territory is not None:
        _refuse_split(lineage, territory, last.last_day)
    return _MAKERS[by](_UnitsAsked(scope, by, last, territory or last.last_day, lineage))


@dataclass(frozen=True, slots=True)
class _UnitsAsked:
    """What :func:`units_for` was asked for: the reader's scope, grouping, month and territory."""

    scope: Scope
    by: str
    last: Month
    day: date
    lineage: Lineage

    @property
    def whole(self) -> Unit:
        """Everything that the reader may see."""
        return Unit(DISTRICT, "Tổng cộng", self.own_communes, self.own_agents)

    @property
    def own_communes(self) -> frozenset[int] | None:
        """The communes to which the reader's scope is limited; ``None`` = it is not."""
        scope = self.scope
        return None if scope.everything or scope.agent is not None else scope.communes

    @property
    def own_agents(self) -> frozenset[int] | None:
        """The agent to which the reader's scope is limited; ``None`` = it is not."""
        return None if self.scope.agent is None else frozenset({self.scope.agent})

    def units(
        self,
        rows: Iterable[Unit],
        communes: Mapping[int, str] | None = None,
        agents: Mapping[int, str] | None = None,
        strangers: frozenset[str] = frozenset(),
    ) -> Units:
        """The rows with the codes of units by commune or agent."""
        return Units(
            tuple(rows),
            self.whole,
            self.scope,
            communes or {},
            agents or {},
            self.by,
            self.lineage,
            self.day,
            strangers=strangers,
        )


def _by_district(asked: _UnitsAsked) -> Units:
    whole = asked.whole
    return asked.units([Unit(DISTRICT, "Toàn huyện", whole.communes, whole.agents)])


def _by_agent(asked: _UnitsAsked) -> Units:
    agents = list(
        CollectionAgent.objects.values_list("id", "code", "name", "opened_on", "closed_on")
    )
    keys = {pk: code for pk, code, *_ in agents}
    rows = _agent_rows(asked, keys, {code: name for _, code, name, *_ in agents})
    terms = [(code, opened, closed) for _, code, _, opened, closed in agents]
    return asked.units(rows, agents=keys, strangers=_strangers(terms, asked.last))


def _by_network(asked: _UnitsAsked) -> Units:
    keys = dict(CollectionAgent.objects.values_list("id", "network"))
    names = {code: str(label) for code, label in Network.choices}
    return asked.units(_agent_rows(asked, keys, names), agents=keys)


def _agent_rows(
    asked: _UnitsAsked, keys: Mapping[int, str], names: Mapping[str, str]
) -> Iterator[Unit]:
    """Agents or networks in order of code; ``keys`` is agent → code. A reader of one agent sees
    that one's row only.
    """
    agent = asked.scope.agent
    for code in sorted(names):
        if agent is None or keys.get(agent) == code:
            yield _agent_row(code, names[code], keys, asked.whole)


def _strangers(agents: Iterable[tuple[str, date, date | None]], last: Month) -> frozenset[str]:
    """Codes of the agents that were closed before the year of ``last`` or opened after it."""
    first = date(last.year, 1, 1)
    return frozenset(
        code
        for code, opened, closed in agents
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


def _agent_row(code: str, name: str, keys: Mapping[int, str], whole: Unit) -> Unit:
    members = frozenset(pk for pk, key in keys.items() if key == code)
    return Unit(
        code, name, whole.communes, members if whole.agents is None else members & whole.agents
    )


def _by_commune(asked: _UnitsAsked) -> Units:
    fold, units = asked.lineage.fold(asked.day), asked.lineage.units
    rows = _commune_rows(asked, fold)
    codes = {member: units[successor].code for member, successor in fold.items()}
    if asked.scope.agent is not None:
        # Moves take an agent's people to communes that it has nothing to do with: they are its
        # people all the same.
        elsewhere = frozenset(units).difference(*(row.communes or () for row in rows))
        rows.append(Unit(OTHER, "Nơi khác", elsewhere, asked.own_agents))
        codes |= dict.fromkeys(elsewhere, OTHER)
    return asked.units(rows, communes=codes, strangers=frozenset({OTHER}))


def _commune_rows(asked: _UnitsAsked, fold: Mapping[int, int]) -> list[Unit]:
    """The communes of the day that the reader gets a row for, each with what went into it."""
    members: dict[int, set[int]] = {}
    for member, successor in fold.items():
        members.setdefault(successor, set()).add(member)
    shown, own = _communes_shown(asked.scope, fold), asked.own_communes
    return [
        Unit(
            unit.code,
            unit.name,
            _inside(members.get(unit.id, ()), own),
            asked.own_agents,
        )
        for unit in asked.lineage.existing(asked.day)
        if shown is None or unit.id in shown
    ]


def _inside(communes: Iterable[int], own: frozenset[int] | None) -> frozenset[int]:
    found = frozenset(communes)
    return found if own is None else found & own


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


def _by_officer(asked: _UnitsAsked) -> Units:
    day, own = asked.last.last_day, asked.own_communes
    names, officer_of = _officers_on(day)
    officers = {
        member: officer_of.get(unit, NOBODY) for member, unit in asked.lineage.fold(day).items()
    }
    shown = {officer for pk, officer in officers.items() if own is None or pk in own}
    rows = [
        Unit(
            code,
            names.get(code, "Chưa có chuyên quản"),
            _inside((pk for pk, officer in officers.items() if officer == code), own),
            asked.own_agents,
        )
        for code in sorted(shown)
    ]
    return asked.units(rows, communes=officers)


def _officers_on(day: date) -> tuple[dict[str, str], dict[int, str]]:
    """User name → full name, and commune → user name, of the officers of a day (one query)."""
    held = CommuneAssignment.objects.officers().valid_on(day)
    names: dict[str, str] = {}
    officer_of: dict[int, str] = {}
    for commune, username, full_name in held.values_list(
        "commune_id", "user__username", "user__full_name"
    ):
        names[username] = full_name
        officer_of[commune] = username
    return names, officer_of


_MAKERS: Mapping[str, Callable[[_UnitsAsked], Units]] = {
    COMMUNE: _by_commune,
    AGENT: _by_agent,
    NETWORK: _by_network,
    OFFICER: _by_officer,
    DISTRICT: _by_district,
}
