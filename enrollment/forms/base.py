"""What all forms of this app share."""

from __future__ import annotations

from typing import Any

from django import forms

from thaithuy_bhxh.text import lower_first

_DEFAULT = forms.Field.default_error_messages["required"]


class SpokenForm(forms.Form):
    """Says what is missing by its name: “Hãy chọn lý do.” instead of “Trường này là bắt buộc.”"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.required and field.error_messages["required"] == _DEFAULT:
                verb = "chọn" if isinstance(field, forms.ChoiceField) else "nhập"
                label = str(field.label or name)
                field.error_messages["required"] = f"Hãy {verb} {lower_first(label)}."
