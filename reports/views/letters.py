"""Monthly letters: the list of a month, one letter, and all letters of a kind to print together."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader
from agents.roles import Can
from reports.letterhead import letterhead
from reports.letters.figures import letter_day, letters_of, recipients_of
from reports.letters.letter import AGENT, COMMUNE, Letter
from reports.views.download import on_record
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

FIRST = Month(2008, 1)
"""Voluntary social insurance began in 2008."""
_PRINTING = {AGENT: Can.PRINT_LETTERS_TO_AGENTS, COMMUNE: Can.PRINT_LETTERS_TO_COMMUNES}
_TITLES = {AGENT: "Thư gửi đại lý", COMMUNE: "Thư gửi xã, thị trấn"}


def _month(request: HttpRequest) -> Month:
    """The month asked for, the last one when it is missing, unreadable or out of range."""
    try:
        asked = Month.parse(request.GET.get("thang", ""))
    except ValueError:
        return this_month() - 1
    return asked if FIRST <= asked <= this_month() else this_month() - 1


@require_safe
@for_capability(Can.PRINT_LETTERS)
def letters(request: HttpRequest) -> HttpResponse:
    """Whom a letter of the month can be printed for."""
    user, month = reader(request), _month(request)
    kinds = [kind for kind, capability in _PRINTING.items() if user.may(capability)]
    groups = [(kind, _TITLES[kind], recipients_of(user, kind, month)) for kind in kinds]
    # Texts: a month is a number, which a page would print as 2.026.
    context = {"groups": groups, "month": str(month), "month_vi": month.vi}
    return render(request, "reports/letters.html", context)


@require_safe
@for_capability(Can.PRINT_LETTERS_TO_AGENTS)
def agent_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter of a month to one agent."""
    return _one(request, AGENT, pk)


@require_safe
@for_capability(Can.PRINT_LETTERS_TO_COMMUNES)
def commune_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter of a month to one commune."""
    return _one(request, COMMUNE, pk)


def _one(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    month = _month(request)
    found = letters_of(reader(request), kind, month, pk)
    if not found:
        raise Http404
    return _sheets(request, found, month, found[0].addressee)


@require_safe
@for_capability(Can.PRINT_LETTERS_TO_AGENTS)
def agent_letters(request: HttpRequest) -> HttpResponse:
    """All letters of a month to agents, one page each."""
    return _all(request, AGENT)


@require_safe
@for_capability(Can.PRINT_LETTERS_TO_COMMUNES)
def commune_letters(request: HttpRequest) -> HttpResponse:
    """All letters of a month to communes, one page each."""
    return _all(request, COMMUNE)


def _all(request: HttpRequest, kind: str) -> HttpResponse:
    month = _month(request)
    found = letters_of(reader(request), kind, month)
    return _sheets(request, found, month, f"{_TITLES[kind]} ({len(found)})")


def _sheets(
    request: HttpRequest, found: Sequence[Letter], month: Month, title: str
) -> HttpResponse:
    """The letters to print; that people's names were taken out goes into the audit trail."""
    asked = {
        "month": str(month),
        "letters": [one.code for one in found],
        "rows": sum(one.people for one in found),
    }
    on_record(request, f"thư tháng {month.vi}: {title}", asked)
    context = {
        "letters": found,
        "title": title,
        "month": str(month),
        "month_vi": month.vi,
        "letterhead": letterhead(letter_day(month)),
    }
    return render(request, "reports/letter.html", context)
