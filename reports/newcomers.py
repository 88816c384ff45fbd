"""New participants by what brought them in: the growth report's own rows of “new”, so that none counts twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet

from agents.access import Scope
from agents.models import Collector
from enrollment.law.methods import MISSING, grace_months
from enrollment.models import Movement, Receipt, Rule
from reports.measures import Period, movements_in
from reports.units import Unit, Units

UNKNOWN = "unknown"
_SOURCE = "participant__acquisition__source"


class _Paid(NamedTuple):
    """A receipt as far as it decides who is credited; months as their integers."""

    agent: int
    received: int
    last: int
    method: str
    voided: int | None
    collector: int

    def counts_in(self, month: int, rule: str) -> bool:
        """Whether it makes its person active in the month."""
        grace = grace_months(self.method) if rule == Rule.GRACE else 0
        return month <= (self.received if self.method == MISSING else self.last + grace)

    def is_known(self, month: int, agent: int) -> bool:
        """Whether it is one of the agent's that stand in the month."""
        return self.agent == agent and self.received <= month and (self.voided is None or self.voided > month)


def newcomers_by_source(units: Units, period: Period) -> dict[str, dict[str, int]]:
    """Source → number of new participants, for every unit of a report (one query)."""
    found: dict[str, dict[str, int]] = {unit.code: defaultdict(int) for unit in units.rows}
    rows = _new_in(period).values("commune_id", "agent_id", source=F(_SOURCE)).annotate(n=Count("id"))
    for row in rows:
        code = units.key(row["commune_id"], row["agent_id"])
        if code in found:
            found[code][row["source"] or UNKNOWN] += row["n"]
    return found


def collector_rows(scope: Scope, period: Period) -> list[tuple[Unit, Mapping[str, int]]]:
    """The same by the one collector who took the first contribution that counts, in order of code (three queries)."""
    newcomers = _new_in(period).filter(scope.q())
    paid = _receipts_of(newcomers)
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for person, month, agent, source in newcomers.values_list("participant", "month", "agent", _SOURCE):
        found[_credited(paid[person], month, agent, period.rule)][source or UNKNOWN] += 1
    names = Collector.objects.filter(pk__in=list(found)).order_by("code").values_list("pk", "code", "full_name")
    return [(Unit(code, name), found[pk]) for pk, code, name in names]


def _new_in(period: Period) -> QuerySet[Movement]:
    return Movement.objects.filter(movements_in(period), kind=Movement.Kind.NEW).order_by()


def _receipts_of(newcomers: QuerySet[Movement]) -> Mapping[int, list[_Paid]]:
    """Everybody's receipts in the order of their days."""
    found: dict[int, list[_Paid]] = defaultdict(list)
    receipts = Receipt.objects.filter(participant__in=newcomers.values("participant"))
    rows: Iterable[Any] = receipts.order_by("received_on", "recorded_at", "id").values_list(
        "participant", "agent", "received_month", "to_month", "method", "void__voided_month", "collector"
    )
    for person, *values in rows:
        found[person].append(_Paid(*values))
    return found


def _credited(paid: Iterable[_Paid], month: int, agent: int, rule: str) -> Any:
    """The collector of the earliest contribution that made the person active, at the agent that growth credits.

    Where that agent's own contribution only came along, such as a back-payment in the same month, it is credited
    still, so that the collectors of an agent always add up to it.
    """
    known = [one for one in paid if one.is_known(month, agent)]
    return next((one for one in known if one.counts_in(month, rule)), known[0]).collector
