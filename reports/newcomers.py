"""New participants by what brought them in: the growth report's own rows of “new”, so that none counts twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from agents.access import Scope
from agents.models import Collector
from enrollment.law.methods import METHODS, MISSING, grace_months
from enrollment.models import Movement, Receipt, Rule
from reports.measures import Period, movements_in
from reports.units import Unit, Units

UNKNOWN = "unknown"
_SOURCE = "participant__acquisition__source"


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
    """The same by the one collector who took the first contribution that counts, in order of code (two queries)."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = _new_in(period).filter(scope.q()).annotate(by=Subquery(_first_contribution(period.rule)))
    for row in rows.values("by", source=F(_SOURCE)).annotate(n=Count("id")):
        found[row["by"]][row["source"] or UNKNOWN] += row["n"]
    names = Collector.objects.filter(pk__in=list(found)).order_by("code").values_list("pk", "code", "full_name")
    return [(Unit(code, name), found[pk]) for pk, code, name in names]


def _new_in(period: Period) -> QuerySet[Movement]:
    return Movement.objects.filter(movements_in(period), kind=Movement.Kind.NEW).order_by()


def _first_contribution(rule: str) -> Any:
    """The collector of the earliest contribution that made the person active, at the agent that growth credits.

    Where that agent's own contribution only came along, such as a back-payment on the same day, it is credited still,
    so that the collectors of an agent always add up to it.
    """
    month = OuterRef("month")
    known = Q(void__isnull=True) | Q(void__voided_month__gt=month)
    receipts = Receipt.objects.filter(
        known, participant=OuterRef("participant"), agent=OuterRef("agent"), received_month__lte=month
    ).annotate(lasts_to=_lasts_to(rule))
    counts = Case(When(lasts_to__gte=month, then=Value(0)), default=Value(1), output_field=IntegerField())
    return receipts.order_by(counts, "received_on", "recorded_at", "id").values("collector")[:1]


def _lasts_to(rule: str) -> Any:
    """The last month in which a receipt keeps its person active under the rule; its own month for missing months."""
    grace = {code: grace_months(code) if rule == Rule.GRACE else 0 for code in METHODS}
    months = [When(method=code, then=F("to_month") + Value(number)) for code, number in grace.items()]
    own_month = When(method=MISSING, then=F("received_month"))
    return Case(own_month, *months, default=F("to_month"), output_field=IntegerField())
