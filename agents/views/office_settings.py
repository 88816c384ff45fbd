"""The office's own numbers: what holds today, what held before, and changing one from a day on."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability, reader
from agents.forms.office_settings import OfficeSettingForm
from agents.office_settings import chosen_rows, definition_of, definitions, office_setting
from agents.operations.office_settings import do_set_office_setting
from agents.reauthentication import before_form
from agents.roles import Can
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page


@require_safe
@for_capability(Can.SEE_OFFICE_SETTINGS)
def office_settings(request: HttpRequest) -> HttpResponse:
    """Every number with its meaning, the one of today first and the choices of the past below."""
    rows = chosen_rows()
    settings = [
        (
            one,
            one.in_words(office_setting(one.key)),
            [(row, one.in_words(row.value)) for row in rows.get(one.key, [])],
        )
        for one in definitions()
    ]
    may_edit = reader(request).may(Can.KEEP_OFFICE_SETTINGS)
    return render(
        request, "agents/office_settings.html", {"settings": settings, "may_edit": may_edit}
    )


@require_http_methods(FORM)
@for_capability(Can.KEEP_OFFICE_SETTINGS)
@before_form
def office_setting_edit(request: HttpRequest, key: str) -> HttpResponse:
    """One number, from a day on."""
    definition = definition_of(key)
    if definition is None:
        raise Http404
    form = OfficeSettingForm(request.POST or None, definition)
    if form.is_valid() and attempt(
        form,
        lambda: do_set_office_setting(
            actor=reader(request), definition=definition, **form.cleaned_data
        ),
    ):
        return done(request, f"Đã lưu quy định “{definition.label}”.", "agents:office_settings")
    return form_page(
        request,
        form,
        title=definition.label,
        lead=definition.meaning,
        button="Lưu",
        back=reverse("agents:office_settings"),
        note="Những ngày trước ngày áp dụng giữ nguyên quy định cũ.",
    )
