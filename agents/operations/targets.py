"""Yearly targets: many figures set, changed or removed at once, all or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from agents import audit
from agents.access import require_role
from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind, Role, Target, User
from agents.operations.saving import assign, store
from thaithuy_bhxh.errors import EditConflict, Refused
from thaithuy_bhxh.text import clean

Changes = dict[str, Any]
Key = tuple[int, str, str, int | None]
Owner = Commune | CollectionAgent | Collector | None
_MODELS = {OwnerKind.COMMUNE: Commune, OwnerKind.AGENT: CollectionAgent, OwnerKind.COLLECTOR: Collector}
FIRST_YEAR, LAST_YEAR = 2008, 2100
"""Voluntary social insurance began in 2008."""
UNSEEN = -1


@dataclass(frozen=True, slots=True)
class Figure:
    """One target: persons, or đồng for ``collected``; owner ``None`` = the whole district, value ``None`` = none."""

    year: int
    metric: str
    owner: Owner
    value: int | None
    decision_no: str = ""
    decision_date: date | None = None
    seen: int | None = UNSEEN
    """The value that the editor saw before changing it; :data:`UNSEEN` = set it whatever it is now."""

    @property
    def key(self) -> Key:
        """Year, metric, kind of owner and its id: one target at most."""
        fields = self.owner_fields
        return self.year, self.metric, str(fields["owner_kind"]), self.owner.pk if self.owner else None

    @property
    def owner_fields(self) -> dict[str, object]:
        """The owner as fields of :class:`Target`."""
        fields: dict[str, object] = dict.fromkeys(kind.value for kind in _MODELS)
        for kind, model in _MODELS.items():
            if isinstance(self.owner, model):
                return {**fields, "owner_kind": kind, kind.value: self.owner}
        return {**fields, "owner_kind": OwnerKind.DISTRICT}


@dataclass(slots=True)
class TargetsSet:
    """How many figures were set, changed, removed, or stand as they were."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def do_set_targets(*, actor: User, figures: Iterable[Figure]) -> TargetsSet:
    """Set targets, each with the decision that assigns it; one audit row per owner and year.

    Raises :class:`Refused`; then nothing is changed.
    """
    require_role(actor, Role.MANAGER)
    done = TargetsSet()
    written: dict[tuple[int, models.Model], Changes] = {}
    with transaction.atomic():
        wanted = list(figures)
        for figure in wanted:
            check(figure)
        known = _on_record({figure.year for figure in wanted})
        for figure in wanted:
            about, changes = _set(figure, known.get(figure.key), done)
            if about:
                written.setdefault((figure.year, about), {}).update(changes)
        for (year, about), changes in written.items():
            audit.record(
                actor=actor, action="target.set", on=about, changes=changes,
                summary=f"Chỉ tiêu {year}: {_told(changes)}",
            )  # fmt: skip
    return done


def _on_record(years: set[int]) -> dict[Key, Target]:
    """The targets of these years, locked."""
    rows = Target.objects.select_for_update().filter(year__in=years)
    return {
        (row.year, row.metric, row.owner_kind, row.commune_id or row.agent_id or row.collector_id): row for row in rows
    }


def _set(figure: Figure, row: Target | None, done: TargetsSet) -> tuple[models.Model | None, Changes]:
    """Write one figure; gives the record that the audit row is about (``None`` = nothing to tell) and the changes."""
    before = row.value if row else None
    if figure.seen not in (UNSEEN, before):
        raise EditConflict(f"Người khác vừa đổi chỉ tiêu của {figure.owner or 'toàn huyện'}; hãy xem lại rồi lưu.")
    if figure.value is None:
        return _remove(row, figure, done)
    target = row or Target(year=figure.year, metric=figure.metric, **figure.owner_fields)
    changes = assign(
        target, value=figure.value, decision_no=clean(figure.decision_no), decision_date=figure.decision_date
    )
    if row and not changes:
        done.unchanged += 1
        return None, {}
    store(target, taken="Người khác vừa đặt chỉ tiêu này; hãy tải lại trang.")
    done.created += row is None
    done.changed += row is not None
    return figure.owner or target, {figure.metric: [before, figure.value], **_decision(target)}


def _remove(row: Target | None, figure: Figure, done: TargetsSet) -> tuple[models.Model | None, Changes]:
    if row is None:
        done.unchanged += 1
        return None, {}
    # The audit row of the district's target names the row that it removes: keep its key beyond the deletion.
    about = figure.owner or Target(pk=row.pk)
    row.delete()
    done.removed += 1
    return about, {figure.metric: [row.value, None]}


def _decision(target: Target) -> Changes:
    told = {"decision_no": target.decision_no, "decision_date": target.decision_date}
    return {name: value for name, value in told.items() if value}


def _told(changes: Changes) -> str:
    """“tăng mới trong năm 40 (trước là 35); tiền thu …”."""
    return "; ".join(_told_one(metric, changes[metric.value]) for metric in Metric if metric.value in changes)


def _told_one(metric: Metric, change: list[int | None]) -> str:
    before, after = (None if value is None else f"{value:,}".replace(",", ".") for value in change)
    label = metric.label[:1].lower() + metric.label[1:]
    if after is None:
        return f"bỏ {label} (trước là {before})"
    return f"{label} {after}" + (f" (trước là {before})" if before not in (None, after) else "")


def check(figure: Figure) -> None:
    """Raise :class:`Refused` when a target cannot be: wrong year, metric or value, or an owner not there that year."""
    if not FIRST_YEAR <= figure.year <= LAST_YEAR:
        raise Refused(f"Năm {figure.year} không hợp lệ.", "year")
    if figure.metric not in Metric.values:
        raise Refused("Hãy chọn chỉ tiêu: đang tham gia, tăng mới hoặc tiền thu.", "metric")
    if figure.value is not None and not 0 <= figure.value < 10**15:
        raise Refused("Chỉ tiêu phải là số nguyên không âm.", "value")
    owner = figure.owner
    if isinstance(owner, Commune) and not _touches(owner.valid_from, owner.valid_to, figure.year):
        raise Refused(f"{owner.label.capitalize()} không có trong năm {figure.year}.", "owner_code")
    if isinstance(owner, CollectionAgent) and not _touches(owner.opened_on, owner.closed_on, figure.year):
        raise Refused(f"{owner} không hoạt động trong năm {figure.year}.", "owner_code")


def _touches(first: date, last: date | None, year: int) -> bool:
    return first <= date(year, 12, 31) and (last is None or last >= date(year, 1, 1))
