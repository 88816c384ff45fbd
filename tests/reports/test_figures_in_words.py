"""Figures as screens write them: what is unknown stays empty, halves go up."""

from __future__ import annotations

import pytest
from django.template import Context, Template


@pytest.mark.parametrize("name", ["so", "dong", "trieu", "phan_tram", "phan_tram_co_dau", "so_co_dau", "ngay", "thang"])
def test_a_figure_that_a_page_does_not_have_stays_empty(name: str):
    assert Template("{% load portal %}[{{ absent|" + name + " }}]").render(Context()) == "[]"


@pytest.mark.parametrize(
    ("value", "text"), [(1_962_418_300, "1.962"), (2_500_000, "3"), (499_999, "0"), (-2_500_000, "-3"), (0, "0")]
)
def test_millions_are_rounded_half_up(value: int, text: str):
    assert Template("{% load portal %}{{ value|trieu }}").render(Context({"value": value})) == text
