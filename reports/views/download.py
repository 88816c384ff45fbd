"""A report handed out as a workbook, CSV or JSON, with a row in the audit trail for who took it and
what for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from agents.access import reader
from agents.operations.exports import do_record_export
from reports.letterhead import letterhead
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render as render_workbook
from reports.tables import Table
from thaithuy_bhxh.clock import today

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def format_of(request: HttpRequest) -> str:
    """The format asked for; a workbook when its name is unknown, the page when none is."""
    asked = request.GET.get("dinh_dang", "")
    return asked if asked in ("", "json", "csv") else "xlsx"


def on_record(request: HttpRequest, what: str, asked: Mapping[str, Any]) -> None:
    """The trail's row for a file of figures; asking for its headers alone (HEAD) takes nothing."""
    if request.method == "GET":
        do_record_export(
            actor=reader(request), what=what, asked=asked, reason=request.GET.get("ly_do", "")
        )


def hand_out(
    request: HttpRequest, table: Table, chosen: str, *, what: str, name: str
) -> HttpResponse:
    """The file; ``what`` names the report in the trail, ``name`` the file."""
    asked = {**table.parameters, "format": chosen, "rows": len(table.rows)}
    title = f"báo cáo {what} {asked['from']} đến {asked['to']} ({chosen})"
    on_record(request, title, asked)
    parts = (table.parameters.get(key) for key in ("from", "to", "by", "metric"))
    return _download(table, chosen, "_".join([name, *(str(part) for part in parts if part)]))


def _download(table: Table, chosen: str, name: str) -> HttpResponse:
    if chosen == "json":
        return JsonResponse(to_json(table), json_dumps_params={"ensure_ascii": False})
    if chosen == "csv":
        return _file(to_csv(table), "text/csv; charset=utf-8", f"{name}.csv")
    return _file(render_workbook(table, letterhead(today())), XLSX, f"{name}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
