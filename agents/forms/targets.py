"""The grid of a year's targets: one row per owner, one cell per metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from agents.models import CollectionAgent, Commune, Metric, OwnerKind, Target
from agents.operations.targets import Figure, Owner
from thaithuy_bhxh.fields import DayField, DongField

Held = Mapping[tuple[str, int | None], Target]
"""Metric and owner's id (``None`` = district) → the target on record."""


class NumberField(DongField):
    """A whole number with dots between thousands; empty = no target."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError("Hãy nhập số nguyên, như 1.200.") from error


@dataclass(frozen=True, slots=True)
class Cell:
    """One input with what stands on record, told again so that a change by somebody else is noticed."""

    field: Any
    metric: str
    value: int | None
    seen_name: str
    decision: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One owner with a cell per metric."""

    owner: Owner
    label: str
    code: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The owners of one part of the year (two in a year of reorganisation) and the sums of what is on record."""

    title: str
    rows: tuple[GridRow, ...]
    sums: tuple[int | None, ...]


class TargetGrid(forms.Form):
    """Cells of all owners, and the decision that assigns what is changed now."""

    decision_no = forms.CharField(label="Số quyết định", max_length=60, required=False)
    decision_date = DayField(label="Ngày quyết định", required=False)

    def __init__(self, data: Any, *, year: int, owners: Sequence[Owner], held: Held, editable: bool) -> None:
        super().__init__(data.copy() if data else data)
        self.year, self.owners, self._held = year, owners, held
        if editable and data:
            self._follow_others()
        for owner in owners:
            for metric in Metric:
                self.fields[_name(metric, owner)] = self._field(metric, owner, editable)

    def _cells(self) -> Iterable[tuple[Metric, Owner]]:
        return ((metric, owner) for owner in self.owners for metric in Metric)

    def _follow_others(self) -> None:
        """A cell that this editor left as it was shows, and keeps, what somebody else saved there meanwhile."""
        for metric, owner in self._cells():
            name, value, seen = _name(metric, owner), self._value(metric, owner), self._seen(metric, owner)
            untouched = _bare(self.data.get(name, "")) == _bare(self.data.get(_seen_name(metric, owner), ""))
            if untouched and value != seen:
                sent: Any = self.data
                sent[name] = sent[_seen_name(metric, owner)] = "" if value is None else str(value)

    def clean(self) -> dict[str, Any]:
        """A cell that two editors changed is told at the cell; sent again, the second one's figure is written."""
        for metric, owner in self._cells():
            name, value = _name(metric, owner), self._value(metric, owner)
            if name in self.cleaned_data and self.cleaned_data[name] != value != self._seen(metric, owner):
                now = "bỏ chỉ tiêu này" if value is None else f"ghi {value:,}".replace(",", ".")
                self.add_error(name, f"Người khác vừa {now}; lưu lần nữa là ghi số của bạn.")
        return self.cleaned_data

    def _field(self, metric: Metric, owner: Owner, editable: bool) -> NumberField:
        label = f"{metric.label}, {owner or 'toàn huyện'}"
        field = NumberField(label=label, required=False, disabled=not editable, initial=self._value(metric, owner))
        field.widget.attrs |= {"aria-label": label, "class": "form-control cell-input"}
        return field

    def _value(self, metric: str, owner: Owner) -> int | None:
        target = self._held.get((metric, owner.pk if owner else None))
        return target.value if target else None

    @property
    def figures(self) -> list[Figure]:
        """What the editor changed, each with the value seen before; cells left as they were are not written."""
        found = []
        for owner in self.owners:
            for metric in Metric:
                value, seen = self.cleaned_data[_name(metric, owner)], self._seen(metric, owner)
                if value != seen:
                    found.append(self._figure(metric, owner, value, seen))
        return found

    def _figure(self, metric: Metric, owner: Owner, value: int | None, seen: int | None) -> Figure:
        data = self.cleaned_data
        return Figure(self.year, metric.value, owner, value, data["decision_no"], data["decision_date"], seen)

    def _seen(self, metric: Metric, owner: Owner) -> int | None:
        """The value that stood in the cell when the page was opened."""
        text = self.data.get(_seen_name(metric, owner), "")
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def groups(self) -> list[Group]:
        """The rows for the page: the district first, then the owners by part of the year."""
        parts: dict[str, list[Owner]] = {}
        for owner in self.owners:
            parts.setdefault(_part_of_year(owner, self.year), []).append(owner)
        return [
            Group(title, tuple(self._row(owner) for owner in owners), tuple(self._sum(m, owners) for m in Metric))
            for title, owners in parts.items()
        ]

    def _row(self, owner: Owner) -> GridRow:
        label = owner.label if isinstance(owner, Commune) else str(owner or "Toàn huyện")
        cells = tuple(self._cell(metric, owner) for metric in Metric)
        return GridRow(owner, label[:1].upper() + label[1:], owner.code if owner else "", cells)

    def _cell(self, metric: Metric, owner: Owner) -> Cell:
        target = self._held.get((metric, owner.pk if owner else None))
        decision = " ".join(
            part
            for part in (
                target.decision_no if target else "",
                f"ngày {target.decision_date:%d/%m/%Y}" if target and target.decision_date else "",
            )
            if part
        )
        return Cell(
            self[_name(metric, owner)],
            metric.label,
            target.value if target else None,
            _seen_name(metric, owner),
            decision,
        )

    def _sum(self, metric: Metric, owners: Iterable[Owner]) -> int | None:
        values = [value for owner in owners if (value := self._value(metric, owner)) is not None]
        return sum(values) if values else None


def held_targets(year: int, kinds: Iterable[OwnerKind]) -> Held:
    """The year's targets of these kinds of owners."""
    rows = Target.objects.current().filter(year=year, owner_kind__in=list(kinds))
    return {(row.metric, row.commune_id or row.agent_id): row for row in rows}


def _name(metric: str, owner: Owner) -> str:
    return f"{metric}-{owner.pk if owner else 'district'}"


def _bare(text: str) -> str:
    return "".join(char for char in text if char not in ". \xa0")


def _seen_name(metric: str, owner: Owner) -> str:
    return f"seen-{_name(metric, owner)}"


def _part_of_year(owner: Owner, year: int) -> str:
    """“” for the whole year, else the days on which a commune exists in it."""
    if not isinstance(owner, Commune):
        return "" if isinstance(owner, CollectionAgent) else "Toàn huyện"
    first, last = max(owner.valid_from, date(year, 1, 1)), min(owner.valid_to or date.max, date(year, 12, 31))
    if (first, last) == (date(year, 1, 1), date(year, 12, 31)):
        return ""
    return f"Từ {first:%d/%m} đến {last:%d/%m/%Y}"
