"""The form of one of the office's own numbers."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.office_settings import Definition, office_setting
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField


class OfficeSettingForm(forms.Form):
    """The number, its first day and why."""

    value = forms.IntegerField(
        label="Giá trị",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    valid_from = DayField(label="Áp dụng từ ngày", help_text="Từ hôm nay trở đi.")
    why = forms.CharField(label="Lý do hoặc văn bản", max_length=300)

    def __init__(self, data: Any, definition: Definition) -> None:
        super().__init__(
            data, initial={"value": office_setting(definition.key), "valid_from": today()}
        )
        least, most = definition.in_words(definition.least), definition.in_words(definition.most)
        self.fields["value"].label = f"{definition.label} ({definition.unit})"
        self.fields[
            "value"
        ].help_text = f"Từ {least} đến {most}; mặc định {definition.in_words(definition.default)}."
