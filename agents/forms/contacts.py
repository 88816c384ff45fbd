"""Forms about contacts with a commune, and the day for which somebody asks who followed it."""

from __future__ import annotations

from datetime import date

from django import forms

from agents.models import CommuneContact
from agents.operations.contacts import LONGEST
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField


class ContactForm(forms.Form):
    """What came out of a contact, and what is to follow."""

    happened_on = DayField(label="Ngày làm việc")
    kind = forms.ChoiceField(
        label="Hình thức", choices=CommuneContact.Kind.choices, widget=forms.RadioSelect
    )
    with_whom = forms.CharField(
        label="Làm việc với", max_length=200, help_text="Họ tên, chức vụ người đã gặp."
    )
    content = forms.CharField(
        label="Nội dung",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Đã thống nhất gì, xã vướng mắc gì. Không ghi số CCCD, điện thoại của người dân.",
    )
    next_step = forms.CharField(label="Việc tiếp theo", max_length=300, required=False)
    next_on = DayField(label="Hẹn làm xong ngày", required=False)


class ContactDoneForm(forms.Form):
    """When the next step was done."""

    done_on = DayField(label="Làm xong ngày")


class DayForm(forms.Form):
    """``?ngay=15/03/2021``."""

    ngay = DayField(label="Ngày", required=False)

    @property
    def day(self) -> date:
        """The day asked for; today when none or unreadable."""
        return (self.is_valid() and self.cleaned_data["ngay"]) or today()
