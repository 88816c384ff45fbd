"""The law's parameters: timeline per parameter, adding and correcting rows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agents import audit
from agents.access import for_roles, reader
from agents.models import AuditEntry, Role
from enrollment.forms.parameters import ParameterForm, shown_value, value_in_words
from enrollment.law import LABELS
from enrollment.models import PolicyParameter
from enrollment.operations.policy import do_save_parameter
from enrollment.policy import rows_by_key
from enrollment.views.acts import attempt
from thaithuy_bhxh.clock import today

READ = (Role.ADMINISTRATOR, Role.MANAGER, Role.AUDITOR)


@require_safe
@for_roles(*READ)
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter with its rows through time; the row of today is marked."""
    rows = rows_by_key()
    day = today()
    groups = [
        {
            "key": key,
            "label": label,
            "rows": [(row, value_in_words(key, row.value)) for row in rows.get(key, [])],
            "now": _in_force(rows.get(key, []), day),
        }
        for key, label in LABELS.items()
    ]
    context = {
        "groups": [group for group in groups if group["rows"]],
        "unset": [group for group in groups if not group["rows"]],
        "may_edit": reader(request).has_role(Role.ADMINISTRATOR),
        "day": day,
    }
    return render(request, "enrollment/parameters.html", context)


def _in_force(rows: list[PolicyParameter], day: Any) -> PolicyParameter | None:
    """The row that holds on a day; rows come latest first."""
    return next((r for r in rows if r.valid_from <= day and (r.valid_to is None or r.valid_to >= day)), None)


@require_http_methods(["GET", "POST"])
@for_roles(Role.ADMINISTRATOR)
def parameter_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None, ParameterForm(request.POST or None, initial={"key": request.GET.get("ma", "")}))


@require_http_methods(["GET", "POST"])
@for_roles(Role.ADMINISTRATOR)
def parameter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PolicyParameter, pk=pk)
    return _edit(request, row, ParameterForm(request.POST or None, initial=ParameterForm.initial_of(row)))


def _edit(request: HttpRequest, row: PolicyParameter | None, form: ParameterForm) -> HttpResponse:
    if form.is_valid() and attempt(
        form, lambda: do_save_parameter(actor=reader(request), values=form.values, parameter=row)
    ):
        messages.success(request, "Đã lưu tham số.")
        return redirect("enrollment:parameters")
    history = [(act, _changes(act)) for act in audit.history_of(row)] if row else []
    return render(request, "enrollment/parameter.html", {"form": form, "row": row, "history": history})


def _changes(act: AuditEntry) -> list[tuple[str, str, str]]:
    """(label, before, after) of each changed field, in the words of the form."""
    pairs = {name: pair for name, pair in act.changes.items() if isinstance(pair, list) and len(pair) == 2}
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
