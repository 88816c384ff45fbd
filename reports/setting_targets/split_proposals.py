"""Splitting a target among the owners below it, three ways: what is proposed for each, and why.
Nothing is written.

A revision divides what remains only: each part keeps the level that was planned up to the month
before the decision's own (:meth:`agents.targets.in_force.TargetHistory.levels`), and the parent
less the sum of these is shared out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import TextChoices

from agents.models import CollectionAgent, Collector, Commune, Metric
from agents.operations.targets import Owner
from agents.targets.in_force import TargetHistory
from agents.targets.splitting import Weight, split
from reports.counting.measures import Period
from reports.setting_targets.grid import COLLECTORS, COMMUNES, TargetBoard, name_of
from reports.setting_targets.weights import (
    Potential,
    Results,
    known_year,
    results_by_collector,
    results_by_owner,
    results_of,
    season_of,
)
from reports.tables import percent
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots, percent_in_words
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import upper_first


class Way(TextChoices):
    """How a target is divided."""

    EVEN = "deu", "Chia đều"
    SEASON = "mua-vu", "Theo kết quả và mùa vụ năm trước"
    POTENTIAL = "tiem-nang", "Theo tiềm năng (lao động chưa tham gia)"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be divided, how, and under which decision."""

    metric: Metric
    way: Way
    value: int
    decision_no: str = ""
    decision_date: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one owner has, keeps from the months before, and would get; ``why`` says its weight."""

    owner: Owner
    before: int | None
    frozen: int
    proposed: int
    why: str

    @property
    def share(self) -> int:
        """What is added to the frozen part."""
        return self.proposed - self.frozen


@dataclass(frozen=True, slots=True)
class Proposal:
    """The parts of a target, adding up to it exactly; ``kept`` are owners gone before the
    decision.
    """

    wish: Wish
    parent: Owner
    before: int | None
    parts: tuple[Part, ...]
    kept: int
    first_month: int
    season: tuple[int, ...] | None
    known: Period

    @property
    def frozen(self) -> int:
        return sum(part.frozen for part in self.parts) + self.kept

    @property
    def remainder(self) -> int:
        return self.wish.value - self.frozen

    @property
    def frozen_word(self) -> str:
        """What the frozen part is called."""
        if self.first_month > 1:
            return f"Kế hoạch đến hết tháng {self.first_month - 1}"
        if self.wish.metric != Metric.ACTIVE:
            return "Phần giữ nguyên"
        return f"Đang tham gia {self.known.last.last_day:%d/%m/%Y}"

    @property
    def known_word(self) -> str:
        """“năm 2025”, or the months that stand in for a year that is not over."""
        return _known_word(self.known)

    @property
    def season_months(self) -> list[tuple[str, int]]:
        """“T1” … “T12” with the weight of each; with its year where the months are of two."""
        last = self.known.last
        years = {n: last.year if n <= last.month else last.year - 1 for n in range(1, 13)}
        return [
            (f"T{n}" if last.month == 12 else f"T{n}/{years[n]}", weight)
            for n, weight in enumerate(self.season or (), start=1)
        ]


def propose(board: TargetBoard, wish: Wish) -> Proposal:
    """Divide a target among the owners of a tab; :class:`Refused` says why it cannot be."""
    day = _day_of(board.year, wish.decision_date)
    owners = {owner.pk: owner for owner in board.parts if owner and _is_there(owner, day)}
    if not owners:
        raise Refused("Chưa có ai để chia chỉ tiêu này.")
    data = _Data.read(board, wish.metric)
    firsts = {pk: _first_month(board, wish, owner) for pk, owner in owners.items()}
    frozen = {
        pk: _frozen(board, wish, data.base, owner, firsts[pk]) for pk, owner in owners.items()
    }
    kept = _kept(board, wish.metric, owners)
    _refuse_below(wish, sum(frozen.values()) + kept, min(firsts.values()))
    weights, whys = _weights(board, wish, owners, data, day)
    shares = split(wish.value - kept, weights, frozen)
    parts = tuple(
        Part(owner, board.history(wish.metric, owner).now, frozen[pk], shares[pk], whys[pk])
        for pk, owner in owners.items()
    )
    _refuse_negative(parts)
    return Proposal(
        wish,
        board.parent,
        board.history(wish.metric, board.parent).now,
        parts,
        kept,
        min(firsts.values()),
        _season(board.year - 1, wish),
        known_year(board.year - 1),
    )


def _season(year: int, wish: Wish) -> tuple[int, ...] | None:
    """The months' weights of a split by season; ``None`` for other ways, or when all are 0."""
    season = season_of(year, wish.metric) if wish.way == Way.SEASON else ()
    return season if any(season) else None


