"""The page of any registered report: sentence, choices, table, definitions, downloads; and that of
targets.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, lineage_for, reader, scope_of
from agents.models import Metric
from agents.roles import Can
from reports.charts import pace_chart_of
from reports.definitions import targets as definition
from reports.forms import ReportForm
from reports.letterhead import letterhead
from reports.progress.bound import close_on, words_explained
from reports.progress.early_warnings import warnings_of
from reports.progress.lines import progress_lines
from reports.progress.wording import LABELS
from reports.progress.year_so_far import YearPoint
from reports.registry import REPORTS, Report
from reports.tables import Table
from reports.views.download import format_of, hand_out
from thaithuy_bhxh.charts import width_of
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import lower_first

_FIELDS = {
    "first": "tu",
    "last": "den",
    "by": "theo",
    "territory": "dia_gioi",
    "rule": "cach_tinh",
    "metric": "chi_tieu",
}
TARGETS = REPORTS[definition.CODE]


def report_at(place: str) -> Report:
    """The registered report at this place under ``/bao-cao/``; 404 when there is none."""
    for report in REPORTS.values():
        if report.place == place:
            return report
    raise Http404


@require_safe
@for_capability(Can.SEE_REPORTS)
def report(request: HttpRequest, place: str) -> HttpResponse:
    """Any report of the reader's scope; ``dinh_dang`` chooses xlsx, csv or json instead of the
    page.
    """
    found = report_at(place)
    form = ReportForm(request.GET, reader(request), found)
    table = _built(form, lambda: found.build(scope_of(reader(request)), form.asked))
    drawn = found.picture(table) if found.picture and table else None
    return _answer(request, found, form, table, found.page, picture=drawn)


def _built(form: ReportForm, build: Any) -> Any:
    """What was asked for; ``None`` when the form says why not."""
    if not form.is_valid():
        return None
    try:
        return build()
    except Refused as refusal:
        name = _FIELDS.get(refusal.field)
        form.add_error(name if name in form.fields else None, refusal.message)
        return None


def _answer(
    request: HttpRequest,
    found: Report,
    form: ReportForm,
    table: Table | None,
    page: str,
    **more: Any,
) -> HttpResponse:
    chosen = format_of(request)
    if table is not None and chosen:
        return hand_out(request, table, chosen, what=lower_first(found.title), name=found.title)
    context = {
        "form": form,
        "report": found,
        "table": table,
        "letterhead": letterhead(today()),
        **more,
    }
    return render(request, page, context, status=400 if table is None and chosen else 200)


@require_safe
@for_capability(Can.SEE_REPORTS)
def targets(request: HttpRequest) -> HttpResponse:
    """Progress with the targets: who needs help first, then every unit; a tab per target."""
    form = ReportForm(request.GET, reader(request), TARGETS)
    shown = _built(form, lambda: _progress(request, form))
    table, more = shown or (None, {})
    return _answer(request, TARGETS, form, table, "reports/targets.html", **more)


def _progress(request: HttpRequest, form: ReportForm) -> tuple[Table, dict[str, Any]]:
    """The table of targets and what else its page shows."""
    asked, user = form.asked, reader(request)
    parameters = definition.checked(
        asked.first, asked.last, asked.by, asked.territory, asked.rule, asked.metric
    )
    point = YearPoint.of(parameters.last, today())
    found, whole, units = progress_lines(
        scope_of(user), point, parameters.last, parameters.by, parameters.metrics, lineage_for(user)
    )
    table = definition.table_of(parameters, point, units, found, whole)
    warnings = warnings_of(found)
    return table, {
        "beside": [] if parameters.metric else definition.side_by_side(found, whole, parameters),
        "rows": list(zip(table.rows, (line.progress for line in found), strict=True)),
        "foot": table.total and whole[0].progress,
        "close": close_on(point.day),
        "words": words_explained(point.day),
        "warnings": [(one, definition.behind_address(one.line, parameters)) for one in warnings],
        **_choices(parameters),
    }


def _choices(parameters: definition.TargetParameters) -> dict[str, Any]:
    """The page's tabs, and what is chosen, as its links repeat it."""
    return {
        "tabs": [("", "Cả ba"), *((metric.value, label) for metric, label in LABELS.items())],
        "metric": parameters.metric,
        "charted": parameters.metric or Metric.NEW.value,
        "year": str(parameters.last.year),
        "query": {"tu": str(parameters.first), "den": str(parameters.last), "theo": parameters.by},
    }


@require_safe
@for_capability(Can.SEE_REPORTS)
def targets_chart(request: HttpRequest) -> HttpResponse:
    """Plan, done and forecast of all that the reader sees, as a picture; the same numbers stand in
    the table.
    """
    form = ReportForm(request.GET, reader(request), TARGETS)
    drawn = _built(form, lambda: _drawn(request, form))
    return HttpResponse(drawn or "", content_type="image/svg+xml", status=200 if drawn else 400)


def _drawn(request: HttpRequest, form: ReportForm) -> str:
    last = form.asked.last
    user = reader(request)
    return pace_chart_of(
        scope_of(user),
        lineage_for(user),
        last,
        form.asked.metric or Metric.NEW.value,
        YearPoint.of(last, today()),
        width_of(request.GET.get("rong")),
    )
