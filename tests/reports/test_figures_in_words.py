"""Figures as screens write them: what is unknown stays empty, halves go up."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template

from agents.access import scope_of
from reports.question import Asked
from reports.registry import REPORTS
from tests.builders import paid
from tests.cast import Cast
from thaithuy_bhxh.months import Month


@pytest.mark.parametrize(
    "name", ["so", "dong", "trieu", "phan_tram", "phan_tram_co_dau", "so_co_dau", "ngay", "thang"]
)
def test_a_figure_that_a_page_does_not_have_stays_empty(name: str):
    assert Template("{% load portal %}[{{ absent|" + name + " }}]").render(Context()) == "[]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_962_418_300, "1.962"), (2_500_000, "3"), (499_999, "0"), (-2_500_000, "−3"), (0, "0")],
)
def test_millions_are_rounded_half_up(value: int, text: str):
    assert Template("{% load portal %}{{ value|trieu }}").render(Context({"value": value})) == text


def test_the_sentence_of_a_report_has_one_decimal_as_its_table(cast: Cast):
    # 3 months at 1.500.000 đ, then 1 month: a third of the money, so two thirds less.
    paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 9, 5), months=3)
    paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 9, 5), months=1)
    month = Month(2026, 9)
    table = REPORTS["growth"].build(
        scope_of(cast.manager), Asked(month, month, "commune", "as_of", "grace")
    )
    assert table.sentence.endswith("giảm 66,7% so cùng kỳ.")
