"""All reports by code: what each is called, what it asks for, and how it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agents.access import Scope
from enrollment.models import Rule
from reports.definitions import assignment, cards, growth, service, sources, training
from reports.definitions.periods import Months
from reports.tables import Table
from reports.units import BY
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line or an address asks of a report, before it is judged."""

    first: Month
    last: Month
    by: str
    territory: str
    rule: str


@dataclass(frozen=True)
class Report:
    """A registered report; ``choices`` lists the values of each parameter."""

    code: str
    title: str
    build: Callable[[Scope, Asked], Table]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _growth(scope: Scope, asked: Asked) -> Table:
    return growth.build(scope, growth.checked(asked.first, asked.last, asked.by, asked.territory, asked.rule))


def _training(scope: Scope, asked: Asked) -> Table:
    return training.build(scope, Months.checked(asked.first, asked.last))


def _cards(scope: Scope, asked: Asked) -> Table:
    return cards.build(scope, Months.checked(asked.first, asked.last))


REPORTS: Mapping[str, Report] = {
    growth.CODE: Report(
        growth.CODE,
        "Tăng trưởng người tham gia",
        _growth,
        {
            "by": tuple(BY),
            "territory": ("as_of", "YYYY-MM-DD"),
            "rule": tuple(Rule.values),
        },
    ),
    training.CODE: Report(training.CODE, training.TITLE, _training),
    cards.CODE: Report(cards.CODE, cards.TITLE, _cards),
    service.CODE: Report(
        service.CODE, service.TITLE, service.build, {"by": service.GROUPINGS, "rule": tuple(Rule.values)}
    ),
    sources.CODE: Report(
        sources.CODE,
        sources.TITLE,
        sources.build,
        {"by": sources.GROUPINGS, "territory": ("as_of", "YYYY-MM-DD"), "rule": tuple(Rule.values)},
    ),
    assignment.CODE: Report(
        assignment.CODE,
        "Giao chỉ tiêu",
        assignment.build,
        {"by": assignment.GROUPINGS},
    ),
}


def report_named(code: str) -> Report:
    """The report with this code; :class:`Refused` names those that there are."""
    if code not in REPORTS:
        raise Refused(f"Không có báo cáo “{code}”; các báo cáo: {', '.join(REPORTS)}.")
    return REPORTS[code]
