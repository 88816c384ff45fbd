"""The figures of growth, per unit and period: what each one means, and how it is counted.

Counts come from the derived spans and movements, money from receipts and voids, always grouped by
commune and agent in the database and summed upward here; no figure is queried twice at a higher
level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, Value

from enrollment.models import Movement, Rule, StopReason
from reports.counting.month_counts import (
    Counted,
    Moment,
    Money,
    Place,
    active_at,
    money_between,
    month_number,
    union,
)
from reports.counting.units import Units
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: name in data, Vietnamese label, one-sentence definition; money is in đồng, the rest
    persons.
    """

    name: str
    label: str
    definition: str
    money: bool = False


Rows = Sequence[Mapping[str, Any]]
"""Figures by commune and agent."""
REASONS = tuple(StopReason.values)
STOCKS = ("opening", "closing", "same_period_last_year", "covered")
RULES = tuple(Rule.values)
_MOVEMENT = (
    "kind",
    "reason",
    "commune_id",
    "agent_id",
    "from_commune_id",
    "from_agent_id",
    "nth",
    "into",
)
MONEY = ("collected", "collected_gross", "collected_state", "collected_same_period_last_year")

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("opening", "Đầu kỳ", "Số người đang tham gia ở cuối tháng trước kỳ báo cáo."),
        Measure("new", "Mới", "Người lần đầu tiên tham gia."),
        Measure("returned", "Đóng lại", "Người đã từng tham gia, gián đoạn rồi đóng lại."),
        Measure("moved_in", "Đến", "Người đang tham gia chuyển từ đơn vị khác đến."),
        Measure("moved_out", "Đi", "Người đang tham gia chuyển sang đơn vị khác."),
        Measure(
            "decreased", "Giảm", "Người không còn tham gia so với tháng trước, theo mọi lý do."
        ),
        Measure(
            "renewed",
            "Tái tục",
            "Lượt người đang tham gia đóng tiếp trong kỳ; không làm thay đổi số người.",
        ),
        Measure("closing", "Cuối kỳ", "Số người đang tham gia ở cuối kỳ."),
        Measure("net", "Tăng ròng", "Cuối kỳ trừ đầu kỳ."),
        Measure("covered", "Đã đóng", "Số người cuối kỳ đang trong các tháng đã đóng."),
        Measure(
            "in_grace",
            "Trong hạn",
            "Số người cuối kỳ đã hết tháng đã đóng nhưng còn trong hạn đóng tiếp.",
        ),
        Measure(
            "same_period_last_year",
            "Cùng kỳ",
            "Số người đang tham gia cùng thời điểm năm trước, gộp theo cùng đơn vị.",
        ),
        Measure("new_ytd", "Mới từ đầu năm", "Số tăng mới từ tháng 1 của năm đến hết kỳ."),
        Measure(
            "collected",
            "Thu",
            "Tiền người tham gia đóng theo ngày biên lai, trừ biên lai hủy.",
            money=True,
        ),
        Measure(
            "collected_gross",
            "Phải đóng",
            "Tổng số tiền phải đóng, gồm cả phần hỗ trợ.",
            money=True,
        ),
        Measure("collected_state", "NSNN hỗ trợ", "Phần ngân sách nhà nước hỗ trợ.", money=True),
        Measure(
            "collected_same_period_last_year",
            "Thu cùng kỳ",
            "Tiền người tham gia đóng cùng kỳ năm trước.",
            money=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Period:
    """Months ``first..last`` counted under a rule."""

    first: Month
    last: Month
    rule: str = Rule.GRACE

    @property
    def a_year_before(self) -> Period:
        return Period(self.first - 12, self.last - 12, self.rule)

    @property
    def year_start(self) -> Month:
        return Month(self.last.year, 1)


@dataclass(slots=True)
class Figures:
    """The additive figures of one unit; ``decreased`` by reason.

    ``came`` and ``left`` are those of the moves in and out that cross the border of the reader's
    scope.
    """

    opening: int = 0
    new: int = 0
    returned: int = 0
    moved_in: int = 0
    moved_out: int = 0
    came: int = 0
    left: int = 0
    decreased: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    renewed: int = 0
    closing: int = 0
    covered: int = 0
    same_period_last_year: int = 0
    new_ytd: int = 0
    collected: int = 0
    collected_gross: int = 0
    collected_state: int = 0
    collected_same_period_last_year: int = 0

    @property
    def net(self) -> int:
        return self.closing - self.opening

    @property
    def decreased_total(self) -> int:
        return sum(self.decreased.values())

    @property
    def in_grace(self) -> int:
        return self.closing - self.covered

    @property
    def balances(self) -> bool:
        """The identity that every unit and period keeps (docs/rules.md 5.3)."""
        gains = self.new + self.returned + self.moved_in
        return self.closing == self.opening + gains - self.moved_out - self.decreased_total

    def add(self, other: Figures) -> None:
        """Sum another unit's figures into these."""
        for name in self.__dataclass_fields__:
            if name != "decreased":
                setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.decreased.items():
            self.decreased[reason] += count


@dataclass(frozen=True, slots=True)
class PeriodTally:
    """The figures of a period at their lowest grain, by commune and agent; every grouping is summed
    from it.
    """

    period: Period
    stock: Rows
    movements: Rows
    money: Rows

    @classmethod
    def of(cls, period: Period) -> PeriodTally:
        """Read the period's figures (three queries)."""
        return tallies(period)[0]

    def by(self, units: Units) -> dict[str, Figures]:
        """The figures of every unit of a report, by code."""
        found = {unit.code: Figures() for unit in units.rows}
        for row in self.stock:
            _add(found.get(units.key(row["commune_id"], row["agent_id"]) or ""), row, STOCKS)
        for row in self.movements:
            _count_movement(found, units, row)
        for row in self.money:
            _add(found.get(units.key(row["commune_id"], row["agent_id"]) or ""), row, MONEY)
        return found


def tallies(*periods: Period, briefly: Sequence[Period] = ()) -> list[PeriodTally]:
    """The figures of several periods, in the order given, read together (three queries however
    many).

    Of the periods ``briefly``, which follow, only closing, new and the participants' money are
    counted.
    """
    asked = [*periods, *briefly]
    stock = _stock(periods, briefly)
    movements, money = _movements(periods, briefly), _money(periods, briefly)
    return [PeriodTally(period, stock[n], movements[n], money[n]) for n, period in enumerate(asked)]


def _add(figures: Figures | None, row: Mapping[str, Any], names: Iterable[str]) -> None:
    if figures:
        for name in names:
            setattr(figures, name, getattr(figures, name) + row[name])


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of all units. Moves between them are none of the whole; those across the border of a
    scope remain.
    """
    result = Figures()
    for one in figures:
        result.add(one)
    result.moved_in, result.moved_out = result.came, result.left
    return result


def spans_in(month: Month, rule: str) -> Q:
    """Spans that hold a month."""
    return Q(rule=rule, start__lte=month, end__gte=month)


def movements_in(period: Period) -> Q:
    """Movements into the months of the period, under its rule."""
    return Q(month__gte=period.first, month__lte=period.last, **{period.rule: True})


def _stock(periods: Sequence[Period], briefly: Sequence[Period]) -> list[Rows]:
    asked = [{name: _moments(one)[name] for name in STOCKS} for one in periods]
    asked += [{"closing": (one.last, one.rule)} for one in briefly]
    counted = active_at({moment for moments in asked for moment in moments.values()})
    return [
        _rows(STOCKS, {name: counted[moment] for name, moment in moments.items()})
        for moments in asked
    ]


def _rows(names: Sequence[str], counted: Mapping[str, Counted]) -> Rows:
    """One row for each commune and agent that any of the figures counts in."""
    return [
        {
            "commune_id": place[0],
            "agent_id": place[1],
            **{name: counted[name].get(place, 0) if name in counted else 0 for name in names},
        }
        for place in {place for one in counted.values() for place in one}
    ]


def _movements(periods: Sequence[Period], briefly: Sequence[Period]) -> list[Rows]:
    """Movements of each period; of those ``briefly`` new persons only, which are read by month and
    then summed (one query).
    """
    found: list[list[Mapping[str, Any]]] = [[] for _ in periods]
    by_month: dict[Moment, list[Mapping[str, Any]]] = defaultdict(list)
    parts = [_movements_of(one, Value(n)) for n, one in enumerate(periods)]
    parts += [_newcomers(rule, [p for p in briefly if p.rule == rule]) for rule in _rules(briefly)]
    for row in union(parts):
        if row["nth"] < 0:
            by_month[row["into"], RULES[row["nth"]]].append(row)
        else:
            found[row["nth"]].append(row)
    return [*found, *(_joined(by_month, period) for period in briefly)]


def _movements_of(period: Period, nth: Value) -> Any:
    inside = movements_in(period)
    since_january = movements_in(Period(period.year_start, period.last, period.rule)) & Q(
        kind=Movement.Kind.NEW
    )
    rows = Movement.objects.filter(inside | since_january).annotate(nth=nth, into=Value(0))
    return rows.values(*_MOVEMENT).annotate(
        n=Count("month", filter=inside), ytd=Count("month", filter=since_january)
    )


def _newcomers(rule: str, periods: Sequence[Period]) -> Any:
    """New persons by month, of every month that the periods span; ``nth`` says by which rule."""
    first, last = min(one.first for one in periods), max(one.last for one in periods)
    rows = Movement.objects.filter(movements_in(Period(first, last, rule)), kind=Movement.Kind.NEW)
    named = rows.annotate(nth=Value(RULES.index(rule) - len(RULES)), into=month_number("month"))
    return named.values(*_MOVEMENT).annotate(n=Count("*"), ytd=Value(0))


def _rules(periods: Sequence[Period]) -> list[str]:
    return sorted({one.rule for one in periods})


def _joined(by_month: Mapping[Moment, Rows], period: Period) -> Rows:
    months = range(period.first, period.last + 1)
    return [
        row for month in months for row in by_month.get((Month.from_index(month), period.rule), ())
    ]


def _money(periods: Sequence[Period], briefly: Sequence[Period]) -> list[Rows]:
    """Receipts in their month, voids subtracted in theirs, at the receipt's own commune and
    agent.
    """
    before = [one.a_year_before for one in periods]
    entire, asked = ([(one.first, one.last) for one in of] for of in (periods, [*before, *briefly]))
    counted = money_between([*entire, *asked], entire)
    found = []
    for one in periods:
        own, last_year = _summed(counted, one), _summed(counted, one.a_year_before)
        sums = {
            name: {place: sums[n] for place, sums in own.items()}
            for n, name in enumerate(MONEY[:3])
        }
        sums[MONEY[3]] = {place: sums[0] for place, sums in last_year.items()}
        found.append(_rows(MONEY, sums))
    for one in briefly:
        taken = {place: sums[0] for place, sums in _summed(counted, one).items()}
        found.append(_rows(MONEY, {"collected": taken}))
    return found


def _part(sums: Mapping[Place, Money], nth: int) -> Counted:
    return {place: of[nth] for place, of in sums.items()}


def _summed(counted: Mapping[int, Mapping[Place, Money]], period: Period) -> dict[Place, Money]:
    """The money of a period by commune and agent."""
    found: dict[Place, Money] = {}
    for month in range(period.first, period.last + 1):
        for place, (one, two, three) in counted.get(month, {}).items():
            sums = found.get(place, (0, 0, 0))
            found[place] = sums[0] + one, sums[1] + two, sums[2] + three
    return found


def _count_movement(found: dict[str, Figures], units: Units, row: Mapping[str, Any]) -> None:
    key = units.key(row["commune_id"], row["agent_id"])
    if row["kind"] == Movement.Kind.MOVED:
        _count_move(found, key, units.key(row["from_commune_id"], row["from_agent_id"]), row["n"])
    elif key in found:
        _count_change(found[key], row)


def _count_move(found: dict[str, Figures], to: str | None, origin: str | None, number: int) -> None:
    if to == origin:
        return
    if to in found:
        found[to].moved_in += number
        found[to].came += number if origin is None else 0
    if origin in found:
        found[origin].moved_out += number
        found[origin].left += number if to is None else 0


def _count_change(figures: Figures, row: Mapping[str, Any]) -> None:
    if row["kind"] == Movement.Kind.DECREASED:
        figures.decreased[row["reason"]] += row["n"]
        return
    setattr(figures, row["kind"], getattr(figures, row["kind"]) + row["n"])
    figures.new_ytd += row["ytd"]


def stock_moment(name: str, period: Period) -> Q | None:
    """The spans that a stock counts; ``None`` for a figure that is none."""
    months = _moments(period)
    return spans_in(*months[name]) if name in months else None


def _moments(period: Period) -> dict[str, tuple[Month, str]]:
    """The month and the rule of each stock."""
    return {
        "opening": (period.first - 1, period.rule),
        "closing": (period.last, period.rule),
        "in_grace": (period.last, period.rule),
        "same_period_last_year": (period.last - 12, period.rule),
        "covered": (period.last, Rule.STRICT),
    }
