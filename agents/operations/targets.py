"""Yearly targets: many figures assigned, revised or withdrawn at once, all or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind, Target, User
from agents.models.targets import EVEN_SEASON
from agents.roles import Can
from agents.targets import in_force
from agents.targets.in_force import Decided, TargetHistory, decision_in_words, histories_of
from agents.territory import load_lineage
from thaithuy_bhxh.errors import EditConflict, Refused
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.storing import assign, store
from thaithuy_bhxh.text import clean, lower_first, upper_first

Changes = dict[str, Any]
Key = tuple[int, str, str, int | None]
Owner = Commune | CollectionAgent | Collector | None
_MODELS = {
    OwnerKind.COMMUNE: Commune,
    OwnerKind.AGENT: CollectionAgent,
    OwnerKind.COLLECTOR: Collector,
}
FIRST_YEAR, LAST_YEAR = 2008, 2100
"""Voluntary social insurance began in 2008."""
UNSEEN = -1


@dataclass(frozen=True, slots=True)
class Figure:
    """One target: persons, or đồng for ``collected``; owner ``None`` = the whole district, value
    ``None`` = none.
    """

    year: int
    metric: str
    owner: Owner
    value: int | None
    decision_no: str = ""
    decision_date: date | None = None
    seen: int | None = UNSEEN
    """The value that the editor saw before changing it; :data:`UNSEEN` = set it whatever it is now.
    """
    season: tuple[int, ...] | None = None
    """Weights of the twelve months; ``None`` = as before, even at first."""

    @property
    def key(self) -> Key:
        """Year, metric, kind of owner and its id: one target at most."""
        fields = self.owner_fields
        return (
            self.year,
            self.metric,
            str(fields["owner_kind"]),
            self.owner.pk if self.owner else None,
        )

    @property
    def owner_fields(self) -> dict[str, object]:
        """The owner as fields of :class:`Target`."""
        fields: dict[str, object] = dict.fromkeys(kind.value for kind in _MODELS)
        for kind, model in _MODELS.items():
            if isinstance(self.owner, model):
                return {**fields, "owner_kind": kind, kind.value: self.owner}
        return {**fields, "owner_kind": OwnerKind.DISTRICT}

    @property
    def born(self) -> date:
        """The first day on which the owner is there to be asked."""
        if isinstance(self.owner, Commune):
            return self.owner.valid_from
        if isinstance(self.owner, Collector):
            return self.owner.hired_on or date.min
        return self.owner.opened_on if isinstance(self.owner, CollectionAgent) else date.min


@dataclass(slots=True)
class TargetsSet:
    """How many figures were set, changed, removed, or stand as they were."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def do_set_targets(*, actor: User, figures: Iterable[Figure]) -> TargetsSet:
    """Set targets in the order given, each with the decision that assigns it; one audit row per
    owner and year.

    Under a new decision number the figure in force is kept and a revision follows it, for the
    months from the decision's own on; under the same number, or while there was none, the figure is
    corrected. Raises :class:`Refused`; then nothing is changed.
    """
    require(actor, Can.SET_TARGETS)
    done = TargetsSet()
    written: dict[tuple[int, models.Model], Changes] = {}
    with transaction.atomic():
        wanted = list(figures)
        for figure in wanted:
            check(figure)
        years = {year: _TargetsOfYear.locked(year) for year in {figure.year for figure in wanted}}
        for figure in wanted:
            about, changes = _set(actor, figure, years[figure.year], done)
            if about:
                written.setdefault((figure.year, about), {}).update(changes)
        for (year, about), changes in written.items():
            audit.record(
                actor=actor,
                action="target.set",
                on=about,
                changes=changes,
                summary=f"Chỉ tiêu {year} của {_owner_in_words(about)}: "
                f"{_changes_in_words(changes)}",
            )
    return done


def locked_versions(year: int) -> list[Target]:
    """A year's versions, the first ones first, which nobody else changes until this transaction
    ends.
    """
    # Two questions: the first may wait for another manager, and does not see the versions written
    # meanwhile.
    list(Target.objects.select_for_update().filter(year=year).order_by("pk").values_list("pk"))
    return list(Target.objects.filter(year=year).order_by("revision_no"))


