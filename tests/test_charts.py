"""What a drawing holds, read from the drawing itself."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest

from thaithuy_bhxh.charts import WIDTHS, YearLine, paired_bars, svg_of, width_of, year_line

NAMES = ("Chỉ tiêu", "Đã làm", "Dự báo")
PLAN = [0, 50, 100, 160, 220, 270, 330, 380, 440, 490, 540, 590, 640]
TEXT = "{http://www.w3.org/2000/svg}text"


def _texts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(TEXT))


def _end_of(one: ElementTree.Element) -> tuple[float, float]:
    """Where a text stands, by its own transform: lines' names share one group."""
    across, down = one.attrib["transform"].removeprefix("translate(").rstrip(")").split(",")
    return float(across), float(down)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_drawing_has_the_width_asked_for(width: int):
    drawn = year_line(YearLine(PLAN, [(0, 0), (6, 320)], (570, 597, 620)), NAMES, "x", width)
    bars = paired_bars([("Bắc Thái Ninh", 245, 210)], "Cuối kỳ", "Năm trước", "x", width)
    for spec in (drawn, bars):
        assert float(ElementTree.fromstring(svg_of(spec)).attrib["width"]) == width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ahead", [(640, 640, 640), (541, 541, 541), (100, 600, 9_000), None])
def test_each_line_bears_its_last_figure_and_name_without_overlap(
    width: int, ahead: tuple[int, int, int] | None
):
    line = YearLine(PLAN, [(0, 0), (6, 320), (10.9, 541)], ahead)
    named = [
        one
        for one in _texts(svg_of(year_line(line, NAMES, "x", width)))
        if (one.text or "").endswith(("chỉ tiêu", "đã làm", "dự báo"))
    ]
    assert len(named) == (3 if ahead else 2)
    assert {one.text for one in named} >= {"640 chỉ tiêu", "541 đã làm"}
    for one, other in combinations(named, 2):
        assert abs(_end_of(one)[1] - _end_of(other)[1]) >= 16


def test_a_year_without_target_or_receipts_is_still_drawn():
    assert "<svg" in svg_of(year_line(YearLine([], [], None), NAMES, "x", WIDTHS[0]))


@pytest.mark.parametrize("asked", [None, "", "999999", "296px", "-1"])
def test_no_other_width_is_drawn(asked: str | None):
    assert width_of(asked) in WIDTHS
