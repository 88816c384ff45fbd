"""Sources report: what brought the new participants of a period in, each of them counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from agents.access import Scope
from enrollment.models import Rule, Source
from reports.counting.measures import MEASURES
from reports.counting.new_people import UNKNOWN, collector_rows, newcomers_by_source
from reports.counting.units import BY, OTHER, Unit, units_for
from reports.definitions.growth import GrowthParameters, checked
from reports.definitions.periods import span_in_words
from reports.question import Asked
from reports.tables import Column, Row, Table, percent
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.text import upper_first

CODE = "sources"
TITLE = "Nguồn tiếp cận người tham gia mới"
COLLECTOR = "collector"
GROUPINGS = (*BY, COLLECTOR)
_NAMES = (*Source.values, UNKNOWN)

Counts = Mapping[str, int]


def build(scope: Scope, asked: Asked) -> Table:
    """The report for one reader's scope; Σ of a row's sources is the growth report's “new” of that
    unit.
    """
    if asked.by not in GROUPINGS:
        raise Refused(f"Không có cách xếp “{asked.by}”; hãy chọn {', '.join(GROUPINGS)}.", "by")
    parameters = checked(asked.first, asked.last, asked.by, asked.territory, asked.rule)
    found = list(_figures(scope, parameters))
    rows = [Row(_cells(unit, counts), _links(unit, counts, parameters)) for unit, counts in found]
    sums = {name: sum(counts.get(name, 0) for _, counts in found) for name in _NAMES}
    whole = _cells(Unit("", "Tổng cộng"), sums) | {"unit_code": None}
    heading = _heading(parameters.by)
    return Table(
        code=CODE,
        title=f"{TITLE} theo {heading.lower()}",
        subtitle_lines=_subtitle(parameters),
        sentence=_sentence(parameters, whole),
        columns=_columns(heading),
        rows=rows,
        total=Row(whole),
        notes=[
            "Mỗi người mới tính một lần, ở đơn vị của báo cáo tăng trưởng; nguồn do nhân viên "
            "thu ghi."
        ],
        parameters=parameters.repeated,
    )


def _figures(scope: Scope, parameters: GrowthParameters) -> Iterable[tuple[Unit, Counts]]:
    if parameters.by == COLLECTOR:
        return collector_rows(scope, parameters.period)
    units = units_for(scope, parameters.by, parameters.last, parameters.day)
    counts = newcomers_by_source(units, parameters.period)
    return [(unit, counts[unit.code]) for unit in units.rows if unit.code != OTHER or counts[OTHER]]


def _heading(by: str) -> str:
    return BY.get(by, "Nhân viên thu")


def _cells(unit: Unit, counts: Counts) -> dict[str, Any]:
    new = sum(counts.get(name, 0) for name in _NAMES)
    known = new - counts.get(UNKNOWN, 0)
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "new": new,
        **{f"by_source.{name}": counts.get(name, 0) for name in _NAMES},
        "known": known,
        "known_percent": percent(known, new),
    }


def _links(unit: Unit, counts: Counts, parameters: GrowthParameters) -> dict[str, str]:
    """The people behind the figure are those of the growth report."""
    if parameters.by == COLLECTOR or not any(counts.values()):
        return {}
    query = urlencode({**parameters.query, "don_vi": unit.code, "cot": "new"})
    return {"new": f"{reverse('reports:growth_list')}?{query}"}


def _columns(heading: str) -> list[Column]:
    return [
        Column("unit_code", "Mã", kind="code", on_page=False, prints=True, width=10),
        Column("unit_name", heading, kind="text", width=24),
        Column("new", "Mới", total="sum", strong=True, definition=MEASURES["new"].definition),
        *(
            Column(
                f"by_source.{code}",
                str(label),
                group="Biết đến qua",
                total="sum",
                definition=f"Người mới biết đến BHXH tự nguyện qua: {str(label).lower()}.",
            )
            for code, label in Source.choices
        ),
        Column(
            f"by_source.{UNKNOWN}",
            "Chưa rõ",
            group="Biết đến qua",
            total="sum",
            definition="Người mới chưa ghi nguồn tiếp cận.",
        ),
        Column(
            "known",
            "Đã ghi",
            total="sum",
            on_page=False,
            definition="Người mới đã ghi nguồn tiếp cận.",
        ),
        Column(
            "known_percent",
            "Đã ghi (%)",
            kind="percent",
            total="ratio",
            numerator="known",
            denominator="new",
            definition="Người mới đã ghi nguồn chia cho mọi người mới.",
        ),
    ]


def _subtitle(parameters: GrowthParameters) -> list[str]:
    return [
        upper_first(span_in_words(parameters.first, parameters.last)),
        f"Cách tính: {str(Rule(parameters.rule).label).lower()}",
    ]


def _sentence(parameters: GrowthParameters, whole: Mapping[str, Any]) -> str:
    span = span_in_words(parameters.first, parameters.last)
    text = f"{upper_first(span)} có {dots(whole['new'])} người mới"
    best = max(Source.values, key=lambda name: whole[f"by_source.{name}"])
    number = whole[f"by_source.{best}"]
    if not number:
        return f"{text}; chưa ghi nguồn tiếp cận của ai."
    unknown = dots(whole[f"by_source.{UNKNOWN}"])
    return (
        f"{text}, nhiều nhất qua {str(Source(best).label).lower()}: {dots(number)}; chưa "
        f"rõ {unknown}."
    )
