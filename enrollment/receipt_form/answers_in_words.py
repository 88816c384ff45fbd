"""What a half-filled receipt form says so far, in words: for its check page and the line under each
step's heading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from agents.models import Commune
from enrollment.law.wording import dong
from enrollment.models import Participant, Sex
from enrollment.receipt_form.who_is_it import masked_name
from enrollment.receipt_form.wizard import CHECK, GROUP, PAYMENT, PERSON, TITLES, Wizard
from thaithuy_bhxh.fields import DongField
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step: (label, value in words), an empty value = nothing was given."""

    step: str
    title: str
    rows: list[tuple[str, str]]


def answers_of(wizard: Wizard) -> list[Section]:
    """Every answer of the steps before the check page, in their order; the forms must be valid."""
    return [
        Section(step, TITLES[step], _rows(wizard, step)) for step in wizard.steps if step != CHECK
    ]


def _rows(wizard: Wizard, step: str) -> list[tuple[str, str]]:
    form = wizard.form(step)
    if not form.is_valid():
        return []
    data = form.cleaned_data
    rows = [
        (str(field.label), _shown(field, data.get(name)))
        for name, field in form.fields.items()
        if data.get(name) is not False
    ]
    if step == PAYMENT and "collector" not in form.fields:
        rows.append(("Nhân viên thu", str(wizard.user.collector)))
    if step == PAYMENT:
        rows = [
            (label, value or "cổng tự cấp") if label.startswith("Số biên lai") else (label, value)
            for label, value in rows
        ]
    return rows


def _shown(field: forms.Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.RadioSelect):
        return next(
            (str(label) for code, label in field.widget.choices if code == value), str(value)
        )
    if value == "":
        return ""
    if value is True:
        return "có"
    if isinstance(field, DongField):
        return dong(value)
    if isinstance(value, tuple):
        return _birth(*value)
    if isinstance(value, Month):
        return value.vi
    if isinstance(value, Commune):
        return value.label
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _birth(day: date | None, year: int | None) -> str:
    return f"{day:%d/%m/%Y}" if day else str(year or "")


def about(wizard: Wizard) -> str:
    """“Nữ, sinh 1984 · xã Thái Ninh · hộ nghèo (QĐ 112)” as far as it is known."""
    if wizard.participant and wizard.is_stranger:
        return (
            f"{masked_name(wizard.participant.full_name)} · họ tên đầy đủ hiện ra khi đã "
            "ghi biên lai"
        )
    parts = _of_record(wizard.participant) if wizard.participant else _of_draft(wizard)
    return " · ".join(part for part in parts if part)


def _of_record(person: Participant) -> list[str]:
    place = ", ".join(filter(None, (person.hamlet, person.commune.label if person.commune else "")))
    return [person.full_name, _sex_and_year(person.sex, person.birth_year), place]


def _of_draft(wizard: Wizard) -> list[str]:
    form = wizard.form(PERSON)
    if not form.is_bound or not form.is_valid():
        return []
    data = form.cleaned_data
    group = wizard.form(GROUP)
    evidence = wizard.evidence()
    return [
        data["full_name"],
        _sex_and_year(data["sex"], data["birth"][1]),
        data["commune"].label,
        f"{_shown(group.fields['group'], evidence.group).lower()} ({evidence.evidence})"
        if evidence
        else "",
    ]


def _sex_and_year(sex: str, year: int | None) -> str:
    known = (str(Sex(sex).label) if sex else "", f"sinh {year}" if year else "")
    return ", ".join(part for part in known if part)
