"""Dated parameters of the law: which value holds on which day, and where it was read."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from enrollment.law.keys import BENEFIT_LABELS, SERVICE_LABELS
from enrollment.law.refusals import LawRefused
from enrollment.law.wording import day as in_words

CONTRIBUTION_RATE = "contribution_rate"
POVERTY_LINE = "rural_poverty_line"
BASE_SALARY = "base_salary_or_reference_level"
MAX_MULTIPLIER = "max_base_multiplier"
INCOME_STEP = "income_step"
STATE_PERCENT = "state_support_pct."
STATE_MAX_MONTHS = "state_support_max_months"
INVESTMENT_RATE = "investment_rate_monthly"
LOCAL_PERCENT = "local_support_pct."
PAYMENT_WINDOW = "payment_window_months."
"""With the code of a method that pays a fixed number of months: the period's last month in which
money is lawful.
"""

GROUPS: Mapping[str, str] = {
    "poor": "Hộ nghèo",
    "near_poor": "Hộ cận nghèo",
    "ethnic_minority": "Dân tộc thiểu số",
    "island": "Xã đảo",
    "other": "Đối tượng khác",
}
"""Support groups: code → Vietnamese name."""

LABELS: Mapping[str, str] = {
    CONTRIBUTION_RATE: "Tỷ lệ đóng",
    POVERTY_LINE: "Chuẩn nghèo nông thôn",
    BASE_SALARY: "Lương cơ sở hoặc mức tham chiếu",
    MAX_MULTIPLIER: "Số lần mức tham chiếu tối đa",
    INCOME_STEP: "Bước mức thu nhập",
    STATE_MAX_MONTHS: "Số tháng được NSNN hỗ trợ tối đa",
    INVESTMENT_RATE: "Lãi suất đầu tư quỹ bình quân tháng",
    **{STATE_PERCENT + code: f"Tỷ lệ NSNN hỗ trợ: {name}" for code, name in GROUPS.items()},
    **{LOCAL_PERCENT + code: f"Tỷ lệ NSĐP hỗ trợ: {name}" for code, name in GROUPS.items()},
    **{PAYMENT_WINDOW + str(n): f"Hạn nộp của kỳ {n} tháng" for n in (1, 3, 6, 12)},
    **BENEFIT_LABELS,
    **SERVICE_LABELS,
}
"""Every key that the engine reads → its Vietnamese name."""

CONFIRMED = "high"
"""The confidence of a value that was compared with its document."""

_REMEMBERED = 50_000
"""Answers that a table keeps, because a batch asks the same days again and again."""

_SMALLEST, LARGEST = Decimal("1e-12"), Decimal("1e15")
_RENAMED = {STATE_PERCENT + "island_commune_or_special_zone": STATE_PERCENT + "island"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value from a day to a day, both included; an open end is ``None``.

    ``value`` is in đồng (poverty line, base salary, step), a ratio (contribution and investment
    rate), per cent (support) or a count (multiplier, months); ``None`` = not known or not set.
    ``source`` is the document, ``confidence`` one of high, medium, low, none. Raises ``ValueError``
    for a value that no document could state.
    """

    key: str
    value: Decimal | None
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str

    def __post_init__(self) -> None:
        value = self.value
        if value is not None and not plausible(value):
            raise ValueError(f"Giá trị {value} của “{label_of(self.key)}” không hợp lệ.")

    @property
    def number(self) -> Decimal:
        """The value of a row that has one, as every row that a table hands out does."""
        if self.value is None:
            raise ValueError(f"{self.key} has no value")
        return self.value

    @property
    def doubtful(self) -> bool:
        """Whether the value is still to be compared with its document."""
        return self.confidence != CONFIRMED

    @property
    def first(self) -> int:
        """Ordinal of the first day on which the row holds."""
        return (self.valid_from or date.min).toordinal()

    @property
    def last(self) -> int:
        """Ordinal of the last day on which the row holds."""
        return (self.valid_to or date.max).toordinal()


