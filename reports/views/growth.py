"""The growth report: page, workbook, CSV, JSON, chart, and the lists behind its figures."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import READERS, for_roles, reader, scope_of
from agents.operations.exports import do_record_export
from reports.behind import list_behind
from reports.charts import growth_chart_of
from reports.forms import GrowthForm
from reports.letterhead import letterhead
from reports.registry import REPORTS
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render as render_workbook
from reports.tables import Table
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100


def _build(request: HttpRequest, form: GrowthForm) -> Table | None:
    """The report asked for; ``None`` when the form says why not."""
    if not form.is_valid():
        return None
    try:
        return REPORTS["growth"].build(scope_of(reader(request)), form.asked)
    except Refused as refusal:
        field = {"first": "tu", "last": "den", "territory": "dia_gioi", "rule": "cach_tinh", "by": "theo"}.get(
            refusal.field
        )
        form.add_error(field, refusal.message)
        return None


def _format(asked: str) -> str:
    """The format asked for; a workbook when its name is unknown, the page when none is."""
    return asked if asked in ("", "json", "csv") else "xlsx"


@require_safe
@for_roles(*READERS)
def growth(request: HttpRequest) -> HttpResponse:
    """The report of the reader's scope; ``dinh_dang`` chooses xlsx, csv or json instead of the page."""
    form = GrowthForm(request.GET, reader(request))
    table = _build(request, form)
    chosen = _format(request.GET.get("dinh_dang", ""))
    if table is None:
        status = 400 if chosen else 200
        return render(request, "reports/growth.html", {"form": form, "table": None}, status=status)
    if chosen:
        _remember(request, table, chosen)
        return _download(table, chosen)
    context = {"form": form, "table": table, "letterhead": letterhead(today()), "query": form.data}
    return render(request, "reports/growth.html", context)


def _remember(request: HttpRequest, table: Table, chosen: str) -> None:
    """Who takes the figures out, and what for, goes into the audit trail."""
    asked = {**table.parameters, "format": chosen, "rows": len(table.rows)}
    what = f"báo cáo tăng trưởng {asked['from']} đến {asked['to']} ({chosen})"
    do_record_export(actor=reader(request), what=what, asked=asked, reason=request.GET.get("ly_do", ""))


def _download(table: Table, chosen: str) -> HttpResponse:
    name = f"tang-truong_{table.parameters['from']}_{table.parameters['to']}_{table.parameters['by']}"
    if chosen == "json":
        return JsonResponse(to_json(table), json_dumps_params={"ensure_ascii": False})
    if chosen == "csv":
        return _file(to_csv(table), "text/csv; charset=utf-8", f"{name}.csv")
    return _file(render_workbook(table, letterhead(today())), XLSX, f"{name}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_safe
@for_roles(*READERS)
def growth_list(request: HttpRequest) -> HttpResponse:
    """The people or receipts behind one figure of the report; as many as the figure says."""
    form = GrowthForm(request.GET, reader(request))
    context: dict[str, Any] = {"form": form, "behind": None}
    if form.is_valid():
        try:
            behind = list_behind(
                scope_of(reader(request)), form.asked, request.GET.get("cot", ""), request.GET.get("don_vi")
            )
            context |= {"behind": behind, "page": Paginator(behind.rows, PER_PAGE).get_page(request.GET.get("trang"))}
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return render(request, "reports/growth_list.html", context, status=200 if context["behind"] else 404)


@require_safe
@for_roles(*READERS)
def growth_chart(request: HttpRequest) -> HttpResponse:
    """Closing figures beside those of a year before, as a picture; the same numbers stand in the table."""
    table = _build(request, GrowthForm(request.GET, reader(request)))
    if table is None:
        return HttpResponse(status=400)
    return HttpResponse(growth_chart_of(table), content_type="image/svg+xml")
