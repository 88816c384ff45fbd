"""What else the scheme pays: one-off, allowance when short of years, maternity, funeral, survivors,
health card.

Estimates all (``ước tính``), in đồng. Each function raises :class:`LawRefused` where the law or the
table says no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal, localcontext

from enrollment.law import keys
from enrollment.law.conditions import unconfirmed
from enrollment.law.exact import EXACT, rounded
from enrollment.law.parameters import BASE_SALARY, Parameter, ParameterTable
from enrollment.law.pensions import ESTIMATE, years_counted
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import refuse_outside
from enrollment.law.retirement import after_months
from enrollment.law.steps import Step, plain
from enrollment.law.wording import dong
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Benefit:
    """``amount`` in đồng, once or (``monthly``) each month for ``months`` months."""

    kind: str
    amount: int
    steps: tuple[Step, ...]
    warnings: tuple[str, ...] = ()
    monthly: bool = False
    months: int | None = None
    label: str = ESTIMATE


@dataclass(frozen=True, slots=True)
class History:
    """``months`` paid, ``before_2014`` of them before that year, at an average income (đồng a
    month).
    """

    months: int
    average_income: int
    before_2014: int = 0


def maternity(table: ParameterTable, *, on: date, children: int, months_in_window: int) -> Benefit:
    """So much a child for who paid 6 of the 12 months before the birth (Law 41/2024 Art. 94–95)."""
    refuse_outside("children", "Số con", children, 1, 20)
    row, least = _need(table, keys.MATERNITY, on), _need(table, keys.MATERNITY_MIN_MONTHS, on)
    _refuse_short("months_in_window", months_in_window, least, "trong 12 tháng trước khi sinh")
    step = _product(
        f"Trợ cấp thai sản: {children} con × {dong(int(row.number))}",
        [children, row.number],
        row,
        least,
    )
    return _benefit("maternity", step)


def funeral(table: ParameterTable, *, on: date, months: int) -> Benefit:
    """10 × the reference level of the month of death after 60 months (Law 41/2024 Art. 109)."""
    row, least = (
        _need(table, keys.FUNERAL_MULTIPLIER, on),
        _need(table, keys.FUNERAL_MIN_MONTHS, on),
    )
    _refuse_short("months", months, least, "")
    level = _need(table, BASE_SALARY, on)
    label = f"Trợ cấp mai táng: {plain(row.number)} × mức tham chiếu {dong(int(level.number))}"
    return _benefit("funeral", _product(label, [row.number, level.number], row, level, least))


def one_off(
    table: ParameterTable,
    history: History,
    *,
    on: date,
    state_support: int = 0,
    money_paid: int | None = None,
) -> Benefit:
    """1.5 months of average income a year before 2014, 2 from then on, less the state's support
    (Decree 159 Art. 9).

    ``state_support``: all that the state added (0 where it is not taken back); ``money_paid`` is
    needed below a year.
    """
    _refuse_history(history)
    refuse_outside("state_support", "Tiền NSNN đã hỗ trợ", state_support, 0)
    with localcontext(EXACT):
        if history.months < 12:
            due = _under_a_year(table, history, on, money_paid)
        else:
            due = _by_years(
                table, history, on, keys.ONE_OFF_BEFORE_2014, keys.ONE_OFF_FROM_2014, "BHXH một lần"
            )
    return _benefit("one_off", due, *_less_support(int(due.amount or 0), state_support))


def _less_support(total: int, state_support: int) -> tuple[Step, Step]:
    """What is taken back of a total, and what is left of it."""
    source = "Nghị định 159/2025/NĐ-CP, Điều 9"
    taken = min(state_support, total)
    back = Step("Trừ tiền NSNN đã hỗ trợ", taken, source, "given", {"amount": taken})
    figures = {"from": total, "take": taken}
    return back, Step("Mức hưởng một lần", total - taken, source, "minus", figures)


def survivors(
    table: ParameterTable, history: History, *, on: date, money_paid: int | None = None
) -> Benefit:
    """The lump for the family; who paid less than 60 months leaves the money paid (Law 41/2024 Art.
    110).
    """
    _refuse_history(history)
    least = _need(table, keys.SURVIVOR_MIN_MONTHS, on)
    if history.months < least.number:
        paid = _money_paid(money_paid)
        label = f"Tuất một lần: số tiền đã đóng, vì chưa đủ {int(least.number)} tháng"
        return _benefit(
            "survivors", Step(label, paid, least.source, "given", {"amount": paid}, (least,))
        )
    with localcontext(EXACT):
        return _benefit(
            "survivors",
            _by_years(
                table,
                history,
                on,
                keys.SURVIVOR_BEFORE_2014,
                keys.SURVIVOR_FROM_2014,
                "Tuất một lần",
            ),
        )


def allowance(
    table: ParameterTable, history: History, *, on: date, birth_date: date | None = None
) -> Benefit:
    """Each month until the social pension for who is of age but short of years (Decree 159/2025
    Art. 14).

    Months = average × 2 × years / social pension, a part counting as a month; with ``birth_date`` a
    right to more months than are left until the social pension's age raises the monthly amount
    instead (clause 8).
    """
    _refuse_history(history)
    if history.months < 12:
        raise LawRefused("months", "Trợ cấp hằng tháng cần ít nhất 12 tháng đóng.")
    least = _need(table, keys.PENSION_MIN_MONTHS, on)
    if history.months >= least.number:
        raise LawRefused(
            "months",
            f"Đã đủ {int(least.number)} tháng nên hưởng lương hưu, không hưởng trợ cấp này.",
        )
    with localcontext(EXACT):
        return _allowance(table, history, on, birth_date)


def _allowance(
    table: ParameterTable, history: History, on: date, birth_date: date | None
) -> Benefit:
    level = _need(table, keys.SOCIAL_PENSION, on)
    if not level.number:
        raise LawRefused(
            "on", "Mức trợ cấp hưu trí xã hội đang là 0 nên chưa tính được thời gian hưởng."
        )
    months, first = _entitled_months(table, history, on, level)
    left = _until_social_pension(table, on, birth_date)
    if left is None or months <= left:
        return _allowance_of(rounded(level.number), months, first, _plain_amount(level))
    raised = rounded(level.number + (months - left) * level.number / left)
    return _allowance_of(raised, left, first, _raised_amount(level, months, left, raised))


def _entitled_months(
    table: ParameterTable, history: History, on: date, level: Parameter
) -> tuple[int, Step]:
    """The months for which the allowance is paid, and the step that explains them."""
    multiplier = _need(table, keys.ALLOWANCE_MULTIPLIER, on)
    years, odd = years_counted(table, history.months, on)
    months = int(
        (history.average_income * multiplier.number * years / level.number).to_integral_value(
            ROUND_CEILING
        )
    )
    label = (
        f"Thời gian hưởng: {dong(history.average_income)} × {plain(multiplier.number)} × "
        f"{plain(years)} năm / "
        f"{dong(int(level.number))} = {months} tháng"
    )
    figures = {"average": history.average_income, "years": plain(years), "months": months}
    parameters = (multiplier, odd, level)
    return months, Step(label, None, multiplier.source, figures=figures, parameters=parameters)


def _plain_amount(level: Parameter) -> Step:
    return Step(
        "Trợ cấp hằng tháng",
        rounded(level.number),
        level.source,
        "product",
        {"terms": [[plain(level.number)]]},
        (level,),
    )


def _raised_amount(level: Parameter, months: int, left: int, raised: int) -> Step:
    """Months beyond the age of the social pension raise the amount of those before it."""
    words = (
        f"Trợ cấp hằng tháng: quyền hưởng {months} tháng dồn vào {left} tháng còn lại "
        "đến tuổi hưởng hưu trí xã hội"
    )
    terms = [[plain(level.number), str(months)]]
    return Step(
        words,
        raised,
        "Nghị định 159/2025/NĐ-CP, Điều 14 khoản 8",
        "product",
        {"terms": terms, "by": str(left)},
        (level,),
    )


def _allowance_of(amount: int, months: int, *steps: Step) -> Benefit:
    return Benefit("allowance", amount, steps, _warnings(steps), monthly=True, months=months)


def _until_social_pension(table: ParameterTable, on: date, birth_date: date | None) -> int | None:
    if birth_date is None:
        return None
    age = int(_need(table, keys.SOCIAL_PENSION_AGE, on).number)
    if not 0 <= age <= 1800 or not 1900 <= birth_date.year <= 2100:
        raise LawRefused("birth_date", "Năm sinh phải từ 1900 đến 2100.")
    left = int(Month.of(after_months(birth_date, age)) - Month.of(on))
    if left <= 0:
        raise LawRefused(
            "birth_date", "Đã đủ tuổi hưởng trợ cấp hưu trí xã hội nên không hưởng trợ cấp này."
        )
    return left


def health_card(*, pension: bool, allowance: bool) -> tuple[bool, Step]:
    """Whether the health card is paid for: with a pension by the fund, with the monthly allowance
    by the budget.
    """
    if pension:
        return True, Step(
            "Thẻ BHYT do quỹ BHXH đóng trong thời gian hưởng lương hưu", None, "Luật Bảo hiểm y tế"
        )
    if allowance:
        return True, Step(
            "Thẻ BHYT do ngân sách nhà nước đóng trong thời gian hưởng trợ cấp",
            None,
            "Luật BHXH 41/2024/QH15, Điều 23",
        )
    return False, Step(
        "Không có thẻ BHYT kèm theo khi chưa hưởng lương hưu hay trợ cấp hằng tháng", None, ""
    )


def _by_years(
    table: ParameterTable, history: History, on: date, before: str, since: str, name: str
) -> Step:
    """Average income × (``before`` × years before 2014 + ``since`` × years from then on)."""
    early_row, late_row = _need(table, before, on), _need(table, since, on)
    early, late, odd = _years_of(table, history, on)
    average = history.average_income
    terms = [
        [plain(early_row.number), plain(early), str(average)],
        [plain(late_row.number), plain(late), str(average)],
    ]
    amount = rounded(average * (early_row.number * early + late_row.number * late))
    label = (
        f"{name}: ({plain(early_row.number)} × {plain(early)} năm + {plain(late_row.number)} × "
        f"{plain(late)} năm) "
        f"× {dong(average)}"
    )
    return Step(
        label, amount, late_row.source, "product", {"terms": terms}, (early_row, late_row, odd)
    )


def _years_of(
    table: ParameterTable, history: History, on: date
) -> tuple[Decimal, Decimal, Parameter]:
    """Years before 2014 and later ones, and the row by which odd months count. Odd months before
    2014 are added to the later ones; years before 2014 alone are rounded to halves.
    """
    early_months = history.before_2014
    carried = early_months % 12 if history.months > early_months else 0
    early, odd = years_counted(table, early_months - carried, on)
    late, _ = years_counted(table, history.months - early_months + carried, on)
    return early, late, odd


def _under_a_year(
    table: ParameterTable, history: History, on: date, money_paid: int | None
) -> Step:
    row = _need(table, keys.ONE_OFF_UNDER_YEAR, on)
    paid = _money_paid(money_paid)
    most = rounded(row.number * history.average_income)
    label = (
        "BHXH một lần khi đóng dưới một năm: số tiền đã đóng, tối đa "
        f"{plain(row.number)} tháng bình quân"
    )
    return Step(label, min(paid, most), row.source, "least", {"amounts": [paid, most]}, (row,))


def _money_paid(money: int | None) -> int:
    if money is None:
        raise LawRefused("money_paid", "Hãy nhập tổng số tiền đã đóng.")
    refuse_outside("money_paid", "Số tiền đã đóng", money, 0)
    return money


def _refuse_history(history: History) -> None:
    refuse_outside("months", "Số tháng đóng", history.months, 0, 1200)
    refuse_outside("average_income", "Mức bình quân thu nhập", history.average_income, 0)
    refuse_outside("before_2014", "Số tháng đóng trước 2014", history.before_2014, 0, 1200)
    if history.before_2014 > history.months:
        raise LawRefused("before_2014", "Số tháng đóng trước 2014 lớn hơn tổng số tháng đóng.")


def _refuse_short(name: str, months: int, least: Parameter, where: str) -> None:
    refuse_outside(name, "Số tháng đóng", months, 0)
    if months < least.number:
        raise LawRefused(
            name,
            f"Cần ít nhất {int(least.number)} tháng đóng {where}".rstrip() + f", mới có {months}.",
        )


def _need(table: ParameterTable, key: str, on: date) -> Parameter:
    return table.require(key, on, "on")


def _product(
    label: str, factors: list[int | Decimal], first: Parameter, *others: Parameter
) -> Step:
    with localcontext(EXACT):
        amount = Decimal(1)
        for factor in factors:
            amount *= factor
        terms = [[plain(Decimal(factor)) for factor in factors]]
        return Step(
            label, rounded(amount), first.source, "product", {"terms": terms}, (first, *others)
        )


def _benefit(kind: str, *steps: Step) -> Benefit:
    return Benefit(kind, int(steps[-1].amount or 0), steps, _warnings(steps))


def _warnings(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unconfirmed(*(row for step in steps for row in step.parameters))))
