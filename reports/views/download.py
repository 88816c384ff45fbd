"""A report handed out as a workbook, CSV or JSON, with a row in the audit trail for who took it and
what for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header

from agents.access import reader
from agents.models import Metric
from agents.operations.exports import do_record_export
from reports.definitions.targets import BY as WAYS
from reports.letterhead import letterhead
from reports.progress.wording import LABELS
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render as render_workbook
from reports.tables import Table
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.text import lower_first

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def format_of(request: HttpRequest) -> str:
    """The format asked for, empty for the page; :class:`BadRequest` for one that there is not."""
    asked = request.GET.get("dinh_dang", "")
    if asked not in ("", "json", "csv", "xlsx"):
        raise BadRequest(f"Không có định dạng “{asked[:20]}”; hãy chọn xlsx, csv hoặc json.")
    return asked


def on_record(request: HttpRequest, what: str, asked: Mapping[str, Any]) -> None:
    """The trail's row for a file of figures; asking for its headers alone (HEAD) takes nothing."""
    if request.method == "GET":
        do_record_export(
            actor=reader(request), what=what, asked=asked, reason=request.GET.get("ly_do", "")
        )


def hand_out(
    request: HttpRequest, table: Table, chosen: str, *, what: str, name: str
) -> HttpResponse:
    """The file; ``what`` names the report in the trail, ``name`` begins the file's name."""
    asked = {**table.parameters, "format": chosen, "rows": len(table.rows)}
    title = f"báo cáo {what} {asked['from']} đến {asked['to']} ({chosen})"
    on_record(request, title, asked)
    return _download(table, chosen, _named(name, table.parameters))


def _named(name: str, asked: Mapping[str, Any]) -> str:
    """“Tăng trưởng theo xã, thị trấn từ 01-2021 đến 02-2021”."""
    parts = [name]
    if asked.get("metric"):
        parts.append(lower_first(str(LABELS[Metric(asked["metric"])])))
    if asked.get("by"):
        parts.append(f"theo {lower_first(str(WAYS[asked['by']]))}")
    for word, key in (("từ", "from"), ("đến", "to")):
        year, _, month = str(asked[key]).partition("-")
        parts.append(f"{word} {month}-{year}")
    return " ".join(parts)


def _download(table: Table, chosen: str, name: str) -> HttpResponse:
    if chosen == "json":
        return JsonResponse(to_json(table), json_dumps_params={"ensure_ascii": False})
    if chosen == "csv":
        return attachment(to_csv(table), "text/csv; charset=utf-8", f"{name}.csv")
    return attachment(render_workbook(table, letterhead(today())), XLSX, f"{name}.xlsx")


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, under a name as people write it."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=kind, headers=headers)