class _Timeline(NamedTuple):
    """Ordinals of the days on which the holding row changes, and the row that holds from each of
    them on.
    """

    days: Sequence[int]
    holding: Sequence[Parameter | None]


class ParameterTable:
    """All dated parameters, looked up by key and day. Immutable."""

    def __init__(self, rows: Iterable[Parameter]) -> None:
        by_key: dict[str, list[Parameter]] = defaultdict(list)
        for row in rows:
            by_key[row.key].append(row)
        self._timelines = {key: _timeline(same) for key, same in by_key.items()}
        self._found: dict[tuple[str, date], Parameter | None] = {}

    def at(self, key: str, day: date) -> Parameter | None:
        """The row that holds on the day; ``None`` when there is none or it states no value.

        Of several rows the one with the latest ``valid_from`` holds, of equals the one given last.
        """
        asked = (key, day)
        try:
            return self._found[asked]
        except KeyError:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[asked] = self._look_up(key, day)
            return found

    def _look_up(self, key: str, day: date) -> Parameter | None:
        timeline = self._timelines.get(key)
        if timeline is None:
            return None
        index = bisect_right(timeline.days, day.toordinal()) - 1
        return timeline.holding[index] if index >= 0 else None

    def require(self, key: str, day: date, field: str = "paid_on") -> Parameter:
        """The same; :class:`LawRefused` of ``field`` when there is no value."""
        found = self.at(key, day)
        if found is None:
            field = "monthly_rate" if key == INVESTMENT_RATE else field
            message = (
                f"{label_of(key)} vào ngày {in_words(day)} chưa có trong bảng tham số "
                "nên chưa tính được số tiền."
            )
            raise LawRefused(field, message)
        return found

    def first(self, key: str) -> Parameter | None:
        """The earliest row that states a value."""
        timeline = self._timelines.get(key)
        return (
            next((row for row in timeline.holding if row is not None), None) if timeline else None
        )

    def latest(self, key: str, day: date) -> Parameter | None:
        """The row that holds on the day or, when none does, the last one that did before."""
        timeline = self._timelines.get(key)
        if timeline is None:
            return None
        upto = bisect_right(timeline.days, day.toordinal())
        return next((row for row in reversed(timeline.holding[:upto]) if row is not None), None)


def plausible(value: Decimal, most: Decimal = LARGEST) -> bool:
    """Whether a document could state this number: finite, not negative, neither vanishing nor above
    ``most``.
    """
    return value.is_finite() and (value.is_zero() or _SMALLEST <= value <= most)


def given(key: str, value: Decimal) -> Parameter:
    """A number that came with the request, in the shape of a row."""
    return Parameter(key, value, None, None, "Số liệu nhập khi tính", CONFIRMED)


def label_of(key: str) -> str:
    """The Vietnamese name of a parameter; the key itself when the engine does not know it."""
    return LABELS.get(key, key)


def parameters_from_policy(document: Mapping[str, Any]) -> list[Parameter]:
    """The engine's rows of a policy document: ``{"params": [{key, value, valid_from, valid_to,
    source, …}]}``.

    Rows of other keys and rows without a first day are left out; ``null`` values are kept (“no
    value from then on”).
    """
    rows = ({**row, "key": _RENAMED.get(row["key"], row["key"])} for row in document["params"])
    return [_from_json(row) for row in rows if row["key"] in LABELS and row["valid_from"]]


def _from_json(row: Mapping[str, Any]) -> Parameter:
    value, valid_to = row["value"], row["valid_to"]
    return Parameter(
        key=row["key"],
        value=None if value is None else Decimal(str(value)),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        source=row["source"].strip(),
        confidence=row["confidence"],
    )


def _timeline(rows: Sequence[Parameter]) -> _Timeline:
    days = sorted({row.first for row in rows} | {row.last + 1 for row in rows})
    return _Timeline(days, [_holding(rows, day) for day in days])


def _holding(rows: Sequence[Parameter], day: int) -> Parameter | None:
    winner: Parameter | None = None
    for row in rows:
        if row.first <= day <= row.last and (winner is None or row.first >= winner.first):
            winner = row
    return winner if winner is not None and winner.value is not None else None
