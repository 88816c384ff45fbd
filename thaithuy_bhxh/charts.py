"""Charts drawn on the server: Vega-Lite specifications rendered to SVG without inline styles or scripts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import vl_convert
from django.core.cache import cache

BLUE, PALE, INK, LINE = "#0b4a82", "#9db4c9", "#14212e", "#d8dee6"
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
