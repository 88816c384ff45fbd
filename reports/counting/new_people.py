"""New participants by what brought them in: the growth report's own rows of “new”, so that none
counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Count, F, QuerySet

from agents.access import Scope
from agents.models import Collector
from enrollment.models import Movement
from reports.counting.measures import Period, movements_in
from reports.counting.units import Unit, Units

UNKNOWN = "unknown"
_SOURCE = "participant__acquisition__source"


def newcomers_by_source(units: Units, period: Period) -> dict[str, dict[str, int]]:
    """Source → number of new participants, for every unit of a report (one query)."""
    found: dict[str, dict[str, int]] = {unit.code: defaultdict(int) for unit in units.rows}
    rows = (
        _new_in(period).values("commune_id", "agent_id", source=F(_SOURCE)).annotate(n=Count("id"))
    )
    for row in rows:
        code = units.key(row["commune_id"], row["agent_id"])
        if code in found:
            found[code][row["source"] or UNKNOWN] += row["n"]
    return found


def collector_rows(scope: Scope, period: Period) -> list[tuple[Unit, Mapping[str, int]]]:
    """The same by the collector credited (:mod:`reports.counting.by_collector`), in order of code
    (two queries).
    """
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    newcomers = _new_in(period).filter(scope.q()).annotate(credited=F("collector"))
    for row in newcomers.values("credited", source=F(_SOURCE)).annotate(n=Count("id")):
        found[row["credited"]][row["source"] or UNKNOWN] += row["n"]
    names = (
        Collector.objects.filter(pk__in=list(found))
        .order_by("code")
        .values_list("pk", "code", "full_name")
    )
    return [(Unit(code, name), found[pk]) for pk, code, name in names]


def _new_in(period: Period) -> QuerySet[Movement]:
    return Movement.objects.filter(movements_in(period), kind=Movement.Kind.NEW).order_by()
