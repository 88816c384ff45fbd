"""Charts drawn on the server: Vega-Lite specifications rendered to SVG without inline styles or scripts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert
from django.core.cache import cache

BLUE, PALE, INK, LINE = "#0b4a82", "#9db4c9", "#14212e", "#d8dee6"
GREY, AMBER = "#566474", "#8a5a00"
_FONT = "Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"
_LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " đ"]}
KEPT_SECONDS = 24 * 3600


def svg_of(spec: dict[str, Any]) -> str:
    """The chart as SVG text; drawn once and kept, because the same figures draw the same picture."""
    key = "chart:" + hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    drawn: str | None = cache.get(key)
    if drawn is None:
        drawn = str(vl_convert.vegalite_to_svg(spec, format_locale=_LOCALE))
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def paired_bars(rows: Sequence[tuple[str, int, int]], now: str, before: str, description: str) -> dict[str, Any]:
    """Horizontal bars: per name a value of now and one of before."""
    values = [
        {"name": name, "when": when, "value": value}
        for name, *pair in rows
        for when, value in zip((now, before), pair, strict=True)
    ]
    return {
        **_base(description),
        "width": 520,
        "height": {"step": 13},
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}},
            "yOffset": {"field": "when", "sort": [now, before]},
            "x": {"field": "value", "type": "quantitative", "axis": {"title": None, "format": ",d", "tickCount": 5}},
            "color": {
                "field": "when",
                "sort": [now, before],
                "scale": {"domain": [now, before], "range": [BLUE, PALE]},
                "legend": {"title": None, "orient": "top"},
            },
        },
    }


def year_bars(rows: Sequence[tuple[str, int]], description: str) -> dict[str, Any]:
    """Upright bars with their figure above: (label, value) in order."""
    values = [{"name": name, "value": value} for name, value in rows]
    place = {
        "x": {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelAngle": 0}},
        "y": {"field": "value", "type": "quantitative", "axis": {"title": None, "format": ",d", "tickCount": 4}},
    }
    words = {"text": {"field": "value", "type": "quantitative", "format": ",d"}}
    return {
        **_base(description),
        "width": 340,
        "height": 190,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "color": BLUE, "cornerRadiusEnd": 2, "width": 38}, "encoding": place},
            {
                "mark": {"type": "text", "dy": -8, "fontSize": 12, "fontWeight": "bold", "color": INK},
                "encoding": {**place, **words},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year's plan (13 levels, from its start to December), what is done so far as (month, value), and the year-end
    with its bounds (low, centre, high) when it can be told. Months are 0 to 12 and may be fractions."""

    plan: Sequence[int]
    done: Sequence[tuple[float, int]]
    ahead: tuple[int, int, int] | None = None


def year_line(line: YearLine, names: tuple[str, str, str], description: str) -> dict[str, Any]:
    """Plan, done and forecast of a year as lines over its months; ``names`` are those of the three in the legend."""
    plan, done, ahead = names
    values = [{"month": n, "value": value, "what": plan} for n, value in enumerate(line.plan)]
    values += [{"month": at, "value": value, "what": done} for at, value in line.done]
    bounds: list[dict[str, Any]] = []
    if line.ahead and line.done:
        (at, now), (low, centre, high) = line.done[-1], line.ahead
        values += [{"month": at, "value": now, "what": ahead}, {"month": 12, "value": centre, "what": ahead}]
        bounds = [{"month": at, "low": now, "high": now}, {"month": 12, "low": low, "high": high}]
    colours = {"domain": [plan, done, ahead], "range": [GREY, BLUE, AMBER]}
    dashes = {"domain": [plan, done, ahead], "range": [[6, 4], [1, 0], [2, 3]]}
    legend = {"title": None, "orient": "top", "symbolType": "stroke", "symbolStrokeWidth": 3}
    month = {
        "field": "month", "type": "quantitative", "scale": {"domain": [0, 12], "nice": False},
        "axis": {"title": "Hết tháng", "values": list(range(1, 13)), "grid": False, "format": "d"},
    }  # fmt: skip
    level = {"type": "quantitative", "axis": {"title": None, "format": ",d", "tickCount": 5}, "scale": {"zero": False}}
    return {
        **_base(description),
        "width": 560,
        "height": 230,
        "layer": [
            {
                "data": {"values": bounds},
                "mark": {"type": "area", "color": AMBER, "opacity": 0.18},
                "encoding": {"x": month, "y": {**level, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": {
                    "x": month,
                    "y": {**level, "field": "value"},
                    "color": {"field": "what", "type": "nominal", "scale": colours, "legend": legend},
                    "strokeDash": {"field": "what", "type": "nominal", "scale": dashes, "legend": None},
                },
            },
        ],
    }


def png_of(svg: str, scale: float = 1) -> bytes:
    """An SVG drawing as a PNG picture."""
    return vl_convert.svg_to_png(svg, scale=scale)


def _base(description: str) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": description,
        "background": None,
        "config": {
            "font": _FONT,
            "axis": {"labelColor": INK, "labelFontSize": 12, "gridColor": LINE, "domainColor": LINE, "tickColor": LINE},
            "legend": {"labelColor": INK, "labelFontSize": 12},
            "view": {"stroke": None},
        },
    }
