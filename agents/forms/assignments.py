"""Forms about who follows a commune."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.commune_hand_overs import handed_by
from agents.forms.choices import CommuneChoices, PersonChoice
from agents.models import Commune, CommuneAssignment, User
from agents.operations.assignments import HOLDERS, LONGEST_NOTE
from thaithuy_bhxh.fields import DayField


class AssignForm(forms.Form):
    """One person in charge from a day on."""

    user = PersonChoice(
        label="Người phụ trách", queryset=User.objects.none(), empty_label="Chọn người"
    )
    valid_from = DayField(
        label="Từ ngày", help_text="Người đang phụ trách sẽ thôi từ hôm trước ngày này."
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.label = CommuneAssignment.Kind(kind).label
        field.queryset = User.objects.filter(
            is_active=True, role__in=HOLDERS[CommuneAssignment.Kind(kind)].roles
        )


class AssignmentEndForm(forms.Form):
    """The last day of somebody in charge."""

    valid_to = DayField(
        label="Ngày cuối phụ trách",
        help_text="Từ ngày hôm sau địa bàn chưa có ai cho đến khi giao lại.",
    )


class GiverForm(forms.Form):
    """Who hands over."""

    tu = PersonChoice(
        label="Người bàn giao", queryset=User.objects.none(), empty_label="Chọn người"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tu"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class HandOverForm(forms.Form):
    """To whom, which communes, from when; ``note`` says what is still open."""

    taker = PersonChoice(label="Người nhận", queryset=User.objects.none(), empty_label="Chọn người")
    communes = CommuneChoices(
        label="Xã, thị trấn bàn giao",
        queryset=Commune.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một xã để bàn giao."},
    )
    on = DayField(
        label="Người nhận phụ trách từ ngày",
        help_text="Người bàn giao thôi phụ trách từ hôm trước.",
    )
    note = forms.CharField(
        label="Việc còn dở, cần theo dõi tiếp",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="In trong biên bản; không ghi số CCCD, điện thoại.",
    )

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taker, communes = self.fields["taker"], self.fields["communes"]
        assert isinstance(taker, forms.ModelChoiceField) and isinstance(communes, CommuneChoices)
        taker.queryset = User.objects.filter(is_active=True, role=giver.role).exclude(pk=giver.pk)
        communes.queryset = handed_by(giver)
