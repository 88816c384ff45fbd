"""Charts drawn on the server: Vega-Lite specifications rendered to SVG without inline styles or
scripts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from threading import Lock
from typing import Any, NamedTuple

import vl_convert
from django.core.cache import caches

BLUE, PALE, INK, LINE = "#0b4a82", "#9db4c9", "#14212e", "#d8dee6"
GREY, AMBER = "#566474", "#8a5a00"
_FONT = "Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"
_PAINTING = Lock()
"""A picture takes a second or two of a core; strangers may ask for some, not for all cores."""
_LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " đ"]}


def svg_of(spec: dict[str, Any]) -> str:
    """The chart as SVG text; drawn once and kept, because the same figures draw the same
    picture.
    """
    key = "chart:" + hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    drawn: str | None = caches["pictures"].get(key)
    if drawn is None:
        drawn = str(vl_convert.vegalite_to_svg(spec, format_locale=_LOCALE))
        caches["pictures"].set(key, drawn)
    return drawn


WIDTHS = (296, 400, 560, 720, 1100)
"""Pixels for which a drawing is made; a page asks for the widest that its panel holds."""
_TEXT = 13
"""Pixels of the text in a drawing. It is shown at its own width or wider, never narrower."""


def width_of(asked: str | None) -> int:
    """The width that an address asks for; the middle one for any other word."""
    return next((width for width in WIDTHS if str(width) == asked), WIDTHS[2])


def paired_bars(
    rows: Sequence[tuple[str, int, int]], now: str, before: str, description: str, width: int
) -> dict[str, Any]:
    """Horizontal bars: per name a value of now, with its figure, and one of before."""
    values = [
        {"name": name, "when": when, "value": value}
        for name, *pair in rows
        for when, value in zip((now, before), pair, strict=True)
    ]
    place = _paired_place(now, before, max((row["value"] for row in values), default=0), width)
    return {
        **_base(description, width),
        "height": {"step": 15},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 2},
                "encoding": {**place, "color": _paired_pens(now, before)},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": INK},
                "encoding": {
                    **place,
                    "text": {"field": "value", "type": "quantitative", "format": ",d"},
                },
            },
        ],
    }


def _paired_place(now: str, before: str, most: int, width: int) -> dict[str, Any]:
    """Names down the side, values to the right with room for the figure at the end of a bar."""
    room = 1 + 110 / width
    return {
        "y": {
            "field": "name",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelLimit": max(140, width // 4)},
        },
        "yOffset": {"field": "when", "sort": [now, before]},
        "x": {
            "field": "value",
            "type": "quantitative",
            "scale": {"domain": [0, (most or 1) * room], "nice": False},
            "axis": {"title": None, "format": ",d", "tickCount": max(2, width // 140)},
        },
    }


def _paired_pens(now: str, before: str) -> dict[str, Any]:
    return {
        "field": "when",
        "type": "nominal",
        "sort": [now, before],
        "scale": {"domain": [now, before], "range": [BLUE, PALE]},
        "legend": {"title": None, "orient": "top"},
    }


def year_bars(rows: Sequence[tuple[str, int]], description: str, width: int) -> dict[str, Any]:
    """Upright bars with their figure above: (label, value) in order."""
    values = [{"name": name, "value": value} for name, value in rows]
    place = {
        "x": {
            "field": "name",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelAngle": 0},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "axis": {"title": None, "format": ",d", "tickCount": 4},
        },
    }
    words = {"text": {"field": "value", "type": "quantitative", "format": ",d"}}
    return {
        **_base(description, width),
        "height": 200,
        "data": {"values": values},
        "layer": [
            {
                "mark": {
                    "type": "bar",
                    "color": BLUE,
                    "cornerRadiusEnd": 2,
                    "width": {"band": 0.7},
                },
                "encoding": place,
            },
            {
                "mark": {
                    "type": "text",
                    "dy": -8,
                    "fontSize": 12 if width < WIDTHS[1] else _TEXT,
                    "fontWeight": "bold",
                    "color": INK,
                },
                "encoding": {**place, **words},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year's plan (13 levels, from its start to December), what is done so far as (month, value),
    and the year-end with its bounds (low, centre, high) when it can be said. Months are 0 to 12 and
    may be fractions.
    """

    plan: Sequence[int]
    done: Sequence[tuple[float, int]]
    ahead: tuple[int, int, int] | None = None


