"""Forms about money: the payment, voiding, stopping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from agents.models import Collector, CollectorCard, User
from enrollment.forms.base import SpokenForm
from enrollment.law.methods import METHODS, Method, is_closed
from enrollment.models import StopReason
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField, DongField, MonthFormField
from thaithuy_bhxh.terms import lasting_to

LATELY = timedelta(days=92)
"""How long after the end of a card somebody is still offered: receipts of the last days come in
afterwards.
"""


class CollectorField(forms.TypedChoiceField):
    """One of the collectors that :meth:`offer` was given: read once for all the forms that a page
    builds.
    """

    def offer(self, collectors: Sequence[Collector]) -> None:
        empty = [("", "Hãy chọn nhân viên thu")] if len(collectors) != 1 else []
        self.choices = [*empty, *((one.pk, str(one)) for one in collectors)]
        self.coerce = {str(one.pk): one for one in collectors}.__getitem__


class PaymentForm(SpokenForm):
    """What is paid, for which months, by whom it was taken."""

    chosen_income = DongField(label="Mức thu nhập chọn đóng (đ/tháng)")
    method = forms.ChoiceField(
        label="Phương thức đóng",
        choices=[(code, method.label) for code, method in METHODS.items()],
        widget=forms.RadioSelect,
    )
    months = forms.IntegerField(
        label="Số tháng đóng",
        required=False,
        min_value=1,
        max_value=120,
        help_text="Chỉ ghi khi đóng nhiều năm về sau (24, 36, 48, 60) hoặc cho những năm còn "
        "thiếu.",
    )
    from_month = MonthFormField(label="Đóng từ tháng")
    received_on = DayField(label="Ngày thu tiền")
    collector = CollectorField(label="Nhân viên thu")
    back_payment = forms.BooleanField(label="Đóng bù kỳ đã quá hạn", required=False)
    number = forms.CharField(
        label="Số biên lai giấy",
        max_length=40,
        required=False,
        help_text="Để trống thì cổng tự cấp số.",
    )
    other_support = DongField(label="Hỗ trợ khác (đ)", required=False)

    def __init__(
        self, *args: Any, user: User, collectors: Sequence[Collector], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["collector"]
        assert isinstance(field, CollectorField)
        field.offer(collectors)
        if user.collector_id:
            del self.fields["collector"]
        self._own = user.collector

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > today():
            raise forms.ValidationError("Ngày thu tiền không được ở tương lai.")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self._own:
            data["collector"] = self._own
        method = METHODS.get(data.get("method", ""))
        if method and method.months is not None:
            # The method says it; what was typed before another method was chosen means nothing.
            data["months"] = None
        elif method and not data.get("months") and "months" not in self.errors:
            self.add_error(
                "months", f"Hãy nhập số tháng đóng cho phương thức {method.label.lower()}."
            )
        if not self._closed(data, method):
            # The tick belongs to a late period that was chosen before; on any other it means
            # nothing.
            data["back_payment"] = False
        self._refuse_without_card(data.get("collector"), data.get("received_on"))
        return data

    def _refuse_without_card(self, collector: Collector | None, day: date | None) -> None:
        """Checked before the payer hears the amount; the operation checks again."""
        if collector is None or day is None or collector.may_collect_on(day):
            return
        whose = "Bạn" if self._own else collector.full_name
        reason = (
            f"{whose} không có thẻ nhân viên thu còn giá trị vào ngày {day:%d/%m/%Y} nên "
            "không được thu tiền ngày này."
        )
        self.add_error("received_on" if self._own else "collector", reason)

    @staticmethod
    def _closed(data: dict[str, Any], method: Method | None) -> bool:
        first, day = data.get("from_month"), data.get("received_on")
        return bool(method and first and day and is_closed(method, first, day))


def collectors_of(user: User) -> list[Collector]:
    """For whom the user may record a receipt: only oneself, or for a lead anybody of the agent's
    staff has a card now or had one lately, in order of code.
    """
    if user.collector_id:
        return []
    card = CollectorCard.objects.filter(collector=OuterRef("pk"), valid_from__lte=today())
    lately = card.filter(lasting_to(today() - LATELY))
    found = Collector.objects.filter(Exists(lately), point__agent=user.agent_id)
    return list(found.select_related("point__agent").prefetch_related("cards").order_by("code"))


class VoidForm(SpokenForm):
    """Voiding a receipt."""

    on = DayField(label="Ngày hủy")
    reason = forms.CharField(
        label="Lý do hủy", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class StopForm(SpokenForm):
    """Ending participation."""

    month = MonthFormField(label="Dừng từ tháng", help_text="Tháng đầu tiên không còn tham gia.")
    reason = forms.ChoiceField(label="Lý do", choices=StopReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", max_length=300, required=False)


class WithdrawStopForm(SpokenForm):
    """Taking a stop back."""

    on = DayField(label="Ngày rút lại")
    reason = forms.CharField(
        label="Lý do", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