@dataclass(frozen=True, slots=True)
class _TargetsOfYear:
    """One year's targets as they stand: the latest version of each, and what it means."""

    latest: dict[Key, Target]
    histories: dict[in_force.Key, TargetHistory]
    days: dict[str, set[date]]
    """Number of a decision of the year → the date on record."""

    @classmethod
    def locked(cls, year: int) -> _TargetsOfYear:
        rows = locked_versions(year)
        latest = {(row.year, row.metric, row.owner_kind, row.owner_id): row for row in rows}
        found = cls(latest, histories_of(rows, load_lineage()), {})
        for row in rows:
            found._dated(row)
        return found

    def history(self, figure: Figure) -> TargetHistory:
        return self.histories.get(figure.key[1:], TargetHistory(None))

    def note(self, figure: Figure, written: Target) -> None:
        """A later decision of the same call follows what was just written."""
        self.latest[figure.key] = written
        self.histories[figure.key[1:]] = self.history(figure).followed_by(written)
        self._dated(written)

    def _dated(self, row: Target) -> None:
        if row.decision_no and row.decision_date:
            self.days.setdefault(row.decision_no.casefold(), set()).add(row.decision_date)

    def refuse_other_day(self, figure: Figure) -> None:
        """A number is one decision's: under another date it would be taken for a second decision.

        Somebody at a screen is held to the dates of the whole year; a list of old decisions to the
        target's own.
        """
        number, day = _decided(figure)
        known = self.days.get(number.casefold(), set())
        if figure.seen == UNSEEN:
            mine = self.history(figure).versions
            known = {
                one.decision_date for one in mine if one.decision_date and one.decision_no == number
            }
        if day and known and day not in known:
            raise Refused(
                f"Quyết định {number} năm {figure.year} đã ghi ngày {min(known):%d/%m/%Y}, "
                f"không phải {day:%d/%m/%Y}; "
                "hãy sửa ngày, hoặc ghi số khác nếu đây là quyết định khác.",
                "decision_no",
            )


def _set(
    actor: User, figure: Figure, year: _TargetsOfYear, done: TargetsSet
) -> tuple[models.Model | None, Changes]:
    """Write one figure; returns the record for the audit row (``None`` = nothing to record)
    and the changes.
    """
    row, before = year.latest.get(figure.key), year.history(figure).now
    if figure.seen not in (UNSEEN, before):
        raise EditConflict(
            f"Người khác vừa đổi chỉ tiêu của {figure.owner or 'toàn huyện'}; hãy xem lại rồi lưu."
        )
    same = row is None or (row.decision_no, row.decision_date) == _decided(figure)
    stays = figure.value == before and (same or not clean(figure.decision_no))
    if (stays or _decided_before(year, figure)) and not _reseasons(row, figure):
        done.unchanged += 1
        return None, {}
    year.refuse_other_day(figure)
    if row and (same or not row.decision_no):
        target = _corrected(row, figure, year.history(figure))
    else:
        target = _revised(actor, figure, year.history(figure), row)
    _count(done, before, figure.value if target else None)
    if target is None:
        return figure.owner or Target(pk=row.pk if row else None), {figure.metric: [before, None]}
    store(target, taken="Người khác vừa đặt chỉ tiêu này; hãy tải lại trang.")
    year.note(figure, target)
    return figure.owner or target, {figure.metric: [before, figure.value], **_decision(target)}


def _count(done: TargetsSet, before: int | None, after: int | None) -> None:
    """Count one written figure by what it did."""
    done.created += before is None and after is not None
    done.changed += before is not None and after is not None
    done.removed += after is None


def _decided_before(year: _TargetsOfYear, figure: Figure) -> bool:
    """Whether an earlier decision set this very figure: a list taken over twice changes nothing."""
    decisions = [
        (one.value, one.decision_no, one.decision_date) for one in year.history(figure).versions
    ]
    return bool(figure.decision_no) and (figure.value, *_decided(figure)) in decisions


def _reseasons(row: Target | None, figure: Figure) -> bool:
    """Whether only the way through the months changes."""
    return bool(
        row and figure.season and figure.value is not None and list(figure.season) != row.season
    )


def _corrected(row: Target, figure: Figure, history: TargetHistory) -> Target | None:
    """The version itself set right; ``None`` when it was the first one and is taken away."""
    _refuse_below_past(
        figure, replace(history, versions=history.versions[:-1]), row.effective_month
    )
    if figure.value is None and not row.revision_no:
        row.delete()
        return None
    number, day = _decided(figure)
    assign(
        row,
        value=figure.value,
        decision_no=number or row.decision_no,
        decision_date=day or row.decision_date,
    )
    if figure.season:
        row.season = list(figure.season)
    return row


def _revised(actor: User, figure: Figure, history: TargetHistory, row: Target | None) -> Target:
    """A further version under a decision of its own; the first one when there was none."""
    number, day = _decided(figure)
    if row:
        _refuse_undecided(row, number, day)
    first = _effective_month(figure, history)
    _refuse_below_past(figure, history, first)
    return Target(
        year=figure.year,
        metric=figure.metric,
        **figure.owner_fields,
        value=figure.value,
        effective_month=first,
        revision_no=0 if history.revision_no is None else history.revision_no + 1,
        decision_no=number,
        decision_date=day,
        season=list(figure.season or (row.season if row else EVEN_SEASON)),
        recorded_by=actor,
        recorded_at=timezone.now(),
    )


