"""The law's parameters: timeline per parameter, adding and correcting rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_capability, reader
from agents.models import AuditEntry
from agents.reauthentication import before_form
from agents.roles import Can
from enrollment.access import get_parameter
from enrollment.forms.parameters import (
    ConfirmForm,
    ParameterForm,
    ReadingForm,
    shown_value,
    value_in_words,
)
from enrollment.law import LABELS, READINGS
from enrollment.law.subjects import FOLDED, SUBJECTS, subject_of
from enrollment.models import PolicyParameter
from enrollment.operations.policy import checked_row, do_confirm_parameter, do_save_parameter
from enrollment.operations.readings import do_choose_reading
from enrollment.parameter_history import drawing_of, worth_drawing
from enrollment.parameter_impact import Impact, impact_of
from enrollment.parameters_in_force import (
    office_law,
    reading_rows,
    receipts_computed_with,
    rows_by_key,
    rows_of,
)
from thaithuy_bhxh.charts import svg_of, titled
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.web.form_pages import FORM, attempt


@require_safe
@for_capability(Can.SEE_PARAMETERS)
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter with its rows through time; the row of today is marked."""
    rows = rows_by_key()
    day = today()
    groups = [_group(key, label, rows.get(key, []), day) for key, label in LABELS.items()]
    opened = request.GET.get("mo", "")
    context = {
        "subjects": _by_subject([group for group in groups if group["rows"]], opened),
        "unset": [group for group in groups if not group["rows"]],
        "may_edit": reader(request).may(Can.KEEP_PARAMETERS),
        "open": opened,
        "day": day,
    }
    return render(request, "enrollment/parameters.html", context)


def _by_subject(groups: list[dict[str, Any]], opened: str) -> list[dict[str, Any]]:
    """The parameters of each subject; one of many alike is folded unless one of it is open."""
    found = []
    for title in SUBJECTS:
        mine = [one for one in groups if subject_of(one["key"]) == title]
        is_open = any(one["key"] == opened for one in mine)
        folded = title in FOLDED and not is_open
        if mine:
            found.append({"title": title, "groups": mine, "folded": folded})
    return found


@require_safe
@for_capability(Can.SEE_PARAMETERS)
def parameter_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The parameter of this row through time as a drawing; the table beside it says the same."""
    key = get_parameter(pk).key
    rows, label = rows_of(key), LABELS.get(key, "")
    if not label or not any(row.value for row in rows):
        raise Http404
    spec, text = drawing_of(label, rows, today())
    return HttpResponse(
        titled(svg_of(spec), f"{label} theo thời gian", text), content_type="image/svg+xml"
    )


def _group(key: str, label: str, rows: list[PolicyParameter], day: date) -> dict[str, Any]:
    """A parameter: its value of today, whether somebody has still to confirm it, and its rows."""
    now = _in_force(rows, day)
    return {
        "key": key,
        "label": label,
        "rows": [(row, value_in_words(key, row.value)) for row in rows],
        "now": now,
        "now_value": value_in_words(key, now.value) if now else "",
        "doubtful": any(row.confidence in ("medium", "low") for row in rows),
        "drawn": worth_drawing(rows),
    }


def _in_force(rows: list[PolicyParameter], day: Any) -> PolicyParameter | None:
    """The row that holds on a day; rows come latest first."""
    return next((r for r in rows if holds_on(r, day)), None)


@require_http_methods(FORM)
@for_capability(Can.KEEP_PARAMETERS)
@before_form
def parameter_add(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        None,
        ParameterForm(request.POST or None, initial={"key": request.GET.get("ma", "")}),
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_PARAMETERS)
@before_form
def parameter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_parameter(pk)
    return _edit(
        request, row, ParameterForm(request.POST or None, initial=ParameterForm.initial_of(row))
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_PARAMETERS)
@before_form
def parameter_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody compared the value with its document."""
    row = get_parameter(pk)
    form = ConfirmForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: do_confirm_parameter(
            actor=reader(request), parameter=row, note=form.cleaned_data["note"]
        ),
    ):
        messages.success(request, "Đã xác nhận tham số.")
        return _opened(row.key)
    context = {
        "form": form,
        "row": row,
        "label": LABELS.get(row.key, ""),
        "value": value_in_words(row.key, row.value),
    }
    return render(request, "enrollment/parameter_confirm.html", context)


