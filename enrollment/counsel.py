"""What somebody pays and what it leads to, for the counselling page and its sheet. Nothing is
stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from enrollment.law import (
    DEFAULT,
    METHODS,
    ContributionRequest,
    History,
    IncomePeriod,
    LawRefused,
    Outlook,
    OutlookRequest,
    ParameterTable,
    Quote,
    Readings,
    birthday_of_year,
    funeral,
    health_card,
    maternity,
    one_off,
    outlook,
    quote,
)
from enrollment.law.conditions import Conditions, conditions_on, refuse_income, unconfirmed
from enrollment.law.methods import ADVANCE, ADVANCE_MONTHS, FIXED_METHODS
from enrollment.law.parameters import STATE_MAX_MONTHS
from enrollment.law.wording import dong
from enrollment.models import Participant, Receipt, Sex
from thaithuy_bhxh.months import Month

_CHILDBEARING = range(15, 50)
LATER_YEARS = (0, 2, 4, 6, 8, 10)
"""Years of delay that the chart shows."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A life in a few figures: ``income`` in đồng a month, ``paid`` months behind, ``supported`` of
    them by the state; ``year_only`` when the day of birth is not known and taken as 1 January,
    ``joined_on`` the first day of voluntary insurance.
    """

    born: date
    year_only: bool
    sex: str
    group: str
    income: int
    method: str
    paid: int
    supported: int
    on: date
    joined_on: date | None = None

    @property
    def month(self) -> Month:
        return Month.of(self.on)

    @property
    def age(self) -> int:
        return (
            self.on.year
            - self.born.year
            - ((self.on.month, self.on.day) < (self.born.month, self.born.day))
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay: its quote, or why there is none; ``left`` months that the state may still
    support afterwards.
    """

    label: str
    chosen: bool
    quote: Quote | None
    refusal: str
    left: int | None

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each parameter of this offer that is not confirmed."""
        return (
            tuple(unconfirmed(*sorted(self.quote.basis.rows_used, key=lambda row: row.key)))
            if self.quote
            else ()
        )

    @property
    def a_month(self) -> int:
        """What the participant pays per month covered, đồng, rounded."""
        return round(self.quote.participant / self.quote.months) if self.quote else 0


@dataclass(frozen=True, slots=True)
class Path:
    """Where paying without a break from a month on leads, or why that is not known."""

    start: Month
    age: int
    outlook: Outlook | None
    refusal: str

    @property
    def pension(self) -> int:
        return self.outlook.pension.pension if self.outlook and self.outlook.pension.eligible else 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of the life picture with its source."""

    label: str
    text: str
    source: str = ""
    warnings: tuple[str, ...] = ()


def situation_of(birth: tuple[date | None, int], *, on: date, **values: object) -> Situation:
    """The situation for answers of the form; the birth may be a year only."""
    day, year = birth
    return Situation(born=day or birthday_of_year(year), year_only=day is None, on=on, **values)  # type: ignore[arg-type]


def limits_on(table: ParameterTable, day: date) -> Conditions | None:
    """Lowest and highest income of the day; ``None`` while a parameter is missing."""
    try:
        return conditions_on(table, day)
    except LawRefused:
        return None


def offers_of(table: ParameterTable, readings: Readings, here: Situation) -> list[Offer]:
    """Every way to pay, side by side: 1, 3, 6, 12 months, then two to five years ahead."""
    ways: list[tuple[str, int | None]] = [(code, None) for code in FIXED_METHODS]
    ways += [(ADVANCE, months) for months in ADVANCE_MONTHS]
    return [_offer(table, readings, here, code, months) for code, months in ways]


def _offer(
    table: ParameterTable, readings: Readings, here: Situation, code: str, months: int | None
) -> Offer:
    label = METHODS[code].label if months is None else f"Trước {months // 12} năm"
    chosen = code == here.method
    request = ContributionRequest(
        method=code,
        income=here.income,
        from_month=here.month,
        paid_on=here.on,
        months=months,
        groups=(here.group,),
        prior_supported_months=here.supported,
    )
    try:
        found = quote(table, request, readings)
    except LawRefused as refusal:
        return Offer(label, chosen, None, refusal.message, None)
    limit = table.at(STATE_MAX_MONTHS, here.on)
    left = max(0, int(limit.number) - here.supported - found.counted_months) if limit else None
    return Offer(label, chosen, found, "", left)


