"""Correcting personal data: full numbers stay masked until they are asked for, and two edits at
once are put together.

The form is about the record as it was in one version. Where somebody else changed the same thing
since, a question beside its field asks which of the two holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms

from enrollment.forms.people import PersonForm
from enrollment.models import Sex
from enrollment.operations.corrections import PARTS
from enrollment.operations.participants import Person
from thaithuy_bhxh.templatetags.portal import che_dien_thoai, che_so

MASKS = {"citizen_id": che_so, "bhxh_no": che_so, "phone": che_dien_thoai}
"""What is shown in full only to who gave a reason (docs/rules.md 8.3)."""
RECORD, TYPED = "so", "toi"


class CorrectionForm(PersonForm):
    """Personal data of ``before``, with the numbers in full where ``full``.

    A form that was opened without them (``sent_in_full``) means no change by an empty number.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    sent_in_full = forms.BooleanField(widget=forms.HiddenInput, required=False)
    both = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        before: Person,
        full: bool,
        initial: Any = None,
        both: Sequence[str] = (),
    ):
        sent = data or initial or {}
        asked = [part for part in [*both, *str(sent.get("both", "")).split()] if part in PARTS]
        asked_for = {"sent_in_full": full, "both": " ".join(asked)}
        super().__init__(data, initial={**shown_of(before, full), **(initial or {}), **asked_for})
        self._before, self._full = before, full
        self.in_full = full if data is None else sent.get("sent_in_full") == "True"
        for name in MASKS:
            if getattr(before, name) and not self.in_full:
                self.fields[
                    name
                ].help_text = f"Đang có {self._shown(name, before)}; để trống thì giữ nguyên."
        for part in asked:
            self._ask(part, sent.get(part, ""))

    def _ask(self, part: str, typed: Any) -> None:
        label = str(self.fields[part].label)
        mine = dict(Sex.choices).get(typed, typed) if part == "sex" else typed
        self.fields[f"chon_{part}"] = forms.ChoiceField(
            label=f"{label}: lấy bản nào?",
            widget=forms.RadioSelect,
            choices=[
                (RECORD, f"Đang có trong sổ: {self._shown(part, self._before) or '(trống)'}"),
                (TYPED, f"Bạn vừa nhập: {mine or '(trống)'}"),
            ],
            error_messages={"required": "Hãy chọn một trong hai bản."},
        )
        names = [name for name in self.fields if not name.startswith("chon_")]
        self.order_fields([one for name in names for one in (name, f"chon_{name}")])

    def _shown(self, part: str, person: Person) -> str:
        if part in MASKS and not self._full:
            return MASKS[part](getattr(person, part))
        value = shown_of(person, full=True)[part]
        return str(
            dict(Sex.choices).get(value, value)
            if part == "sex"
            else self.fields[part].prepare_value(value)
        )

    def clean_full_name(self) -> str:
        """A name on record is not judged anew."""
        typed: str = self.cleaned_data["full_name"]
        return typed if typed == self._before.full_name else super().clean_full_name()

    @property
    def person(self) -> Person:
        """What was typed; what was not, and what is left to the record, is as it was."""
        kept = [part for part in PARTS if self.cleaned_data.get(f"chon_{part}") == RECORD]
        if not self.in_full:
            kept += [name for name in MASKS if not self.cleaned_data[name]]
        names = [name for part in kept for name in PARTS[part]]
        return replace(super().person, **{name: getattr(self._before, name) for name in names})

    def over(self, now: Person, both: Sequence[str]) -> dict[str, Any]:
        """What the form shows after a conflict: what was typed over what is on record ``now``."""
        old, new = shown_of(self._before, self.in_full), shown_of(now, self._full)
        kept = {
            part: new[part] if self.cleaned_data[part] == old[part] else self.data.get(part, "")
            for part in PARTS
        }
        return {**kept, **{part: self.data.get(part, "") for part in both}}


def shown_of(person: Person, full: bool) -> Mapping[str, Any]:
    """The values that the form's fields show for a person."""
    numbers = {name: getattr(person, name) if full else "" for name in MASKS}
    return {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth": (person.birth_date, person.birth_year),
        **numbers,
    }
