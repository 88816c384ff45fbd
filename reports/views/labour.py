"""The labour force of each commune: the denominators that the split by potential needs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader, require
from agents.operations.labour import LabourRow, LabourSet, do_set_labour_forces
from agents.roles import Can
from reports.setting_targets.forms import LabourGrid
from reports.setting_targets.labour import labour_rows
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.web.form_pages import FORM, attempt


@require_http_methods(FORM)
@for_capability(Can.SEE_TARGET_DECISIONS)
def labour(request: HttpRequest) -> HttpResponse:
    """Today's communes with their latest figure; a manager writes what was changed, with day and
    source.
    """
    if request.method == "POST":
        require(request.user, Can.SET_TARGETS)
    rows = labour_rows(today())
    held = {row.commune.pk: row.persons for row in rows if row.persons is not None}
    form = LabourGrid(
        request.POST if request.method == "POST" else None,
        communes=[row.commune for row in rows],
        held=held,
        initial={"counted_on": today()},
    )
    if form.is_valid() and _saved(request, form, held):
        return redirect("targets:labour")
    context = {
        "form": form,
        "rows": [(row, form.cell(row.commune), form.seen(row.commune)) for row in rows],
        "missing": [row.commune.name for row in rows if row.persons is None],
        "editable": reader(request).may(Can.SET_TARGETS),
    }
    return render(request, "reports/labour.html", context)


def _saved(request: HttpRequest, form: LabourGrid, held: dict[int, int]) -> bool:
    """Write what was changed; a refusal becomes the form's error."""
    done: list[LabourSet] = []
    rows = _changed(form, held)
    if not attempt(
        form, lambda: done.append(do_set_labour_forces(actor=reader(request), rows=rows))
    ):
        return False
    written = done[0].created + done[0].changed
    messages.success(request, f"Đã ghi số lao động của {written} xã.")
    return True


def _changed(form: LabourGrid, held: dict[int, int]) -> list[LabourRow]:
    """Only numbers that differ from those on record are written under the new day and source."""
    day, source = form.cleaned_data["counted_on"], form.cleaned_data["source"]
    return [
        LabourRow(unit, day, value, source)
        for unit, value in form.numbers
        if value != held.get(unit.pk)
    ]
