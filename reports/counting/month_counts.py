"""Persons and money by month, commune and agent, each read at one pass whatever the
number of months: what a page costs must not grow with the periods it compares.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, F, IntegerField, Q, Sum, Value
from django.db.models.expressions import ExpressionWrapper

from enrollment.models import ActivitySpan, Receipt
from thaithuy_bhxh.months import Month

Place = tuple[int, int]
"""Keys of commune and agent."""
Moment = tuple[Month, str]
"""A month and the rule of counting."""
Range = tuple[Month, Month]
Counted = Mapping[Place, int]
Money = tuple[int, int, int]
"""Participants' part, gross and the state's support, in đồng."""


def active_at(moments: Collection[Moment]) -> dict[Moment, Counted]:
    """Persons active in each month under its rule (one query)."""
    months: dict[str, list[Month]] = defaultdict(list)
    for month, rule in sorted(set(moments)):
        months[rule].append(month)
    found: dict[Moment, dict[Place, int]] = {moment: defaultdict(int) for moment in moments}
    for rule, start, end, commune, agent, n in union(_spans(*one) for one in months.items()):
        asked = months[rule]
        for month in asked[bisect_left(asked, start) : bisect_right(asked, end)]:
            found[month, rule][commune, agent] += n
    return dict(found)


def _spans(rule: str, months: list[Month]) -> Any:
    rows = ActivitySpan.objects.filter(rule=rule, start__lte=months[-1], end__gte=months[0])
    return rows.values_list(
        "rule", month_number("start"), month_number("end"), "commune_id", "agent_id"
    ).annotate(n=Count("*"))


def money_between(
    ranges: Collection[Range], entire: Collection[Range]
) -> dict[int, dict[Place, Money]]:
    """Money by month, voids subtracted in theirs, at the receipt's own commune and agent (one
    query): the participants' part in all ``ranges``, gross and support in those of ``entire``.
    """
    parts = []
    for month, sign in (("received_month", 1), ("void__voided_month", -1)):
        parts.append(_takings(month, sign, _hull(ranges), ("participant_amount", "", "")))
        if entire:
            parts.append(_takings(month, sign, _hull(entire), ("", "gross", "state_support")))
    found: dict[int, dict[Place, Money]] = defaultdict(dict)
    for sign, month, commune, agent, *sums in union(parts):
        here, place = found[month], (commune, agent)
        before = here.get(place, (0, 0, 0))
        one, two, three = (old + sign * int(new) for old, new in zip(before, sums, strict=True))
        here[place] = one, two, three
    return dict(found)


def _takings(month: str, sign: int, asked: Range, columns: tuple[str, str, str]) -> Any:
    rows = Receipt.objects.filter(Q(**{f"{month}__gte": asked[0], f"{month}__lte": asked[1]}))
    named = rows.values_list(Value(sign), month_number(month), "commune_id", "agent_id")
    sums = {f"sum_{n}": Sum(column) if column else Value(0) for n, column in enumerate(columns)}
    return named.annotate(**sums)


def month_number(month: str) -> ExpressionWrapper:
    """A month as its number: thousands of rows are read."""
    return ExpressionWrapper(F(month), output_field=IntegerField())


def _hull(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    return min(first for first, _ in found), max(last for _, last in found)


def union(parts: Iterable[Any]) -> Iterable[Any]:
    """The rows of several questions as one (one query; none without questions)."""
    asked = [one.order_by() for one in parts]
    if not asked:
        return ()
    rows: Iterable[Any] = asked[0].union(*asked[1:], all=True) if asked[1:] else asked[0]
    return rows
