"""Choices of people and of communes in the order of the language, which no database of ours sorts
by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from agents.models import Commune, User
from agents.roles import Can
from thaithuy_bhxh.text import place_key, sort_key, upper_first


def person_order(one: User) -> tuple[bool, str, int]:
    """Officers before managers, then by given name."""
    return one.may(Can.STAND_BEHIND_COMMUNES), sort_key(str(one)), one.pk


def place_order(one: Commune) -> tuple[str, Any]:
    """By name, the older unit of a name first."""
    return place_key(one.name), one.valid_from


class _PersonIterator(ModelChoiceIterator):  # type: ignore[type-arg]
    order: Any = staticmethod(person_order)

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for one in sorted(self.queryset, key=self.order):
            yield self.choice(one)


class _PlaceIterator(_PersonIterator):
    order = staticmethod(place_order)


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One account."""

    iterator = _PersonIterator


class CommuneChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One commune."""

    iterator = _PlaceIterator


class CommuneChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Communes as check boxes, with their kind."""

    iterator = _PlaceIterator

    def label_from_instance(self, obj: Commune) -> str:
        return upper_first(obj.label)

    def clean(self, value: Any) -> Any:
        """Numbers too long for any key name no commune; SQLite would refuse to look for them."""
        if any(len(str(one)) > 18 for one in value or ()):
            raise forms.ValidationError("Hãy chọn xã trong danh sách.")
        return super().clean(value)
