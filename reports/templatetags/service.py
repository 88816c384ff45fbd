"""An agent's service of the year so far, for the agent's own page, which knows no reports."""

from __future__ import annotations

from typing import Any

from django import template

from agents.access import scope_of
from agents.models import CollectionAgent
from agents.roles import Can
from reports.counting.measures import Period
from reports.counting.service import service_of_agent
from reports.tables import percent
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

register = template.Library()


@register.inclusion_tag("reports/_service_line.html", takes_context=True)
def service_line(context: template.Context, agent: CollectionAgent) -> dict[str, Any]:
    """Ratings, complaints and corrections from January on; nothing for who may not read them."""
    user, month = context["user"], this_month()
    if not user.may(Can.SEE_COMPLAINTS):
        return {"service": None}
    period = Period(Month(month.year, 1), month)
    service = service_of_agent(scope_of(user), agent, period)
    return {
        "service": service,
        "agent": agent,
        "year": str(month.year),
        "good_percent": percent(service.good, service.ratings),
        "void_percent": percent(service.receipts_voided, service.receipts),
    }
