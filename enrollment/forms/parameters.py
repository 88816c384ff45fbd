"""A dated parameter row."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms

from enrollment.forms.base import SpokenForm
from enrollment.law import LABELS, READINGS
from enrollment.law.keys import unit_of
from enrollment.law.parameters import (
    CONTRIBUTION_RATE,
    INVESTMENT_RATE,
    MAX_MULTIPLIER,
    STATE_MAX_MONTHS,
)
from enrollment.models import PolicyParameter
from enrollment.operations.policy import ParameterValues
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.text import upper_first


class ParameterForm(SpokenForm):
    """Key, value, days, document and how sure the office is."""

    key = forms.ChoiceField(label="Tham số", choices=list(LABELS.items()))
    value = forms.CharField(
        label="Giá trị",
        max_length=40,
        required=False,
        help_text="Như 1.500.000 hoặc 0,0031; để trống nếu không áp dụng.",
    )
    valid_from = DayField(label="Có hiệu lực từ ngày")
    valid_to = DayField(
        label="Đến hết ngày", required=False, help_text="Để trống nếu chưa có ngày hết hiệu lực."
    )
    source = forms.CharField(label="Văn bản", max_length=500, help_text="Số, ngày, điều khoản.")
    confidence = forms.ChoiceField(label="Độ tin cậy", choices=PolicyParameter.Confidence.choices)
    note = forms.CharField(
        label="Ghi chú", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @classmethod
    def initial_of(cls, row: PolicyParameter) -> dict[str, Any]:
        """What the form shows for a row on record; the value with a decimal comma."""
        names = ("key", "valid_from", "valid_to", "source", "confidence", "note")
        return {**{name: getattr(row, name) for name in names}, "value": shown_value(row.value)}

    @property
    def values(self) -> ParameterValues:
        return ParameterValues(**self.cleaned_data)

    @property
    def fingerprint(self) -> str:
        """Names these very values, so that what is saved is what was shown."""
        return sha256(repr(self.values).encode()).hexdigest()


class ReadingForm(SpokenForm):
    """The office's choice for one unsettled question, from a day on."""

    choice = forms.ChoiceField(label="Cách hiểu", widget=forms.RadioSelect)
    valid_from = DayField(
        label="Áp dụng từ ngày", help_text="Biên lai có ngày thu từ hôm ấy tính theo cách này."
    )
    source = forms.CharField(
        label="Căn cứ", max_length=300, help_text="Văn bản hướng dẫn hoặc ý kiến chỉ đạo."
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["choice"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(code, upper_first(words)) for code, words in READINGS[name][1].items()]


class ConfirmForm(SpokenForm):
    """That a value was compared with its document."""

    note = forms.CharField(
        label="Đã đối chiếu với",
        max_length=200,
        help_text="Văn bản, số công báo hoặc trang chính thức, ngày xem.",
    )


def shown_value(value: str) -> str:
    """``1500000`` → ``1.500.000``; ``0.0031`` → ``0,0031``."""
    whole, _, decimals = value.partition(".")
    grouped = f"{int(whole):,}".replace(",", ".") if whole else ""
    return f"{grouped},{decimals}" if decimals else grouped


_UNITS = {MAX_MULTIPLIER: " lần", STATE_MAX_MONTHS: " tháng"}


def value_in_words(key: str, value: str) -> str:
    """``0.22`` of the contribution rate → ``22%``, ``1500000`` of the poverty line → ``1.500.000
    đ``.
    """
    if not value:
        return "không áp dụng"
    if key in (CONTRIBUTION_RATE, INVESTMENT_RATE):
        return shown_value(f"{(Decimal(value) * 100).normalize():f}") + "%"
    if "_pct." in key:
        return shown_value(value) + "%"
    return shown_value(value) + (_UNITS.get(key) or unit_of(key))