def _day_of(year: int, decided: date | None) -> date:
    """The day on which the owners of a split are there: the decision's, within the year."""
    return min(max(decided or date(year, 1, 1), date(year, 1, 1)), date(year, 12, 31))


def _is_there(owner: Owner, day: date) -> bool:
    if isinstance(owner, Commune):
        return holds_on(owner, day)
    if isinstance(owner, CollectionAgent):
        return owner.opened_on <= day and (owner.closed_on is None or owner.closed_on >= day)
    if isinstance(owner, Collector):
        return (owner.hired_on is None or owner.hired_on <= day) and (
            owner.ended_on is None or owner.ended_on >= day
        )
    return False


@dataclass(frozen=True, slots=True)
class _Data:
    """Result of each owner in the :func:`known_year`, and the level at the year's start (0 for what
    starts at 0).
    """

    results: Results
    base: Results

    @classmethod
    def read(cls, board: TargetBoard, metric: Metric) -> _Data:
        if board.tab == COLLECTORS and board.parent:
            results = results_by_collector(board.year - 1, metric, board.parent)
        else:
            grain = results_of(board.year - 1)
            results = results_by_owner(grain, metric, board.parts, board.lineage, board.year)
        return cls(results, results if metric == Metric.ACTIVE else {})


def _first_month(board: TargetBoard, wish: Wish, owner: Owner) -> int:
    """The first month (1–12) that the decision would apply to, as in :func:`do_set_targets`."""
    history, year = board.history(wish.metric, owner), board.year
    if _is_correction(history, wish):
        return history.versions[-1].effective_month
    born = date(year, 1, 1)
    if isinstance(owner, Commune):
        born = max(born, owner.valid_from)
    elif isinstance(owner, CollectionAgent):
        born = max(born, owner.opened_on)
    day = wish.decision_date
    if history.revision_no is None or day is None or day.year < year:
        return born.month
    if day.year > year:
        raise Refused(f"Năm {year} đã qua; không điều chỉnh chỉ tiêu được nữa.", "ngay")
    return max(born.month, day.month)


def _is_correction(history: TargetHistory, wish: Wish) -> bool:
    """Whether the figure in force is the same decision's own, or a draft that had none yet."""
    if not history.versions:
        return False
    last = history.versions[-1]
    return not last.decision_no or (last.decision_no, last.decision_date) == (
        wish.decision_no,
        wish.decision_date,
    )


def _frozen(board: TargetBoard, wish: Wish, base: Results, owner: Owner, first: int) -> int:
    """The level planned for the month before ``first``, the level at the year's start when nothing
    was planned.
    """
    history = board.history(wish.metric, owner)
    if _is_correction(history, wish):
        history = TargetHistory(history.owner, history.versions[:-1], history.inherited)
    levels = history.levels(lambda pk: base.get(pk or 0, 0)) if first > 1 else None
    return levels[first - 2] if levels else base.get(owner.pk if owner else 0, 0)


def _kept(board: TargetBoard, metric: Metric, there: Mapping[int, Owner]) -> int:
    """What owners that were gone before the decision keep: it counts in the sum and is not divided
    anew.
    """
    gone = [
        owner
        for owner in board.parts
        if owner and owner.pk not in there and not isinstance(owner, Commune)
    ]
    return sum(board.history(metric, owner).now or 0 for owner in gone)


