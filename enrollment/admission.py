"""Whether a receipt or a stop may be recorded, given what is known of the person. Pure: no ORM, no
clock.

Forms and the importer ask the same questions here, so that a refusal reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from enrollment.activity import StopFact
from enrollment.law import (
    DEFAULT,
    ContributionRequest,
    LawRefused,
    ParameterTable,
    Quote,
    Readings,
    quote,
)
from enrollment.law.methods import refuse_far
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.terms import holds_on

MINIMUM_AGE = 15
"""Law 41/2024 Art. 2(4): Vietnamese citizens from 15 years on."""


@dataclass(slots=True)
class Paid:
    """Months ``first..last`` that a live receipt pays, received in a month; ``supported_months``
    use up the 120.
    """

    number: str
    first: int
    last: int
    received: int
    supported_months: int


@dataclass(slots=True)
class Account:
    """What matters of a person's earlier facts: live receipts, stops, and the birth date as far as
    it is known.
    """

    paid: list[Paid] = field(default_factory=list)
    stops: list[StopFact] = field(default_factory=list)
    born: date | None = None

    def last_of(self, paid: Paid) -> int:
        """The last month of a payment that counts: stops that hold free the months after them."""
        stops = (s.month for s in self.stops if s.withdrawn is None and paid.received <= s.month)
        return min([paid.last, *(month - 1 for month in stops)])

    @property
    def covered_to(self) -> Month | None:
        """The last month that is paid."""
        return Month.from_index(max(map(self.last_of, self.paid))) if self.paid else None

    @property
    def supported_months(self) -> int:
        return sum(one.supported_months for one in self.paid)

    def holding_stop(self, received: int) -> StopFact | None:
        """A stop, not withdrawn, that forbids a receipt dated in this month."""
        return next((s for s in self.stops if s.withdrawn is None and received <= s.month), None)


@dataclass(frozen=True, slots=True)
class CardPeriod:
    """Days on which a collector may take money; ``valid_to`` ``None`` = open."""

    valid_from: date
    valid_to: date | None


def admit_receipt(
    account: Account,
    request: ContributionRequest,
    table: ParameterTable,
    *,
    today: date,
    readings: Readings = DEFAULT,
    compute: Callable[[ParameterTable, ContributionRequest, Readings], Quote] = quote,
) -> Quote:
    """The amounts of a receipt that may be recorded; :class:`Refused` names the field otherwise."""
    refuse_day(account, request.paid_on, today=today)
    try:
        refuse_far(request.from_month, request.paid_on, account.covered_to)
        result = compute(table, request, readings)
    except LawRefused as refusal:
        raise in_form_words(refusal) from refusal
    refuse_overlap(account, request.from_month, result.months)
    return result


def refuse_day(account: Account, day: date, *, today: date) -> None:
    """No money of the future, of a child, or while a stop holds."""
    if day > today:
        raise Refused(
            f"Ngày biên lai {day:%d/%m/%Y} ở tương lai; hãy kiểm tra lại ngày.", "received_on"
        )
    refuse_minor(account.born, day)
    _refuse_stopped(account, day)


_FIELDS = {"income": "chosen_income", "paid_on": "received_on", "groups": "group"}
"""The engine's words for the form's fields."""


def in_form_words(refusal: LawRefused) -> Refused:
    """The law's refusal with the form's name of the field."""
    return Refused(refusal.message, _FIELDS.get(refusal.field, refusal.field))


def refuse_overlap(account: Account, first: Month, months: int) -> None:
    """No month is paid twice by live receipts; months after a stop that still holds are
    free again.
    """
    last = int(first) + months - 1
    for paid in account.paid:
        covered_to = account.last_of(paid)
        if int(first) <= covered_to and paid.first <= last:
            who = f"Biên lai {paid.number}" if paid.number else "Người này"
            raise Refused(
                f"{who} đã đóng các tháng {Month.from_index(paid.first).vi}–"
                f"{Month.from_index(covered_to).vi}; hãy chọn đóng từ "
                f"{Month.from_index(covered_to + 1).vi}.",
                "from_month",
            )


def refuse_without_card(name: str, cards: Iterable[CardPeriod], day: date) -> None:
    """A collector without a valid card on the receipt's date takes no money."""
    if not any(holds_on(c, day) for c in cards):
        raise Refused(
            f"Nhân viên thu {name} không có thẻ còn giá trị vào ngày {day:%d/%m/%Y}.", "collector"
        )


def admit_stop(account: Account, month: Month, *, latest: Month) -> None:
    """Whether a stop from this month on may be recorded; ``latest`` is the last month that is
    accepted.
    """
    if not account.paid:
        raise Refused(
            "Người này chưa có biên lai nào còn hiệu lực nên không có gì để dừng.", "month"
        )
    holding = next(
        (s for s in account.stops if s.withdrawn is None and _holds(account.paid, s)), None
    )
    if holding:
        raise Refused(f"Người này đã dừng đóng từ {Month.from_index(holding.month).vi}.", "month")
    if int(month) < min(paid.received for paid in account.paid):
        raise Refused(
            f"Tháng dừng {month.vi} trước biên lai đầu tiên; hãy kiểm tra lại tháng.", "month"
        )
    if month > latest:
        raise Refused(f"Tháng dừng {month.vi} quá xa; muộn nhất là {latest.vi}.", "month")


def _holds(paid: Sequence[Paid], stop: StopFact) -> bool:
    return all(one.received <= stop.month for one in paid)


def _refuse_stopped(account: Account, day: date) -> None:
    stop = account.holding_stop(int(Month.of(day)))
    if stop:
        raise Refused(
            f"Người này đã dừng đóng từ {Month.from_index(stop.month).vi}; "
            "hãy rút lại việc dừng trước khi thu, hoặc ghi ngày biên lai sau tháng đó.",
            "received_on",
        )


def refuse_minor(born: date | None, day: date) -> None:
    """Refuse who is below the minimum age; ``born`` is the earliest birth date that is possible."""
    if born and (day.year - born.year, day.month, day.day) < (MINIMUM_AGE, born.month, born.day):
        raise Refused(
            f"Vào ngày {day:%d/%m/%Y} người này chưa đủ {MINIMUM_AGE} tuổi.", "birth_date"
        )
