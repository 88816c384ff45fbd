"""Taking over a list of yearly targets: all of it, or nothing with every error named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from agents.access import require
from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind, User
from agents.operations.targets import Figure, Owner, TargetsSet, check, do_set_targets
from agents.roles import Can
from thaithuy_bhxh.csv_lists import CsvLine, CsvListRefused, RowError
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import code_of
from thaithuy_bhxh.terms import lasts_to
from thaithuy_bhxh.typed import whole_number

COLUMNS = ("year", "metric", "owner_kind", "owner_code", "value", "decision_no", "decision_date")
Key = tuple[int, str, Owner, str]
"""Year, metric, owner and decision: one figure at most."""


def do_import_targets(*, actor: User, lines: Sequence[CsvLine]) -> TargetsSet:
    """Set the targets of a list; a second run changes nothing. Raises :class:`CsvListRefused`
    with all errors.
    """
    require(actor, Can.SET_TARGETS)
    owners = _Owners()
    figures: dict[Key, Figure] = {}
    errors: list[RowError] = []
    for line in lines:
        try:
            figure = _figure(line, owners)
            check(figure)
            _refuse_second(figures, figure)
        except Refused as refusal:
            errors.append(RowError(line.row, refusal.field, refusal.message))
    if errors:
        raise CsvListRefused(len(lines), errors)
    # A list may hold January's decision and July's: the later one revises the earlier one.
    return do_set_targets(
        actor=actor, figures=sorted(figures.values(), key=lambda one: one.decision_date or date.min)
    )


def _figure(line: CsvLine, owners: _Owners) -> Figure:
    year, metric, kind = line.needed("year"), line.needed("metric"), line.needed("owner_kind")
    if not re.fullmatch(r"\d{4}", year):
        raise Refused(f"“{year}” không phải là năm.", "year")
    if metric not in Metric.values:
        raise Refused(
            f"Chỉ tiêu “{metric}” không có; hãy ghi active, new hoặc collected.", "metric"
        )
    if kind not in OwnerKind.values:
        raise Refused(
            f"Cấp “{kind}” không có; hãy ghi district, commune, agent hoặc collector.", "owner_kind"
        )
    decided = line.day("decision_date")
    owner = owners.find(kind, line, int(year), decided)
    return Figure(int(year), metric, owner, _value(line), line.text("decision_no"), decided)


def _value(line: CsvLine) -> int:
    text = line.needed("value")
    value = whole_number(text)
    if value is None:
        raise Refused(f"“{text}” không phải là số nguyên không âm.", "value")
    return value


def _refuse_second(figures: dict[Key, Figure], figure: Figure) -> None:
    key = (figure.year, figure.metric, figure.owner, figure.decision_no)
    if figures.setdefault(key, figure) != figure:
        raise Refused("Chỉ tiêu này đã có ở một dòng trước với giá trị khác.", "value")


class _Owners:
    """Finds the owner that a row names."""

    def __init__(self) -> None:
        self._units: dict[str, list[Commune]] = defaultdict(list)
        for unit in Commune.objects.order_by("valid_from"):
            self._units[unit.code].append(unit)
        self._agents = {agent.code: agent for agent in CollectionAgent.objects.all()}
        self._collectors = {collector.code: collector for collector in Collector.objects.all()}

    def find(self, kind: str, line: CsvLine, year: int, decided: date | None) -> Owner:
        """The district's own row needs no code; all others do."""
        if kind == OwnerKind.DISTRICT:
            return None
        code = code_of(line.needed("owner_code"))
        found: Owner
        if kind == OwnerKind.COMMUNE:
            found = self._commune(code, year, decided)
        else:
            found = (self._agents if kind == OwnerKind.AGENT else self._collectors).get(code)
        if found is None:
            raise Refused(f"Không có {OwnerKind(kind).label.lower()} mã {code}.", "owner_code")
        return found

    def _commune(self, code: str, year: int, decided: date | None) -> Commune | None:
        """The unit valid on the decision's day, else on 1 January of the year, else on any day of
        that year.
        """
        new_year = date(year, 1, 1)
        for first, last in (
            (decided or new_year,) * 2,
            (new_year, new_year),
            (new_year, date(year, 12, 31)),
        ):
            for unit in self._units[code]:
                if unit.valid_from <= last and lasts_to(unit, first):
                    return unit
        return None