@require_safe
@for_capability(Can.SEE_PARAMETERS)
def readings(request: HttpRequest) -> HttpResponse:
    """The unsettled questions, what the office chose of each, since when and why."""
    chosen, history = office_law().readings.on(today()), reading_rows()
    questions = [
        (
            name,
            label,
            choices,
            getattr(chosen, name),
            [(row, choices.get(row.choice, "")) for row in history[name]],
        )
        for name, (label, choices) in READINGS.items()
    ]
    context = {
        "questions": questions,
        "day": today(),
        "may_edit": reader(request).may(Can.KEEP_PARAMETERS),
    }
    return render(request, "enrollment/readings.html", context)


@require_http_methods(FORM)
@for_capability(Can.KEEP_PARAMETERS)
@before_form
def reading_choose(request: HttpRequest, name: str) -> HttpResponse:
    """Choose one reading from a day on."""
    if name not in READINGS:
        raise Http404
    initial = {"choice": getattr(office_law().readings.on(today()), name), "valid_from": today()}
    form = ReadingForm(request.POST or None, name=name, initial=initial)
    if form.is_valid() and attempt(
        form, lambda: do_choose_reading(actor=reader(request), name=name, **form.cleaned_data)
    ):
        messages.success(request, "Đã lưu cách hiểu.")
        return redirect("enrollment:readings")
    return render(request, "enrollment/reading.html", {"form": form, "label": READINGS[name][0]})


def _opened(key: str) -> HttpResponse:
    """Back to the list, with this parameter unfolded."""
    return redirect(f"{reverse('enrollment:parameters')}?{urlencode({'mo': key})}")


def _edit(request: HttpRequest, row: PolicyParameter | None, form: ParameterForm) -> HttpResponse:
    """First what the change would touch, then, once that was seen, the change itself."""
    impact: Impact | None = None
    if form.is_valid():
        if request.POST.get("da_xem") != form.fingerprint:
            impact = _impact(form, row)
        elif attempt(
            form,
            lambda: do_save_parameter(actor=reader(request), values=form.values, parameter=row),
        ):
            messages.success(request, "Đã lưu tham số.")
            return _opened(form.values.key)
    context = {
        "form": form,
        "row": row,
        "impact": impact,
        "used": receipts_computed_with(row).count() if row else 0,
        "history": [(act, _changes(act)) for act in audit.history_of(row)] if row else [],
    }
    return render(request, "enrollment/parameter.html", context)


def _impact(form: ParameterForm, row: PolicyParameter | None) -> Impact | None:
    """What the form's values would touch; a refusal becomes the form's error."""
    found: list[Impact] = []
    attempt(form, lambda: found.append(impact_of(checked_row(form.values, row))))
    return found[0] if found else None


def _changes(act: AuditEntry) -> list[tuple[str, str, str]]:
    """(label, before, after) of each changed field, in the words of the form."""
    pairs = {
        name: pair
        for name, pair in act.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    }
    return [
        (str(field.label), _in_words(name, pairs[name][0]), _in_words(name, pairs[name][1]))
        for name, field in ParameterForm.base_fields.items()
        if name in pairs
    ]


def _in_words(name: str, value: Any) -> str:
    if name == "value":
        return shown_value(value or "")
    if name in ("valid_from", "valid_to"):
        return "/".join(reversed(str(value or "").split("-")))
    words = {"key": LABELS, "confidence": dict(PolicyParameter.Confidence.choices)}.get(name, {})
    return str(words.get(value, value or ""))
