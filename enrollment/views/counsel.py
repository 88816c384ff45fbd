"""Counselling: what do I pay, what does the state add, what do I get. Public, throttled, and
storing nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from agents.access import for_capability, reader
from agents.querysets import office_on
from agents.roles import Can
from enrollment.access import get_participant_for
from enrollment.counsel import (
    Fact,
    Offer,
    Path,
    Situation,
    delays_of,
    doubts_of,
    last_income_of,
    later,
    limits_on,
    offers_of,
    other_benefits,
    prospect_of,
    situation_of,
    stopping_now,
)
from enrollment.forms.counsel import CounselForm, query_of
from enrollment.law import birthday_of_year
from enrollment.law.keys import PENSION_MIN_MONTHS
from enrollment.law.methods import FIXED_METHODS
from enrollment.law.outlook import FIVE_YEARS
from enrollment.law.parameters import ParameterTable
from enrollment.law.readings import Readings
from enrollment.law.wording import TO_CONFIRM
from enrollment.models import Participant
from enrollment.parameters_in_force import OfficeLaw, office_law
from enrollment.support_groups import groups_on
from thaithuy_bhxh.charts import png_of, svg_of, width_of, year_bars
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.web.public_pages import open_to_all

PAPERS = ("a4", "a5")


@open_to_all("counsel")
def counsel(request: HttpRequest) -> HttpResponse:
    """The form and, once it is filled in, the answer; htmx asks for the answer alone."""
    asked = any(name in request.GET for name in CounselForm.MAIN)
    form = CounselForm(request.GET if asked else None, initial=CounselForm.DEFAULTS)
    return _page(request, form)


@require_safe
@for_capability(Can.SEE_PEOPLE)
def for_participant(request: HttpRequest, pk: int) -> HttpResponse:
    """The same with what is on record filled in; nothing on the page names the person."""
    person = get_participant_for(reader(request), pk)
    return _page(request, CounselForm(_known_of(person)))


def _known_of(person: Participant) -> dict[str, str]:
    limits = limits_on(office_law().table, today())
    floor = limits.min_income if limits else 0
    return query_of(
        {
            "sinh": (person.birth_date, person.birth_year) if person.birth_year else None,
            "gioi": person.sex,
            "doi_tuong": groups_on(person, today())[0],
            "muc": max(last_income_of(person), floor),
            "phuong_thuc": person.method if person.method in FIXED_METHODS else "12",
            "da_dong": person.paid_months,
            "da_ho_tro": person.supported_months,
            "tham_gia_tu": person.first_active.year if person.first_active else None,
        }
    )


def _page(request: HttpRequest, form: CounselForm) -> HttpResponse:
    law = office_law()
    limits = limits_on(law.table, today())
    if limits:
        form.fields["muc"].help_text = f"T{limits.limits_in_words[1:]}."
    context = {
        "form": form,
        "limits": limits,
        **(_answer(form, law) if form.is_bound and form.is_valid() else {}),
    }
    only_answer = request.htmx and request.htmx.target == "ket-qua"  # type: ignore[attr-defined]
    return render(
        request, "enrollment/_counsel.html" if only_answer else "enrollment/counsel.html", context
    )


def _situation(form: CounselForm) -> Situation:
    data = form.cleaned_data
    return situation_of(
        data["sinh"],
        on=today(),
        sex=data["gioi"],
        group=data["doi_tuong"],
        income=data["muc"],
        method=data["phuong_thuc"],
        paid=data["da_dong"] or 0,
        supported=data["da_ho_tro"] or 0,
        joined_on=birthday_of_year(data["tham_gia_tu"]) if data["tham_gia_tu"] else None,
    )


def _answer(form: CounselForm, law: OfficeLaw) -> dict[str, Any]:
    """Everything that the answer shows; see :mod:`enrollment.counsel` for the shapes."""
    table, here = law.table, _situation(form)
    readings = law.readings.on(here.on)
    offers = offers_of(table, readings, here)
    prospects = _prospects(form, table, here, readings)
    second = _second(form, table, here, readings)
    stopping = stopping_now(table, here, readings)
    others = list(other_benefits(table, here))
    least = table.at(PENSION_MIN_MONTHS, here.on)
    return {
        "here": here,
        "offers": offers,
        "chosen": _chosen(offers),
        "readings": [readings.described(name) for name in readings.as_dict()],
        **prospects,
        "loss": prospects["now"].pension - prospects["five_later"].pension,
        "stopping": stopping,
        "others": others,
        "least": int(least.number) if least else None,
        "query": urlencode({name: form.data[name] for name in form.fields if form.data.get(name)}),
        "delays": delays_of(table, here, readings),
        "second": second,
        **_doubts(offers, list(prospects.values()), [stopping, *others], second),
    }


def _chosen(offers: Iterable[Offer]) -> Offer:
    return next(offer for offer in offers if offer.chosen)


def _prospects(
    form: CounselForm, table: ParameterTable, here: Situation, readings: Readings
) -> dict[str, Any]:
    """The pension when paying begins now, five years later, and in the year asked for."""
    year = form.cleaned_data["nam_bat_dau"]
    return {
        "now": prospect_of(table, here, readings=readings),
        "five_later": prospect_of(table, here, here.month + FIVE_YEARS, readings),
        "from_year": prospect_of(table, here, Month(year, 1), readings) if year else None,
    }


def _second(
    form: CounselForm, table: ParameterTable, here: Situation, readings: Readings
) -> dict[str, Any] | None:
    """The same life with the other income or method that was asked for, beside the first."""
    if not form.other:
        return None
    second = later(here, *form.other)
    return {
        "here": second,
        "offer": _chosen(offers_of(table, readings, second)),
        "prospect": prospect_of(table, second, readings=readings),
    }


def _doubts(
    offers: list[Offer],
    prospects: list[Path | None],
    facts: list[Fact],
    second: dict[str, Any] | None,
) -> dict[str, Any]:
    """What is uncertain about anything shown, and whether a figure is still to be confirmed."""
    if second:
        offers, prospects = [*offers, second["offer"]], [*prospects, second["prospect"]]
    doubts = doubts_of(offers, [one for one in prospects if one], facts)
    return {"doubts": doubts, "unconfirmed": any(TO_CONFIRM in text for text in doubts)}


def _complete(request: HttpRequest) -> CounselForm:
    """The form of a complete address; 404 for any other."""
    form = CounselForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form


def _answered(request: HttpRequest) -> dict[str, Any]:
    return {**_answer(_complete(request), office_law()), "office": office_on(today())}


@open_to_all("counsel")
def sheet(request: HttpRequest) -> HttpResponse:
    """One page to print, A4 or A5, without anything that names a person."""
    paper = request.GET.get("kho", "a4").lower()
    context = {**_answered(request), "paper": paper if paper in PAPERS else "a4", "papers": PAPERS}
    return render(request, "enrollment/counsel_sheet.html", context)


@open_to_all("counsel")
def chart(request: HttpRequest) -> HttpResponse:
    """Estimated pension by the year of the start."""
    here, law = _situation(_complete(request)), office_law()
    delays = delays_of(law.table, here, law.readings.on(here.on))
    rows = [(year, round(amount / 1000)) for year, amount in delays]
    drawn = svg_of(
        year_bars(
            rows,
            "Lương hưu ước tính theo năm bắt đầu đóng, nghìn đồng mỗi tháng",
            width_of(request.GET.get("rong")),
        )
    )
    return HttpResponse(drawn, content_type="image/svg+xml")


@open_to_all("picture")
def picture(request: HttpRequest) -> HttpResponse:
    """The answer as a picture for sharing, without anything that names a person."""
    drawn = render_to_string("enrollment/counsel_picture.svg", _answered(request))
    return HttpResponse(png_of(drawn, scale=1.5), content_type="image/png")
