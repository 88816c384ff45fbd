"""The growth report: page, workbook, CSV, JSON, chart, and the lists behind its figures."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader, scope_of
from agents.roles import Can
from reports.charts import growth_chart_of
from reports.drill_down import entries, list_behind
from reports.forms import GrowthForm
from reports.letterhead import letterhead
from reports.registry import REPORTS
from reports.tables import Table
from reports.views.download import format_of, hand_out
from thaithuy_bhxh.charts import width_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

PER_PAGE = 20


def _build(request: HttpRequest, form: GrowthForm) -> Table | None:
    """The report asked for; ``None`` when the form says why not."""
    if not form.is_valid():
        return None
    try:
        return REPORTS["growth"].build(scope_of(reader(request)), form.asked)
    except Refused as refusal:
        field = {
            "first": "tu",
            "last": "den",
            "territory": "dia_gioi",
            "rule": "cach_tinh",
            "by": "theo",
        }.get(refusal.field)
        form.add_error(field, refusal.message)
        return None


@require_safe
@for_capability(Can.SEE_REPORTS)
def growth(request: HttpRequest) -> HttpResponse:
    """The report of the reader's scope; ``dinh_dang`` chooses xlsx, csv or json instead of the
    page.
    """
    form = GrowthForm(request.GET, reader(request))
    table = _build(request, form)
    chosen = format_of(request)
    if table is None:
        status = 400 if chosen else 200
        return render(request, "reports/growth.html", {"form": form, "table": None}, status=status)
    if chosen:
        return hand_out(request, table, chosen, what="tăng trưởng", name="Tăng trưởng")
    context = {"form": form, "table": table, "letterhead": letterhead(today()), "query": form.data}
    return render(request, "reports/growth.html", context)


@require_safe
@for_capability(Can.SEE_REPORTS)
def growth_list(request: HttpRequest) -> HttpResponse:
    """The people or receipts behind one figure of the report; as many as the figure says."""
    form = GrowthForm(request.GET, reader(request))
    context: dict[str, Any] = {"form": form, "behind": None}
    if form.is_valid():
        try:
            behind = list_behind(
                scope_of(reader(request)),
                form.asked,
                request.GET.get("cot", ""),
                request.GET.get("don_vi"),
            )
            page = Paginator(behind.rows, PER_PAGE).get_page(request.GET.get("trang"))
            context |= {"behind": behind, "page": page, "entries": entries(reader(request), page)}
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return render(
        request, "reports/growth_list.html", context, status=200 if context["behind"] else 404
    )


@require_safe
@for_capability(Can.SEE_REPORTS)
def growth_chart(request: HttpRequest) -> HttpResponse:
    """Closing figures beside those of a year before, as a picture; the same numbers stand in the
    table.
    """
    table = _build(request, GrowthForm(request.GET, reader(request)))
    if table is None:
        return HttpResponse(status=400)
    drawn = growth_chart_of(table, width_of(request.GET.get("rong")))
    return HttpResponse(drawn, content_type="image/svg+xml")
