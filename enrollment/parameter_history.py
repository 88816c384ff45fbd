"""A parameter through time as a drawing: which row holds when, which is not confirmed, which a
later row overtook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from enrollment.forms.parameters import value_in_words
from enrollment.law.parameters import CONFIRMED
from enrollment.models import PolicyParameter
from thaithuy_bhxh.charts import Stretch, step_line
from thaithuy_bhxh.text import upper_first

SURE, DOUBTFUL, OVERTAKEN = range(3)
KINDS = ("đã đối chiếu", "cần xác nhận", "đã bị thay thế")
_YEAR = timedelta(days=365)


def worth_drawing(rows: Sequence[PolicyParameter]) -> bool:
    """Whether a picture says more than the table's line: something changes, or something is not
    confirmed.
    """
    return any(row.value for row in rows) and (len(rows) > 1 or rows[0].confidence != CONFIRMED)


def stretches_of(rows: Sequence[PolicyParameter], until: date) -> list[Stretch]:
    """The rows, earliest first, cut where another takes over; rows without a value are gaps. Open
    ends last to ``until``.
    """
    found = [stretch for row in rows if row.value for stretch in _of_row(row, rows, until)]
    return _noted(sorted(found, key=lambda one: (one.first, -one.kind)))


def _of_row(
    row: PolicyParameter, rows: Sequence[PolicyParameter], until: date
) -> Iterator[Stretch]:
    end = _end(row, until)
    later = [other for other in rows if other.valid_from > row.valid_from]
    cuts = {
        row.valid_from,
        end,
        *(day for other in later for day in (other.valid_from, _end(other, until))),
    }
    inside = sorted(day for day in cuts if row.valid_from <= day <= end)
    for first, last in pairwise(inside):
        over = any(other.valid_from <= first < _end(other, until) for other in later)
        kind = OVERTAKEN if over else SURE if row.confidence == CONFIRMED else DOUBTFUL
        yield Stretch(first, last, float(row.value), value_in_words(row.key, row.value), kind)


def _end(row: PolicyParameter, until: date) -> date:
    return row.valid_to + timedelta(days=1) if row.valid_to else until


def _noted(stretches: list[Stretch]) -> list[Stretch]:
    """Neighbours that say the same made one; “cần xác nhận” stands under the first doubtful one,
    the legend for all.
    """
    merged: list[Stretch] = []
    for one in stretches:
        before = merged[-1] if merged else None
        if before and (before.end, before.value, before.kind) == (one.first, one.value, one.kind):
            merged[-1] = before._replace(end=one.end)
        else:
            merged.append(one)
    doubtful = next((i for i, one in enumerate(merged) if one.kind == DOUBTFUL), None)
    if doubtful is not None:
        merged[doubtful] = merged[doubtful]._replace(note=KINDS[DOUBTFUL])
    return merged


def drawing_of(
    label: str, rows: Sequence[PolicyParameter], today: date
) -> tuple[dict[str, Any], str]:
    """The chart's specification and the same in words."""
    ends = [row.valid_to for row in rows if row.valid_to]
    until = max([today + _YEAR, rows[-1].valid_from + _YEAR, *ends])
    stretches = stretches_of(rows, until)
    text = in_words(stretches)
    unit = stretches[0].words.partition(" ")[2]
    short = [one._replace(words=one.words.partition(" ")[0]) for one in stretches]
    return step_line(
        short, KINDS, f"Đơn vị: {unit}" if unit else "", today, f"{label} theo thời gian"
    ), text


def in_words(stretches: Sequence[Stretch]) -> str:
    """``Từ 01/01/2016: 700.000 đ; từ 01/01/2022: 1.500.000 đ (cần xác nhận).``"""
    parts = [
        f"từ {one.first:%d/%m/%Y}: {one.words}{'' if one.kind == SURE else f' ({KINDS[one.kind]})'}"
        for one in stretches
    ]
    text = "; ".join(parts)
    return f"{upper_first(text)}."
