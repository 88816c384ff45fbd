"""Filters of lists."""

from __future__ import annotations

from typing import Any

from django import forms

from enrollment.querysets import ReceiptQuerySet
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.text import receipt_number


class ReceiptListForm(forms.Form):
    """Receipts from a day to a day; this month when nothing is asked for."""

    tu = DayField(label="Từ ngày", required=False)
    den = DayField(label="Đến ngày", required=False)
    so = forms.CharField(label="Số biên lai", max_length=40, required=False)

    def __init__(self, data: Any = None) -> None:
        asked = data if any(name in (data or {}) for name in self.base_fields) else None
        super().__init__(asked, initial={"tu": this_month().first_day, "den": today()})

    def narrow(self, receipts: ReceiptQuerySet) -> ReceiptQuerySet:
        """The receipts asked for; with a wrong date none, and the form says why."""
        if not self.is_bound:
            return receipts.filter(
                received_on__gte=this_month().first_day, received_on__lte=today()
            )
        if not self.is_valid():
            return receipts.none()
        first, last, number = (self.cleaned_data[name] for name in ("tu", "den", "so"))
        receipts = receipts.filter(received_on__gte=first) if first else receipts
        receipts = receipts.filter(received_on__lte=last) if last else receipts
        return receipts.filter(number__startswith=receipt_number(number)) if number else receipts

    @property
    def month_before(self) -> str:
        """The query of the whole month before this one."""
        month = this_month() - 1
        return f"?tu={month.first_day:%d/%m/%Y}&den={month.last_day:%d/%m/%Y}"

    @property
    def sentence(self) -> str:
        """What the list shows."""
        if not self.is_bound:
            return f"Biên lai từ {this_month().first_day:%d/%m/%Y} đến {today():%d/%m/%Y}"
        if not self.is_valid():
            return "Chưa xem được vì ngày nhập chưa đúng"
        first, last = self.cleaned_data["tu"], self.cleaned_data["den"]
        parts = [
            "Biên lai",
            f"từ {first:%d/%m/%Y}" if first else "",
            f"đến {last:%d/%m/%Y}" if last else "",
        ]
        return " ".join(part for part in parts if part)
