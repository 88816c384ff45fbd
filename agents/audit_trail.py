"""Reading the audit trail: which acts a reader may see, what changed in words, and where the record
is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.urls import reverse

from agents.act_kinds import act_kinds, kind_label, page_of
from agents.models import AuditEntry, Metric, User
from agents.roles import Can
from thaithuy_bhxh.figures import dots
from thaithuy_bhxh.sealed import in_words, is_seal

_METRICS = dict(Metric.choices)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field in words; empty text = nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the trail as a page shows it."""

    entry: AuditEntry
    kind: str
    url: str
    changes: tuple[FieldChange, ...]


def kinds_for(reader: User) -> list[str]:
    """The kinds of acts that a reader may see: an administrator sees no people, so none of their
    acts.
    """
    people = reader.may(Can.SEE_PEOPLE)
    return [word for word, kind in act_kinds().items() if people or not kind.is_about_people]


def acts_of(entries: Iterable[AuditEntry]) -> list[Act]:
    """The rows with their kind, the page of their record and the changes in words."""
    return [_act(entry) for entry in entries]


def _act(entry: AuditEntry) -> Act:
    page = page_of(entry.object_type)
    url = reverse(page, args=[entry.object_id]) if page else ""
    return Act(entry, kind_label(entry.action), url, tuple(_changes(entry)))


def _changes(entry: AuditEntry) -> Iterable[FieldChange]:
    """Fields with a value before and after; references stand in the summary, their keys say
    nothing to people.
    """
    for name, values in entry.changes.items():
        if name in _METRICS and isinstance(values, list):
            if values[0] != values[1]:
                yield FieldChange(_METRICS[name], _number(values[0]), _number(values[1]))
            continue
        field = _field(entry.object_type, name)
        if field and not field.is_relation and isinstance(values, list) and len(values) == 2:
            yield FieldChange(str(field.verbose_name), *(_shown(field, value) for value in values))


def _field(label: str, name: str) -> Field[Any, Any] | None:
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, Field) else None


def _shown(field: Field[Any, Any], value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if is_seal(value):
        return in_words(value)
    if field.get_internal_type() == "DateField":
        return "/".join(reversed(str(value).split("-")))
    return str(dict(field.flatchoices).get(value, value))


def _number(value: Any) -> str:
    return "" if value is None else dots(value)
