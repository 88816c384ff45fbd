"""Forms of the year's targets: the grid (one row per owner, one cell per metric) and what leads to
a split of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from agents.models import CollectionAgent, Collector, Commune, Metric, OwnerKind
from agents.operations.targets import Figure, Owner
from agents.targets.in_force import TargetHistory
from reports.setting_targets.grid import kind_of, name_of
from thaithuy_bhxh.fields import DayField, DongField
from thaithuy_bhxh.figures import dots

Cells = Mapping[tuple[str, int | None, str], int | None]
"""Kind of owner, owner's key, metric → a value that is proposed instead of the one on record."""
Held = Callable[[str, Owner], TargetHistory]
"""Metric and owner → the history on record."""


class NumberField(DongField):
    """A whole number with dots between thousands; empty = no target."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError("Hãy nhập số nguyên không âm, như 1.200.") from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError("Hãy nhập số nguyên không âm, như 1.200.")


@dataclass(frozen=True, slots=True)
class TargetCell:
    """One input with what stands on record, sent back so that a change by somebody else is
    noticed.
    """

    field: Any
    metric: str
    value: int | None
    seen_name: str
    decision: str
    shown: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One owner with a cell per metric; ``part`` = it counts in the sum against the figure
    above.
    """

    owner: Owner
    label: str
    code: str
    cells: tuple[TargetCell, ...]
    part: bool
    kind: str

    @property
    def key(self) -> int:
        return self.owner.pk if self.owner else 0


@dataclass(frozen=True, slots=True)
class Group:
    """The owners of one part of the year (two in a year of reorganisation) and the sums of what is
    on record.
    """

    title: str
    rows: tuple[GridRow, ...]
    sums: tuple[int | None, ...]


