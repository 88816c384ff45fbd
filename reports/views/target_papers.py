"""The year's decisions, the decision to be signed with its appendices, and the history of one
owner's target.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agents.access import for_capability, reader
from agents.models import OwnerKind
from agents.operations.decisions import do_correct_decision
from agents.roles import Can
from agents.targets.in_force import Decided, decision_in_words
from reports.counting.units import AGENT, COMMUNE
from reports.definitions.assignment import of_decision
from reports.letterhead import letterhead
from reports.renderers.xlsx import render as render_workbook
from reports.setting_targets.decisions import Decision, YearDecisions, stories_of
from reports.setting_targets.forms import DecisionForm
from reports.setting_targets.grid import name_of, owner_named
from reports.tables import Table
from reports.views.download import XLSX, attachment, on_record
from reports.views.target_grid import year_asked, years_to_choose
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import upper_first
from thaithuy_bhxh.web.form_pages import FORM, attempt, done, form_page

NEW_LAW_FROM = date(2025, 7, 1)


@require_safe
@for_capability(Can.SEE_TARGET_DECISIONS)
def decisions(request: HttpRequest) -> HttpResponse:
    """The decisions of a year with what each assigned or changed."""
    year = year_asked(request)
    context = {
        "year": year,
        "years": years_to_choose(year),
        "decisions": YearDecisions.of(year).decisions(),
        "may_correct": reader(request).may(Can.SET_TARGETS),
    }
    return render(request, "reports/decisions.html", context)


@require_http_methods(FORM)
@for_capability(Can.SET_TARGETS)
def decision_correct(request: HttpRequest) -> HttpResponse:
    """Another number or date for a decision that was typed wrong."""
    year, decided = _named(request)
    back = f"{reverse('targets:decisions')}?nam={year}"
    # What is sent late, or twice, is answered by the operation: it knows what became of the
    # decision.
    if request.method != "POST" and YearDecisions.of(year).decision(decided) is None:
        raise Http404
    form = DecisionForm(
        request.POST or None, initial=dict(zip(("number", "day"), decided, strict=True))
    )
    if form.is_valid() and attempt(
        form,
        lambda: do_correct_decision(
            actor=reader(request), year=year, decided=decided, **form.cleaned_data
        ),
    ):
        return done(
            request, f"Đã sửa số, ngày quyết định thành {form.cleaned_data['number']}.", back
        )
    return form_page(
        request,
        form,
        title="Sửa số, ngày quyết định",
        button="Lưu",
        back=back,
        lead=upper_first(decision_in_words(*decided)),
        note="Số giao và các tháng áp dụng giữ nguyên; muốn đổi số giao, hãy điều chỉnh bằng "
        "quyết định mới.",
    )


@require_safe
@for_capability(Can.SEE_TARGET_DECISIONS)
def decision(request: HttpRequest) -> HttpResponse:
    """The decision as it is printed for signature; ``dinh_dang=xlsx&theo=commune|agent`` its
    appendix as a workbook.
    """
    year, decided = _named(request)
    book = YearDecisions.of(year)
    one = book.decision(decided)
    if one is None:
        raise Http404
    changes = book.of_decision(*decided)
    if request.GET.get("dinh_dang"):
        by = AGENT if request.GET.get("theo") == AGENT else COMMUNE
        return _workbook(request, year, one, of_decision(year, one, changes, by))
    head = letterhead(one.day or today())
    context: dict[str, Any] = {
        "year": year,
        "decision": one,
        "letterhead": head,
        "new_law": head.day >= NEW_LAW_FROM,
        "appendices": [
            table for by in (COMMUNE, AGENT) if (table := of_decision(year, one, changes, by)).rows
        ],
        "district": [
            (label, effect) for kind, label, effect in one.lines if kind == OwnerKind.DISTRICT.label
        ],
        "collectors": sum(change.row.owner_kind == OwnerKind.COLLECTOR for change in changes),
    }
    return render(request, "reports/decision.html", context)


def _named(request: HttpRequest) -> tuple[int, Decided]:
    """The year and the decision that the address names."""
    return year_asked(request), (request.GET.get("so", ""), _day(request.GET.get("ngay", "")))


def _day(text: str) -> date | None:
    """The decision's day in the address; ``None`` when missing or unreadable."""
    try:
        found: date | None = DayField(required=False).clean(text)
    except ValidationError:
        return None
    return found


def _workbook(request: HttpRequest, year: int, one: Decision, table: Table) -> HttpResponse:
    asked = {**table.parameters, "format": "xlsx", "rows": len(table.rows)}
    on_record(request, f"phụ lục quyết định {one.number} (xlsx)", asked)
    content = render_workbook(table, letterhead(one.day or today()), number=one.number)
    parts = "đại lý" if table.parameters["by"] == "agent" else "xã, thị trấn"
    return attachment(content, XLSX, f"Phụ lục chỉ tiêu năm {year} – {parts}.xlsx")


@require_safe
@for_capability(Can.SEE_TARGET_DECISIONS)
def history(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One owner's targets of a year: each decision's figure, and the plan by month that is in
    force.
    """
    if kind not in OwnerKind.values:
        raise Http404
    year, owner = year_asked(request), owner_named(kind, pk)
    stories = stories_of(year, owner, kind)
    context = {
        "year": year,
        "years": years_to_choose(year),
        "name": name_of(owner),
        "stories": stories,
        "months": range(1, 13),
        "plans": [(story, [dots(level) for level in story.levels or ()]) for story in stories],
    }
    return render(request, "reports/target_history.html", context)