def _refuse_below(wish: Wish, frozen: int, first: int) -> None:
    """What was planned for the months that are past stays (counts only; the level of active people
    may be lowered).
    """
    if wish.metric == Metric.ACTIVE or wish.value >= frozen:
        return
    past = f"kế hoạch đến hết tháng {first - 1}" if first > 1 else "phần giữ nguyên"
    raise Refused(
        f"Chỉ tiêu {dots(wish.value)} thấp hơn {past} đã giao là {dots(frozen)}; các tháng đã "
        "qua không điều chỉnh "
        "được, hãy ghi số lớn hơn.",
        "goc",
    )


def _refuse_negative(parts: Sequence[Part]) -> None:
    if below := next((part for part in parts if part.proposed < 0), None):
        raise Refused(
            f"Chia cách này thì chỉ tiêu của {name_of(below.owner)} xuống dưới 0; hãy chọn "
            "cách khác.",
            "cach",
        )


Weights = tuple[Mapping[int, Weight], Mapping[int, str]]
"""Owner's key → weight, and the same in words."""


def _weights(
    board: TargetBoard, wish: Wish, owners: Mapping[int, Owner], data: _Data, day: date
) -> Weights:
    if wish.way == Way.EVEN:
        return dict.fromkeys(owners, 1), dict.fromkeys(owners, f"1/{len(owners)}")
    if wish.way == Way.SEASON:
        return _by_results(board, wish, owners, data)
    potential = Potential(board.lineage, day)
    if board.tab == COMMUNES:
        return _shares_of(*_potential_of_communes(potential, owners))
    return _shares_of(*_potential_served(potential, owners))


def _by_results(board: TargetBoard, wish: Wish, owners: Iterable[int], data: _Data) -> Weights:
    weights = {pk: max(0, data.results.get(pk, 0)) for pk in owners}
    whole, known = sum(weights.values()), _known_word(known_year(board.year - 1))
    if not whole:
        raise Refused(
            f"{upper_first(known)} chưa có kết quả để chia theo; hãy chọn cách khác.", "cach"
        )
    unit = " đ" if wish.metric == Metric.COLLECTED else ""
    return weights, {
        pk: f"{known}: {dots(one)}{unit} ({_percent(one, whole)})" for pk, one in weights.items()
    }


Potentials = tuple[Mapping[int, Fraction], Mapping[int, str]]
"""Owner's key → persons who could join, and how that number comes about in words."""


def _potential_of_communes(potential: Potential, communes: Iterable[int]) -> Potentials:
    _refuse_missing(potential, set(communes))
    month = potential.month.vi
    return {pk: Fraction(potential.of(pk)) for pk in communes}, {
        pk: f"{dots(potential.force(pk) or 0)} lao động − {dots(potential.active(pk))} tham gia "
        f"hết {month}"
        for pk in communes
    }


def _potential_served(potential: Potential, owners: Mapping[int, Owner]) -> Potentials:
    served = potential.served(owners.values())
    _refuse_missing(potential, {unit for units in served.values() for unit in units})
    shared = potential.shared(served)
    return {pk: shared.get(pk, Fraction()) for pk in owners}, {
        pk: f"phục vụ {len(served.get(pk, ()))} xã" for pk in owners
    }


def _shares_of(weights: Mapping[int, Fraction], whys: Mapping[int, str]) -> Weights:
    """The weights with the share of each added to its words; refused when all are 0."""
    whole = sum(weights.values())
    if not whole:
        raise Refused("Không còn lao động chưa tham gia để chia theo; hãy chọn cách khác.", "cach")
    return weights, {
        pk: f"{why}, tiềm năng {dots(round(weights[pk]))} ({_percent(weights[pk], whole)})"
        for pk, why in whys.items()
    }


def _refuse_missing(potential: Potential, communes: set[int]) -> None:
    if names := potential.missing(communes):
        raise Refused(
            f"Chưa có số lao động của: {', '.join(names)}. Hãy nhập số lao động rồi chia lại.",
            "cach",
        )


def _known_word(known: Period) -> str:
    return (
        f"năm {known.last.year}"
        if known.last.month == 12
        else f"12 tháng {known.first.vi}–{known.last.vi}"
    )


def _percent(part: Weight, whole: Weight) -> str:
    share = percent(round(part * 10_000), round(whole * 10_000)) or "0.00"
    return percent_in_words(share)
