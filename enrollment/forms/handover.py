"""The form that ends a collector and names the successor."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.models import Collector
from enrollment.forms.base import SpokenForm
from thaithuy_bhxh.fields import DayField


class SuccessorChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Collectors who could take over, with their point."""

    def label_from_instance(self, obj: Collector) -> str:
        """“Đỗ Thị Mẫu (BD001-02), Điểm thu 1”."""
        return f"{obj}, {obj.point.name}"


class HandoverForm(SpokenForm):
    """The last day, who takes over, and a remark."""

    ended_on = DayField(label="Ngày cuối làm việc", help_text="Hôm nay hoặc ngày đã qua.")
    successor = SuccessorChoice(
        label="Người nhận bàn giao",
        queryset=Collector.objects.none(),
        empty_label="Chọn người nhận",
        help_text="Phải có thẻ còn giá trị vào ngày hôm sau.",
    )
    note = forms.CharField(label="Ghi chú", max_length=300, required=False)

    def __init__(self, *args: Any, successors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = successors