class _Pen(NamedTuple):
    colour: str
    dash: list[int]


_PENS = (_Pen(GREY, [6, 4]), _Pen(BLUE, [1, 0]), _Pen(AMBER, [2, 3]))
"""How plan, done and forecast are drawn."""
_NAME_ROOM = 132
"""Pixels at the right of a year's lines for their names."""


def year_line(
    line: YearLine, names: tuple[str, str, str], description: str, width: int
) -> dict[str, Any]:
    """Plan, done and forecast of a year as lines over its months, each with its last figure and its
    name (``names``, in that order) at its end.
    """
    tall = 240 if width < WIDTHS[2] else 280
    low, high = _year_levels(line)
    month = _year_months(width)
    level = {
        "type": "quantitative",
        "axis": {"title": None, "format": ",d", "tickCount": 5},
        "scale": {"domain": [low, high], "nice": False},
    }
    return {
        **_base(description, width),
        "height": tall,
        "layer": [
            {
                "data": {"values": _year_bounds(line)},
                "mark": {"type": "area", "color": AMBER, "opacity": 0.18},
                "encoding": {"x": month, "y": {**level, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": _year_values(line, names)},
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": {"x": month, "y": {**level, "field": "value"}, **_year_pens(names)},
            },
            _year_names(line, names, (high - low) * _NAME_APART / tall, {"x": month, "y": level}),
        ],
    }


_NAME_APART = 19
"""Least distance of two names in pixels."""


def _year_months(width: int) -> dict[str, Any]:
    """The axis of months; right of December stay some pixels for the names of the lines."""
    months = range(1, 13) if width >= WIDTHS[2] else range(3, 13, 3)
    return {
        "field": "month",
        "type": "quantitative",
        "scale": {"domain": [0, 12 * width / (width - _NAME_ROOM)], "nice": False},
        "axis": {
            "title": None,
            "values": list(months),
            "grid": False,
            "domain": False,
            "labelExpr": "'T' + datum.label",
            "labelOverlap": False,
        },
    }


def _year_levels(line: YearLine) -> tuple[float, float]:
    """The lowest and highest level drawn, with a little air above and below."""
    values = [*line.plan, *(value for _, value in line.done), *(line.ahead or ())] or [0]
    low, high = min(values), max(values)
    air = (high - low or 1) * 0.08
    return (0 if low == 0 else low - air), high + air


def _year_names(
    line: YearLine, names: tuple[str, str, str], apart: float, place: dict[str, Any]
) -> dict[str, Any]:
    """The last figure and the name of each line, right of December, at least ``apart`` from each
    other.
    """
    ends = [
        (values[-1], name, pen)
        for values, name, pen in zip(
            (line.plan, [value for _, value in line.done], line.ahead and line.ahead[1:2]),
            names,
            _PENS,
            strict=True,
        )
        if values
    ]
    rows, floor = [], float("-inf")
    for value, name, pen in sorted(ends, key=lambda end: end[0]):
        floor = max(float(value), floor + apart)
        text = f"{value:,}".replace(",", ".") + f" {name.lower()}"
        rows.append({"month": 12, "level": floor, "text": text, "colour": pen.colour})
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "dx": 7, "fontSize": _TEXT, "fontWeight": "bold"},
        "encoding": {
            "x": place["x"],
            "y": {**place["y"], "field": "level"},
            "text": {"field": "text"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _year_values(line: YearLine, names: tuple[str, str, str]) -> list[dict[str, Any]]:
    """The points of the three lines; the forecast leads from the last point done to December."""
    plan, done, ahead = names
    points: list[tuple[str, float, int]] = [(plan, *point) for point in enumerate(line.plan)]
    points += [(done, *point) for point in line.done]
    if line.ahead and line.done:
        points += [(ahead, *line.done[-1]), (ahead, 12, line.ahead[1])]
    return [{"month": at, "value": value, "what": what} for what, at, value in points]


def _year_bounds(line: YearLine) -> list[dict[str, Any]]:
    """The area between the forecast's bounds; empty without a forecast."""
    if not line.ahead or not line.done:
        return []
    (at, now), (low, _, high) = line.done[-1], line.ahead
    return [{"month": at, "low": now, "high": now}, {"month": 12, "low": low, "high": high}]


def _year_pens(names: tuple[str, str, str]) -> dict[str, Any]:
    """Colour and dashes of the three lines, which bear their names themselves."""
    what = {"field": "what", "type": "nominal", "legend": None}
    colours = {"domain": list(names), "range": [pen.colour for pen in _PENS]}
    dashes = {"domain": list(names), "range": [pen.dash for pen in _PENS]}
    return {"color": {**what, "scale": colours}, "strokeDash": {**what, "scale": dashes}}


class Stretch(NamedTuple):
    """A value that holds from a day up to another (not included); ``words`` stand beside it,
    ``kind`` is its place in ``kinds`` of :func:`step_line`, ``note`` a further word under it.
    """

    first: date
    end: date
    value: float
    words: str
    kind: int
    note: str = ""


_WIDE, _LABEL, _APART = 278, 20, 13
"""Pixels: width of the drawing, room for a label above and below it, least distance of two dates.
"""
_STROKES: Sequence[tuple[str, list[int]]] = ((BLUE, [1, 0]), (AMBER, [6, 3]), (GREY, [2, 3]))


def step_line(
    stretches: Sequence[Stretch], kinds: Sequence[str], unit: str, today: date, description: str
) -> dict[str, Any]:
    """A value through time: level stretches joined by risers, each with its first day and its value
    in words.

    ``kinds`` name up to three ways to stand in the drawing: plain, dashed amber, dotted grey.
    """
    height, scale = _step_scale({one.value for one in stretches})
    day = {"type": "temporal", "scale": {"type": "utc"}}
    level = {"type": "quantitative", "scale": scale, "axis": None}
    colour, dash = _step_pens(stretches, kinds)
    start = {**day, "field": "first", "axis": _days_axis(stretches)}
    here = {"x": start, "y": {**level, "field": "value"}, "color": colour}
    return {
        **_base(description),
        "autosize": "pad",
        "title": {
            "text": unit,
            "anchor": "start",
            "fontSize": _TEXT,
            "fontWeight": "normal",
            "color": GREY,
        },
        "width": _WIDE,
        "height": height,
        "data": {"values": _stretch_rows(stretches, kinds)},
        "layer": [
            _today_rule(today, day),
            _riser(start, level),
            {
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": {**here, "x2": {"field": "end"}, "strokeDash": dash},
            },
            *(_words(here, side) for side in _SIDES),
            *(_notes(here, late) for late in (True, False)),
        ],
    }


def _step_scale(levels: set[float]) -> tuple[int, dict[str, Any]]:
    """Height of the drawing in pixels, and a scale of values with room for the labels."""
    height = min(260, 60 + 25 * len(levels))
    spare = (max(levels) - min(levels)) * _LABEL / (height - 2 * _LABEL) or 1
    return height, {"domain": [min(levels) - spare, max(levels) + spare], "nice": False}


def _step_pens(
    stretches: Sequence[Stretch], kinds: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Colour and dashes of the kinds that occur; a legend unless the plain kind is the only one."""
    used = [kind for kind in range(len(kinds)) if any(one.kind == kind for one in stretches)]
    names = [kinds[kind] for kind in used]
    pen: dict[str, Any] = {"type": "nominal", "field": "kind", "legend": None}
    if used != [0]:
        pen["legend"] = {
            "title": None,
            "orient": "top",
            "offset": 30,
            "symbolType": "stroke",
            "labelLimit": 300,
        }
    colours, dashes = ([_STROKES[kind][part] for kind in used] for part in (0, 1))
    return (
        {**pen, "scale": {"domain": names, "range": colours}},
        {**pen, "scale": {"domain": names, "range": dashes}},
    )


def _riser(start: dict[str, Any], level: dict[str, Any]) -> dict[str, Any]:
    """The thin upright line from the value before a step to the one after it."""
    return {
        "transform": [{"filter": "isValid(datum.before)"}],
        "mark": {"type": "rule", "strokeWidth": 1, "color": PALE},
        "encoding": {
            "x": start,
            "y": {**level, "field": "before"},
            "y2": {"field": "value"},
        },
    }


def _stretch_rows(stretches: Sequence[Stretch], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The drawing's data; ``before`` is the value that ended on the day on which this one begins,
    if one did.
    """
    opening, closing = min(one.first for one in stretches), max(one.end for one in stretches)
    rows = []
    for one, after in zip(stretches, [*stretches[1:], None], strict=True):
        before = next(
            (other.value for other in stretches if other.end == one.first and other.kind != 2), None
        )
        late = (closing - one.first).days < (closing - opening).days * 0.4
        rows.append(
            {
                "first": one.first.isoformat(),
                "end": one.end.isoformat(),
                "value": one.value,
                "words": one.words,
                "kind": kinds[one.kind],
                "note": one.note,
                "late": late,
                "side": _side(before, one, after),
                "before": None if one.kind == 2 else before,
            }
        )
    return rows


def _days_axis(stretches: Sequence[Stretch]) -> dict[str, Any]:
    """A label for each first day, but for those too close to the one before to be read."""
    opening, closing = min(one.first for one in stretches), max(one.end for one in stretches)
    days: list[date] = []
    for day in sorted({one.first for one in stretches}):
        if not days or (day - days[-1]).days * _WIDE >= _APART * (closing - opening).days:
            days.append(day)
    return {
        "title": None,
        "values": [day.isoformat() for day in days],
        "format": "%d/%m/%Y",
        "labelAngle": -90,
        "labelFontSize": _TEXT,
        "labelOverlap": False,
    }


def _today_rule(today: date, day: dict[str, Any]) -> dict[str, Any]:
    place = {"x": {**day, "field": "today"}}
    return {
        "data": {"values": [{"today": today.isoformat()}]},
        "layer": [
            {"mark": {"type": "rule", "color": GREY, "strokeDash": [1, 3]}, "encoding": place},
            {
                "mark": {
                    "type": "text",
                    "text": "hôm nay",
                    "y": 0,
                    "dy": -16,
                    "fontSize": _TEXT,
                    "color": GREY,
                },
                "encoding": place,
            },
        ],
    }


_SIDES: dict[str, dict[str, Any]] = {
    "left": {"align": "right", "baseline": "bottom", "dx": -3, "dy": -2},
    "above": {"align": "left", "baseline": "bottom", "dx": 2, "dy": -2},
    "below": {"align": "left", "baseline": "top", "dx": 2, "dy": 4},
}


def _side(before: float | None, one: Stretch, after: Stretch | None) -> str:
    """Values stand where a staircase leaves room: left of a step up, over a step down, under a
    start before a rise.
    """
    if before is not None and before < one.value:
        return "left"
    rising = after is not None and after.value > one.value
    return "below" if rising and before is None and not one.note and one.kind != 2 else "above"


def _words(here: dict[str, Any], side: str) -> dict[str, Any]:
    return {
        "transform": [{"filter": f"datum.side == '{side}'"}],
        "mark": {"type": "text", "fontSize": _TEXT, "fontWeight": "bold", **_SIDES[side]},
        "encoding": {**here, "text": {"field": "words"}},
    }


def _notes(here: dict[str, Any], late: bool) -> dict[str, Any]:
    side = {"align": "right"} if late else {"align": "left"}
    place = {**here, "x": {**here["x"], "field": "end"}} if late else here
    return {
        "transform": [{"filter": f"datum.note && {'' if late else '!'}datum.late"}],
        "mark": {"type": "text", "baseline": "top", "dy": 4, "fontSize": _TEXT, **side},
        "encoding": {**place, "text": {"field": "note"}},
    }


def titled(svg: str, title: str, description: str) -> str:
    """The drawing with a name and a description of its own, for readers who open it outside
    its page.
    """
    head, _, rest = svg.partition(">")
    named = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f'{head} role="img">{named}{rest}'


def png_of(svg: str, scale: float = 1) -> bytes:
    """An SVG drawing as a PNG picture: each drawing painted once and kept, one at a time in a
    process.
    """
    key = f"png:{scale}:{hashlib.sha256(svg.encode()).hexdigest()}"
    with _PAINTING:
        painted: bytes | None = caches["pictures"].get(key)
        if painted is None:
            painted = bytes(vl_convert.svg_to_png(svg, scale=scale))
            caches["pictures"].set(key, painted)
    return painted


def _base(description: str, width: int = _WIDE) -> dict[str, Any]:
    """What all drawings share; ``width`` is that of the whole picture."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": description,
        "background": None,
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": {
            "font": _FONT,
            "axis": {
                "labelColor": INK,
                "labelFontSize": _TEXT,
                "gridColor": LINE,
                "domainColor": LINE,
                "tickColor": LINE,
            },
            "legend": {"labelColor": INK, "labelFontSize": _TEXT},
            "view": {"stroke": None},
        },
    }
