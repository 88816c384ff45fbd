"""The figures of growth, per unit and period: what each one means, and how it is counted.

Counts come from the derived spans and movements, money from receipts and voids, always grouped by
commune and agent in the database and summed upward here; no figure is queried twice at a higher
level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, Sum, Value

from enrollment.models import ActivitySpan, Movement, Receipt, Rule, StopReason
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


REASONS = tuple(StopReason.values)
STOCKS = ("opening", "closing", "same_period_last_year", "covered")
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
    stock: Sequence[Mapping[str, Any]]
    movements: Sequence[Mapping[str, Any]]
    money: Sequence[Mapping[str, Any]]

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
            _add(
                found.get(units.key(row["commune_id"], row["agent_id"]) or ""),
                row,
                MONEY,
                row["sign"],
            )
        return found


def tallies(*periods: Period, briefly: Sequence[Period] = ()) -> list[PeriodTally]:
    """The figures of several periods, in the order given, read together (three queries however
    many).

    Of the periods ``briefly``, which follow, only closing, new and the participants' money are
    counted.
    """
    asked = [*periods, *briefly]
    full, brief = (_stock, _movements, _money), (_stock_briefly, _movements_briefly, _money_briefly)
    stock, movements, money = (
        _read([(one if n < len(periods) else short)(period) for n, period in enumerate(asked)])
        for one, short in zip(full, brief, strict=True)
    )
    return [PeriodTally(period, stock[n], movements[n], money[n]) for n, period in enumerate(asked)]


def _read(asked: Sequence[list[Any]]) -> list[list[Mapping[str, Any]]]:
    """The rows of each period; one query asks for all of them, each row saying which period it is
    of.
    """
    parts = [
        rows.order_by().annotate(nth=Value(n))
        for n, of_period in enumerate(asked)
        for rows in of_period
    ]
    found: list[list[Mapping[str, Any]]] = [[] for _ in asked]
    for row in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        found[row["nth"]].append(row)
    return found


def _add(
    figures: Figures | None, row: Mapping[str, Any], names: Iterable[str], sign: int = 1
) -> None:
    if figures:
        for name in names:
            setattr(figures, name, getattr(figures, name) + sign * row[name])


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


def _stock(period: Period) -> list[Any]:
    moments = {name: stock_moment(name, period) or Q() for name in STOCKS}
    wanted = Q()
    for moment in moments.values():
        wanted |= moment
    rows = ActivitySpan.objects.filter(wanted).values("commune_id", "agent_id")
    return [rows.annotate(**{name: Count("id", filter=moment) for name, moment in moments.items()})]


def _stock_briefly(period: Period) -> list[Any]:
    rows = ActivitySpan.objects.filter(spans_in(period.last, period.rule)).values(
        "commune_id", "agent_id"
    )
    return [
        rows.annotate(**{name: Count("id") if name == "closing" else Value(0) for name in STOCKS})
    ]


def _movements(period: Period) -> list[Any]:
    inside = movements_in(period)
    since_january = movements_in(Period(period.year_start, period.last, period.rule)) & Q(
        kind=Movement.Kind.NEW
    )
    rows = Movement.objects.filter(inside | since_january).values(
        "kind", "reason", "commune_id", "agent_id", "from_commune_id", "from_agent_id"
    )
    return [rows.annotate(n=Count("id", filter=inside), ytd=Count("id", filter=since_january))]


def _movements_briefly(period: Period) -> list[Any]:
    rows = Movement.objects.filter(movements_in(period), kind=Movement.Kind.NEW).values(
        "kind", "reason", "commune_id", "agent_id", "from_commune_id", "from_agent_id"
    )
    return [rows.annotate(n=Count("id"), ytd=Value(0))]


def _money(period: Period) -> list[Any]:
    """Receipts in their month, voids subtracted in theirs, at the receipt's own commune and
    agent.
    """
    return [_money_by("received_month", 1, period), _money_by("void__voided_month", -1, period)]


def _money_by(month_field: str, sign: int, period: Period) -> Any:
    now, before = _between(month_field, period), _between(month_field, period.a_year_before)
    rows = Receipt.objects.filter(now | before).values("commune_id", "agent_id")
    return rows.annotate(
        collected=Sum("participant_amount", filter=now, default=0),
        collected_gross=Sum("gross", filter=now, default=0),
        collected_state=Sum("state_support", filter=now, default=0),
        collected_same_period_last_year=Sum("participant_amount", filter=before, default=0),
        sign=Value(sign),
    )


def _money_briefly(period: Period) -> list[Any]:
    return [
        _money_briefly_by("received_month", 1, period),
        _money_briefly_by("void__voided_month", -1, period),
    ]


def _money_briefly_by(month_field: str, sign: int, period: Period) -> Any:
    rows = Receipt.objects.filter(_between(month_field, period)).values("commune_id", "agent_id")
    others = {name: Value(0) for name in MONEY if name != "collected"}
    named = {"collected": Sum("participant_amount", default=0), **others}
    return rows.annotate(**{name: named[name] for name in MONEY}, sign=Value(sign))


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


def _between(month_field: str, period: Period) -> Q:
    return Q(**{f"{month_field}__gte": period.first, f"{month_field}__lte": period.last})


def stock_moment(name: str, period: Period) -> Q | None:
    """The spans that a stock counts; ``None`` for a figure that is none."""
    months = {
        "opening": (period.first - 1, period.rule),
        "closing": (period.last, period.rule),
        "in_grace": (period.last, period.rule),
        "same_period_last_year": (period.last - 12, period.rule),
        "covered": (period.last, Rule.STRICT),
    }
    return spans_in(*months[name]) if name in months else None