class TargetGrid(forms.Form):
    """Cells of all owners, and the decision that assigns what is changed now.

    ``proposed`` fills cells with other values than those on record, without writing them. With a
    ``season`` every cell is written with it, changed or not.
    """

    decision_no = forms.CharField(label="Số quyết định", max_length=60, required=False)
    decision_date = DayField(label="Ngày quyết định", required=False)

    def __init__(
        self,
        data: Any,
        *,
        year: int,
        owners: Sequence[Owner],
        held: Held,
        editable: bool,
        metrics: Sequence[Metric] = tuple(Metric),
        above: Owner = None,
        proposed: Cells | None = None,
        counted: Callable[[Owner], bool] = lambda owner: True,
        season: tuple[int, ...] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(data.copy() if data else data, **more)
        self.year, self.owners, self.metrics, self.above = year, owners, metrics, above
        self._held, self._proposed, self._counted, self._season = (
            held,
            proposed or {},
            counted,
            season,
        )
        if editable and data:
            self._follow_others()
        for metric, owner in self._cells():
            self.fields[cell_name(metric, owner)] = self._field(metric, owner, editable)

    def _cells(self) -> Iterable[tuple[Metric, Owner]]:
        return ((metric, owner) for owner in self.owners for metric in self.metrics)

    def _follow_others(self) -> None:
        """A cell that this editor left as it was shows, and keeps, what somebody else saved there
        meanwhile.
        """
        for metric, owner in self._cells():
            name, value, seen = (
                cell_name(metric, owner),
                self._value(metric, owner),
                self._seen(metric, owner),
            )
            untouched = _bare(self.data.get(name, "")) == _bare(
                self.data.get(_seen_name(metric, owner), "")
            )
            if untouched and value != seen:
                sent: Any = self.data
                sent[name] = sent[_seen_name(metric, owner)] = "" if value is None else str(value)

    def clean(self) -> dict[str, Any]:
        """Reports a cell that two editors changed at the cell; sent again, the second one's figure
        is written.
        """
        for metric, owner in self._cells():
            name, value = cell_name(metric, owner), self._value(metric, owner)
            if name in self.cleaned_data and self.cleaned_data[name] != value != self._seen(
                metric, owner
            ):
                now = "bỏ chỉ tiêu này" if value is None else f"ghi {dots(value)}"
                self.add_error(name, f"Người khác vừa {now}; lưu lần nữa là ghi số của bạn.")
        return self.cleaned_data

    def _field(self, metric: Metric, owner: Owner, editable: bool) -> NumberField:
        label = f"{metric.label}, {owner or 'toàn huyện'}"
        key = (str(kind_of(owner)), owner.pk if owner else None, metric.value)
        initial = self._proposed[key] if key in self._proposed else self._value(metric, owner)
        field = NumberField(label=label, required=False, disabled=not editable, initial=initial)
        field.widget.attrs |= {"aria-label": label, "class": "form-control cell-input"}
        if owner == self.above:
            field.widget.attrs["data-above"] = metric.value
        elif self._counted(owner):
            field.widget.attrs["data-part"] = metric.value
        return field

    def _value(self, metric: str, owner: Owner) -> int | None:
        return self._held(metric, owner).now

    @property
    def figures(self) -> list[Figure]:
        """What the editor changed, each with the value seen before; cells left as they were are not
        written.
        """
        found = []
        for metric, owner in self._cells():
            value, seen = self.cleaned_data[cell_name(metric, owner)], self._seen(metric, owner)
            if value != seen or (self._season and value is not None):
                found.append(self._figure(metric, owner, value, seen))
        return found

    @property
    def cells(self) -> Cells:
        """What every cell would say once saved, as far as it can be read."""
        if not self.is_bound:
            return self._proposed
        said = self.cleaned_data
        return {
            (str(kind_of(owner)), owner.pk if owner else None, metric.value): said[
                cell_name(metric, owner)
            ]
            for metric, owner in self._cells()
            if cell_name(metric, owner) in said
        }

    def _figure(self, metric: Metric, owner: Owner, value: int | None, seen: int | None) -> Figure:
        data = self.cleaned_data
        return Figure(
            self.year,
            metric.value,
            owner,
            value,
            data["decision_no"],
            data["decision_date"],
            seen,
            self._season,
        )

    def _seen(self, metric: Metric, owner: Owner) -> int | None:
        """The value that stood in the cell when the page was opened."""
        text = self.data.get(_seen_name(metric, owner), "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None

    @property
    def groups(self) -> list[Group]:
        """The rows for the page: the figure above first, then the owners by part of the year."""
        parts: dict[str, list[Owner]] = {}
        for owner in self.owners:
            title = name_of(owner) if owner == self.above else _part_of_year(owner, self.year)
            parts.setdefault(title, []).append(owner)
        return [
            Group(
                title,
                tuple(map(self.row, owners)),
                tuple(self._sum(m, owners) for m in self.metrics),
            )
            for title, owners in parts.items()
        ]

    def row(self, owner: Owner) -> GridRow:
        """One owner's row."""
        cells = tuple(self._cell(metric, owner) for metric in self.metrics)
        part = owner != self.above and self._counted(owner)
        return GridRow(
            owner, name_of(owner), owner.code if owner else "", cells, part, str(kind_of(owner))
        )

    def _cell(self, metric: Metric, owner: Owner) -> TargetCell:
        history = self._held(metric, owner)
        number, day = history.decision if history.now is not None else ("", None)
        decision = " ".join(
            part for part in (number, f"ngày {day:%d/%m/%Y}" if day else "") if part
        )
        value, seen_name = history.now, _seen_name(metric, owner)
        seen = (
            self.data.get(seen_name, "") if self.is_bound else "" if value is None else str(value)
        )
        return TargetCell(
            self[cell_name(metric, owner)], metric.label, value, seen_name, decision, seen
        )

    def _sum(self, metric: Metric, owners: Iterable[Owner]) -> int | None:
        values = [value for owner in owners if (value := self._value(metric, owner)) is not None]
        return sum(values) if values else None


class DecisionForm(forms.Form):
    """The right number and date of a decision."""

    number = forms.CharField(label="Số quyết định", max_length=60)
    day = DayField(label="Ngày quyết định")


class TargetUploadForm(forms.Form):
    """The workbook of the grid, filled in."""

    file = forms.FileField(
        label="Tệp chỉ tiêu",
        help_text="Tệp Excel .xlsx tải từ trang chỉ tiêu, đã sửa số.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Hãy chọn tệp chỉ tiêu.",
            "empty": "Tệp này rỗng; hãy chọn tệp khác.",
        },
    )


class LabourGrid(forms.Form):
    """One number per commune, with the day and the source of what is written now."""

    counted_on = DayField(label="Ngày thống kê")
    source = forms.CharField(
        label="Nguồn số liệu", max_length=200, help_text="Như “UBND các xã, báo cáo lao động”."
    )

    def __init__(
        self, data: Any, *, communes: Sequence[Commune], held: Mapping[int, int], **more: Any
    ) -> None:
        super().__init__(data.copy() if data else data, **more)
        self.communes, self._held = communes, held
        for unit in communes:
            self._follow_others(unit)
            field = NumberField(
                label=f"Số lao động, {unit.label}", required=False, initial=held.get(unit.pk)
            )
            field.widget.attrs |= {"aria-label": field.label, "class": "form-control cell-input"}
            self.fields[f"persons-{unit.pk}"] = field

    def _follow_others(self, unit: Commune) -> None:
        """A number that this editor left as it was becomes what somebody else wrote there
        meanwhile.
        """
        name, now = f"persons-{unit.pk}", self.seen(unit)
        shown = self.data.get(f"seen-{name}")
        if shown is not None and shown != now and _bare(self.data.get(name, "")) == _bare(shown):
            sent: Any = self.data
            sent[name] = sent[f"seen-{name}"] = now

    def clean(self) -> dict[str, Any]:
        """Reports a number that two editors changed at the cell; sent again, the second one's is
        written.
        """
        for unit in self.communes:
            name, now = f"persons-{unit.pk}", self.seen(unit)
            shown, value = self.data.get(f"seen-{name}"), self.cleaned_data.get(name)
            if shown not in (None, now) and value not in (None, self._held.get(unit.pk)):
                self.add_error(
                    name, f"Người khác vừa ghi {now or 'trống'}; lưu lần nữa là ghi số của bạn."
                )
        return self.cleaned_data

    def seen(self, unit: Commune) -> str:
        """The number on record, sent back by the page so that a change by somebody else is
        noticed.
        """
        return str(self._held.get(unit.pk, ""))

    def cell(self, unit: Commune) -> Any:
        """The input of one commune."""
        return self[f"persons-{unit.pk}"]

    @property
    def numbers(self) -> list[tuple[Commune, int]]:
        """The communes that have a number now."""
        values = ((unit, self.cleaned_data[f"persons-{unit.pk}"]) for unit in self.communes)
        return [(unit, value) for unit, value in values if value is not None]


def _key(owner: Owner) -> str:
    """Communes by their number alone, as ever; agents and collectors say what they are."""
    if owner is None:
        return str(OwnerKind.DISTRICT)
    return str(owner.pk) if isinstance(owner, Commune) else f"{kind_of(owner)}-{owner.pk}"


def cell_name(metric: str, owner: Owner) -> str:
    return f"{metric}-{_key(owner)}"


def _seen_name(metric: str, owner: Owner) -> str:
    return f"seen-{cell_name(metric, owner)}"


def _bare(text: str) -> str:
    return "".join(char for char in text if char not in ". \xa0")


def _part_of_year(owner: Owner, year: int) -> str:
    """“” for the whole year, else the days on which a commune exists in it."""
    if not isinstance(owner, Commune):
        return "" if isinstance(owner, CollectionAgent | Collector) else "Toàn huyện"
    first, last = (
        max(owner.valid_from, date(year, 1, 1)),
        min(owner.valid_to or date.max, date(year, 12, 31)),
    )
    if (first, last) == (date(year, 1, 1), date(year, 12, 31)):
        return ""
    return f"Từ {first:%d/%m} đến {last:%d/%m/%Y}"