def _refuse_undecided(row: Target, number: str, day: date | None) -> None:
    """A figure that a decision set is changed by a later decision only."""
    last = decision_in_words(row.decision_no, row.decision_date)
    if not number:
        raise Refused(
            f"Chỉ tiêu đã giao theo {last}; hãy ghi số và ngày quyết định điều chỉnh.",
            "decision_no",
        )
    if day is None:
        raise Refused("Hãy ghi ngày của quyết định điều chỉnh.", "decision_date")
    if row.decision_date and day < row.decision_date:
        raise Refused(
            f"Quyết định điều chỉnh phải sau quyết định đang có hiệu lực ({last}).",
            "decision_date",
        )


def _effective_month(figure: Figure, history: TargetHistory) -> int:
    """The first month (1–12) that a figure speaks for: a revision's own month, for a first one the
    owner's first.
    """
    born = figure.born.month if figure.born.year == figure.year else 1
    day = figure.decision_date
    if history.revision_no is None or day is None or day.year < figure.year:
        return born
    if day.year > figure.year:
        raise Refused(
            f"Năm {figure.year} đã qua; không điều chỉnh chỉ tiêu được nữa.", "decision_date"
        )
    return max(born, day.month)


def _refuse_below_past(figure: Figure, history: TargetHistory, first: int) -> None:
    """What was planned for the months that are past stays: the year's figure cannot be less (counts
    only).
    """
    levels = None if figure.metric == Metric.ACTIVE or first == 1 else history.levels(lambda _: 0)
    if levels and figure.value is not None and figure.value < levels[first - 2]:
        least = dots(levels[first - 2])
        owner = figure.owner or "toàn huyện"
        raise Refused(
            f"Chỉ tiêu của {owner} không thể thấp hơn kế hoạch đến hết tháng {first - 1} là "
            f"{least}; "
            "các tháng đã qua không điều chỉnh được.",
            "value",
        )


def _decided(figure: Figure) -> Decided:
    return clean(figure.decision_no), figure.decision_date


def _decision(target: Target) -> Changes:
    named = {"decision_no": target.decision_no, "decision_date": target.decision_date}
    return {name: value for name, value in named.items() if value}


def _owner_in_words(about: models.Model) -> str:
    """“xã Thái Ninh”, “Bưu điện Diêm Điền”, “Phạm Thị Thu”, or the whole district."""
    if isinstance(about, Commune):
        return about.label
    if isinstance(about, CollectionAgent):
        return about.name
    return about.full_name if isinstance(about, Collector) else "toàn huyện"


def _changes_in_words(changes: Changes) -> str:
    """“tăng mới trong năm 40 (trước là 35); tiền thu …”."""
    return "; ".join(
        _change_in_words(metric, changes[metric.value])
        for metric in Metric
        if metric.value in changes
    )


def _change_in_words(metric: Metric, change: list[int | None]) -> str:
    before, after = (None if value is None else dots(value) for value in change)
    label = lower_first(metric.label)
    if after is None:
        return f"bỏ {label} (trước là {before})"
    return f"{label} {after}" + (f" (trước là {before})" if before not in (None, after) else "")


def check(figure: Figure) -> None:
    """Raise :class:`Refused` when a target cannot be: wrong year, metric or value, or an owner not
    there that year.
    """
    if not FIRST_YEAR <= figure.year <= LAST_YEAR:
        raise Refused(f"Năm {figure.year} không hợp lệ.", "year")
    if figure.metric not in Metric.values:
        raise Refused("Hãy chọn chỉ tiêu: đang tham gia, tăng mới hoặc tiền thu.", "metric")
    if figure.value is not None and not 0 <= figure.value < 10**15:
        raise Refused("Chỉ tiêu phải là số nguyên không âm.", "value")
    owner = figure.owner
    if isinstance(owner, Commune) and not _touches(owner.valid_from, owner.valid_to, figure.year):
        raise Refused(f"{upper_first(owner.label)} không có trong năm {figure.year}.", "owner_code")
    if isinstance(owner, CollectionAgent) and not _touches(
        owner.opened_on, owner.closed_on, figure.year
    ):
        raise Refused(f"{owner} không hoạt động trong năm {figure.year}.", "owner_code")


def _touches(first: date, last: date | None, year: int) -> bool:
    return first <= date(year, 12, 31) and (last is None or last >= date(year, 1, 1))
