"""Forms about who follows a commune."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.models import CommuneAssignment, User
from agents.operations.assignments import HOLDERS
from thaithuy_bhxh.fields import DayField


class AssignForm(forms.Form):
    """One person in charge from a day on."""

    user = forms.ModelChoiceField(label="Người phụ trách", queryset=User.objects.none(), empty_label="Chọn người")
    valid_from = DayField(label="Từ ngày", help_text="Người đang phụ trách sẽ thôi từ hôm trước ngày này.")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.label = CommuneAssignment.Kind(kind).label
        field.queryset = User.objects.filter(is_active=True, role__in=HOLDERS[CommuneAssignment.Kind(kind)]).order_by(
            "full_name"
        )


class AssignmentEndForm(forms.Form):
    """The last day of somebody in charge."""

    valid_to = DayField(
        label="Ngày cuối phụ trách", help_text="Từ ngày hôm sau địa bàn chưa có ai cho đến khi giao lại."
    )