def prospect_of(
    table: ParameterTable, here: Situation, start: Month | None = None, readings: Readings = DEFAULT
) -> Path:
    """What paying every month from ``start`` (this month) leads to; months behind count at the same
    income.

    An income that is not lawful today has no prospect.
    """
    begins = start or here.month
    age = begins.year - here.born.year - (begins.month < here.born.month)
    behind = (IncomePeriod(here.month - here.paid, here.paid, here.income),) if here.paid else ()
    request = OutlookRequest(here.sex, here.born, here.income, begins, behind, here.joined_on)
    try:
        refuse_income(conditions_on(table, here.on), here.income, readings.off_step)
        return Path(begins, age, outlook(table, request), "")
    except LawRefused as refusal:
        return Path(begins, age, None, refusal.message)


def delays_of(
    table: ParameterTable, here: Situation, readings: Readings = DEFAULT
) -> list[tuple[str, int]]:
    """(year of the start, estimated pension) for starts now and later."""
    starts = [here.month + 12 * years for years in LATER_YEARS]
    return [
        (str(start.year), prospect_of(table, here, start, readings).pension) for start in starts
    ]


def stopping_now(table: ParameterTable, here: Situation, readings: Readings = DEFAULT) -> Fact:
    """What somebody who stops today has and loses."""
    label = "Nếu dừng bây giờ"
    if not here.paid:
        return Fact(label, "Chưa đóng tháng nào nên chưa có quyền lợi nào.")
    try:
        refuse_income(conditions_on(table, here.on), here.income, readings.off_step)
        found = one_off(table, History(here.paid, here.income), on=here.on)
    except LawRefused as refusal:
        return Fact(label, f"Đã đóng {here.paid} tháng. {refusal.message}")
    return Fact(
        label,
        f"Đã đóng {here.paid} tháng: nhận một lần ước tính {dong(found.amount)} thì mất toàn "
        "bộ số tháng đã đóng, "
        "lương hưu và thẻ BHYT về sau; để lại thì các tháng ấy được cộng tiếp khi đóng lại.",
        found.steps[-1].source,
        found.warnings,
    )


def other_benefits(table: ParameterTable, here: Situation) -> Iterator[Fact]:
    """Health card, maternity, funeral: what else the contributions bring; what is not known is left
    out.
    """
    covered, step = health_card(pension=True, allowance=False)
    if covered:
        yield Fact(
            "Thẻ BHYT",
            "Quỹ BHXH đóng thẻ bảo hiểm y tế suốt thời gian hưởng lương hưu.",
            step.source,
        )
    if here.sex == Sex.FEMALE and here.age in _CHILDBEARING:
        yield from _fact(
            "Sinh con",
            lambda: maternity(table, on=here.on, children=1, months_in_window=6),
            "mỗi con, khi đã đóng từ 6 tháng trong 12 tháng trước khi sinh",
        )
    yield from _fact(
        "Mai táng", lambda: funeral(table, on=here.on, months=60), "khi đã đóng từ 60 tháng"
    )


def _fact(label: str, compute: object, when: str) -> Iterator[Fact]:
    try:
        found = compute()  # type: ignore[operator]
    except LawRefused:
        return
    yield Fact(
        label, f"{dong(found.amount)} {when} (ước tính).", found.steps[-1].source, found.warnings
    )


def doubts_of(
    offers: Iterable[Offer], prospects: Iterable[Path], facts: Iterable[Fact]
) -> list[str]:
    """Every sentence that says what, of all that an answer shows, is still to be confirmed or
    announced.
    """
    seen = [text for offer in offers for text in offer.doubts]
    for one in prospects:
        early = one.outlook.early if one.outlook else None
        seen += [*(one.outlook.warnings if one.outlook else ()), *(early.warnings if early else ())]
    return list(dict.fromkeys([*seen, *(text for fact in facts for text in fact.warnings)]))


def last_income_of(person: Participant) -> int:
    """The income that the person's last live receipt was computed from, đồng a month; 0 without
    one.
    """
    last = (
        Receipt.objects.live()
        .filter(participant=person)
        .values_list("chosen_income", flat=True)
        .first()
    )
    return last or 0


def later(here: Situation, income: int, method: str) -> Situation:
    """The same life with another choice."""
    return replace(here, income=income, method=method)
