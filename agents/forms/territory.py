"""The form of a merger of communes."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.forms.choices import CommuneChoices, PersonChoice
from agents.models import Commune, CommuneAssignment, User
from agents.operations.assignments import HOLDERS
from agents.operations.territory import KINDS
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.text import upper_first

Kind = CommuneAssignment.Kind


class MergeForm(forms.Form):
    """Which communes go into which new one, and who follows it from then on."""

    predecessors = CommuneChoices(
        label="Các xã được nhập",
        queryset=Commune.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất hai xã."},
    )
    name = forms.CharField(
        label="Tên xã mới", max_length=80, help_text="Chỉ ghi tên, như Thái Ninh."
    )
    kind = forms.ChoiceField(label="Loại", choices=[(one, upper_first(one)) for one in KINDS])
    code = forms.CharField(
        label="Mã xã mới",
        max_length=5,
        help_text="5 chữ số của Tổng cục Thống kê; dùng lại mã của xã cũ được.",
    )
    on = DayField(
        label="Ngày nhập", help_text="Ngày đầu tiên của xã mới; các xã cũ kết thúc hôm trước."
    )
    source = forms.CharField(label="Nghị quyết, văn bản", max_length=300)
    officer = PersonChoice(
        label="Chuyên quản thu",
        queryset=User.objects.none(),
        required=False,
        empty_label="Giao sau",
    )
    leader = PersonChoice(
        label="Lãnh đạo phụ trách",
        queryset=User.objects.none(),
        required=False,
        empty_label="Giao sau",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True)
        for name, found in (
            ("predecessors", Commune.objects.valid_on(today()).filter(valid_to__isnull=True)),
            ("officer", people.filter(role__in=HOLDERS[Kind.OFFICER].roles)),
            ("leader", people.filter(role__in=HOLDERS[Kind.LEADER].roles)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = found
